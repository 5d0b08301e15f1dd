"""Who reads a digest, in which round, and when: each once, by what they are most."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import String as Text
from sqlalchemy import and_, cast, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.digests import Audience, delivery
from bot.people import Role
from bot.teams import Colleague, TeamNow
from storage.tables import DIGEST_OFF, PERSON
from storage.teams import team_now

TEAM = "team:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A channel, or somebody by direct message; `key` is team:NAME or a Slack user id."""

    key: str
    channel: str
    at: datetime
    audience: Audience
    teams: tuple[str, ...] = ()  # none: all


@dataclass(frozen=True, slots=True)
class Readers:
    """Those of one round."""

    session: Session
    workspace: str
    agreement: Agreement
    week: str
    now: datetime

    def all(self) -> list[Reader]:
        """Each once: manager, else marketer, else rep."""
        teams = {
            each.name: team_now(self.session, self.workspace, self.agreement, each.name)
            for each in self.agreement.settings.teams_in_force
        }
        found: dict[str, Reader] = {}
        for each in (*self._managers(teams), *self._marketers(), *self._reps(teams)):
            known = found.get(each.key)
            if known is None:
                found[each.key] = each
            elif known.audience is each.audience:
                found[each.key] = replace(known, teams=(*known.teams, *each.teams))
        return list(found.values())

    def called(self, key: str) -> Reader | None:
        """The reader of this key; None: they read none any more."""
        return next((each for each in self.all() if each.key == key), None)

    def _managers(self, teams: dict[str, TeamNow]) -> Iterator[Reader]:
        """A manager channel of its own, else each manager who is named, else the team's channel."""
        at, channels = self.agreement.settings.digest.at, self.agreement.channels
        for name, team in teams.items():
            if channels.managers == channels.leads and team.managers:
                for whom in team.managers:
                    yield self._person(whom, Audience.MANAGER, (name,))
                continue
            own = channels.managers != channels.leads
            channel = channels.managers if own else self.agreement.channel_of(team.team)
            yield Reader(
                key=f"{TEAM}{name}",
                channel=channel,
                at=delivery(self.week, team.calendar, at),
                audience=Audience.MANAGER,
                teams=(name,),
            )

    def _marketers(self) -> Iterator[Reader]:
        """Those who are named: where nobody is, everybody reads the channel's."""
        roles = self.agreement.roles
        named = roles.named.get(Role.MARKETER)
        if not named:
            return
        here = and_(
            PERSON.c.workspace == self.workspace,
            or_(
                PERSON.c.slack_id.in_(named),
                PERSON.c.email.in_([each.lower() for each in named]),
                cast(PERSON.c.groups, Text) != "[]",
            ),
        )
        ids = list(self.session.scalars(select(PERSON.c.slack_id).where(here)))
        common = team_now(self.session, self.workspace, self.agreement, "", ids)
        for each in ids:
            whom = common.whom(each)
            if whom is not None and roles.has(whom.person, Role.MARKETER):
                yield self._person(whom, Audience.MARKETER, ())

    def _reps(self, teams: dict[str, TeamNow]) -> Iterator[Reader]:
        """Those who have not switched theirs off."""
        off = select(DIGEST_OFF.c.slack_id).where(DIGEST_OFF.c.workspace == self.workspace)
        without = set(self.session.scalars(off))
        for name, team in teams.items():
            for whom in team.reps:
                if whom.id not in without:
                    yield self._person(whom, Audience.REP, (name,))

    def _person(self, whom: Colleague, audience: Audience, teams: tuple[str, ...]) -> Reader:
        at = delivery(self.week, whom.calendar, self.agreement.settings.digest.at)
        at = whom.may_be_told(max(at, self.now))
        return Reader(key=whom.id, channel=whom.id, at=at, audience=audience, teams=teams)
