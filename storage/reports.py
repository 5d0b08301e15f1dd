"""Reports, asked for: who asks, what they may see, and the figures of that, all read at one moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.figures import Figures, Scope
from bot.leads.decision import UNKNOWN_YET
from bot.people import Person
from bot.periods import Period
from bot.reports import Asked, Report, Sight, nearest, read_request, seen_by
from bot.reports.asked import ME
from bot.text import mention, plain
from storage import journeys
from storage.campaigns import of_others
from storage.db import Space
from storage.figures import Counts
from storage.frozen import frozen, zone_of_teams
from storage.members import people_here
from storage.people import read_person
from storage.reminded import reminded, stopped
from storage.tables import HANDOFF, PERSON
from storage.versions import held_between

THEIR_CAMPAIGN: Final = "who owns one sees its figures, and so do managers and admins."
KNOWN_FOR: Final = timedelta(days=180)  # campaigns and sources of which somebody may be asking


class Reports:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._counts = Counts(space, agreement)

    async def ask(self, by: str, words: str, now: datetime) -> Report:
        """What this person asks for. Raises Refused where that makes no sense, or is not theirs to see."""

        def work(session: Session) -> Report:
            asked, sight, person = self._asked(session, by, words, now)
            return self._report(session, asked, now, sight=sight, person=person)

        return await self._space.read(work)

    async def tell(self, words: str, now: datetime) -> Report:
        """The same for who runs Truce: every team's, nobody's rep figures."""

        def work(session: Session) -> Report:
            asked, sight = self._of_all(words, now)
            return self._report(session, asked, now, sight=sight)

        return await self._space.read(work)

    def scope(
        self, session: Session, by: str | None, words: str, now: datetime
    ) -> tuple[Asked, Scope, Person | None]:
        """What they ask for, as what is counted; nobody named is who runs Truce. Raises Refused."""
        if by is None:
            asked, sight = self._of_all(words, now)
            return asked, self._scope(session, asked, sight, None, now), None
        asked, sight, person = self._asked(session, by, words, now)
        return asked, self._scope(session, asked, sight, person, now), person

    async def choices(self, now: datetime) -> Mapping[str, Sequence[str]]:
        """What a report can be made smaller by, besides a rep and a segment."""

        def work(session: Session) -> Mapping[str, Sequence[str]]:
            since = now - KNOWN_FOR
            teams = [each.name for each in self._agreement.settings.teams_in_force]
            known = {kind: sorted(self._known(session, kind, since)) for kind in ("campaign", "source")}
            return {"team": teams if len(teams) > 1 else [], **known}

        return await self._space.read(work)

    def _asked(self, session: Session, by: str, words: str, now: datetime) -> tuple[Asked, Sight, Person]:
        person = people_here(session, self._space.workspace, [by], self._agreement.places).get(by)
        if person is None:
            raise Refused(UNKNOWN_YET)
        asked = self._read(words, now)
        wanted = asked.filters.get("rep")
        rep = None if wanted is None else self._rep(session, wanted, person)
        return asked, seen_by(person, self._agreement, self._team(asked), rep), rep or person

    def _of_all(self, words: str, now: datetime) -> tuple[Asked, Sight]:
        asked = self._read(words, now)
        if "rep" in asked.filters:
            raise Refused("Figures of single people are told in Slack, to them and their manager.")
        team = self._team(asked)
        return asked, Sight(teams=() if team is None else (team,))

    def _read(self, words: str, now: datetime) -> Asked:
        return read_request(words, now.astimezone(self._agreement.calendar.zone).date())

    def _team(self, asked: Asked) -> str | None:
        wanted = asked.filters.get("team")
        teams = self._agreement.settings.teams_in_force
        return None if wanted is None else nearest("team", wanted, (each.name for each in teams))

    def _rep(self, session: Session, wanted: str, asker: Person) -> Person:
        if wanted.lower() in ME:
            return asker
        ident = wanted.strip("<@>").partition("|")[0]
        fits = or_(
            PERSON.c.slack_id == ident,
            PERSON.c.email == ident.lower(),
            func.lower(PERSON.c.name) == wanted.lower().lstrip("@"),
        )
        query = select(PERSON).where(
            PERSON.c.workspace == self._space.workspace, PERSON.c.bot.is_(False), fits
        )
        found = session.execute(query.limit(2)).mappings().all()
        if len(found) != 1:
            few = "I know nobody of that name" if not found else "Several people have that name"
            raise Refused(f"{few}: please name them as `rep: @name` or by their e-mail.")
        return read_person(found[0])

    def _report(
        self, session: Session, asked: Asked, now: datetime, *, sight: Sight, person: Person | None = None
    ) -> Report:
        workspace, period = self._space.workspace, asked.period
        wanted = self._scope(session, asked, sight, person, now)
        begin, end = period.before().moments(self._zone(sight))
        before = replace(wanted, begin=begin, end=end)
        figures, was, since = self._counts.count(session, wanted, now), None, None
        if not self._is_narrow(wanted):
            was = frozen(session, workspace, period, sight.teams)
        if was is not None:
            figures, since = was[1], figures
        terms = self._agreement
        return Report(
            period=period,
            won=tuple(journeys.won(session, workspace, wanted)),
            pipeline=tuple(journeys.in_the_pipeline(session, workspace, wanted, now)),
            figures=figures,
            before=self._before(session, period, before, sight, now),
            at=now,
            whose=tuple(self._whose(asked, wanted, sight, person)),
            models=asked.models,
            rep=sight.rep,
            versions=held_between(session, workspace, wanted.begin, wanted.end),
            reminders={} if sight.rep else reminded(session, workspace, terms, wanted),
            stopped=0 if sight.rep else stopped(session, workspace, wanted),
            frozen_at=None if was is None else was[0],
            since=since,
        )

    def _before(self, session: Session, period: Period, scope: Scope, sight: Sight, now: datetime) -> Figures:
        was = None
        if not self._is_narrow(scope):
            was = frozen(session, self._space.workspace, period.before(), sight.teams)
        return self._counts.count(session, scope, now) if was is None else was[1]

    def _is_narrow(self, scope: Scope) -> bool:
        """Smaller than what is frozen: whole teams."""
        return bool(scope.campaign or scope.source or scope.rep or scope.segment or scope.apart)

    def _scope(
        self, session: Session, asked: Asked, sight: Sight, person: Person | None, now: datetime
    ) -> Scope:
        period = asked.period
        since = min(now - KNOWN_FOR, period.before().moments(self._agreement.calendar.zone)[0])
        told = {
            kind: nearest(kind, asked.filters[kind], self._known(session, kind, since))
            for kind in ("campaign", "source")
            if kind in asked.filters
        }
        apart: dict[str, str] = {}
        if sight.marketing and person is not None:
            apart = of_others(session, self._space.workspace, person.slack_id)
        owner = apart.get(f"campaign:{told.get('campaign')}")
        if owner is not None:
            raise Refused(f"“{plain(told['campaign'], 60)}” is {mention(owner)}'s campaign: {THEIR_CAMPAIGN}")
        segment = asked.filters.get("segment")
        begin, end = period.moments(self._zone(sight))
        return Scope(
            begin=begin,
            end=end,
            teams=sight.teams,
            rep=sight.rep,
            segment=None if segment is None else segment.lower(),
            apart=tuple(sorted(apart)),
            **told,
        )

    def _whose(self, asked: Asked, scope: Scope, sight: Sight, person: Person | None) -> Iterator[str]:
        yield from (f"team {each}" for each in sight.teams)
        yield from (f"{kind} {each}" for kind in ("campaign", "source") if (each := getattr(scope, kind)))
        if scope.segment:
            yield f"segment {asked.filters['segment']}"
        if scope.rep and person is not None:
            yield f"{person.name} alone"
        if scope.apart and scope.campaign is None:
            yield "your campaigns"

    def _zone(self, sight: Sight) -> ZoneInfo:
        return zone_of_teams(self._agreement, sight.teams)

    def _known(self, session: Session, kind: str, since: datetime) -> list[str]:
        column = HANDOFF.c.line if kind == "campaign" else HANDOFF.c.source
        query = select(column).where(
            HANDOFF.c.workspace == self._space.workspace, HANDOFF.c.offered_at >= since
        )
        found = session.scalars(query.distinct())
        if kind == "source":
            return list(found)
        return [line.partition(":")[2] for line in found if line.startswith("campaign:")]
