"""A clock that a handoff is waited on by: it runs in somebody's working time and stands still at its stops."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.working_time.calendar import Calendar
from bot.working_time.span import Span, Waited
from bot.working_time.stretches import Stretch, merged, utc
from bot.working_time.zones import NOTHING


class Stop(NamedTuple):
    """From `begin` up to `end` the clock stands still: the program was down, a pause, an absence."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The working time of `calendar` without the stops, which may overlap, lie in closed time, in any order.

    A stop that does not end after its begin is none. Moments as in Calendar. A question costs a few
    bisections for each stop, however far apart its two ends are.
    """

    calendar: Calendar
    stops: tuple[Stop, ...] = ()
    _still: tuple[Stretch, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        still = tuple(merged((utc(begin), utc(end)) for begin, end in self.stops))
        object.__setattr__(self, "_still", still)

    def is_open(self, moment: datetime) -> bool:
        """Whether the clock runs at `moment`."""
        moment = utc(moment)  # as in Calendar
        return self.next_opening(moment) == moment

    def next_opening(self, moment: datetime) -> datetime:
        """Answer `moment` itself if the clock runs, else when it runs again."""
        moment = self.calendar.next_opening(moment)
        for begin, end in self._still:
            if begin <= moment < end:
                moment = self.calendar.next_opening(end)
        return moment

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Measure how far the clock goes from `start` to `end`; nothing if `end` is not after `start`."""
        return self.calendar.between(start, end) - self._stood(start, end)

    def waited(self, start: datetime, end: datetime) -> Waited:
        """Measure what has waited from `start` to `end`: in seconds, and in the days that `add` can add until then."""
        end = utc(end)
        days = range(1, self.calendar.days_between(start, end) + 1)
        whole = bisect_right(days, end, key=lambda number: self.add(start, Span(days=number)))
        return Waited(int(self.between(start, end).total_seconds()), whole)

    def add(self, start: datetime, span: Span) -> datetime:
        """Answer the moment when `span` has passed since `start`.

        It is the calendar's own answer, moved on by the working time that the stops take from `start` to
        there: days end at the calendar's time of day, or as much later as the clock stood. As in Calendar,
        seconds end at the first moment that will do, and whole days (or no time at all) when the clock runs.
        """
        moment = self.calendar.add(start, span)
        stood = self._stood(start, moment)
        if stood:
            return self.after(moment, stood)
        return moment if span.seconds else self.next_opening(moment)

    def _stood(self, start: datetime, end: datetime) -> timedelta:
        start, end = utc(start), utc(end)
        return sum(
            (self.calendar.between(max(start, stop.begin), min(end, stop.end)) for stop in self._still),
            NOTHING,
        )

    def after(self, moment: datetime, working: timedelta) -> datetime:
        """Answer the first moment by which the clock has gone on by `working`, more than nothing."""
        for begin, end in self._still:
            if end <= moment:
                continue
            ahead = self.calendar.between(moment, begin)
            if working <= ahead:
                break
            moment, working = end, working - ahead
        return self.calendar.after(moment, working)
