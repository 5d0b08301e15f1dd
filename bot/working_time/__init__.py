"""Working time: how much of it has passed, and when enough of it will have.

A moment is working time when a clock on the wall there shows an open block of a day that is no holiday;
how long it took is always real elapsed time, so a change of the clocks needs no rule of its own.
Everything here is computed from its arguments: nothing may read a clock.
"""

from bot.working_time.calendar import Calendar
from bot.working_time.clock import Clock, Stop
from bot.working_time.holidays import Holiday, read_holiday
from bot.working_time.span import Span, Waited
from bot.working_time.week import DAYS, Block, Week
from bot.working_time.words import LONG, waited, words
from bot.working_time.zones import zone_of

__all__ = [
    "DAYS", "LONG", "Block", "Calendar", "Clock", "Holiday", "Span", "Stop", "Waited", "Week", "read_holiday", "waited",
    "words", "zone_of",
]  # fmt: skip
