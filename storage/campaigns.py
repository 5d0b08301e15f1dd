"""How a campaign's week stands, counted in the database."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, bindparam, case, distinct, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.bundles import Bundle
from bot.campaigns import MOST_SHOWN, Campaign, Seen, is_named
from bot.deals import DealState
from bot.errors import Refused
from bot.feedback import Standing
from bot.jobs import Due, Sight, redraw
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import State, Verdict, own_card
from bot.money import Money
from bot.people import Person, Role
from storage import bundles, home_rows, jobs
from storage.db import Space
from storage.lead_rows import WITH_REJECTION
from storage.members import people_here
from storage.tables import CAMPAIGN, DEAL, DEAL_LEAD, HANDOFF, LEAD, REJECTION, TOUCH
from storage.upsert import put

MOST_CARDS: Final = 100  # that show a new line for sales at once


def of_others(session: Session, workspace: str, person: str) -> dict[str, str]:
    """The campaigns that somebody else owns, by their line; what nobody owns is all marketers'."""
    owned = (CAMPAIGN.c.workspace == workspace, CAMPAIGN.c.owner.is_not(None), CAMPAIGN.c.owner != person)
    query = select(CAMPAIGN.c.line, CAMPAIGN.c.owner).where(*owned)
    return {row.line: row.owner for row in session.execute(query)}


def apart_from(session: Session, workspace: str, person: Person, agreement: Agreement) -> Collection[str]:
    """The lines whose leads are another marketer's: none to admins, nor to who is not of marketing."""
    if agreement.has(person, Role.ADMIN) or not agreement.has(person, Role.MARKETER):
        return ()
    return of_others(session, workspace, person.slack_id)


class Campaigns:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def standing(self, week: str, line: str) -> Standing:
        """What became of the leads first offered in this week, of this campaign or source."""
        return await self._space.read(lambda session: _standing(session, self._space.workspace, [week], line))

    async def known(self, line: str) -> Campaign:
        """What marketing has said of it; nothing, where it has not."""
        return await self._space.read(lambda session: campaign_of(session, self._space.workspace, line))

    async def get(self, line: str, by: str, agreement: Agreement) -> Campaign:
        """The same to who may change it. Raises Refused to anybody else."""

        def work(session: Session) -> Campaign:
            _need_marketing(session, self._space.workspace, by, agreement)
            return campaign_of(session, self._space.workspace, line)

        return await self._space.read(work)

    async def keep(self, told: Campaign, by: str, agreement: Agreement, now: datetime) -> None:
        """Keep what marketing says; this week's message and the open cards show it. Raises Refused."""
        week, workspace = agreement.week(now), self._space.workspace

        def work(session: Session) -> None:
            _need_marketing(session, workspace, by, agreement)
            starts = None if told.starts is None else told.starts.isoformat()
            row = {"line": told.line, "owner": told.owner, "starts": starts, "for_sales": told.for_sales}
            put(session, CAMPAIGN, [{"workspace": workspace, **row}])
            shown = redraw(Sight.CAMPAIGN, f"{week}|{told.line}", now, channel=agreement.channels.feedback)
            homes = home_rows.draws(session, workspace, [by], now)  # what marketers see goes by who owns it
            jobs.add(session, workspace, [shown, *_open_cards(session, workspace, told.line, now), *homes])

        await self._space.write(work)

    async def lately(
        self, weeks: Sequence[str], by: str, agreement: Agreement, asked: str = ""
    ) -> tuple[list[Seen], int]:
        """The campaigns of these weeks, those with most leads first, and how many more there are.

        `asked`: only those with these words in their name.

        Managers and admins see all, marketers those that nobody else owns.
        """
        workspace = self._space.workspace

        def work(session: Session) -> tuple[list[Seen], int]:
            person = _need_marketing(session, workspace, by, agreement)
            sees_all = agreement.has(person, Role.MANAGER, Role.ADMIN)
            apart = [] if sees_all else sorted(of_others(session, workspace, by))
            number = func.count().label("number")
            query = (
                select(HANDOFF.c.line, number)
                .where(
                    HANDOFF.c.workspace == workspace,
                    HANDOFF.c.week.in_(weeks),
                    HANDOFF.c.line.not_in(apart),
                )
                .group_by(HANDOFF.c.line)
                .order_by(number.desc(), HANDOFF.c.line)
            )
            lines = [found.line for found in session.execute(query) if is_named(found.line, asked)]
            seen = [
                Seen(
                    campaign=campaign_of(session, workspace, line),
                    standing=_standing(session, workspace, weeks, line),
                )
                for line in lines[:MOST_SHOWN]
            ]
            return seen, len(lines) - len(seen)

        return await self._space.read(work)

    async def plan_bundles(self, agreement: Agreement, now: datetime) -> None:
        """Today's message for each marketer who owns a campaign."""
        await self._space.write(lambda session: bundles.plan(session, self._space.workspace, agreement, now))

    async def bundle(self, about: str, agreement: Agreement) -> Bundle:
        return await self._space.read(
            lambda session: bundles.of(session, self._space.workspace, agreement, about)
        )

    async def switch_bundle(self, by: str, agreement: Agreement, *, on: bool) -> None:
        """Whether somebody reads of their campaigns daily. Raises Refused to who is not of marketing."""

        def work(session: Session) -> None:
            _need_marketing(session, self._space.workspace, by, agreement)
            bundles.switch(session, self._space.workspace, by, on=on)

        await self._space.write(work)

    async def count_on_shelf(self, shelf: str) -> int:
        return await self._space.read(lambda session: _not_ready(session, self._space.workspace, shelf))


def campaign_of(session: Session, workspace: str, line: str) -> Campaign:
    """What marketing has said of this campaign or source."""
    row = session.execute(_OF_LINE, {"workspace": workspace, "line": line}).mappings().first()
    if row is None:
        return Campaign(line=line)
    starts = None if row["starts"] is None else date.fromisoformat(row["starts"])
    return Campaign(line=line, owner=row["owner"], starts=starts, for_sales=row["for_sales"])


def _need_marketing(session: Session, workspace: str, by: str, agreement: Agreement) -> Person:
    """Refuse who is neither of marketing, nor a manager or an admin."""
    person = people_here(session, workspace, [by], agreement.places).get(by)
    if person is None:
        raise Refused(UNKNOWN_YET)
    if not agreement.has(person, Role.MARKETER, Role.MANAGER, Role.ADMIN):
        agreement.roles.need(person, Role.MARKETER)
    return person


def _open_cards(session: Session, workspace: str, line: str, now: datetime) -> list[Due]:
    """The cards of its leads that wait for an answer."""
    query = (
        select(HANDOFF.c.id, HANDOFF.c.cards, HANDOFF.c.joined, HANDOFF.c.channel)
        .select_from(
            HANDOFF.join(LEAD, (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.handoff == HANDOFF.c.id))
        )
        .where(HANDOFF.c.workspace == workspace, HANDOFF.c.line == line, LEAD.c.state == State.OFFERED)
        .order_by(HANDOFF.c.offered_at.desc())
        .limit(MOST_CARDS)
    )
    shown = {row.joined or own_card(row.id, row.cards): row.channel for row in session.execute(query)}
    return [redraw(Sight.CARD, each, now, channel=channel) for each, channel in shown.items()]


def _standing(session: Session, workspace: str, weeks: Sequence[str], line: str) -> Standing:
    here = (HANDOFF.c.workspace == workspace) & HANDOFF.c.week.in_(weeks) & (HANDOFF.c.line == line)
    lead = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.id == HANDOFF.c.lead)
    now = LEAD.c.handoff == HANDOFF.c.id
    counts = session.execute(
        select(
            func.count(),
            func.count(case((HANDOFF.c.verdict == Verdict.ACCEPTED, 1))),
            func.count(case((HANDOFF.c.verdict.is_(None), 1))),
            func.count(case((now & LEAD.c.contacted_at.is_not(None), 1))),
        )
        .select_from(HANDOFF.join(LEAD, lead))
        .where(here)
    ).one()
    reasons = session.execute(
        select(REJECTION.c.reason, func.count().label("number"))
        .select_from(HANDOFF.join(REJECTION, WITH_REJECTION))
        .where(here, HANDOFF.c.verdict == Verdict.REJECTED)
        .group_by(REJECTION.c.reason)
    ).all()
    met = (TOUCH.c.workspace == HANDOFF.c.workspace) & (TOUCH.c.lead == HANDOFF.c.lead)
    meetings = session.scalar(
        select(func.count(distinct(HANDOFF.c.id)))
        .select_from(HANDOFF.join(TOUCH, met))
        .where(here, TOUCH.c.kind == "meeting", TOUCH.c.by.is_not(None), TOUCH.c.at >= HANDOFF.c.offered_at)
    )
    deals = _deals(session, here & lead & now)
    won = [row for row in deals if row.state == DealState.WON]
    handed_over, accepted, waiting, contacted = counts
    return Standing(
        handed_over=handed_over,
        accepted=accepted,
        contacted=contacted,
        meetings=meetings or 0,
        deals=sum(row.number for row in deals),
        won=sum(row.number for row in won),
        amounts=tuple(Money(currency=row.currency, amount=int(row.amount)) for row in won if row.currency),
        waiting=waiting,
        rejected={row.reason: row.number for row in reasons},
        not_ready=sum(_not_ready(session, workspace, f"{week}|{line}") for week in weeks),
    )


def _deals(session: Session, its_leads: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The deals that grew from these leads, each once, counted and added up by state and currency."""
    linked = (DEAL_LEAD.c.workspace == LEAD.c.workspace) & (DEAL_LEAD.c.lead == LEAD.c.id)
    known = (DEAL.c.workspace == DEAL_LEAD.c.workspace) & (DEAL.c.id == DEAL_LEAD.c.deal)
    each = (
        select(DEAL.c.id, DEAL.c.state, DEAL.c.currency, DEAL.c.amount)
        .select_from(HANDOFF.join(LEAD, its_leads).join(DEAL_LEAD, linked).join(DEAL, known))
        .distinct()
        .subquery()
    )
    counted = select(
        each.c.state, each.c.currency, func.count().label("number"), func.sum(each.c.amount).label("amount")
    )
    return session.execute(counted.group_by(each.c.state, each.c.currency).order_by(each.c.currency)).all()


def _not_ready(session: Session, workspace: str, shelf: str) -> int:
    waits = (LEAD.c.workspace == workspace) & (LEAD.c.shelf == shelf) & (LEAD.c.state == State.NURTURE)
    return session.scalar(select(func.count()).where(waits)) or 0


_OF_LINE: Final = select(CAMPAIGN).where(
    CAMPAIGN.c.workspace == bindparam("workspace"), CAMPAIGN.c.line == bindparam("line")
)
