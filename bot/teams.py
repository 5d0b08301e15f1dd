"""A team as it is at one moment: who belongs to it, who is at work, who is away. No rule lives here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.people import Person
from bot.settings import Team
from bot.working_time import Calendar, Stop, Week


class Why(StrEnum):
    """How we know that somebody is away."""

    SAID = "said"  # by /truce away
    STATUS = "status"  # their Slack status says holiday, sick or out of office
    LEFT = "left"  # their account was deactivated


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What somebody's hours are besides those of the team, and whether they are away."""

    week: Week | None = None  # of their own; None: the team's
    days_off: tuple[date, ...] = ()
    hot_until: datetime | None = None  # hot leads may reach them until then, whatever the hour
    away_from: datetime | None = None
    away_until: datetime | None = None  # None, while `away_from` is set: until they say so
    why: Why | None = None

    def away(self, now: datetime) -> bool:
        if self.away_from is None or now < self.away_from:
            return False
        return self.away_until is None or now < self.away_until


USUAL = Presence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of a team: their own calendar, and what they have in hand."""

    person: Person
    calendar: Calendar
    presence: Presence = USUAL
    load: int = 0  # accepted leads without a first contact
    last_lead_at: datetime | None = None
    weight: int = 1
    always: bool = False  # may be told at any hour (hours.disturb)

    @property
    def id(self) -> str:
        return self.person.slack_id

    def is_here(self, now: datetime) -> bool:
        """Neither away nor gone, whatever the hour."""
        return not self.person.deactivated and not self.presence.away(now)

    def at_work(self, now: datetime) -> bool:
        return self.is_here(now) and self.calendar.is_open(now)

    def may_be_told(self, now: datetime, *, hot: bool) -> datetime:
        """When Truce may next begin to speak to them: in their own hours, and not while they are away."""
        until = self.presence.hot_until
        if self.always or (hot and until is not None and now < until):
            return now
        away_until = self.presence.away_until
        back = away_until if self.presence.away(now) and away_until is not None else now
        return self.calendar.next_opening(back)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNow:
    """A team with its people, in the order of the settings, else of their names."""

    team: Team
    calendar: Calendar  # the team's own
    reps: Sequence[Colleague] = ()
    managers: Sequence[Colleague] = ()  # empty where nobody is named: then it is everybody's matter
    heads: Sequence[Colleague] = ()
    stops: tuple[Stop, ...] = ()  # when time stood still for it: we were down, or it paused
    gentle_until: datetime | None = None  # a new workspace's first week: reps only are reminded

    def rep(self, slack_id: str | None) -> Colleague | None:
        return next((each for each in self.reps if each.id == slack_id), None)
