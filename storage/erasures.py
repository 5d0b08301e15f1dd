"""People removed everywhere: at their wish, or because the time for keeping them is over."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import RowMapping, and_, cast, delete, func, or_, select, update
from sqlalchemy import String as Text
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import DrawHomes, Due, Sight, refresh, show
from bot.leads.commands import Erase
from bot.leads.lead import Lead, State
from storage import card_rows, identities, jobs, keeping_out, log, merges, pictures, retro_search, words
from storage.cards import shared_by
from storage.db import Space
from storage.lead_rows import load
from storage.leads import Leads, lead_of
from storage.rota import OFFERING
from storage.tables import (
    DEAL,
    DEAL_LEAD,
    EVENT,
    HANDOFF,
    JOB,
    LEAD,
    NUDGE,
    POST,
    QUARANTINE,
    REJECTION,
    RETRO,
    RETRO_REPLY,
    TOUCH,
    VOICE,
)
from storage.telling import A_DIGEST, telling
from storage.traces import PLACES, Found, Place, begins_with, clean, cut_names, empty_touches, posts_of
from storage.turns import take_turn

T = TypeVar("T")
AT_ONCE: Final = 100  # rows of one transaction
PEOPLE_AT_ONCE: Final = 20


class Erasures:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._leads = Leads(space, agreement)

    async def count(self, found: Found) -> dict[str, int]:
        """What `erase` would remove or empty, in words."""
        return await self._space.read(lambda session: self._count(session, found))

    async def erase(self, found: Found, now: datetime) -> None:
        """Remove the person everywhere, and know them again. May be broken off and done again."""
        await self._space.write(lambda session: self._of_the_person(session, found, now), bulk=True)
        for place, keys in found.texts.items():
            for some in _some(keys):
                clean_them = partial(self._clean, place=place, keys=some, found=found, now=now)
                await self._space.write(clean_them, bulk=True)
        for entries in _some(found.logs):
            await self._space.write(
                partial(log.empty_entries, workspace=self._space.workspace, entries=entries), bulk=True
            )

    async def over(self, now: datetime) -> int:
        """How many leads are kept longer than the agreement allows."""
        query = select(func.count()).select_from(LEAD).where(*self._is_over(now))
        return await self._space.read(lambda session: session.scalar(query) or 0)

    async def end_some(self, now: datetime) -> int:
        """Remove some of those, and say how many; they are not known again."""
        query = select(LEAD.c.id).where(*self._is_over(now)).order_by(LEAD.c.id).limit(PEOPLE_AT_ONCE)

        def work(session: Session) -> int:
            leads = session.scalars(query).all()
            if leads:
                self._empty(session, leads, Erase(asked=False), now)
            return len(leads)

        return await self._space.write(work, bulk=True)

    def _is_over(self, now: datetime) -> tuple[Any, ...]:
        """Counted from the last change here, or from the date it was to come back, by what the lead is."""
        kept = self._agreement.leads.retention

        def over(state: State, time: timedelta) -> Any:
            until = now - time
            back = or_(LEAD.c.returns_at.is_(None), LEAD.c.returns_at <= until)
            return and_(LEAD.c.state == state, LEAD.c.changed_at <= until, back)

        either = or_(over(State.CLOSED, kept.closed), over(State.NURTURE, kept.nurture))
        return LEAD.c.workspace == self._space.workspace, LEAD.c.erased_at.is_(None), either

    def _of_the_person(self, session: Session, found: Found, now: datetime) -> None:
        workspace = self._space.workspace
        keeping_out.remember(session, workspace, found.keys, now)
        cut_names(session, workspace, found)
        for some in _some(found.asides):
            session.execute(
                delete(QUARANTINE).where(QUARANTINE.c.workspace == workspace, QUARANTINE.c.id.in_(some))
            )
        if found.leads:
            self._empty(session, found.leads, Erase(asked=True), now)

    def _empty(self, session: Session, leads: Sequence[str], command: Erase, now: datetime) -> None:
        """What is known of these leads goes. What they are known by comes first, as it does where leads arrive."""
        workspace = self._space.workspace
        take_turn(session, workspace, OFFERING)  # nobody joins the card of who is removed meanwhile
        identities.end(session, workspace, leads)
        merges.forget(session, workspace, leads)
        before = load(session, workspace, leads, some=True)
        self._leads.apply(session, list(before), command, now)
        for lead in before.values():
            words.end(session, workspace, lead)
        empty_touches(session, workspace, leads)
        _empty_handoffs(session, workspace, leads)
        session.execute(delete(VOICE).where(VOICE.c.workspace == workspace, VOICE.c.lead.in_(leads)))
        session.execute(delete(EVENT).where(EVENT.c.workspace == workspace, EVENT.c.about.in_(leads)))
        log.empty(session, workspace, leads)
        _drop_jobs(session, workspace, leads)
        jobs.add(session, workspace, self._redrawn(session, before, now))

    def _redrawn(self, session: Session, leads: Mapping[str, Lead], now: datetime) -> list[Due]:
        """Messages about these people alone are emptied; those that name them among others are drawn anew."""
        workspace = self._space.workspace
        together = shared_by(session, workspace, list(leads))
        live_on = {(card, _sight_of(card)) for card in together}
        own = [
            row
            for row in posts_of(session, workspace, list(leads))
            if (row["about"], row["kind"]) not in live_on
        ]
        for some in _some([row["id"] for row in own]):
            here = (POST.c.workspace == workspace, POST.c.id.in_(some))
            session.execute(update(POST).where(*here).values(emptied=True))
        shared = _naming(session, workspace, leads, self._agreement, now)
        again = _again(session, workspace, [*own, *shared], now)
        return [*again, *_cards_again(session, workspace, together, now)]

    def _clean(
        self,
        session: Session,
        *,
        place: Place,
        keys: Sequence[Mapping[str, Any]],
        found: Found,
        now: datetime,
    ) -> None:
        workspace = self._space.workspace
        clean(session, workspace, place, keys, found.traces)
        if place.table in (RETRO, RETRO_REPLY, DEAL):
            of = "retro" if place.table is RETRO_REPLY else "id"
            retro_search.renew(session, workspace, self._agreement, [str(key[of]) for key in keys])
        rows = telling(session, workspace, self._agreement, place, keys, now=now)
        drawn = _again(session, workspace, rows, now)
        theirs = {lead_of(str(key["id"])) for key in keys if place.table in (HANDOFF, REJECTION)}
        together = _cards_again(session, workspace, shared_by(session, workspace, theirs), now)
        jobs.add(session, workspace, [*drawn, *together, Due(job=DrawHomes(), at=now)])

    def _count(self, session: Session, found: Found) -> dict[str, int]:
        def of(table: Any, where: Any) -> int:
            query = select(func.count()).select_from(table)
            return session.scalar(query.where(table.c.workspace == self._space.workspace, where)) or 0

        leads = found.leads
        return {
            "leads": len(leads),
            "ways by which they are known": len(found.keys),
            "touches": of(TOUCH, TOUCH.c.lead.in_(leads)),
            "handoffs": of(HANDOFF, HANDOFF.c.lead.in_(leads)),
            "things that a customer said": of(VOICE, VOICE.c.lead.in_(leads)),
            "messages to other systems": of(EVENT, EVENT.c.about.in_(leads)),
            "events in quarantine": len(found.asides),
            "messages in Slack": len(posts_of(session, self._space.workspace, leads)),
            **{f"other texts that name them ({place.name})": len(found.texts[place]) for place in PLACES},
            "entries of other leads' logs that name them": len(found.logs),
        }


def _some(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many as one transaction may hold."""
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]


def _posts() -> Any:
    return select(POST.c.id, POST.c.kind, POST.c.about, POST.c.channel, POST.c.ts).order_by(POST.c.id)


def _again(session: Session, workspace: str, rows: Sequence[RowMapping], now: datetime) -> list[Due]:
    """What stands in Slack is drawn anew, its picture with it; of what does not, no picture stays."""
    pictures.end(session, workspace, [row for row in rows if row["ts"] is None], now)
    return [
        refresh(Sight(row["kind"]), row["about"], now, channel=row["channel"])
        for row in rows
        if row["ts"] is not None
    ]


def _naming(
    session: Session, workspace: str, leads: Mapping[str, Lead], agreement: Agreement, now: datetime
) -> list[Any]:
    """Messages that may name one of these leads beside others: reminders, daily and weekly messages, looks back, absences."""
    here = (NUDGE.c.workspace == workspace, NUDGE.c.lead.in_(list(leads)), NUDGE.c.reminder.is_not(None))
    reminders = session.scalars(select(NUDGE.c.reminder).where(*here).distinct()).all()
    deals = session.scalars(
        select(DEAL_LEAD.c.deal).where(DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.lead.in_(list(leads)))
    ).all()
    retros = [begins_with(deal) for deal in deals]
    people = {lead.owner for lead in leads.values()} | {
        lead.handoff.to for lead in leads.values() if lead.handoff is not None
    }
    absences = [begins_with(f"{person}@") for person in people if person]
    weeks = and_(
        or_(*(and_(*_weeks(lead, agreement, now)) for lead in leads.values())),
        POST.c.kind.in_([Sight.DIGEST, Sight.NURTURE]),
    )
    first = min(lead.arrived_at for lead in leads.values())
    days = and_(POST.c.about >= f"{first:%Y-%m-%d}", POST.c.about < "2~", POST.c.kind == Sight.BUNDLE)
    near = or_(POST.c.about.in_(reminders), weeks, days, *retros, *absences)
    return list(session.execute(_posts().where(POST.c.workspace == workspace, near)).mappings())


def _cards_again(session: Session, workspace: str, together: Mapping[str, bool], now: datetime) -> list[Due]:
    """What others share lives on without them, and where others wait it is posted if it was not yet."""
    hosts = {card: card_rows.host_of(card) for card in together}
    query = select(HANDOFF.c.id, HANDOFF.c.channel).where(
        HANDOFF.c.workspace == workspace, HANDOFF.c.id.in_(set(hosts.values()))
    )
    channels = {row.id: row.channel for row in session.execute(query)}
    return [
        (show if together[card] else refresh)(
            _sight_of(card), card, now, channel=card.partition("|")[2] or channels[host]
        )
        for card, host in hosts.items()
    ]


def _sight_of(card: str) -> Sight:
    return Sight.ASK if card_rows.is_ask(card) else Sight.CARD


def _weeks(lead: Lead, agreement: Agreement, now: datetime) -> tuple[Any, Any]:
    """From the week in which it came to the one after its last decision: what is counted by weeks begins with one."""
    handoff = lead.handoff
    is_over = lead.state in (State.CLOSED, State.NURTURE) and handoff is not None and handoff.decided_at
    last = min(now, handoff.decided_at + A_DIGEST) if is_over and handoff and handoff.decided_at else now
    return POST.c.about >= agreement.week(lead.arrived_at), POST.c.about < f"{agreement.week(last)}~"


def _empty_handoffs(session: Session, workspace: str, leads: Sequence[str]) -> None:
    """The earlier ones too: what people wrote, and why the lead counted as ready."""
    here = (HANDOFF.c.workspace == workspace, HANDOFF.c.lead.in_(leads))
    blank: dict[str, Any] = {"note": None, "named_note": None, "why": [], "before": None}
    session.execute(update(HANDOFF).where(*here).values(blank))
    theirs = (REJECTION.c.workspace == workspace, REJECTION.c.handoff.in_(select(HANDOFF.c.id).where(*here)))
    session.execute(update(REJECTION).where(*theirs).values(words=None, answer=None))
    for row in session.execute(
        select(HANDOFF.c.id, HANDOFF.c.back).where(*here, HANDOFF.c.back.is_not(None))
    ):
        if row.back and row.back.get("why"):
            one = (HANDOFF.c.workspace == workspace, HANDOFF.c.id == row.id)
            session.execute(update(HANDOFF).where(*one).values(back={**row.back, "why": ""}))
    asked = session.execute(
        select(REJECTION.c.id, REJECTION.c.dispute).where(*theirs, REJECTION.c.dispute.is_not(None))
    ).all()
    for row in asked:
        if row.dispute and row.dispute.get("words"):
            one = (REJECTION.c.workspace == workspace, REJECTION.c.id == row.id)
            session.execute(update(REJECTION).where(*one).values(dispute={**row.dispute, "words": None}))


def _drop_jobs(session: Session, workspace: str, leads: Sequence[str]) -> None:
    """What was still to be done about them, or was given up; a runner that has one of them finds nothing to tell."""
    told = cast(JOB.c.payload, Text)
    theirs = or_(*(told.contains(lead, autoescape=True) for lead in leads))
    session.execute(delete(JOB).where(JOB.c.workspace == workspace, JOB.c.leased_until.is_(None), theirs))
