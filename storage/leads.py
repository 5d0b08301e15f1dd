"""Leads, kept. A change reads its facts, decides, and keeps the outcome with its jobs, all in one transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.leads.commands import Command, Mend
from bot.leads.decision import Decision, Facts, Room
from bot.leads.lead import Lead, State
from bot.leads.needs import Need
from bot.leads.transitions import decide
from bot.people import Person
from storage import (
    card_rows,
    hold_rows,
    home_rows,
    identities,
    jobs,
    log,
    merges,
    nudge_rows,
    out,
    people,
    rota,
    standstills,
    words,
)
from storage.around import Around
from storage.db import Alike, Space
from storage.deals import losses
from storage.glances import early, team_of, waits_on
from storage.hours import in_their_hours
from storage.lead_rows import (
    NOT_HERE,
    handoff_row,
    lead_row,
    load,
    rejection_row,
    touch_row,
    touches_of,
)
from storage.members import people_here
from storage.rota import OFFERING
from storage.tables import HANDOFF, LEAD, REJECTION, TOUCH
from storage.teams import team_now
from storage.turns import take_turn
from storage.upsert import add, change, insert_new, put

SHARED: Final = frozenset({Need.LOAD})  # what changes of the same moment can be told together


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    lead: str
    command: Command
    now: datetime


class Leads:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def get(self, lead: str) -> Lead:
        """The lead as it is. Raises Refused where there is none of this id."""
        return await self._space.read(lambda session: load(session, self._space.workspace, [lead])[lead])

    async def find(self, asked: str, most: int) -> list[Lead]:
        """Leads with these words, whoever may see them: whole words first, then the newest."""

        def work(session: Session) -> list[Lead]:
            ids = words.ids(session, self._space.workspace, asked, most)
            found = load(session, self._space.workspace, ids)
            return [found[each] for each in ids]

        return await self._space.read(work)

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
                around = self._around(session, {lead: known}, command, [told])
                decide(known, command, around.told(told, known))
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
        asked = Asked(lead=lead, command=command, now=now)
        alone = command.needs - SHARED
        work = partial(self._change_alone, asked) if alone else Alike(what=asked, done=self.change_all)
        outcome = await self._space.write(work)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def _change_alone(self, asked: Asked, session: Session) -> Lead | Refused:
        try:
            return self.apply(session, [asked.lead], asked.command, asked.now)[asked.lead]
        except Refused as refused:  # by a rule, before anything was written
            jobs.add(session, self._space.workspace, refused.jobs)
            return refused

    def change_all(self, session: Session, asked: Sequence[Asked]) -> list[Lead | Refused]:
        """What each asks for, one after another, read and written together: all of it is done at the last's moment."""
        workspace, now = self._space.workspace, max(each.now for each in asked)
        leads = load(session, workspace, {each.lead for each in asked}, lock_them=True, some=True)
        people_, loads = self._who_acts(session, [each.command for each in asked])
        stops = standstills.every(session, workspace)
        facts = Facts(now=now, agreement=self._agreement, stops=stops)
        changes: list[tuple[Lead, Command, Decision]] = []
        outcomes: list[Lead | Refused] = []
        for each in asked:
            by = getattr(each.command, "by", None) or ""
            before = leads.get(each.lead)
            if before is None:
                outcomes.append(Refused(NOT_HERE))
                continue
            try:
                decision = decide(before, each.command, replace(facts, by=people_.get(by), load=loads[by]))
            except Refused as refused:
                decision = Decision(lead=before, jobs=refused.jobs)
                outcomes.append(refused)
            else:
                outcomes.append(decision.lead)
            loads.subtract(_counted(before))
            loads.update(_counted(decision.lead))
            leads[each.lead] = decision.lead
            changes.append((before, each.command, decision))
        keep(session, workspace, self._agreement, changes, now)
        return outcomes

    def _who_acts(
        self, session: Session, commands: Sequence[Command]
    ) -> tuple[dict[str, Person], Counter[str]]:
        """The people behind these commands, and how many leads count for each of whom a command counts them."""
        by = [(command, who) for command in commands if (who := getattr(command, "by", None))]
        counted = {who for command, who in by if Need.LOAD in command.needs}
        places, whom = self._agreement.places, {who for _, who in by}
        known = people_here(session, self._space.workspace, whom, places, locked=counted)
        return known, self._loads(session, counted)

    def apply(
        self, session: Session, leads: Sequence[str], command: Command, now: datetime
    ) -> dict[str, Lead]:
        """`change`, for each of these leads, inside a transaction that is under way."""
        if _offers(command, self._agreement):
            take_turn(session, self._space.workspace, OFFERING)
        before = load(session, self._space.workspace, leads, lock_them=True)
        around = Around(session, self._space.workspace, self._agreement)
        told = Facts(now=now, agreement=self._agreement)
        facts = early(session, self._space.workspace, before, command, told)
        if facts is None:
            about = self._about(session, before, command, self._facts(session, command, now, lock_them=True))
            facts = self._with_teams(session, before, command, about)
            around = self._around(session, before, command, facts.values())
        changes: list[tuple[Lead, Command, Decision]] = []
        for lead in dict.fromkeys(leads):
            decision = decide(before[lead], command, around.told(facts[lead], before[lead]))
            around.after(decision)
            changes.append((before[lead], command, decision))
            if isinstance(command, Mend):
                identities.learn(session, self._space.workspace, lead, command.told)
        keep(session, self._space.workspace, self._agreement, changes, now)
        return {lead.id: decision.lead for lead, _, decision in changes}

    def _facts(self, session: Session, command: Command, now: datetime, *, lock_them: bool = False) -> Facts:
        """What the command needs to know besides the lead; locked, so that it stays true until the commit."""
        workspace, needs = self._space.workspace, command.needs
        by, colleague = getattr(command, "by", None), getattr(command, "colleague", None)
        offers = Need.OFFERS in needs
        rooms = rooms_of(session, workspace, self._agreement, now) if offers else {}
        counted = [by] if by and Need.LOAD in needs else []
        places, whom = self._agreement.places, {who for who in (by, colleague) if who}
        known = people_here(session, workspace, whom, places, locked=counted if lock_them else ())
        return Facts(
            now=now,
            agreement=self._agreement,
            by=known.get(by or ""),
            colleague=known.get(colleague or ""),
            rooms=rooms,
            load=self._loads(session, counted)[by or ""],
            stops=standstills.every(session, workspace),
        )

    def _loads(self, session: Session, owners: Collection[str]) -> Counter[str]:
        """How many leads of each of these count against the cap."""
        these = {"workspace": self._space.workspace, "owners": sorted(owners)}
        rows = session.execute(_LOADS, these) if owners else ()
        return Counter({row.owner: row.number for row in rows})

    def _about(
        self, session: Session, leads: Mapping[str, Lead], command: Command, facts: Facts
    ) -> Mapping[str, Facts]:
        """The facts for each lead: what is known of all, its own touches, and who has it."""
        about = dict.fromkeys(leads, facts)
        if Need.TOUCHES in command.needs:
            touches = touches_of(session, self._space.workspace, list(leads))
            about = {lead: replace(each, touches=touches[lead]) for lead, each in about.items()}
        theirs = [lead for lead, known in leads.items() if Need.LOSS in command.needs or known.recycled_by]
        if theirs:
            lost = losses(session, self._space.workspace, theirs)
            about = {lead: replace(each, lost=lost.get(lead)) for lead, each in about.items()}
        if Need.HOLDER in command.needs:
            holders = {lead: next(iter(waits_on(known)), None) for lead, known in leads.items()}
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
        names = {lead: self._agreement.team(team_of(leads[lead])).name for lead in facts}
        involved = {person for lead in facts for person in waits_on(leads[lead])}
        teams = {
            name: team_now(session, self._space.workspace, self._agreement, name, involved)
            for name in sorted(set(names.values()))
        }
        return {lead: replace(each, team=teams[names[lead]]) for lead, each in facts.items()}

    def _around(
        self, session: Session, leads: Mapping[str, Lead], command: Command, facts: Iterable[Facts]
    ) -> Around:
        teams = {each.team.team.name: each.team for each in facts if each.team is not None}
        around = Around(session, self._space.workspace, self._agreement, teams)
        if command.needs & {Need.OFFERS, Need.TEAM}:
            around.look(leads.values(), offers=Need.OFFERS in command.needs)
        return around

    def _in_order(self, session: Session, query: Any) -> list[Lead]:
        ids = session.scalars(query).all()
        found = load(session, self._space.workspace, ids)
        return [found[each] for each in ids]


def _counted(lead: Lead) -> Sequence[str]:
    """Whose cap the lead counts against."""
    counts = lead.owner and lead.state is State.ACCEPTED and lead.contacted_at is None
    return [lead.owner] if lead.owner and counts else []


def _offers(command: Command, agreement: Agreement) -> bool:
    """Whether it may offer leads, so that counts of offers and rotas must be true until the commit."""
    rotates = any(team.offer == "rotation" for team in agreement.settings.teams_in_force)
    return Need.OFFERS in command.needs or (rotates and Need.TEAM in command.needs)


def lead_of(handoff: str) -> str:
    """The id of the lead that a handoff or a rejection belongs to: both ids begin with it."""
    return handoff.split("|", maxsplit=1)[0].rpartition("-")[0]


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
    rows = {each: {**lead_row(workspace, lead), "changed_at": now} for each, lead in leads.items()}
    add(session, LEAD, [row for each, row in rows.items() if each in begun])
    known = [lead for lead in first.values() if lead.id not in begun]
    before = [({**lead_row(workspace, lead), "changed_at": None}, rows[lead.id]) for lead in known]
    change(session, LEAD, before)
    words.begin(session, workspace, [lead for lead in leads.values() if lead.id in begun])
    words.change(session, workspace, [(lead, leads[lead.id]) for lead in known])
    handoffs = {
        after.lead.handoff.id: (after.lead.id, after.lead.handoff)
        for before, _, after in changed
        if after.lead.handoff is not None and after.lead.handoff != before.handoff
    }
    there = {lead.handoff.id: handoff_row(workspace, lead.id, lead.handoff) for lead in known if lead.handoff}
    now_there = {each: handoff_row(workspace, *handoff) for each, handoff in handoffs.items()}
    add(session, HANDOFF, [row for each, row in now_there.items() if each not in there])
    change(session, HANDOFF, [(there[each], row) for each, row in now_there.items() if each in there])
    card_rows.keep(session, workspace, [handoff for _, handoff in handoffs.values()])
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
    log.add(session, workspace, changed, now)
    merges.follow(session, workspace, agreement, changed, now)
    hold_rows.count(session, workspace, [(before.hold, after.lead.hold) for before, _, after in changed], now)
    nudge_rows.add(session, workspace, [nudge for _, _, after in changed for nudge in after.nudges])
    decided = [(command, after) for _, command, after in changes]
    homes = home_rows.draws(session, workspace, _hands(changed), now) if changed else []
    jobs.add(session, workspace, [*in_their_hours(session, workspace, agreement, decided), *homes])
    out.tell(session, workspace, agreement, changed, now)


def _hands(changed: Sequence[tuple[Lead, Command, Decision]]) -> set[str]:
    """Who acted, and with whom the leads were or are."""
    leads = [lead for before, _, after in changed for lead in (before, after.lead)]
    offered = {lead.handoff.to for lead in leads if lead.handoff is not None}
    acted = {getattr(command, "by", None) for _, command, _ in changed}
    return {each for each in {*acted, *offered, *(lead.owner for lead in leads)} if each}


# Asked with every click or arrival, and so made once.

_OFFERS: Final = select(func.count()).where(
    HANDOFF.c.workspace == bindparam("workspace"),
    HANDOFF.c.channel == bindparam("channel"),
    HANDOFF.c.offered_at > bindparam("since"),
    HANDOFF.c.joined.is_(None),  # who shares a card is no message more
)
_LOADS: Final = (
    select(LEAD.c.owner, func.count().label("number"))
    .where(
        LEAD.c.workspace == bindparam("workspace"),
        LEAD.c.owner.in_(bindparam("owners", expanding=True)),
        LEAD.c.state == State.ACCEPTED,
        LEAD.c.contacted_at.is_(None),
    )
    .group_by(LEAD.c.owner)
)
