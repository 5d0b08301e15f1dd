"""How a campaign's week stands, counted in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, case, distinct, func, select
from sqlmodel import Session

from bot.deals import DealState
from bot.feedback import Standing
from bot.leads.lead import State, Verdict
from bot.money import Money
from storage.db import Space
from storage.lead_rows import WITH_REJECTION
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, REJECTION, TOUCH


class Campaigns:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def standing(self, week: str, line: str) -> Standing:
        """What became of the leads first offered in this week, of this campaign or source."""
        return await self._space.read(lambda session: _standing(session, self._space.workspace, week, line))

    async def count_on_shelf(self, shelf: str) -> int:
        return await self._space.read(lambda session: _not_ready(session, self._space.workspace, shelf))


def _standing(session: Session, workspace: str, week: str, line: str) -> Standing:
    here = (HANDOFF.c.workspace == workspace) & (HANDOFF.c.week == week) & (HANDOFF.c.line == line)
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
        not_ready=_not_ready(session, workspace, f"{week}|{line}"),
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
