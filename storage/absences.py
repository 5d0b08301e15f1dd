"""Who is away or gone with what is open, read; and what follows when an absence begins or ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from bot.absences import Absence, Charge, in_order, need_right
from bot.agreement import Agreement
from bot.deals import DealState
from bot.jobs import Attend, Due, Sight, WakeLadders, redraw, show, to_person
from bot.leads.commands import EndCover, Excuse
from bot.leads.lead import State
from bot.people import Person
from bot.presence import following
from bot.teams import Colleague, Presence
from storage import deals, jobs, people
from storage.db import Space
from storage.hours import held_back
from storage.lead_rows import load
from storage.leads import Leads
from storage.retro_sights import changes_of
from storage.tables import DEAL, HANDOFF, LEAD, PRESENCE
from storage.teams import presence_row, presences, team_now
from storage.upsert import put

MOST: Final = 500  # open leads of one person
OWNED: Final = (State.ACCEPTED, State.WORKING)


class Absences:
    def __init__(self, space: Space, leads: Leads, agreement: Agreement) -> None:
        self._space, self._leads, self._agreement = space, leads, agreement

    async def of(self, person: str, now: datetime) -> Absence | None:
        """Somebody and what is open with them, here or not; None: we do not know them."""
        return await self._space.read(lambda session: self._of(session, person, now))

    async def attend(self, person: str, now: datetime) -> None:
        """See to what is open with somebody who is away, gone or back; again when that changes."""

        def work(session: Session) -> None:
            absence = self._of(session, person, now)
            if absence is None:
                return
            gone = absence.person.deactivated
            if absence.id is None or gone:
                covered = covered_of(session, self._space.workspace, person)
                self._leads.apply(session, covered, EndCover(whom=person, stays=gone), now)
            if absence.id is not None and (
                asked := [lead.id for lead in absence.leads if lead.state is State.OFFERED]
            ):
                self._leads.apply(session, asked, Excuse(whom=person), now)
                absence = self._of(session, person, now) or absence
            wake = Due(job=WakeLadders(person=person), at=now)
            told = self._tell(session, absence)
            due = [*told, *_again(self._with_the_next(session, absence)), wake]
            if absence.id is None:
                due += held_back(session, self._space.workspace, self._agreement, absence.person, now)
            jobs.add(session, self._space.workspace, due)

        await self._space.write(work)

    def _of(self, session: Session, person: str, now: datetime) -> Absence | None:
        workspace = self._space.workspace
        known = people.get(session, workspace, person)
        if known is None:
            return None
        told = presences(session, workspace, [person]).get(person, Presence())
        leads = load(session, workspace, open_of(session, workspace, person))
        charges = charges_of(session, workspace, known) if known.deactivated else ()
        return Absence(person=known, told=told, leads=in_order([*leads.values()]), now=now, charges=charges)

    async def check(self, absence: Absence, by: str, colleague: str = "") -> None:
        """Raises Refused unless this person may give on what is open with who has left, and to this colleague."""

        def work(session: Session) -> None:
            whom, to = (people.get(session, self._space.workspace, each) for each in (by, colleague))
            need_right(whom, to, absence, self._agreement)

        await self._space.read(work)

    async def takers(self, absence: Absence) -> list[str]:
        """Who of their team is here and could go on with it, who has least in hand first."""

        def work(session: Session) -> list[str]:
            home = self._agreement.home_of(absence.person)
            team = team_now(session, self._space.workspace, self._agreement, home.name)
            here = [each for each in team.reps if each.is_here(absence.now)]
            return [each.id for each in sorted(here, key=lambda each: (each.load / each.weight, each.id))]

        return await self._space.read(work)

    def _with_the_next(self, session: Session, absence: Absence) -> Absence:
        """The same person; an absence that is over has given its place to the next one."""
        workspace, person = self._space.workspace, absence.person.slack_id
        people.get(session, workspace, person, lock_it=True)
        before = presences(session, workspace, [person]).get(person, Presence())
        after = following(before, absence.now)
        if after != before:
            put(session, PRESENCE, [presence_row(workspace, person, after)])
        return replace(absence, told=after)

    def _tell(self, session: Session, absence: Absence) -> Sequence[Due]:
        """One message for each manager and absence, if something is open; afterwards it is only drawn anew."""
        about, now = absence.id, absence.now
        if about is None:
            began = absence.told.away_from
            about = "" if began is None else f"{absence.person.slack_id}@{began.timestamp():.0f}"
        whom = self._managers(session, absence)
        if (
            absence.id
            and absence.is_open
            and jobs.once(session, self._space.workspace, f"absence:{about}", now)
        ):
            return [
                show(Sight.ABSENCE, to_person(about, each.id), each.may_be_told(now), channel=each.id)
                for each in whom
            ]
        return [redraw(Sight.ABSENCE, to_person(about, each.id), now, channel=each.id) for each in whom]

    def _managers(self, session: Session, absence: Absence) -> list[Colleague]:
        """The managers of their team, else the admins, who are here; never they themselves."""
        home = self._agreement.home_of(absence.person)
        team = team_now(session, self._space.workspace, self._agreement, home.name)
        asked = [each for each in team.managers or team.admins if each.id != absence.person.slack_id]
        return [each for each in asked if each.is_here(absence.now)] or asked


def open_of(session: Session, workspace: str, person: str) -> list[str]:
    """The leads that somebody owns, and those that are offered to them alone."""
    theirs = and_(LEAD.c.owner == person, LEAD.c.state.in_(OWNED))
    asked = and_(HANDOFF.c.to == person, HANDOFF.c.alone.is_(True), LEAD.c.state == State.OFFERED)
    query = (
        select(LEAD.c.id)
        .join(HANDOFF, and_(HANDOFF.c.workspace == LEAD.c.workspace, HANDOFF.c.id == LEAD.c.handoff))
        .where(LEAD.c.workspace == workspace, HANDOFF.c.workspace == workspace, or_(theirs, asked))
        .limit(MOST)
    )
    return list(session.scalars(query))


def covered_of(session: Session, workspace: str, person: str) -> list[str]:
    """What others look after for them."""
    query = (
        select(LEAD.c.id)
        .join(HANDOFF, and_(HANDOFF.c.workspace == LEAD.c.workspace, HANDOFF.c.id == LEAD.c.handoff))
        .where(LEAD.c.workspace == workspace, HANDOFF.c.workspace == workspace)
        .where(HANDOFF.c.cover_for == person, LEAD.c.state.in_(OWNED))
        .limit(MOST)
    )
    return list(session.scalars(query))


def charges_of(session: Session, workspace: str, person: Person) -> list[Charge]:
    """The open deals of somebody, and the changes that they said they would make."""
    whose = [each for each in (person.slack_id, person.email) if each]
    query = (
        select(DEAL)
        .where(DEAL.c.workspace == workspace, DEAL.c.owner.in_(whose), DEAL.c.state == DealState.OPEN)
        .order_by(DEAL.c.opened_at, DEAL.c.id)
        .limit(MOST)
    )
    known = [deals.read(row) for row in session.execute(query).mappings()]
    theirs = [Charge(id=deal.id, called=deal.name or deal.external_id, deal=deal) for deal in known]
    changes = changes_of(session, workspace, person.slack_id)
    return [*theirs, *(Charge(id=each.retro, called=f"{each.what}, after {each.title}") for each in changes)]


def _again(absence: Absence) -> Sequence[Due]:
    """A look at the moment at which the absence begins or ends."""
    told, now = absence.told, absence.now
    moments = [each for each in (told.away_from, told.away_until) if each is not None and each > now]
    if absence.person.deactivated or not moments:
        return ()
    return (Due(job=Attend(person=absence.person.slack_id), at=min(moments)),)
