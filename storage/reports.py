"""Reports, asked for: who asks, what they may see, and the figures of that, all read at one moment."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.figures import Scope
from bot.leads.decision import UNKNOWN_YET
from bot.people import Person
from bot.periods import Period
from bot.reports import Asked, Report, nearest, read_request, seen_by
from bot.reports.asked import ME
from storage import journeys
from storage.db import Space
from storage.figures import Counts
from storage.members import people_here
from storage.people import read_person
from storage.tables import HANDOFF, PERSON

KNOWN_FOR: Final = timedelta(days=180)  # campaigns and sources of which somebody may be asking


class Reports:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._counts = Counts(space, agreement)

    async def ask(self, by: str, words: str, now: datetime) -> Report:
        """What this person asks for. Raises Refused where that makes no sense, or is not theirs to see."""

        def work(session: Session) -> Report:
            person = people_here(session, self._space.workspace, [by], self._agreement.places).get(by)
            if person is None:
                raise Refused(UNKNOWN_YET)
            asked = self._read(words, now)
            wanted = asked.filters.get("rep")
            rep = None if wanted is None else self._rep(session, wanted, person)
            teams, seen = seen_by(person, self._agreement, self._team(asked), rep)
            name = "" if seen is None else (rep or person).name
            return self._report(session, asked, now, teams=teams, rep=seen, name=name)

        return await self._space.read(work)

    async def tell(self, words: str, now: datetime) -> Report:
        """The same for who runs Truce: every team's, nobody's rep figures."""

        def work(session: Session) -> Report:
            asked = self._read(words, now)
            if "rep" in asked.filters:
                raise Refused("Figures of single people are told in Slack, to them and their manager.")
            team = self._team(asked)
            return self._report(session, asked, now, teams=() if team is None else (team,))

        return await self._space.read(work)

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
        self,
        session: Session,
        asked: Asked,
        now: datetime,
        *,
        teams: tuple[str, ...],
        rep: str | None = None,
        name: str = "",
    ) -> Report:
        period = asked.period
        since = min(now - KNOWN_FOR, period.before().moments(self._agreement.calendar.zone)[0])
        told = {
            kind: nearest(kind, asked.filters[kind], self._known(session, kind, since))
            for kind in ("campaign", "source")
            if kind in asked.filters
        }
        segment = asked.filters.get("segment")
        whose = [*(f"team {each}" for each in teams), *(f"{kind} {each}" for kind, each in told.items())]
        whose += [*([f"segment {segment}"] if segment else []), *([f"{name} alone"] if rep else [])]

        def scope(of: Period) -> Scope:
            begin, end = of.moments(self._zone(teams))
            lowered = None if segment is None else segment.lower()
            return Scope(begin=begin, end=end, teams=teams, rep=rep, segment=lowered, **told)

        workspace, wanted = self._space.workspace, scope(period)
        return Report(
            period=period,
            won=tuple(journeys.won(session, workspace, wanted)),
            pipeline=tuple(journeys.in_the_pipeline(session, workspace, wanted, now)),
            figures=self._counts.count(session, wanted, now),
            before=self._counts.count(session, scope(period.before()), now),
            at=now,
            whose=tuple(whose),
        )

    def _zone(self, teams: tuple[str, ...]) -> ZoneInfo:
        """The team's, where it is of one team alone."""
        if len(teams) == 1:
            return self._agreement.calendar_of(self._agreement.team(teams[0])).zone
        return self._agreement.calendar.zone

    def _known(self, session: Session, kind: str, since: datetime) -> list[str]:
        column = HANDOFF.c.line if kind == "campaign" else HANDOFF.c.source
        query = select(column).where(
            HANDOFF.c.workspace == self._space.workspace, HANDOFF.c.offered_at >= since
        )
        found = session.scalars(query.distinct())
        if kind == "source":
            return list(found)
        return [line.partition(":")[2] for line in found if line.startswith("campaign:")]
