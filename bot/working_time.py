"""Working time: how much of it has passed, and when enough of it will have.

A moment is working time when a clock on the wall there shows an open block of a day that is no holiday;
how long it took is always real elapsed time, so a change of the clocks needs no rule of its own.
Everything here is computed from its arguments: nothing may read a clock.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import accumulate, groupby, pairwise
from typing import Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import holidays as public_holidays

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEARS: Final = range(1970, 2200)  # a moment outside is a mistake of whoever sent it
UNITS: Final = {"s": 1, "m": 60, "h": 3600}
NAMES: Final = {"s": "second", "m": "minute", "h": "hour"}
NOTHING: Final = timedelta()
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of working time. A day is no number of hours: it ends at the same time a working day later."""

    days: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "10s", "5m", "2h" or "1d"; raise ValueError for anything else."""
        match = re.fullmatch(r"([0-9]{1,4})([smhd])", text)
        if match is None:
            raise ValueError(
                f"{text!r} is not a working time; allowed: a number with s, m, h or d: 10s, 5m, 2h, 1d"
            )
        number, unit = int(match[1]), match[2]
        return cls(days=number) if unit == "d" else cls(seconds=number * UNITS[unit])

    def __str__(self) -> str:
        number, unit = _largest_unit(self.seconds)
        if not self.days:
            return f"{number}{unit}"
        return f"{self.days}d {number}{unit}" if self.seconds else f"{self.days}d"


def _largest_unit(seconds: int) -> tuple[int, str]:
    """Say it in the largest unit that leaves no rest: 5400 seconds are 90 minutes."""
    unit = next(unit for unit in ("h", "m", "s") if seconds % UNITS[unit] == 0)
    return seconds // UNITS[unit], unit


class Block(NamedTuple):
    """A stretch of one day's wall clock, in minutes after midnight; `closes` itself is outside."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in self)


@dataclass(frozen=True, slots=True)
class Week:
    """The open blocks of Monday to Sunday, in order and apart; at least one block."""

    days: tuple[tuple[Block, ...], ...]

    @classmethod
    def parse(cls, written: Mapping[str, str | Sequence[str]]) -> Self:
        """Read {"mon-thu": ["09:00-12:00", "13:00-17:30"], "fri": "9-13"}; raise ValueError with what is allowed."""
        week: dict[int, tuple[Block, ...]] = {}
        for words, blocks in written.items():
            for day in _days(words):
                if day in week:
                    raise ValueError(f"{DAYS[day]} is there twice; allowed: each day once")
                week[day] = _blocks([blocks] if isinstance(blocks, str) else blocks)
        if not any(week.values()):
            raise ValueError('there is no open hour; allowed: days with blocks, {mon-fri: "09:00-17:30"}')
        return cls(tuple(week.get(day, ()) for day in range(7)))

    def written(self) -> dict[str, list[str]]:
        """Write the week as `parse` reads it, equal neighbours together."""
        week: dict[str, list[str]] = {}
        for blocks, group in groupby(range(7), key=lambda day: self.days[day]):
            first, *rest = group
            words = f"{DAYS[first]}-{DAYS[rest[-1]]}" if rest else DAYS[first]
            if blocks:
                week[words] = [str(block) for block in blocks]
        return week


def _days(words: str) -> list[int]:
    first, _, last = words.lower().partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(
            f"{words!r} is no day; allowed: mon tue wed thu fri sat sun, or two of them: mon-fri"
        )
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 + 7 * (end < begin))]


def _blocks(texts: Sequence[str]) -> tuple[Block, ...]:
    blocks = tuple(sorted(map(_block, texts)))
    for before, after in pairwise(blocks):
        if after.opens < before.closes:
            raise ValueError(f"{before} and {after} overlap; allowed: blocks one after the other")
    return blocks


def _block(text: str) -> Block:
    match = re.fullmatch(r"(\d{1,2})(?::([0-5]\d))?-(\d{1,2})(?::([0-5]\d))?", text.replace(" ", ""))
    hour, minute, last_hour, last_minute = (
        (int(number or 0) for number in match.groups("0")) if match else (0,) * 4
    )
    block = Block(hour * 60 + minute, last_hour * 60 + last_minute)
    if not block.opens < block.closes <= 24 * 60:
        raise ValueError(
            f"{text!r} are no hours; allowed: 09:00-17:30, from 00:00 to 24:00"
            " (a night is two blocks, 22:00-24:00 and 00:00-06:00)"
        )
    return block


Holiday = str | date
"""A country of the `holidays` library ("DE"), one of its subdivisions ("DE-BY"), or one date."""


def read_holiday(written: object) -> Holiday:
    """Read a date, "2026-12-24", "DE" or "DE-BY"; raise ValueError with what is allowed."""
    if isinstance(written, date):
        return written
    text = str(written)
    if text[:1].isdigit():
        return _date(text)
    country, _, subdivision = text.partition("-")
    known = public_holidays.list_supported_countries()
    if country not in known:
        raise ValueError(
            f"{text!r} is not known; allowed: a country (DE), a subdivision (DE-BY) or a date (2026-12-24)"
        )
    if subdivision and subdivision not in known[country]:
        allowed = ", ".join(f"{country}-{name}" for name in known[country]) or f"{country} alone"
        raise ValueError(f"{text!r} is not known; allowed: {allowed}")
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; allowed: 2026-12-24") from None


@cache
def _holidays(code: str, year: int) -> frozenset[date]:
    country, _, subdivision = code.partition("-")
    return frozenset(public_holidays.country_holidays(country, subdiv=subdivision or None, years=year))


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
    return moment.astimezone(zone).utcoffset() or NOTHING


class _Opening(NamedTuple):
    """An uninterrupted stretch of working time, and the local day it belongs to."""

    begin: datetime
    end: datetime
    day: date


def _openings(calendar: "Calendar", year: int) -> Iterator[_Opening]:
    """Every opening between two New Years in UTC, in order."""
    for begin, end, offset in _stretches(calendar.zone, year):
        day, last_day = (begin + offset).date(), (end + offset).date()
        while day <= last_day:
            midnight = datetime.combine(day, time(), UTC) - offset
            for block in calendar.blocks(day):
                opens = max(begin, midnight + timedelta(minutes=block.opens))
                closes = min(end, midnight + timedelta(minutes=block.closes))
                if opens < closes:
                    yield _Opening(opens, closes, day)
            day += ONE_DAY


@dataclass(frozen=True, slots=True)
class _Book:
    """The openings of some years in a row, so arranged that every question is one bisection."""

    years: range
    begins: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]  # the working time before each opening, and at last all of it
    days: tuple[date, ...]  # with any working time at all
    last_ends: Mapping[date, datetime]

    @classmethod
    def write(cls, calendar: "Calendar", years: range) -> Self:
        pages = [opening for year in years for opening in _openings(calendar, year)]
        last_ends = {opening.day: opening.end for opening in pages}
        return cls(
            years=years,
            begins=tuple(opening.begin for opening in pages),
            ends=tuple(opening.end for opening in pages),
            before=tuple(accumulate((opening.end - opening.begin for opening in pages), initial=NOTHING)),
            days=tuple(sorted(last_ends)),
            last_ends=last_ends,
        )

    def worked(self, moment: datetime) -> timedelta:
        """Sum the working time from the first page to `moment`."""
        index = bisect_right(self.begins, moment)
        return self.before[index] - max(NOTHING, self.ends[index - 1] - moment) if index else NOTHING


@lru_cache(maxsize=256)
def _shelf_of(_calendar: "Calendar") -> list[_Book]:
    """Keep the one book of each calendar: equal calendars share it, a longer one takes its place."""
    return []


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works: their zone, their week, and the days on which they do not.

    Moments go in aware, in any zone, and come out in UTC; naive ones and those outside YEARS raise ValueError.
    A question costs the same however far apart its two ends are.
    """

    zone: ZoneInfo
    week: Week
    holidays: frozenset[Holiday] = frozenset()
    _shelf: list[_Book] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shelf", _shelf_of(self))

    def blocks(self, day: date) -> tuple[Block, ...]:
        """Answer the open blocks of one local day."""
        return () if self._is_holiday(day) else self.week.days[day.weekday()]

    def _is_holiday(self, day: date) -> bool:
        return day in self.holidays or any(
            day in _holidays(code, day.year) for code in self.holidays if isinstance(code, str)
        )

    def is_open(self, moment: datetime) -> bool:
        """Whether `moment` is working time."""
        moment = _utc(moment)  # in a zone, a moment that comes twice equals no moment of another zone
        return self.next_opening(moment) == moment

    def next_opening(self, moment: datetime) -> datetime:
        """Answer `moment` itself if it is working time, else when work begins again."""
        moment = _utc(moment)
        book = self._book(moment, lambda book: bool(book.ends) and book.ends[-1] > moment)
        return max(moment, book.begins[bisect_right(book.ends, moment)])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Measure the working time from `start` to `end`; nothing if `end` is not after `start`."""
        start, end = _utc(start), _utc(end)
        if end <= start:
            return NOTHING
        book = self._book(start, lambda book: end.year in book.years)
        return book.worked(end) - book.worked(start)

    def add(self, start: datetime, span: Span) -> datetime:
        """Answer the moment when `span` has passed since `start`, or since work begins again after it.

        Days come first: the same wall clock on the nth working day after, or the next opening if it is
        closed then. Of a moment at closing time and the next opening, it is the first.
        """
        moment = self.next_opening(start)
        if span.days:
            moment = self.next_opening(self._same_time(moment, span.days))
        return self._after(moment, timedelta(seconds=span.seconds)) if span.seconds else moment

    def _same_time(self, moment: datetime, working_days: int) -> datetime:
        local = moment.astimezone(self.zone)
        day = self._day_after(moment, working_days)
        return datetime.combine(day, local.time(), self.zone).astimezone(UTC)

    def _after(self, moment: datetime, working: timedelta) -> datetime:
        book = self._book(moment, lambda book: book.worked(moment) + working <= book.before[-1])
        total = book.worked(moment) + working
        index = bisect_left(book.before, total)
        return book.ends[index - 1] - (book.before[index] - total)

    def _day_after(self, moment: datetime, working_days: int) -> date:
        """Answer the nth working day after the local day of `moment`."""
        today = moment.astimezone(self.zone).date()

        def place(book: _Book) -> int:
            return bisect_right(book.days, today) - 1 + working_days

        book = self._book(moment, lambda book: place(book) + 1 < len(book.days))
        return book.days[place(book)]

    def working_days_after(self, moment: datetime, days: int) -> datetime:
        """Go `days` working days on from `moment`, at the same time."""
        return self.add(moment, Span(days=days))

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """Answer when the first working day after the local day of `moment` ends."""
        moment = _utc(moment)
        day = self._day_after(moment, 1)
        return self._book(moment, lambda book: day in book.last_ends).last_ends[day]

    def _book(self, moment: datetime, enough: Callable[[_Book], bool]) -> _Book:
        """Find a book that reaches back to `moment` and ahead until it is `enough`, growing by doubling."""
        book = self._shelf[0] if self._shelf else _Book.write(self, range(moment.year, moment.year + 1))
        if moment.year < book.years.start:
            book = _Book.write(self, range(moment.year, book.years.stop))
        while not enough(book):
            if book.years.stop == YEARS.stop:
                raise ValueError(f"working time is not counted beyond {YEARS.stop - 1}")
            stop = min(book.years.stop + len(book.years), YEARS.stop)
            book = _Book.write(self, range(book.years.start, stop))
        self._shelf[:] = [book]
        return book


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    if moment.year not in YEARS:
        raise ValueError(
            f"working time is counted from {YEARS.start} to {YEARS.stop - 1}, not in {moment.year}"
        )
    return moment.astimezone(UTC)


def words(amount: Span | timedelta) -> str:
    """Say an amount to people: "2 working hours", "1 working day"; of a timedelta "4 minutes", "2 days 3 hours"."""
    if isinstance(amount, timedelta):
        return _calendar_words(amount)
    number, unit = _largest_unit(amount.seconds)
    days, rest = _count(amount.days, "working day"), _count(number, f"working {NAMES[unit]}")
    if not amount.days:
        return rest
    return f"{days} and {rest}" if amount.seconds else days


def _calendar_words(amount: timedelta) -> str:
    minutes, seconds = divmod(int(amount.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    counts = [(days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second")]
    while len(counts) > 1 and not counts[0][0]:
        counts.pop(0)
    kept = counts[:2] if counts[0][1] in ("day", "hour") else counts[:1]
    return " ".join(_count(number, name) for number, name in kept if number or len(kept) == 1)


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
