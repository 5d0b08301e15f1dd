"""Ten years in twenty zones, every minute of them looked at once, and every question asked of any of them."""

from array import array
from datetime import UTC, date, datetime, timedelta
from functools import cache, reduce
from itertools import accumulate, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bot.working_time import Calendar, Clock, Holiday, Span, Stop
from tests.bot.wall import BERLIN, MINUTE, NIGHTS, OFFICE, SIESTA, ZONES, day_off

Hours = Calendar | Clock
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
DAY = 24 * 60  # in minutes, as the rest
TEN_YEARS = 3652 * DAY
HALF_A_YEAR = 183 * DAY
STRIDE = 7919  # a prime: comes by every time of day and of week
DAYS_OFF: frozenset[Holiday] = frozenset({"DE-BY", *(date(year, 8, 14) for year in range(2021, 2031))})


def hours_around(zone: ZoneInfo) -> list[Hours]:
    """Somebody there, them and somebody across the world, and a clock with stops short and long."""
    one = Calendar(zone, SIESTA, DAYS_OFF)
    another = Calendar(ZONES[(ZONES.index(zone) + 7) % len(ZONES)], OFFICE, frozenset({"US"}))
    together = Calendar.anyone(zone, [one, another, Calendar(zone, NIGHTS)])
    begins = [BEGIN + timedelta(days=17 * n, minutes=97 * n) for n in range(200, -1, -1)]
    stops = [Stop(begin, begin + timedelta(minutes=3011 * (n % 7))) for n, begin in enumerate(begins)]
    return [one, together, Clock(calendar=together, stops=tuple(stops))]


class Shown(NamedTuple):
    """From `minute` on (of those since BEGIN) the clock on the wall goes on from `wall` (since the year 1)."""

    minute: int
    wall: int


@cache
def shown(zone: ZoneInfo, length: int) -> list[Shown]:
    """What the clock on the wall shows, as the stretches between its leaps. It leaps once an hour at most."""
    found = [Shown(0, wall_at(zone, 0))]
    for hour in range(0, length, 60):
        if wall_at(zone, hour + 60) - wall_at(zone, hour) != 60:
            around = [Shown(minute, wall_at(zone, minute)) for minute in range(hour, hour + 61)]
            found += [now for last, now in pairwise(around) if now.wall != last.wall + 1]
    return found


def wall_at(zone: ZoneInfo, minute: int) -> int:
    wall = (BEGIN + MINUTE * minute).astimezone(zone)
    return wall.toordinal() * DAY + wall.hour * 60 + wall.minute


def open_minutes(hours: Hours, length: int) -> bytes:
    """Each minute from BEGIN on: 1 if it is open, else 0."""
    if isinstance(hours, Clock):
        is_open = bytearray(open_minutes(hours.calendar, length))
        for stop in hours.stops:
            first, end = (min((moment - BEGIN) // MINUTE, length) for moment in stop)
            is_open[first:end] = bytes(end - first)
        return bytes(is_open)
    first_day = BEGIN.toordinal() - 1
    on_the_wall = bytearray(length + 4 * DAY)
    for day in range(length // DAY + 3):
        if day_off(hours.holidays, date.fromordinal(first_day + day)):
            continue
        for block in hours.week.days[date.fromordinal(first_day + day).weekday()]:
            opens, closes = (day * DAY + minute for minute in (block.opens, block.closes))
            on_the_wall[opens:closes] = b"\1" * (closes - opens)
    own = bytearray()
    for stretch, following in pairwise([*shown(hours.zone, length), Shown(length, 0)]):
        start = stretch.wall - first_day * DAY
        own += on_the_wall[start : start + following.minute - stretch.minute]
    return reduce(either, (open_minutes(member, length) for member in hours.members), bytes(own))


def either(one: bytes, two: bytes) -> bytes:
    return (int.from_bytes(one) | int.from_bytes(two)).to_bytes(len(one))


def check(hours: Hours, length: int) -> None:
    """Compare with a count of every minute."""
    is_open = open_minutes(hours, length)
    passed = array("l", accumulate(is_open, initial=0))
    last_open = is_open.rindex(1)
    for start in range(0, last_open, STRIDE):
        moment = BEGIN + MINUTE * start
        assert hours.next_opening(moment) == BEGIN + MINUTE * is_open.index(1, start)
        for end in {min(start + span, length) for span in (STRIDE // 3, length // 7, length)}:
            working = passed[end] - passed[start]
            assert hours.between(moment, BEGIN + MINUTE * end) == MINUTE * working
            reached = is_open.rindex(1, start, end) + 1 if working else is_open.index(1, start)
            assert hours.add(moment, Span(seconds=60 * working)) == BEGIN + MINUTE * reached


@pytest.mark.parametrize(
    "zone", [BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Havana")], ids=str
)
def test_half_a_year_is_counted_right(zone: ZoneInfo) -> None:
    check(hours_around(zone)[-1], HALF_A_YEAR)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_ten_years_are_counted_right(zone: ZoneInfo) -> None:
    for hours in hours_around(zone):
        check(hours, TEN_YEARS)
