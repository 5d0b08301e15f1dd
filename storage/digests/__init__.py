"""Digests: each reader's once a week, and what it is drawn from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.digests import MOST_NAMED, Audience, Digest, Usual, Waiting, reported
from bot.digests.rounds import begins
from bot.errors import Refused
from bot.figures import Scope
from bot.jobs import PlanDigests, Sight, redraw, show
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import Verdict
from bot.people import Role
from bot.reports import Report
from storage import jobs, journeys
from storage.campaigns import of_others
from storage.db import Space
from storage.digests import learnt, stuck
from storage.digests.readers import TEAM, Reader, Readers
from storage.figures import Counts, handoffs_of
from storage.lead_rows import WITH_REJECTION
from storage.members import people_here
from storage.reminded import reminded, stopped
from storage.tables import DIGEST_OFF, HANDOFF, LIFE, REJECTION
from storage.upsert import insert_new
from storage.versions import held_between
from storage.voices import lately

PAGE: Final = 100  # readers of one transaction
WEEKS: Final = 8
WEEK: Final = timedelta(days=7)
QUOTES: Final = 2


class Digests:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._counts = Counts(space, agreement)

    async def plan(self, job: PlanDigests, now: datetime) -> PlanDigests | None:
        """Each reader gets this round's digest in their time, once however often this runs; then the next page."""

        def work(session: Session) -> PlanDigests | None:
            began = session.scalar(select(LIFE.c.began_at).where(LIFE.c.workspace == self._space.workspace))
            if began is None or began > begins(job.week, self._agreement.settings.digest.at):
                return None  # we were not here in the week that it would tell of
            readers = sorted(self._readers(session, job.week, now).all(), key=lambda each: each.key)
            page = [each for each in readers if each.key > job.after][:PAGE]
            for each in page:
                about = f"{job.week}|{each.key}"
                if jobs.once(session, self._space.workspace, f"digest:{about}", now):
                    due = show(Sight.DIGEST, about, max(each.at, now), channel=each.channel)
                    jobs.add(session, self._space.workspace, [due])
            return PlanDigests(week=job.week, after=page[-1].key) if len(page) == PAGE else None

        return await self._space.write(work, bulk=True)

    async def of(self, about: str, now: datetime) -> tuple[Reader, Digest] | None:
        """What this reader is told now; None: they read none any more."""
        week, _, key = about.partition("|")

        def work(session: Session) -> tuple[Reader, Digest] | None:
            reader = self._readers(session, week, now).called(key)
            return None if reader is None else (reader, self._digest(session, about, reader, now))

        return await self._space.read(work)

    async def late(self, about: str, by: str, now: datetime, most: int) -> tuple[list[Waiting], int]:
        """What is late now of what this digest is about; nothing for who is not its reader's kind."""
        week, _, key = about.partition("|")

        def work(session: Session) -> tuple[list[Waiting], int]:
            reader = self._readers(session, week, now).called(key)
            if reader is None or (not key.startswith(TEAM) and key != by):
                return [], 0
            scope = self._scope(session, reader, week)
            return stuck.late(session, self._space.workspace, self._agreement, scope, now, most=most)

        return await self._space.read(work)

    async def switch(self, by: str, *, on: bool) -> None:
        """Whether somebody wants a digest of their own leads."""
        here = (DIGEST_OFF.c.workspace == self._space.workspace, DIGEST_OFF.c.slack_id == by)

        def work(session: Session) -> None:
            if on:
                session.execute(delete(DIGEST_OFF).where(*here))
            else:
                insert_new(session, DIGEST_OFF, [{"workspace": self._space.workspace, "slack_id": by}])

        await self._space.write(work)

    async def end_first_days(self, about: str, by: str, now: datetime) -> None:
        """Managers are reminded from now on; the digest that offered it says so. Raises Refused to who is no manager."""
        workspace, (week, _, key) = self._space.workspace, about.partition("|")

        def work(session: Session) -> None:
            person = people_here(session, workspace, [by], self._agreement.places).get(by)
            if person is None:
                raise Refused(UNKNOWN_YET)
            if not self._agreement.has(person, Role.MANAGER):
                self._agreement.roles.need(person, Role.MANAGER, Role.ADMIN)
            ours = (LIFE.c.workspace == workspace, LIFE.c.switched_on_at.is_(None))
            session.execute(update(LIFE).where(*ours).values(switched_on_at=now, switched_on_by=by))
            reader = self._readers(session, week, now).called(key)
            if reader is not None:
                jobs.add(session, workspace, [redraw(Sight.DIGEST, about, now, channel=reader.channel)])

        await self._space.write(work)

    def _readers(self, session: Session, week: str, now: datetime) -> Readers:
        return Readers(session, self._space.workspace, self._agreement, week, now)

    def _scope(self, session: Session, reader: Reader, week: str) -> Scope:
        begin, end = reported(week).moments(self._agreement.calendar.zone)
        every = len(reader.teams) == len(self._agreement.settings.teams_in_force)
        rep = reader.key if reader.audience is Audience.REP else None
        theirs = reader.audience is Audience.MARKETER
        apart = of_others(session, self._space.workspace, reader.key) if theirs else {}
        teams = () if every or rep else reader.teams
        return Scope(begin=begin, end=end, teams=teams, rep=rep, apart=tuple(sorted(apart)))

    def _digest(self, session: Session, about: str, reader: Reader, now: datetime) -> Digest:
        """Of a rep what is theirs, of a marketer what is not sales' own to mend, of a manager all of it."""
        workspace, scope = self._space.workspace, self._scope(session, reader, about.partition("|")[0])
        told = Digest(
            id=about, audience=reader.audience, report=self._report(session, about, reader, scope, now)
        )
        back = learnt.looked_back(session, workspace, self._agreement, scope, now)
        if reader.audience is not Audience.REP:
            chances = learnt.second_chances(session, workspace, scope)
            told = replace(
                told,
                usual=self._usual(session, scope),
                quotes=self._quotes(session, scope),
                second_chances=chances,
                heard=lately(session, workspace, scope.begin, scope.end),
            )
        if reader.audience is not Audience.MARKETER:
            late, late_in_all = stuck.late(session, workspace, self._agreement, scope, now, most=MOST_NAMED)
            stalled, stalled_in_all = stuck.stalled(session, workspace, scope)
            deals, deals_in_all = stuck.without_next_step(session, workspace, scope, now)
            told = replace(
                told,
                late=late,
                late_in_all=late_in_all,
                stalled=stalled,
                stalled_in_all=stalled_in_all,
                deals=deals,
                deals_in_all=deals_in_all,
            )
        if reader.audience is Audience.MANAGER:
            first = stuck.first_days(session, workspace, self._agreement, scope, now)
            told = replace(told, first_days=first)
        return replace(told, back=back)

    def _report(self, session: Session, about: str, reader: Reader, scope: Scope, now: datetime) -> Report:
        period = reported(about.partition("|")[0])
        begin, end = period.before().moments(self._agreement.calendar.zone)
        whose = ("yours",) if scope.rep else tuple(f"team {each}" for each in scope.teams)
        managing = reader.audience is Audience.MANAGER
        return Report(
            period=period,
            figures=self._counts.count(session, scope, now),
            before=self._counts.count(session, replace(scope, begin=begin, end=end), now),
            at=now,
            whose=("your campaigns",) if scope.apart else whose,
            won=() if scope.rep else tuple(journeys.won(session, self._space.workspace, scope)),
            versions=held_between(session, self._space.workspace, scope.begin, scope.end),
            reminders=reminded(session, self._space.workspace, self._agreement, scope) if managing else {},
            stopped=stopped(session, self._space.workspace, scope) if managing else 0,
        )

    def _usual(self, session: Session, scope: Scope) -> Usual | None:
        """The full weeks before the one that is told, as far as there was anything to count."""
        first = session.scalar(
            select(func.min(HANDOFF.c.offered_at)).where(HANDOFF.c.workspace == self._space.workspace)
        )
        weeks = 0 if first is None else min(WEEKS, (scope.begin - first) // WEEK + 1)
        if weeks <= 0:
            return None
        before = replace(scope, begin=scope.begin - weeks * WEEK, end=scope.begin)
        handed_over, acceptance = self._counts.acceptance(session, before)
        return Usual(weeks=weeks, handed_over=handed_over, acceptance=acceptance)

    def _quotes(self, session: Session, scope: Scope) -> Sequence[str]:
        """The newest words of reps who passed on a lead of that week."""
        found, here = handoffs_of(self._space.workspace, scope)
        said = select(REJECTION.c.words).where(WITH_REJECTION).correlate(HANDOFF).scalar_subquery()
        each = (
            select(HANDOFF.c.decided_at, HANDOFF.c.id, said.label("words"))
            .select_from(found)
            .where(here, HANDOFF.c.verdict == Verdict.REJECTED)
            .subquery()
        )
        query = select(each.c.words).where(each.c.words.is_not(None), each.c.words != "")
        return list(session.scalars(query.order_by(each.c.decided_at.desc(), each.c.id).limit(QUOTES)))
