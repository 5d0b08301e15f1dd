"""A team as it is at one moment: who belongs to it, who is at work, who is away. No rule lives here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.people import Person
from bot.settings import Team
from bot.working_time import Calendar, Stop, Week

ONE_DAY: Final = timedelta(days=1)
FOR_EVER: Final = timedelta(days=3650)


class Why(StrEnum):
    """How we know that somebody is away."""

    SAID = "said"  # by /truce away
    STATUS = "status"  # their Slack status says holiday, sick or out of office


class Standstill(StrEnum):
    """Why a stretch of time is nobody's working time."""

    DOWN = "down"  # Truce did not run
    SLACK = "slack"  # Slack took nothing from us
    PAUSE = "pause"  # a manager said so
    CLOSED = "closed"  # nobody could see the team's offers: their channel took nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What somebody's hours are besides those of the team, and whether they are away."""

    week: Week | None = None  # of their own; None: the team's
    days_off: tuple[date, ...] = ()
    hot_until: datetime | None = None  # hot leads may reach them until then, whatever the hour
    away_from: datetime | None = None
    away_until: datetime | None = None  # None, while `away_from` is set: until they say so
    why: Why | None = None
    past: tuple[
        Stop, ...
    ] = ()  # others: before it, as clocks that run stood still in them; and planned after it
    quiet_from: datetime | None = None  # a status that ends by itself: what we start is held back
    quiet_until: datetime | None = None
    dnd_from: datetime | None = None  # do-not-disturb: the stretch that is on, else the next
    dnd_until: datetime | None = None
    status: str | None = None  # a hash of the Slack status that said so last, never its words

    def away(self, now: datetime) -> bool:
        if self.away_from is None or now < self.away_from:
            return False
        return self.away_until is None or now < self.away_until

    def absences(self) -> tuple[Stop, ...]:
        """Every one that is known: those that were, the one that is or is next, and those planned after it."""
        if self.away_from is None:
            return self.past
        return (*self.past, Stop(self.away_from, self.away_until or self.away_from + FOR_EVER))

    def quiet_to(self, now: datetime) -> datetime:
        """The end of the quiet that `now` lies in, else `now` itself."""
        for begin, end in ((self.quiet_from, self.quiet_until), (self.dnd_from, self.dnd_until)):
            if begin is not None and end is not None and begin <= now < end:
                return end
        return now


USUAL = Presence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of a team: their own calendar, and what they have in hand."""

    person: Person
    calendar: Calendar
    presence: Presence = USUAL
    load: int = 0  # accepted leads without a first contact
    last_lead_at: datetime | None = None
    turns: int = 0  # leads had in turn, or taken
    credit: int = 0  # of a fair share not had yet (bot/rota.py)
    refused: int = 0  # rejections in a row
    weight: int = 1
    always: bool = False  # `disturb: always`: their hours say when clocks run, not when they may be told
    pauses: tuple[Stop, ...] = ()  # of the team: nothing is sent

    @property
    def id(self) -> str:
        return self.person.slack_id

    def is_here(self, now: datetime) -> bool:
        """Neither away nor gone, whatever the hour."""
        return not self.person.deactivated and not self.presence.away(now)

    def at_work(self, now: datetime, *, hot: bool = False) -> bool:
        """Whether they could be offered a lead now; a hot one also when they said that those may reach them."""
        until = self.presence.hot_until if hot else None
        return self.is_here(now) and (self.calendar.is_open(now) or (until is not None and now < until))

    def is_held_back(self, now: datetime) -> bool:
        """At work, and for a while not to be disturbed: messages wait for its end, offers go on."""
        return self.at_work(now) and self.presence.quiet_to(now) > now

    def may_be_told(self, now: datetime, *, hot: bool = False) -> datetime:
        """The first moment, from `now` on, at which Truce may begin to speak to them, as far as is known now.

        `now` itself: at once. For what somebody did not ask for in that second; the answer to their own click
        needs no leave. `hot until` goes before hours, do-not-disturb and statuses, not before an absence.
        """
        moment = now
        while (later := self._not_before(moment, hot=hot)) != moment:
            if self.presence.away(moment) and self.presence.away_until is None:
                return later  # nobody knows when they come back: to be asked again then
            moment = later
        return moment

    def _not_before(self, moment: datetime, *, hot: bool) -> datetime:
        told = self.presence
        if told.away(moment):
            return told.away_until or self.calendar.next_opening(moment + ONE_DAY)
        pause = next((each for each in self.pauses if each.begin <= moment < each.end), None)
        if pause is not None:
            return pause.end
        if hot and told.hot_until is not None and moment < told.hot_until:
            return moment
        quiet_to = told.quiet_to(moment)
        return quiet_to if self.always else self.calendar.next_opening(quiet_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNow:
    """A team with its people, in the order of the settings, else of their names."""

    team: Team
    calendar: Calendar  # the team's own
    reps: Sequence[Colleague] = ()
    managers: Sequence[Colleague] = ()  # empty where nobody is named: then it is everybody's matter
    heads: Sequence[Colleague] = ()
    admins: Sequence[Colleague] = ()  # asked where there is no manager
    others: Sequence[Colleague] = ()  # who has a lead of the team without belonging to it
    stops: tuple[Stop, ...] = ()  # nobody's working time: Truce was down, Slack refused it, a pause
    closed: tuple[Stop, ...] = ()  # the same for offers alone: their channel took nothing
    gentle_until: datetime | None = None  # in a new workspace reminders go to reps alone until then

    def is_gentle(self, now: datetime) -> bool:
        return self.gentle_until is not None and now < self.gentle_until

    def whom(self, slack_id: str | None) -> Colleague | None:
        """Somebody who has to do with the team's leads; None: they have left."""
        everyone = (*self.reps, *self.managers, *self.heads, *self.admins, *self.others)
        return next((each for each in everyone if each.id == slack_id), None)
