"""Digests: who reads one and when, each once a week; and what it is drawn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, cast, func, or_, select
from sqlalchemy import String as Text
from sqlmodel import Session

from bot.agreement import Agreement
from bot.digests import MOST_NAMED, Audience, Digest, Usual, Waiting, delivery, reported
from bot.digests.rounds import begins
from bot.figures import Scope, Share
from bot.jobs import PlanDigests, Sight, show
from bot.leads.lead import State, Verdict
from bot.leads.wait import Stage
from bot.people import Role
from bot.reports import Report
from bot.teams import Colleague, TeamNow
from storage import jobs, journeys
from storage.db import Space
from storage.figures import AT_ONCE, CURRENT, ITS_LEAD, Counts
from storage.lead_rows import WITH_REJECTION, load
from storage.nudge_rows import UNTOLD
from storage.tables import HANDOFF, LEAD, LIFE, NUDGE, PERSON, REJECTION
from storage.teams import team_now

PAGE: Final = 100  # readers of one transaction
WEEKS: Final = 8
WEEK: Final = timedelta(days=7)
QUOTES: Final = 2
TEAM: Final = "team:"
ACTED_WITHIN: Final = timedelta(hours=1)  # of working time


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A channel, or somebody by direct message; `key` is team:NAME or a Slack user id."""

    key: str
    channel: str
    at: datetime
    audience: Audience
    teams: tuple[str, ...] = ()  # none: all


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
            readers = sorted(self._readers(session, job.week, now), key=lambda each: each.key)
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
            reader = next((each for each in self._readers(session, week, now) if each.key == key), None)
            return None if reader is None else (reader, self._digest(session, about, reader, now))

        return await self._space.read(work)

    async def late(self, about: str, by: str, now: datetime, most: int) -> tuple[list[Waiting], int]:
        """What is late now of what this digest is about; nothing for who is not its reader's kind."""
        week, _, key = about.partition("|")

        def work(session: Session) -> tuple[list[Waiting], int]:
            reader = next((each for each in self._readers(session, week, now) if each.key == key), None)
            if reader is None or (not key.startswith(TEAM) and key != by):
                return [], 0
            return self._late(session, self._scope(reader, week), now, most)

        return await self._space.read(work)

    def _readers(self, session: Session, week: str, now: datetime) -> list[Reader]:
        """Each once, by what they are most: manager, marketer, rep."""
        teams = {
            each.name: team_now(session, self._space.workspace, self._agreement, each.name)
            for each in self._agreement.settings.teams_in_force
        }
        found: dict[str, Reader] = {}
        for each in (
            *self._of_managers(teams, week, now),
            *self._of_marketers(session, week, now),
            *self._of_reps(teams, week, now),
        ):
            known = found.get(each.key)
            if known is None:
                found[each.key] = each
            elif known.audience is each.audience:
                found[each.key] = replace(known, teams=(*known.teams, *each.teams))
        return list(found.values())

    def _of_managers(self, teams: dict[str, TeamNow], week: str, now: datetime) -> Iterator[Reader]:
        """A manager channel of its own, else each manager who is named, else the team's channel."""
        at, channels = self._agreement.settings.digest.at, self._agreement.channels
        for name, team in teams.items():
            if channels.managers == channels.leads and team.managers:
                for whom in team.managers:
                    yield self._person(whom, Audience.MANAGER, week, now, (name,))
                continue
            own = channels.managers != channels.leads
            channel = channels.managers if own else self._agreement.channel_of(team.team)
            yield Reader(
                key=f"{TEAM}{name}",
                channel=channel,
                at=delivery(week, team.calendar, at),
                audience=Audience.MANAGER,
                teams=(name,),
            )

    def _of_marketers(self, session: Session, week: str, now: datetime) -> Iterator[Reader]:
        """Those who are named: where nobody is, everybody reads the channel's."""
        roles = self._agreement.roles
        named = roles.named.get(Role.MARKETER)
        if not named:
            return
        here = and_(
            PERSON.c.workspace == self._space.workspace,
            or_(
                PERSON.c.slack_id.in_(named),
                PERSON.c.email.in_([each.lower() for each in named]),
                cast(PERSON.c.groups, Text) != "[]",
            ),
        )
        ids = list(session.scalars(select(PERSON.c.slack_id).where(here)))
        common = team_now(session, self._space.workspace, self._agreement, "", ids)
        for each in ids:
            whom = common.whom(each)
            if whom is not None and roles.has(whom.person, Role.MARKETER):
                yield self._person(whom, Audience.MARKETER, week, now, ())

    def _of_reps(self, teams: dict[str, TeamNow], week: str, now: datetime) -> Iterator[Reader]:
        for name, team in teams.items():
            for whom in team.reps:
                yield self._person(whom, Audience.REP, week, now, (name,))

    def _person(
        self, whom: Colleague, audience: Audience, week: str, now: datetime, teams: tuple[str, ...]
    ) -> Reader:
        at = delivery(week, whom.calendar, self._agreement.settings.digest.at)
        at = whom.may_be_told(max(at, now))
        return Reader(key=whom.id, channel=whom.id, at=at, audience=audience, teams=teams)

    def _scope(self, reader: Reader, week: str) -> Scope:
        begin, end = reported(week).moments(self._agreement.calendar.zone)
        every = len(reader.teams) == len(self._agreement.settings.teams_in_force)
        rep = reader.key if reader.audience is Audience.REP else None
        return Scope(begin=begin, end=end, teams=() if every or rep else reader.teams, rep=rep)

    def _digest(self, session: Session, about: str, reader: Reader, now: datetime) -> Digest:
        week = about.partition("|")[0]
        scope, period = self._scope(reader, week), reported(week)
        begin, end = period.before().moments(self._agreement.calendar.zone)
        whose = tuple(f"team {each}" for each in scope.teams)
        report = Report(
            period=period,
            figures=self._counts.count(session, scope, now),
            before=self._counts.count(session, replace(scope, begin=begin, end=end), now),
            at=now,
            whose=("yours",) if scope.rep else whose,
            won=() if scope.rep else tuple(journeys.won(session, self._space.workspace, scope)),
        )
        sells = reader.audience is not Audience.MARKETER
        late, in_all = self._late(session, scope, now, MOST_NAMED) if sells else ([], 0)
        stalled, stalled_in_all = self._stalled(session, scope) if sells else ([], 0)
        mine = reader.audience is Audience.REP
        return Digest(
            id=about,
            audience=reader.audience,
            report=report,
            usual=None if mine else self._usual(session, scope, now),
            late=late,
            late_in_all=in_all,
            stalled=stalled,
            stalled_in_all=stalled_in_all,
            quotes=() if mine else self._quotes(session, scope),
            reminders=self._reminders(session, scope) if reader.audience is Audience.MANAGER else None,
        )

    def _usual(self, session: Session, scope: Scope, now: datetime) -> Usual | None:
        """The full weeks before the one that is told, as far as there was anything to count."""
        first = session.scalar(
            select(func.min(HANDOFF.c.offered_at)).where(HANDOFF.c.workspace == self._space.workspace)
        )
        weeks = 0 if first is None else min(WEEKS, (scope.begin - first) // WEEK + 1)
        if weeks <= 0:
            return None
        found = self._counts.count(
            session, replace(scope, begin=scope.begin - weeks * WEEK, end=scope.begin), now
        )
        return Usual(weeks=weeks, handed_over=found.handed_over, acceptance=found.acceptance)

    def _late(self, session: Session, scope: Scope, now: datetime, most: int) -> tuple[list[Waiting], int]:
        """Waiting for an answer after the breach, or for a first contact after the agreed time."""
        late = or_(
            and_(LEAD.c.state == State.OFFERED, HANDOFF.c.verdict.is_(None), HANDOFF.c.late_at <= now),
            and_(
                LEAD.c.state == State.ACCEPTED,
                HANDOFF.c.verdict == Verdict.ACCEPTED,
                HANDOFF.c.contacted_at.is_(None),
                HANDOFF.c.contact_due <= now,
            ),
        )
        here = and_(HANDOFF.c.workspace == self._space.workspace, CURRENT, late, *self._theirs(scope))
        found = HANDOFF.join(LEAD, ITS_LEAD)
        number = session.scalar(select(func.count()).select_from(found).where(here)) or 0
        query = select(LEAD.c.id).select_from(found).where(here).order_by(HANDOFF.c.offered_at, LEAD.c.id)
        ids = list(session.scalars(query.limit(most)))
        leads = load(session, self._space.workspace, ids, some=True)
        waiting = [
            Waiting(lead=leads[each], seconds=self._waited(leads[each], now)) for each in ids if each in leads
        ]
        return sorted(waiting, key=lambda each: -each.seconds), number

    def _waited(self, lead: Any, now: datetime) -> int:
        team = self._agreement.team(lead.handoff.team)
        return int(self._agreement.calendar_of(team).between(lead.handoff.offered_at, now).total_seconds())

    def _stalled(self, session: Session, scope: Scope) -> tuple[list[Any], int]:
        """Owned, in touch once, and the ladder has said since that nothing happens."""
        stalled = and_(
            LEAD.c.owner.is_not(None),
            LEAD.c.state.in_((State.ACCEPTED, State.WORKING)),
            HANDOFF.c.wait["stage"].as_string() == Stage.STALLED,
            cast(HANDOFF.c.wait["sent"], Text).contains("stalled"),
        )
        here = and_(HANDOFF.c.workspace == self._space.workspace, CURRENT, stalled, *self._theirs(scope))
        found = HANDOFF.join(LEAD, ITS_LEAD)
        number = session.scalar(select(func.count()).select_from(found).where(here)) or 0
        query = select(LEAD.c.id).select_from(found).where(here).order_by(LEAD.c.spoke_at, LEAD.c.id)
        ids = list(session.scalars(query.limit(MOST_NAMED // 2)))
        leads = load(session, self._space.workspace, ids, some=True)
        return [leads[each] for each in ids if each in leads], number

    def _theirs(self, scope: Scope) -> Iterator[ColumnElement[bool]]:
        if scope.teams:
            yield HANDOFF.c.team.in_(scope.teams)
        if scope.rep is not None:
            yield or_(LEAD.c.owner == scope.rep, and_(HANDOFF.c.alone.is_(True), HANDOFF.c.to == scope.rep))

    def _quotes(self, session: Session, scope: Scope) -> Sequence[str]:
        """The newest words of reps who passed on a lead of that week."""
        query = (
            select(REJECTION.c.words)
            .select_from(HANDOFF.join(REJECTION, WITH_REJECTION))
            .where(
                HANDOFF.c.workspace == self._space.workspace,
                HANDOFF.c.offered_at >= scope.begin,
                HANDOFF.c.offered_at < scope.end,
                HANDOFF.c.verdict == Verdict.REJECTED,
                REJECTION.c.words.is_not(None),
                *([HANDOFF.c.team.in_(scope.teams)] if scope.teams else []),
            )
            .order_by(REJECTION.c.at.desc(), REJECTION.c.id)
            .limit(QUOTES)
        )
        return [words for words in session.scalars(query) if words]

    def _reminders(self, session: Session, scope: Scope) -> dict[str, Share]:
        """By rung: messages about one lead to one person, and those after which anybody acted within the hour."""
        its_handoff = (HANDOFF.c.workspace == NUDGE.c.workspace) & (HANDOFF.c.id == NUDGE.c.handoff)
        query = (
            select(NUDGE.c.rung, NUDGE.c.at, NUDGE.c.acted_at, HANDOFF.c.team)
            .select_from(NUDGE.join(HANDOFF, its_handoff))
            .where(
                NUDGE.c.workspace == self._space.workspace,
                NUDGE.c.at >= scope.begin,
                NUDGE.c.at < scope.end,
                NUDGE.c.reminder > UNTOLD,
                *([HANDOFF.c.team.in_(scope.teams)] if scope.teams else []),
            )
        )
        sent: dict[str, list[int]] = {}
        for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
            calendar = self._agreement.calendar_of(self._agreement.team(row.team))
            acted = row.acted_at is not None and calendar.between(row.at, row.acted_at) <= ACTED_WITHIN
            counts = sent.setdefault(row.rung, [0, 0])
            counts[0] += acted
            counts[1] += 1
        return {rung: Share(part=part, whole=whole) for rung, (part, whole) in sent.items()}
