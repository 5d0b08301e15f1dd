"""Leads, kept. A change reads its facts, decides, and keeps the outcome with its jobs, all in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.errors import Refused
from bot.leads.commands import Command, Need
from bot.leads.decision import Decision, Facts, Room
from bot.leads.lead import Lead, State
from bot.leads.transitions import decide
from bot.people import Person
from storage import hold_rows, jobs, log, nudge_rows, people, rota
from storage.around import Around
from storage.db import Space
from storage.hours import in_their_hours
from storage.lead_rows import (
    WHOLE_LEAD,
    handoff_row,
    lead_row,
    read_lead,
    read_touch,
    rejection_row,
    touch_row,
)
from storage.members import placed
from storage.rota import OFFERING
from storage.tables import HANDOFF, LEAD, REJECTION, TOUCH
from storage.teams import team_now
from storage.turns import lock, locking, take_turn
from storage.upsert import add, change, insert_new, put

MOST_TOUCHES: Final = 500  # of one lead, the newest: what a rule or a card looks at


class Leads:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def get(self, lead: str) -> Lead:
        """The lead as it is. Raises Refused where there is none of this id."""
        return await self._space.read(lambda session: load(session, self._space.workspace, [lead])[lead])

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
                facts = self._facts(session, command, now)
                about = self._about(session, {lead: known}, command, facts)
                told = self._with_teams(session, {lead: known}, command, about)[lead]
                decide(known, command, self._around(session, {lead: known}, command).told(told, known))
            except Refused as refused:
                return refused if refused.field is None else known
            return known

        outcome = await self._space.read(work)
        if isinstance(outcome, Refused):
            await self._space.write(lambda session: jobs.add(session, self._space.workspace, outcome.jobs))
            raise outcome
        return outcome

    async def change(self, lead: str, command: Command, now: datetime) -> Lead:
        """Do what is asked of the lead, and keep the outcome and its jobs together or not at all.

        Raises Refused, whose own jobs (a stale card drawn anew) are kept.
        """

        def work(session: Session) -> Lead | Refused:
            try:
                return self.apply(session, [lead], command, now)[lead]
            except Refused as refused:  # by a rule, before anything was written
                jobs.add(session, self._space.workspace, refused.jobs)
                return refused

        outcome = await self._space.write(work)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def apply(
        self, session: Session, leads: Sequence[str], command: Command, now: datetime
    ) -> dict[str, Lead]:
        """`change`, for each of these leads, inside a transaction that is under way."""
        if _offers(command, self._agreement):
            take_turn(session, self._space.workspace, OFFERING)
        before = load(session, self._space.workspace, leads, lock_them=True)
        about = self._about(session, before, command, self._facts(session, command, now, lock_them=True))
        facts = self._with_teams(session, before, command, about)
        around = self._around(session, before, command)
        changes: list[tuple[Lead, Command, Decision]] = []
        for lead in dict.fromkeys(leads):
            decision = decide(before[lead], command, around.told(facts[lead], before[lead]))
            around.after(decision)
            changes.append((before[lead], command, decision))
        keep(session, self._space.workspace, self._agreement, changes, now)
        return {lead.id: decision.lead for lead, _, decision in changes}

    def _facts(self, session: Session, command: Command, now: datetime, *, lock_them: bool = False) -> Facts:
        """What the command needs to know besides the lead; locked, so that it stays true until the commit."""
        workspace, needs = self._space.workspace, command.needs
        by, colleague = getattr(command, "by", None), getattr(command, "colleague", None)
        load = 0
        offers = Need.OFFERS in needs
        rooms = rooms_of(session, workspace, self._agreement, now) if offers else {}
        counts = Need.LOAD in needs
        person = None if by is None else people.get(session, workspace, by, lock_it=lock_them and counts)
        if counts and by is not None:
            load = session.scalar(_LOAD, {"workspace": workspace, "owner": by}) or 0
        return Facts(
            now=now,
            agreement=self._agreement,
            by=self._placed(session, person),
            colleague=None
            if colleague is None
            else self._placed(session, people.get(session, workspace, colleague)),
            rooms=rooms,
            load=load,
        )

    def _placed(self, session: Session, person: Person | None) -> Person | None:
        """With the channels that they are in, where that says who does what."""
        places = self._agreement.places
        return placed(session, self._space.workspace, person, places) if person and places else person

    def _about(
        self, session: Session, leads: Mapping[str, Lead], command: Command, facts: Facts
    ) -> Mapping[str, Facts]:
        """The facts for each lead: what is known of all, its own touches, and who has it."""
        about = dict.fromkeys(leads, facts)
        if Need.TOUCHES in command.needs:
            touches = touches_of(session, self._space.workspace, list(leads))
            about = {lead: replace(each, touches=touches[lead]) for lead, each in about.items()}
        if Need.HOLDER in command.needs:
            holders = {lead: next(iter(_involved(known)), None) for lead, known in leads.items()}
            known = {
                each: people.get(session, self._space.workspace, each) for each in holders.values() if each
            }
            about = {
                lead: replace(each, holder=known.get(holders[lead] or "")) for lead, each in about.items()
            }
        return about

    def _with_teams(
        self, session: Session, leads: Mapping[str, Lead], command: Command, facts: Mapping[str, Facts]
    ) -> Mapping[str, Facts]:
        """The same, with the team of each lead where the command asks for it."""
        if Need.TEAM not in command.needs:
            return facts
        names = {lead: _team_of(leads[lead], self._agreement) for lead in facts}
        involved = {person for lead in facts for person in _involved(leads[lead])}
        teams = {
            name: team_now(session, self._space.workspace, self._agreement, name, involved)
            for name in sorted(set(names.values()))
        }
        return {lead: replace(each, team=teams[names[lead]]) for lead, each in facts.items()}

    def _around(self, session: Session, leads: Mapping[str, Lead], command: Command) -> Around:
        around = Around(session, self._space.workspace, self._agreement)
        if command.needs & {Need.OFFERS, Need.TEAM}:
            around.look(leads.values())
        return around

    def _in_order(self, session: Session, query: Any) -> list[Lead]:
        ids = session.scalars(query).all()
        found = load(session, self._space.workspace, ids)
        return [found[each] for each in ids]


def _offers(command: Command, agreement: Agreement) -> bool:
    """Whether it may offer leads, so that counts of offers and rotas must be true until the commit."""
    rotates = any(team.offer == "rotation" for team in agreement.settings.teams_in_force)
    return Need.OFFERS in command.needs or (rotates and Need.TEAM in command.needs)


def _team_of(lead: Lead, agreement: Agreement) -> str:
    return agreement.team("" if lead.handoff is None else lead.handoff.team).name


def _involved(lead: Lead) -> Iterable[str]:
    """Whom the lead waits on."""
    offered_to = None if lead.handoff is None else lead.handoff.to
    return (person for person in (lead.owner, offered_to) if person)


def lead_of(handoff: str) -> str:
    """The id of the lead that a handoff or a rejection belongs to: both ids begin with it."""
    return handoff.split("|", maxsplit=1)[0].rpartition("-")[0]


def load(
    session: Session,
    workspace: str,
    ids: Collection[str],
    *,
    lock_them: bool = False,
    some: bool = False,
) -> dict[str, Lead]:
    """Leads by id, locked in order of their ids. Raises Refused where one is not there, unless `some` will do."""
    these = {"workspace": workspace, "ids": sorted(set(ids))}
    if lock_them:
        # On its own: a statement that waited for a lead would see it with the handoff from before.
        lock(session, _LOCKED, these)
    found = {row["id"]: read_lead(row) for row in session.execute(_WHOLE, these).mappings()}
    if len(found) < len(these["ids"]) and not some:
        raise Refused("This lead is not here any more.")
    return found


def touches_of(session: Session, workspace: str, leads: Collection[str]) -> dict[str, tuple[Touch, ...]]:
    """The touches of each lead, the newest first; of one that has very many, the newest."""
    found: dict[str, list[Touch]] = {lead: [] for lead in leads}
    if found:
        these = {"workspace": workspace, "ids": list(found), "most": MOST_TOUCHES}
        for row in session.execute(_TOUCHES, these).mappings():
            found[row["lead"]].append(read_touch(row))
    return {lead: tuple(touches) for lead, touches in found.items()}


def rooms_of(session: Session, workspace: str, agreement: Agreement, now: datetime) -> dict[str, Room]:
    """How many offers each team's channel has had lately, and the hold for those that are too many.

    True until the commit for who has the turn of offering, and for nobody else.
    """
    since = now - agreement.leads.flood.within
    return {
        channel: Room(
            offers=session.scalar(_OFFERS, {"workspace": workspace, "channel": channel, "since": since}) or 0,
            hold=hold_rows.open_one(session, workspace, channel, now),
        )
        for channel in {agreement.channel_of(team) for team in agreement.settings.teams_in_force}
    }


def keep(
    session: Session,
    workspace: str,
    agreement: Agreement,
    changes: Sequence[tuple[Lead, Command, Decision]],
    now: datetime,
    *,
    begun: Collection[str] = (),
) -> None:
    """Write what was decided: only what is different, then the touches, the log and the jobs.

    `begun` are the leads of which no row is there yet.
    """
    changed = [each for each in changes if each[2].lead != each[0] or each[2].touches]
    first = {lead.id: lead for lead, _, _ in reversed(changed)}
    leads = {after.lead.id: after.lead for _, _, after in changed}
    add(session, LEAD, [lead_row(workspace, lead) for lead in leads.values() if lead.id in begun])
    known = [lead for lead in first.values() if lead.id not in begun]
    change(
        session, LEAD, [(lead_row(workspace, lead), lead_row(workspace, leads[lead.id])) for lead in known]
    )
    handoffs = {
        after.lead.handoff.id: (after.lead.id, after.lead.handoff)
        for before, _, after in changed
        if after.lead.handoff is not None and after.lead.handoff != before.handoff
    }
    there = {lead.handoff.id: handoff_row(workspace, lead.id, lead.handoff) for lead in known if lead.handoff}
    rows = {each: handoff_row(workspace, *handoff) for each, handoff in handoffs.items()}
    add(session, HANDOFF, [row for each, row in rows.items() if each not in there])
    change(session, HANDOFF, [(there[each], row) for each, row in rows.items() if each in there])
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
    insert_new(session, TOUCH, touches)
    rota.keep(session, workspace, [move for _, _, after in changes for move in after.moves])
    log.add(session, workspace, [(command, after) for _, command, after in changed], now)
    hold_rows.count(session, workspace, [(before.hold, after.lead.hold) for before, _, after in changed], now)
    nudge_rows.add(session, workspace, [nudge for _, _, after in changed for nudge in after.nudges])
    decided = [(command, after) for _, command, after in changes]
    jobs.add(session, workspace, in_their_hours(session, workspace, agreement, decided))


# Asked with every click or arrival, and so made once.

_THESE: Final = (LEAD.c.workspace == bindparam("workspace"), LEAD.c.id.in_(bindparam("ids", expanding=True)))
_LOCKED: Final = locking(select(LEAD.c.id).where(*_THESE).order_by(LEAD.c.id))
_WHOLE: Final = WHOLE_LEAD.where(*_THESE)
_RANKED: Final = (
    select(
        TOUCH,
        func.row_number()
        .over(partition_by=TOUCH.c.lead, order_by=(TOUCH.c.at.desc(), TOUCH.c.id))
        .label("place"),
    )
    .where(TOUCH.c.workspace == bindparam("workspace"), TOUCH.c.lead.in_(bindparam("ids", expanding=True)))
    .subquery("ranked")
)
_TOUCHES: Final = select(_RANKED).where(_RANKED.c.place <= bindparam("most")).order_by(_RANKED.c.place)
_OFFERS: Final = select(func.count()).where(
    HANDOFF.c.workspace == bindparam("workspace"),
    HANDOFF.c.channel == bindparam("channel"),
    HANDOFF.c.offered_at > bindparam("since"),
)
_LOAD: Final = select(func.count()).where(
    LEAD.c.workspace == bindparam("workspace"),
    LEAD.c.owner == bindparam("owner"),
    LEAD.c.state == State.ACCEPTED,
    LEAD.c.contacted_at.is_(None),
)
