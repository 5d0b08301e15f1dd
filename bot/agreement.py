"""The agreement that both sides signed, as rules read it: the settings, with channels and people found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.errors import Hopeless
from bot.people import Person, Role, Roles
from bot.reasons import REASONS
from bot.settings import Leads, Settings, Team
from bot.working_time import Calendar, Waited


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Channel ids; the others are the leads channel where the settings do not name them."""

    leads: str
    feedback: str
    retros: str
    managers: str
    teams: Mapping[str, str] = field(default_factory=dict)  # by the team's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    settings: Settings
    channels: Channels
    calendar: Calendar
    roles: Roles  # of `people`
    team_roles: Mapping[str, Roles]  # by the team's name
    version: int = 0  # 0: none of those that are kept

    @classmethod
    def of(cls, settings: Settings, channels: Channels, zone: str, version: int = 0) -> Self:
        """The settings, with the channels and the team's zone that were found for them."""
        people = settings.people
        written = {
            Role.REP: people.reps,
            Role.MARKETER: people.marketers,
            Role.MANAGER: people.managers,
            Role.ADMIN: people.admins,
        }
        named = {role: [each.name for each in who] for role, who in written.items() if who is not None}
        aliases = {alias: each.name for each in people.everyone() for alias in each.aliases}
        roles = Roles(named=named, aliases=aliases, channel=channels.leads)
        return cls(
            settings=settings,
            channels=channels,
            calendar=settings.hours.calendar(ZoneInfo(zone)),
            roles=roles,
            team_roles={team.name: _roles_in(team, channels, roles) for team in settings.teams_in_force},
            version=version,
        )

    @property
    def leads(self) -> Leads:
        return self.settings.leads

    def team(self, name: str) -> Team:
        """The team of this name; of one that is not there any more, the leads are the last team's."""
        teams = self.settings.teams_in_force
        return next((team for team in teams if team.name == name), teams[-1])

    def home_of(self, person: Person) -> Team:
        """The first team that names this person; of who is named nowhere, the last."""
        teams = self.settings.teams_in_force
        for team in teams:
            if any(person.answers_to(each.name) for each in (*(team.reps or ()), *(team.managers or ()))):
                return team
        return teams[-1]

    def channel_of(self, team: Team) -> str:
        """The id of a team's channel."""
        return self.channels.teams.get(team.name, self.channels.leads)

    def roles_of(self, team: Team) -> Roles:
        """Who takes the leads of a team, and who manages it; all else is as for everybody."""
        return self.team_roles[team.name]

    @property
    def places(self) -> tuple[str, ...]:
        """The channels whose members matter: none where every role names its people."""
        roles = (Role.REP, Role.MARKETER, Role.MANAGER)
        if all(role in each.named for each in self.team_roles.values() for role in roles):
            return ()
        return tuple(self._working)

    @property
    def every_channel(self) -> tuple[str, ...]:
        """All in which Truce speaks."""
        return tuple({*self._working, self.channels.retros})

    @property
    def _working(self) -> set[str]:
        told, teams = self.channels, self.settings.teams_in_force
        return {told.leads, told.feedback, told.managers, *(self.channel_of(team) for team in teams)}

    def roles_in(self, channel: str) -> Roles:
        """Those of the team that has this channel."""
        teams = self.settings.teams_in_force
        return next((self.roles_of(team) for team in teams if self.channel_of(team) == channel), self.roles)

    def has(self, person: Person, *roles: Role) -> bool:
        """Whether somebody has one of these roles, in whatever team."""
        return any(each.has(person, role) for each in self.team_roles.values() for role in roles)

    def is_head(self, person: Person) -> bool:
        """Whether somebody heads one of both sides (`people.heads`), and so signs for it; nobody of others does."""
        if person.external or person.deactivated or person.bot:
            return False
        heads = self.settings.people.heads
        return any(
            head is not None and person.answers_to(head.name) for head in (heads.sales, heads.marketing)
        )

    def calendar_of(self, team: Team) -> Calendar:
        """When a team works, in its own zone."""
        return team.hours.calendar(team.hours.timezone or self.calendar.zone)

    def lasted(self, seconds: int, *teams: Team) -> Waited:
        """A length of which seconds of these teams' working time are known, else of all: its days are long ones."""
        weeks = [self.calendar_of(each).week for each in teams or self.settings.teams_in_force]
        return Waited(seconds, seconds // max(week.longest for week in weeks))

    @property
    def one_channel(self) -> bool:
        """Leads and feedback share a channel: marketing hears under the card."""
        return self.channels.leads == self.channels.feedback

    def label(self, code: str) -> str:
        """A reason in the agreement's own words."""
        return self.settings.reasons.get(code, REASONS[code].label)

    def recycle_after(self, code: str) -> timedelta | None:
        """How long a lead stays with marketing after this reason; None: until marketing acts."""
        return self.leads.recycle.get(code)

    def score_scale(self, feed: str) -> float | None:
        """Full marks of this feed's own score; None: its score does not count."""
        terms = self.settings.feeds.get(feed)
        return None if terms is None else terms.score_scale

    def week(self, moment: datetime) -> str:
        """The ISO week of a moment in the team's zone: 2026-W47."""
        year, week, _ = moment.astimezone(self.calendar.zone).isocalendar()
        return f"{year}-W{week:02}"


def kept_channels(settings: Settings, known: Mapping[str, str]) -> Channels:
    """The channels by what was found before (name -> id). Raises Hopeless where the leads channel was not."""
    told, found = settings.channels, {**known}
    found |= {name: name for name in settings.every_channel if is_channel_id(name)}
    if told.leads not in found:
        raise Hopeless(f"Truce has not met the channel {told.leads} yet: start `truce run` once.")
    leads = found[told.leads]
    return Channels(
        leads=leads,
        feedback=found.get(told.feedback, leads),
        retros=found.get(told.retros, leads),
        managers=found.get(told.managers, leads),
        teams={team.name: found.get(team.channel, leads) for team in settings.teams},
    )


def is_channel_id(name: str) -> bool:
    """Whether a channel is named by its id already."""
    return name[:1] in ("C", "G") and name.isalnum() and name.isupper()


def _roles_in(team: Team, channels: Channels, common: Roles) -> Roles:
    own = {Role.REP: team.reps, Role.MANAGER: team.managers}
    written = {role: [each.name for each in who] for role, who in own.items() if who is not None}
    channel = channels.teams.get(team.name, channels.leads)
    return replace(common, named={**common.named, **written}, channel=channel)
