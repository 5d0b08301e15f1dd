"""Working time by brute force: every minute of the play is looked at on the clock on the wall.

Nothing of the program is imported here: this is the other half of a comparison.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

import holidays

MINUTE: Final = 60
MARGIN: Final = timedelta(days=40)  # behind the end, for what is due then
Week = Mapping[int, Sequence[tuple[int, int]]]


class Walls:
    """The minutes of a stretch of time, and what day and minute each is on the walls of a zone."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin = begin - timedelta(days=1)
        self.count = int((end + MARGIN - self.begin).total_seconds()) // MINUTE
        self._known: dict[str, list[tuple[date, int]]] = {}
        self._days: dict[str, list[int]] = {}

    def of(self, zone: str) -> list[tuple[date, int]]:
        if zone not in self._known:
            where = ZoneInfo(zone)
            walls = []
            for number in range(self.count):
                told = (self.begin + timedelta(minutes=number)).astimezone(where)
                walls.append((told.date(), told.hour * 60 + told.minute))
            self._known[zone] = walls
        return self._known[zone]

    def days(self, zone: str) -> list[int]:
        """The first minute of each day on its walls."""
        if zone not in self._days:
            wall = self.of(zone)
            changes = (each for each in range(1, len(wall)) if wall[each][0] != wall[each - 1][0])
            self._days[zone] = [0, *changes]
        return self._days[zone]

    def open(self, zone: str, week: Week, closed: set[date]) -> bytearray:
        """1 for each minute in which somebody with this week works."""
        days: dict[date, bytes] = {}
        minutes = bytearray(self.count)
        for number, (day, minute) in enumerate(self.of(zone)):
            if day not in days:
                blocks = () if day in closed else week.get(day.weekday(), ())
                wanted = {each for opens, closes in blocks for each in range(opens, closes)}
                days[day] = bytes(each in wanted for each in range(24 * 60))
            minutes[number] = days[day][minute]
        return minutes

    def place(self, at: datetime) -> tuple[int, float]:
        """The minute of a moment, and the seconds in it."""
        seconds = (at - self.begin).total_seconds()
        return int(seconds // MINUTE), seconds % MINUTE

    def at(self, minute: int, seconds: float = 0) -> datetime:
        return self.begin + timedelta(minutes=minute, seconds=seconds)


def closed_days(entries: Iterable[str], years: Iterable[int]) -> set[date]:
    """Days of the agreement's holidays: dates, and countries."""
    found: set[date] = set()
    for each in entries:
        if each[0].isdecimal():
            found.add(date.fromisoformat(each))
        else:
            found |= set(holidays.country_holidays(each, years=years))
    return found


class Hours:
    """Some minutes of the wall, and sums over them."""

    def __init__(self, walls: Walls, minutes: bytearray) -> None:
        self.walls, self.minutes = walls, minutes
        self._sums = [0, *accumulate(minutes)]

    def without(self, stops: Iterable[tuple[datetime, datetime]]) -> "Hours":
        left = bytearray(self.minutes)
        for begin, end in stops:
            first, last = self.walls.place(begin)[0], self.walls.place(end)[0]
            last = min(last, len(left))
            if last > first:
                left[first:last] = bytes(last - first)
        return Hours(self.walls, left)

    def __or__(self, other: "Hours") -> "Hours":
        both = int.from_bytes(self.minutes, "big") | int.from_bytes(other.minutes, "big")
        return Hours(self.walls, bytearray(both.to_bytes(len(self.minutes), "big")))

    def is_open(self, at: datetime) -> bool:
        return bool(self.minutes[self.walls.place(at)[0]])

    def opens(self, at: datetime) -> datetime:
        """The moment itself, else when it opens next."""
        minute, _ = self.walls.place(at)
        if self.minutes[minute]:
            return at
        found = self.minutes.find(1, minute)
        return datetime.max.replace(tzinfo=UTC) if found < 0 else self.walls.at(found)

    def worked(self, at: datetime) -> float:
        """Seconds that were open up to a moment."""
        minute, seconds = self.walls.place(at)
        return self._sums[minute] * MINUTE + seconds * self.minutes[minute]

    def after(self, at: datetime, seconds: float) -> datetime:
        """The first moment by which so many open seconds have passed."""
        if seconds <= 0:
            return self.opens(at)
        wanted = self.worked(at) + seconds
        place = bisect_left(self._sums, wanted / MINUTE)
        if place >= len(self._sums):
            return datetime.max.replace(tzinfo=UTC)
        return self.walls.at(place - 1, wanted - self._sums[place - 1] * MINUTE)

    def days_after(self, at: datetime, days: int, zone: str) -> datetime:
        """The same time on the wall, so many days later of those on which there is any open minute."""
        start = self.opens(at)
        minute, seconds = self.walls.place(start)
        wall, begins = self.walls.of(zone), self.walls.days(zone)
        place = bisect_right(begins, minute) - 1
        while days:
            place += 1
            if place + 1 >= len(begins):
                return datetime.max.replace(tzinfo=UTC)
            days -= self._sums[begins[place + 1]] > self._sums[begins[place]]
        first, last = begins[place], begins[place + 1]
        clock = wall[minute][1]
        same = next((each for each in range(first, last) if wall[each][1] >= clock), last)
        return self.opens(self.walls.at(same, seconds))
