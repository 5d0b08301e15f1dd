"""Where the days of a zone begin and end, changes of its clocks included."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

NOTHING: Final = timedelta()
ONE_DAY: Final = timedelta(days=1)


class Day(NamedTuple):
    """A local day, or the part of it during which the clocks keep one distance to UTC."""

    begin: datetime
    end: datetime
    date: date
    midnight: datetime  # when the clocks, as they go now, show 00:00 of it

    def at(self, minute: int) -> datetime:
        """When the clock on the wall shows this minute after midnight, cut to the day."""
        return min(max(self.begin, self.midnight + timedelta(minutes=minute)), self.end)


def days_of(zone: ZoneInfo, year: int) -> Iterator[Day]:
    """Every day between two New Years in UTC, in order and without a gap; those at the ends are cut."""
    for begin, end, offset in _stretches(zone, year):
        date, last = (begin + offset).date(), (end + offset).date()
        while date <= last:
            midnight = datetime.combine(date, time(), UTC) - offset
            opens, closes = max(begin, midnight), min(end, midnight + ONE_DAY)
            if opens < closes:
                yield Day(opens, closes, date, midnight)
            date += ONE_DAY


def zone_of(name: str | None) -> ZoneInfo | None:
    """The zone that Slack has for somebody; one that we do not know is as good as none."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown, no fit name for a file, a folder
        return None


class _Stretch(NamedTuple):
    """A part of a year during which the clocks of a zone keep the same distance to UTC."""

    begin: datetime
    end: datetime
    offset: timedelta


@lru_cache(maxsize=1024)
def _stretches(zone: ZoneInfo, year: int) -> tuple[_Stretch, ...]:
    """Cut the year, from 1 January UTC, where the clocks change.

    Looking once a day is enough: in the tz database no zone has ever changed twice within 24 hours.
    """
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    days = (begin + ONE_DAY * n for n in range((end - begin).days))
    changes = [_change(zone, day) for day in days if _offset(zone, day) != _offset(zone, day + ONE_DAY)]
    cuts = sorted({begin, *changes, end})
    return tuple(_Stretch(cut, following, _offset(zone, cut)) for cut, following in pairwise(cuts))


def _change(zone: ZoneInfo, day: datetime) -> datetime:
    """Find the second after `day` from which its offset is another."""
    before = _offset(zone, day)
    seconds = bisect_left(range(86400), 1, key=lambda n: _offset(zone, day + timedelta(seconds=n)) != before)
    return day + timedelta(seconds=seconds)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    """How far the zone's clocks are from UTC at a moment of UTC, the second pass of an hour included."""
    return zone.fromutc(moment.replace(tzinfo=zone)).utcoffset() or NOTHING
