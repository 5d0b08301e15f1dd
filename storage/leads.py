"""Leads, kept. A change reads its facts, decides, and keeps the outcome with its jobs, all in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.errors import Refused
from bot.leads.commands import Command, Need
from bot.leads.decision import UNKNOWN_YET, Decision, Facts
from bot.leads.lead import Lead, State
from bot.leads.transitions import decide
from bot.people import Person, Role
from bot.timeline import Entry
from storage import hold_rows, jobs, log, people
from storage.db import Space
from storage.lead_rows import (
    columns,
    handoff_row,
    joined,
    lead_row,
    read_lead,
    read_touch,
    rejection_row,
    touch_row,
)
from storage.tables import HANDOFF, LEAD, REJECTION, TOUCH
from storage.upsert import insert, put

MOST_TOUCHES: Final = 500  # of one lead, the newest: what a rule or a card looks at


class Leads:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def get(self, lead: str) -> Lead:
        """The lead as it is. Raises Refused where there is none of this id."""
        return await self._space.read(lambda session: load(session, self._space.workspace, [lead])[lead])

    async def history(self, lead: str, by: str) -> list[Entry]:
        """What was done to the lead. Raises Refused to who takes no part in handovers here."""

        def work(session: Session) -> list[Entry]:
            person = _person(session, self._space.workspace, by)
            if person is None:
                raise Refused(UNKNOWN_YET)
            self._agreement.roles.need(person, *Role)
            return log.of(session, self._space.workspace, lead)

        return await self._space.read(work)

    async def find(self, words: str, limit: int) -> list[Lead]:
        """Leads whose name, company or e-mail has these words, the newest first."""
        like = [LEAD.c.words.contains(word.casefold(), autoescape=True) for word in words.split()]
        query = (
            select(LEAD.c.id)
            .where(LEAD.c.workspace == self._space.workspace, *like)
            .order_by(LEAD.c.arrived_at.desc())
            .limit(limit)
        )
        return await self._space.read(lambda session: self._in_order(session, query))

    async def on_shelf(self, shelf: str, limit: int) -> list[Lead]:
        """Leads that stay with marketing and are named in this message, the newest first."""
        query = (
            select(LEAD.c.id)
            .where(
                LEAD.c.workspace == self._space.workspace,
                LEAD.c.shelf == shelf,
                LEAD.c.state == State.NURTURE,
            )
            .order_by(LEAD.c.arrived_at.desc(), LEAD.c.id)
            .limit(limit)
        )
        return await self._space.read(lambda session: self._in_order(session, query))

    async def check(self, lead: str, command: Command, now: datetime) -> Lead:
        """The lead, unless this is refused whatever else is filled in; nothing is changed."""

        def work(session: Session) -> Lead | Refused:
            known = load(session, self._space.workspace, [lead])[lead]
            try:
                decide(known, command, self._facts(session, known, command, now))
            except Refused as refused:
                jobs.add(session, self._space.workspace, refused.jobs)
                return refused if refused.field is None else known
            return known

        outcome = await self._space.write(work)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def change(self, lead: str, command: Command, now: datetime) -> Lead:
        """Do what is asked of the lead, and keep the outcome and its jobs together or not at all.

        Raises Refused, whose own jobs (a stale card drawn anew) are kept.
        """

        def work(session: Session) -> Lead | Refused:
            try:
                return self.apply(session, lead, command, now)
            except Refused as refused:
                jobs.add(session, self._space.workspace, refused.jobs)
                return refused

        outcome = await self._space.write(work)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def apply(self, session: Session, lead: str, command: Command, now: datetime) -> Lead:
        """`change`, inside a transaction that is under way."""
        workspace = self._space.workspace
        before = load(session, workspace, [lead], lock=True)[lead]
        decision = decide(before, command, self._facts(session, before, command, now))
        keep(session, workspace, [(before, command, decision)], now)
        return decision.lead

    def _facts(self, session: Session, lead: Lead, command: Command, now: datetime) -> Facts:
        workspace, by = self._space.workspace, getattr(command, "by", None)
        channel, flood = self._agreement.channels.leads, self._agreement.leads.flood
        needs = command.needs
        colleague = getattr(command, "colleague", None)
        return Facts(
            now=now,
            agreement=self._agreement,
            by=_person(session, workspace, by),
            colleague=_person(session, workspace, colleague) if Need.COLLEAGUE in needs else None,
            touches=touches_of(session, workspace, lead.id) if Need.TOUCHES in needs else (),
            offers=offers_since(session, workspace, channel, now - flood.within)
            if Need.OFFERS in needs
            else 0,
            hold=hold_rows.open_one(session, workspace, channel, now) if Need.OFFERS in needs else "",
            load=_load_of(session, workspace, by) if Need.LOAD in needs and by else 0,
        )

    def _in_order(self, session: Session, query: Any) -> list[Lead]:
        ids = session.scalars(query).all()
        found = load(session, self._space.workspace, ids)
        return [found[each] for each in ids]


def lead_of(handoff: str) -> str:
    """The id of the lead that a handoff or a rejection belongs to: both ids begin with it."""
    return handoff.split("|", maxsplit=1)[0].rpartition("-")[0]


def load(
    session: Session, workspace: str, ids: Sequence[str], *, lock: bool = False, some: bool = False
) -> dict[str, Lead]:
    """Leads by id, locked in order of their ids. Raises Refused where one is not there, unless `some` will do."""
    query = (
        select(*columns())
        .select_from(joined())
        .where(LEAD.c.workspace == workspace, LEAD.c.id.in_(ids))
        .order_by(LEAD.c.id)
    )
    if lock:
        query = query.with_for_update(of=LEAD)
    found = {row["id"]: read_lead(row) for row in session.execute(query).mappings()}
    if len(found) < len(set(ids)) and not some:
        raise Refused("This lead is not here any more.")
    return found


def touches_of(session: Session, workspace: str, lead: str) -> tuple[Touch, ...]:
    """The lead's touches, the newest first."""
    query = (
        select(TOUCH)
        .where(TOUCH.c.workspace == workspace, TOUCH.c.lead == lead)
        .order_by(TOUCH.c.at.desc(), TOUCH.c.id)
        .limit(MOST_TOUCHES)
    )
    return tuple(read_touch(row) for row in session.execute(query).mappings())


def offers_since(session: Session, workspace: str, channel: str, since: datetime) -> int:
    query = select(func.count()).where(
        HANDOFF.c.workspace == workspace, HANDOFF.c.channel == channel, HANDOFF.c.offered_at > since
    )
    return session.scalar(query) or 0


def keep(
    session: Session,
    workspace: str,
    changes: Sequence[tuple[Lead, Command, Decision]],
    now: datetime,
) -> None:
    """Write what was decided: only rows that are different, then the touches, the log and the jobs."""
    changed = [each for each in changes if each[2].lead != each[0] or each[2].touches]
    leads = {after.lead.id: after.lead for _, _, after in changed}
    put(session, LEAD, [lead_row(workspace, lead) for lead in leads.values()])
    handoffs = {
        after.lead.handoff.id: (after.lead.id, after.lead.handoff)
        for before, _, after in changed
        if after.lead.handoff is not None and after.lead.handoff != before.handoff
    }
    put(session, HANDOFF, [handoff_row(workspace, lead, handoff) for lead, handoff in handoffs.values()])
    put(
        session,
        REJECTION,
        [
            rejection_row(workspace, handoff.id, handoff.rejection)
            for _, handoff in handoffs.values()
            if handoff.rejection is not None
        ],
    )
    touches = [
        touch_row(workspace, after.lead.id, touch) for _, _, after in changed for touch in after.touches
    ]
    if touches:
        session.execute(insert(session, TOUCH).on_conflict_do_nothing(), touches)
    log.add(session, workspace, [(after.lead.id, command) for _, command, after in changed], now)
    hold_rows.count(session, workspace, [(before.hold, after.lead.hold) for before, _, after in changed], now)
    jobs.add(session, workspace, [due for _, _, after in changes for due in after.jobs])


def _person(session: Session, workspace: str, slack_id: str | None) -> Person | None:
    return None if slack_id is None else people.get(session, workspace, slack_id)


def _load_of(session: Session, workspace: str, rep: str) -> int:
    query = select(func.count()).where(
        LEAD.c.workspace == workspace,
        LEAD.c.owner == rep,
        LEAD.c.state == State.ACCEPTED,
        LEAD.c.contacted_at.is_(None),
    )
    return session.scalar(query) or 0
