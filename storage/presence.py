"""What people say of their hours and absences, kept; and the pauses of teams."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Attend, Due, WakeLadders, climb
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import State
from bot.leads.waiting import ASKED
from bot.pausing import go_on, goes_on, pause
from bot.people import Person
from bot.presence import Asker, Word, noticed
from bot.statuses import Status
from bot.teams import Presence, Standstill
from storage import jobs, people, standstills
from storage.absences import charges_of, covered_of, open_of
from storage.db import Space
from storage.hours import held_back_in
from storage.people import read_person
from storage.tables import HANDOFF, LEAD, PERSON, PRESENCE, STANDSTILL
from storage.teams import calendar_for, presence_row, presences
from storage.turns import locking
from storage.upsert import put

AT_ONCE: Final = 100  # handoffs in one transaction


class Presences:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def ask(self, by: str, word: Word, words: str, now: datetime) -> str:
        """Keep what somebody says of themselves; the sentence for them. Raises Refused, and keeps nothing."""

        def work(session: Session) -> str:
            person = self._known(session, by)
            told = presences(session, self._space.workspace, [by]).get(by, Presence())
            asker = self._asker(person, told, now)
            reply = word(words, asker)
            self._keep(session, {by: (told, reply.told)}, now)
            return reply.words

        return await self._space.write(work)

    async def notice(self, statuses: Mapping[str, Status], now: datetime) -> None:
        """Keep what follows from the Slack statuses of these people."""

        def work(session: Session) -> None:
            told = presences(session, self._space.workspace, statuses)
            changes = {}
            for person in self._colleagues(session, statuses):
                before = told.get(person.slack_id, Presence())
                after = noticed(statuses[person.slack_id], self._asker(person, before, now))
                changes[person.slack_id] = (before, after)
            self._keep(session, changes, now)
            self._attend(session, self._who_left(session, statuses), now)

        await self._space.write(work)

    async def rest(self, slack_id: str, begin: datetime | None, end: datetime | None, now: datetime) -> None:
        """Keep when somebody is not to be disturbed next."""

        def work(session: Session) -> None:
            for person in self._colleagues(session, [slack_id]):
                told = presences(session, self._space.workspace, [slack_id]).get(slack_id, Presence())
                after = replace(told, dnd_from=begin, dnd_until=end)
                self._keep(session, {person.slack_id: (told, after)}, now)

        await self._space.write(work)

    async def wake(self, job: WakeLadders, now: datetime) -> WakeLadders | None:
        """Let some of the handoffs that wait on a person, or on a team, be looked at; where to go on after them."""

        def work(session: Session) -> WakeLadders | None:
            found = session.execute(_waiting(self._space.workspace, job)).all()
            due = [
                climb(row.lead, row.handoff, now)
                for row in found
                if not job.team or self._agreement.team(row.team).name == job.team
            ]
            if not job.person and not job.after:
                due += held_back_in(session, self._space.workspace, self._agreement, job.team, now)
            jobs.add(session, self._space.workspace, due)
            return replace(job, after=found[-1].handoff) if len(found) == AT_ONCE else None

        return await self._space.write(work)

    async def pause(self, by: str, words: str, now: datetime) -> str:
        """Begin the pause of a team, in place of one that lasts; the sentence for who asked. Raises Refused."""

        def work(session: Session) -> str:
            asked = pause(words, self._known(session, by), self._agreement, now)
            self._end_pauses(session, asked.team, now)
            standstills.note(
                session, self._space.workspace, Standstill.PAUSE, asked.stop, team=asked.team, by=by
            )
            return asked.words

        return await self._space.write(work)

    async def go_on(self, by: str, words: str, now: datetime) -> str:
        """End the pause of a team; the sentence for who asked. Raises Refused."""

        def work(session: Session) -> str:
            team = go_on(words, self._known(session, by), self._agreement)
            paused = self._end_pauses(session, team.name, now)
            return goes_on(team, self._agreement, paused=paused)

        return await self._space.write(work)

    def _known(self, session: Session, by: str) -> Person:
        """Who asks; locked, so that two words of one person come one after the other."""
        person = people.get(session, self._space.workspace, by, lock_it=True)
        if person is None:
            raise Refused(UNKNOWN_YET)
        return person

    def _colleagues(self, session: Session, ids: Mapping[str, Any] | list[str]) -> list[Person]:
        """Those of these people whose hours matter here, locked in order of their ids."""
        query = (
            select(PERSON)
            .where(PERSON.c.workspace == self._space.workspace, PERSON.c.slack_id.in_(sorted(ids)))
            .where(PERSON.c.deactivated.is_(False), PERSON.c.external.is_(False), PERSON.c.bot.is_(False))
            .order_by(PERSON.c.slack_id)
        )
        return [read_person(row) for row in session.execute(locking(query)).mappings()]

    def _asker(self, person: Person, told: Presence, now: datetime) -> Asker:
        team = self._agreement.home_of(person)
        return Asker(
            person=person,
            told=told,
            common=self._agreement.calendar_of(team),
            own=calendar_for(self._agreement, team, person, told),
            now=now,
        )

    def _keep(
        self, session: Session, changes: Mapping[str, tuple[Presence, Presence]], now: datetime
    ) -> None:
        changed = {slack_id: after for slack_id, (before, after) in changes.items() if after != before}
        rows = [
            presence_row(self._space.workspace, slack_id, told) for slack_id, told in sorted(changed.items())
        ]
        put(session, PRESENCE, rows)
        self._attend(session, changed, now)

    def _attend(self, session: Session, people: Iterable[str], now: datetime) -> None:
        """What is open with them is seen to at once."""
        due = [Due(job=Attend(person=slack_id), at=now) for slack_id in people]
        jobs.add(session, self._space.workspace, due)

    def _who_left(self, session: Session, ids: Iterable[str]) -> list[str]:
        """Those of these people whose account is gone, while something is open with them or looked after for them."""
        query = select(PERSON).where(
            PERSON.c.workspace == self._space.workspace,
            PERSON.c.slack_id.in_(sorted(ids)),
            PERSON.c.deactivated.is_(True),
        )
        workspace = self._space.workspace
        left = [read_person(row) for row in session.execute(query).mappings()]
        return [
            each.slack_id
            for each in left
            if open_of(session, workspace, each.slack_id)
            or covered_of(session, workspace, each.slack_id)
            or charges_of(session, workspace, each)
        ]

    def _end_pauses(self, session: Session, team: str, now: datetime) -> bool:
        standing = (
            STANDSTILL.c.workspace == self._space.workspace,
            STANDSTILL.c.team == team,
            STANDSTILL.c.why == Standstill.PAUSE,
            STANDSTILL.c.ends_at > now,
        )
        ended = update(STANDSTILL).where(*standing).values(ends_at=now).returning(STANDSTILL.c.id)
        paused = bool(session.scalars(ended).all())
        if paused:
            jobs.add(session, self._space.workspace, [Due(job=WakeLadders(team=team), at=now)])
        return paused


def _waiting(workspace: str, job: WakeLadders) -> Select[Any]:
    """Handoffs that somebody of sales is asked about, in order of their ids."""
    both = and_(HANDOFF.c.workspace == LEAD.c.workspace, HANDOFF.c.id == LEAD.c.handoff)
    query = (
        select(LEAD.c.id.label("lead"), HANDOFF.c.id.label("handoff"), HANDOFF.c.team)
        .join(HANDOFF, both)
        .where(LEAD.c.workspace == workspace, HANDOFF.c.workspace == workspace)
        .where(LEAD.c.state.in_(ASKED), HANDOFF.c.id > job.after)
        .order_by(HANDOFF.c.id)
        .limit(AT_ONCE)
    )
    if not job.person:
        return query
    anyone = and_(LEAD.c.state == State.OFFERED, HANDOFF.c.alone.is_(False))
    return query.where(or_(LEAD.c.owner == job.person, HANDOFF.c.to == job.person, anyone))
