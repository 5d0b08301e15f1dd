"""When somebody works, and every question about it; the openings come from rules, the answers from a book."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from bot.working_time.book import Book, Opening
from bot.working_time.holidays import Holiday, falls_on
from bot.working_time.span import Span
from bot.working_time.stretches import YEARS, Stretch, merged, utc, without
from bot.working_time.week import CLOSED, WHOLE, Block, Week
from bot.working_time.zones import NOTHING, Day, days_of


@lru_cache(maxsize=256)
def _shelf_of(_calendar: "Calendar") -> list[Book]:
    """Keep the one book of each calendar: equal calendars share it, a longer one takes its place."""
    return []


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works: their zone, their week, and the days on which they do not.

    `besides` are single stretches, in UTC, that are open too; so are the hours of `members`, each by its own
    zone and holidays; `closed` are single stretches in which the calendar itself is not open. A day is always a local day of `zone`, and a working day one with any open time.
    Moments go in aware, in any zone, and come out in UTC; naive ones and those outside YEARS raise ValueError.
    A question costs the same however far apart its two ends are.
    """

    zone: ZoneInfo
    week: Week
    holidays: frozenset[Holiday] = frozenset()
    besides: frozenset[Stretch] = frozenset()
    members: frozenset["Calendar"] = frozenset()
    closed: frozenset[Stretch] = frozenset()
    _shelf: list[Book] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shelf", _shelf_of(self))

    @classmethod
    def always(cls, zone: ZoneInfo) -> Self:
        """Open at every moment."""
        return cls(zone, WHOLE)

    @classmethod
    def anyone(cls, zone: ZoneInfo, members: Iterable["Calendar"]) -> Self:
        """Open while any of the members is at work; ValueError without members."""
        together = frozenset(members)
        if not together:
            raise ValueError("nobody is there whose hours could count; allowed: one calendar or more")
        return cls(zone, CLOSED, members=together)

    def also(self, begin: datetime, end: datetime) -> Self:
        """The same calendar, open from `begin` to `end` too; ValueError if `end` is not after `begin`."""
        stretch = Stretch(utc(begin), utc(end))
        if stretch.end <= stretch.begin:
            raise ValueError(f"{end} is not after {begin}; allowed: a time that is still to come")
        return replace(self, besides=self.besides | {stretch})

    def without(self, *stretches: tuple[datetime, datetime]) -> Self:
        """The same calendar, closed in these: absences. One that does not end after its begin is none."""
        shut = {Stretch(utc(begin), utc(end)) for begin, end in stretches if utc(begin) < utc(end)}
        return replace(self, closed=self.closed | shut) if shut else self

    def blocks(self, day: date) -> tuple[Block, ...]:
        """Answer the blocks of the week that are open on one local day; members and `besides` not counted."""
        return _blocks(self.week, self.holidays, day)

    def is_open(self, moment: datetime) -> bool:
        """Whether `moment` is working time."""
        moment = utc(moment)  # in a zone, a moment that comes twice equals no moment of another zone
        return self.next_opening(moment) == moment

    def next_opening(self, moment: datetime) -> datetime:
        """Answer `moment` itself if it is working time, else when work begins again."""
        moment = utc(moment)
        book = self._book(moment, lambda book: bool(book.ends) and book.ends[-1] > moment)
        return max(moment, book.begins[bisect_right(book.ends, moment)])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Measure the working time from `start` to `end`; nothing if `end` is not after `start`."""
        start, end = utc(start), utc(end)
        if end <= start:
            return NOTHING
        book = self._book(start, lambda book: end.year in book.years)
        return book.worked(end) - book.worked(start)

    def days_between(self, start: datetime, end: datetime) -> int:
        """Count the working days after the one of `start`, or after the next opening's, that have begun by `end`."""
        opening = self.next_opening(start)
        if end < opening:
            return 0
        book = self._book(opening, lambda book: end.year in book.years)
        first, last = (
            bisect_right(book.days, moment.astimezone(self.zone).date()) for moment in (opening, end)
        )
        return last - first

    def add(self, start: datetime, span: Span) -> datetime:
        """Answer the moment when `span` has passed since `start`, or since work begins again after it.

        Days come first: the same wall clock on the nth working day after, or the next opening if it is
        closed then. Of a moment at closing time and the next opening, it is the first.
        """
        moment = self.next_opening(start)
        if span.days:
            moment = self.next_opening(self._same_time(moment, span.days))
        return self.after(moment, timedelta(seconds=span.seconds))

    def after(self, start: datetime, working: timedelta) -> datetime:
        """Answer the first moment by which so much working time has passed since `start`."""
        moment = self.next_opening(start)
        if not working:
            return moment
        book = self._book(moment, lambda book: book.worked(moment) + working <= book.before[-1])
        return book.reached(book.worked(moment) + working)

    def _same_time(self, moment: datetime, working_days: int) -> datetime:
        local = moment.astimezone(self.zone)
        _, day = self._day_after(moment, working_days)
        return datetime.combine(day, local.time(), self.zone).astimezone(UTC)

    def _day_after(self, moment: datetime, working_days: int) -> tuple[Book, date]:
        """Answer the nth working day after the local day of `moment`, and a book that has all of that day."""
        today = moment.astimezone(self.zone).date()

        def place(book: Book) -> int:
            return bisect_right(book.days, today) - 1 + working_days

        book = self._book(moment, lambda book: place(book) + 1 < len(book.days))
        return book, book.days[place(book)]

    def working_days_after(self, moment: datetime, days: int) -> datetime:
        """Go `days` working days on from `moment`, at the same time."""
        return self.add(moment, Span(days=days))

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """Answer when the first working day after the local day of `moment` ends."""
        book, day = self._day_after(utc(moment), 1)
        return book.last_ends[day]

    def _book(self, moment: datetime, enough: Callable[[Book], bool]) -> Book:
        """Find a book that reaches back to `moment` and ahead until it is `enough`, growing by doubling."""
        book = self._shelf[0] if self._shelf else self._write(range(moment.year, moment.year + 1))
        if moment.year < book.years.start:
            book = self._write(range(moment.year, book.years.stop))
        while not enough(book):
            if book.years.stop == YEARS.stop:
                raise ValueError(f"working time is not counted beyond {YEARS.stop - 1}")
            stop = min(book.years.stop + len(book.years), YEARS.stop)
            book = self._write(range(book.years.start, stop))
        self._shelf[:] = [book]
        return book

    def _write(self, years: range) -> Book:
        return Book.write(years, (opening for year in years for opening in self.openings(year)))

    def openings(self, year: int) -> Iterator[Opening]:
        """Every opening between two New Years in UTC, in order, each of one local day."""
        if not (self.besides or self.members or self.closed):
            return iter(_openings_of(self.zone, self.week, self.holidays, year))
        days = tuple(days_of(self.zone, year))
        begin, end = days[0].begin, days[-1].end
        stretches = [opening[:2] for opening in _openings_of(self.zone, self.week, self.holidays, year)]
        stretches += [(max(begin, opens), min(end, closes)) for opens, closes in self.besides]
        own = without(merged(stretches), merged(self.closed))
        others = (opening[:2] for member in self.members for opening in member.openings(year))
        return _cut(merged([*own, *others]), iter(days))


@lru_cache(maxsize=256)
def _openings_of(zone: ZoneInfo, week: Week, holidays: frozenset[Holiday], year: int) -> tuple[Opening, ...]:
    """The openings that a week and its holidays make; kept, since many share them and differ in the rest."""
    return tuple(
        Opening(opens, closes, day.date)
        for day in days_of(zone, year)
        for block in _blocks(week, holidays, day.date)
        if (opens := day.at(block.opens)) < (closes := day.at(block.closes))
    )


def _blocks(week: Week, holidays: frozenset[Holiday], day: date) -> tuple[Block, ...]:
    return () if falls_on(day, holidays) else week.days[day.weekday()]


def _cut(stretches: Iterable[Stretch], days: Iterator[Day]) -> Iterator[Opening]:
    """Cut at every midnight; the days have no gap and reach over all stretches."""
    day = next(days)
    for begin, end in stretches:
        while day.end <= begin:
            day = next(days)
        while day.end < end:
            yield Opening(max(begin, day.begin), day.end, day.date)
            day = next(days)
        yield Opening(max(begin, day.begin), end, day.date)
