"""Moments in plain English: "until Friday", "24 Dec - 2 Jan", "for 2 weeks", "tomorrow 14:00".

Read by the clock on the wall of who says it. Nothing is guessed: what can mean two days, lies in the past or
is no day at all is refused with a sentence. A day alone is all of it; "until Friday" ends where Friday begins.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.text import plain
from bot.working_time.stretches import YEARS

ONE_DAY: Final = timedelta(days=1)
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DECEMBER: Final = 12
LATELY: Final = timedelta(days=60)  # a day without a year that has passed within these is not next year's
FARTHEST: Final = timedelta(days=366)
TOO_FAR: Final = "That is more than a year away: please give a day within a year."
SHORTEST: Final = 3  # letters of a name: mon, sept
PASSED_OVER: Final = frozenset({"the", "on", "at", "of", "and", "o'clock", "from", "this", "coming"})
UNITS: Final = {"minute": 60, "min": 60, "hour": 3600, "hr": 3600, "h": 3600}  # in seconds
LONG_UNITS: Final = {"day": 1, "week": 7}  # in days
NUMBERS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
NEAR: Final = {"today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2, "yesterday": -1}  # in days
UNDERSTOOD: Final = (
    "I understand days like `Friday`, `3 December`, `tomorrow` or `2026-12-24`, and times like `14:00`."
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` up to `end`, in UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Point:
    """A day, and the time on it that was said, if one was."""

    day: date
    clock: time | None = None


def stretch(text: str, now: datetime, zone: ZoneInfo) -> Stretch:
    """How long somebody means: "until Friday", "for 2 weeks", "tomorrow", "24 Dec - 2 Jan", "today".

    Raises Refused for no, a past, or an impossible time, and for one that is more than a year away.
    """
    reader = _Reader.of(text, now, zone)
    if reader.takes("until", "till", "til", "to"):
        found = Stretch(now, reader.end_of(reader.point(), through=False))
    elif reader.takes("through", "thru", "including"):
        found = Stretch(now, reader.end_of(reader.point(), through=True))
    elif reader.takes("next week"):
        monday = reader.today + timedelta(days=7 - reader.today.weekday())
        found = Stretch(reader.midnight(monday), reader.midnight(monday + timedelta(days=7)))
    elif reader.takes("for") or reader.is_at_a_while():
        found = Stretch(now, reader.after_a_while())
    else:
        found = reader.days_or_until()
    reader.ends()
    return _sensible(found, text, now)


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that somebody means by "until 21:00", "until Friday", "tomorrow 14:00". Raises Refused."""
    reader = _Reader.of(text, now, zone)
    reader.takes("until", "till", "til", "to")
    found = reader.after_a_while() if reader.takes("for") else reader.end_of(reader.point(), through=False)
    reader.ends()
    return _sensible(Stretch(now, found), text, now).end


def days(text: str, now: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    """The days that somebody means: "24 Dec", "tomorrow and Friday", "24 Dec - 2 Jan, 6 Jan". Raises Refused."""
    found: set[date] = set()
    for part in re.split(r",|;|&|\band\b", text):
        reader = _Reader.of(part, now, zone)
        first = reader.first = reader.point().day
        last = reader.point().day if reader.takes("-", "to", "until", "till", "through") else first
        reader.ends()
        _sensible(Stretch(reader.midnight(first), reader.midnight(last + ONE_DAY)), part, now)
        found.update(first + ONE_DAY * each for each in range((last - first).days + 1))
    return tuple(sorted(found))


def said(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment in words, by that zone's clock: "21:00", "Friday, 27 November", "Friday, 27 November, 14:00"."""
    there, today = moment.astimezone(zone), now.astimezone(zone).date()
    day = f"{there:%A}, {there.day} {there:%B}" + (f" {there.year}" if there.year != today.year else "")
    if there.time() == time():
        return day
    return f"{there:%H:%M}" if there.date() == today else f"{day}, {there:%H:%M}"


def said_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _sensible(found: Stretch, text: str, now: datetime) -> Stretch:
    if found.end <= now:
        raise Refused(f"“{plain(text, 40)}” has passed already: please give a time to come.")
    if found.end <= found.begin:
        raise Refused("That would end before it begins: please give the earlier day first.")
    if found.end - now > FARTHEST:
        raise Refused(TOO_FAR)
    return found


@dataclass(slots=True)
class _Reader:
    """Reads words one after the other."""

    words: list[str]
    now: datetime
    zone: ZoneInfo
    first: date | None = None  # of two days: the second is not before it

    @classmethod
    def of(cls, text: str, now: datetime, zone: ZoneInfo) -> "_Reader":
        return cls([word for word in _words(text) if word not in PASSED_OVER], now, zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return self.at(day, time())

    def at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def takes(self, *choices: str) -> bool:
        """Whether one of these comes next; if so it is read."""
        for choice in choices:
            parts = choice.split()
            if self.words[: len(parts)] == parts:
                del self.words[: len(parts)]
                return True
        return False

    def ends(self) -> None:
        if self.words:
            raise Refused(f"I do not understand “{plain(' '.join(self.words), 40)}”. {UNDERSTOOD}")

    def days_or_until(self) -> Stretch:
        """Days, one or several, or a time alone: that is meant as the end."""
        alone = self._clock() if self.words else None
        if alone is not None:
            return Stretch(self.now, self.at(self.today, alone))
        first = self.point()
        self.first = first.day
        begin = max(self.now, self.at(first.day, first.clock or time()))
        if self.takes("-", "to", "through", "thru"):
            return Stretch(begin, self.end_of(self.point(), through=True))
        if self.takes("until", "till", "til"):
            return Stretch(begin, self.end_of(self.point(), through=False))
        return Stretch(begin, self.midnight(first.day + ONE_DAY))

    def end_of(self, point: _Point, *, through: bool) -> datetime:
        """A time is that time; a day is its beginning, or its end where the day is meant too."""
        if point.clock is not None:
            return self.at(point.day, point.clock)
        # "until today" can only mean until today is over
        return self.midnight(point.day + ONE_DAY * (through or point.day == self.today))

    def is_at_a_while(self) -> bool:
        return self.words[1:2] != [] and _unit(self.words[1]) in {*UNITS, *LONG_UNITS}

    def after_a_while(self) -> datetime:
        """The end of "2 weeks", "3 days" (today is the first), "2 hours"."""
        self.takes("next")
        match = re.fullmatch(r"(\w+) (\w+)", " ".join(self.words[:2]))
        number = 0 if match is None else NUMBERS.get(match[1], _number(match[1]))
        unit = "" if match is None else _unit(match[2])
        del self.words[:2]
        if unit in UNITS and number:
            return self.now + timedelta(seconds=UNITS[unit] * number)
        if unit in LONG_UNITS and number:
            return self.midnight(self.today + timedelta(days=LONG_UNITS[unit] * number))
        raise Refused("For how long? Say it like `for 3 days`, `for 2 weeks` or `for 2 hours`.")

    def point(self) -> _Point:
        """A day with or without a time, or a time of today."""
        clock = self._clock()
        if clock is not None and not self.words:
            return _Point(self.today, clock)
        day = self._day()
        return _Point(day, clock or self._clock())

    def _clock(self) -> time | None:
        if not self.words:
            return None
        word = self.words[0]
        if word in {"noon", "midday"}:
            del self.words[0]
            return time(12)
        match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?(am|pm)?", word)
        if match is None or not (match[2] or match[3]):
            return None
        del self.words[0]
        hour = int(match[1])
        half = match[3] or (self.words.pop(0) if self.words[:1] in (["am"], ["pm"]) else None)
        if half is not None and not 1 <= hour <= 12:  # noqa: PLR2004 - a clock's face
            raise Refused(f"{word} is no time of the day: please say it like 14:00.")
        hour = hour % 12 + 12 * (half == "pm") if half else hour
        try:
            return time(hour, int(match[2] or 0))
        except ValueError:
            raise Refused(f"{word} is no time of the day: please say it like 14:00.") from None

    def _day(self) -> date:
        if not self.words:
            self._refuse()
        found = self._near() or self._weekday() or self._date()
        if found is not None:
            return found
        raise Refused(f"I do not know the day “{plain(self.words[0], 40)}”. {UNDERSTOOD}")

    def _near(self) -> date | None:
        for words, away in NEAR.items():
            if self.takes(words):
                return self.today + ONE_DAY * away
        if self.takes("next week"):
            return self.today + timedelta(days=7 - self.today.weekday())
        if self.words[:1] == ["in"]:
            del self.words[0]
            return self.after_a_while().astimezone(self.zone).date()
        return None

    def _weekday(self) -> date | None:
        """The next day of that name, never today; "next" is that of the week after this; after a first day, from it on."""
        following = self.words[0] == "next" and len(self.words) > 1
        wanted = _place(self.words[1 if following else 0], WEEKDAYS)
        if wanted is None:
            return None
        del self.words[: 2 if following else 1]
        if following:
            return self.today + timedelta(days=7 - self.today.weekday() + wanted)
        if self.first is not None:
            return self.first + timedelta(days=(wanted - self.first.weekday()) % 7)
        return self.today + timedelta(days=(wanted - self.today.weekday() - 1) % 7 + 1)

    def _date(self) -> date | None:
        """A date: 2026-12-24, 24.12., 24 December, December 24, with or without a year."""
        word = self.words[0]
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
            del self.words[0]
            return self._made(int(match[3]), int(match[2]), int(match[1]), word)
        if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4})?)?", word):
            del self.words[0]
            return self._made(int(match[1]), int(match[2]), int(match[3] or 0), word)
        if re.fullmatch(r"\d{1,2}/\d{1,2}(/\d{2,4})?", word):
            raise Refused(f"{word} means two different days in two countries: please say it like 3 December.")
        pair = self.words[:2]
        if len(pair) < 2:  # noqa: PLR2004 - a number and a name
            return None
        for number, name in (pair, pair[::-1]):
            month, ordinal = _place(name, MONTHS), re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\.?", number)
            if month is not None and ordinal is not None:
                del self.words[:2]
                year = int(self.words.pop(0)) if self.words and re.fullmatch(r"\d{4}", self.words[0]) else 0
                return self._made(int(ordinal[1]), month + 1, year, " ".join(pair))
        return None

    def _made(self, number: int, month: int, year: int, words: str) -> date:
        """The date; without a year the next of that name, unless it was only lately."""
        years = (year,) if year else (self.today.year, self.today.year + 1)
        found = [date(each, month, number) for each in years if _is_date(each, month, number)]
        if not found:
            words = " ".join(each.capitalize() if each.isalpha() else each for each in words.split())
            raise Refused(f"There is no {plain(words, 40)}: please look at the calendar once more.")
        return next((each for each in found if year or each >= self.today - LATELY), found[-1])

    def _refuse(self) -> None:
        raise Refused(f"Until when? {UNDERSTOOD}")


def _is_date(year: int, month: int, number: int) -> bool:
    return year in YEARS and 1 <= month <= DECEMBER and 1 <= number <= monthrange(year, month)[1]


def _number(word: str) -> int:
    return int(word) if re.fullmatch(r"[0-9]{1,3}", word) else 0


def _unit(word: str) -> str:
    return word.removesuffix("s")


def _words(text: str) -> Iterator[str]:
    """The words in small letters; a dash that joins two times or days stands alone."""
    for word in re.split(r"[\s,]+", re.sub(r"[\u2013\u2014]", "-", text.lower()).strip(" .!?")):
        if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", word):
            yield word
        else:
            yield from (part for part in re.split(r"(-)", word) if part)


def _place(word: str, names: Sequence[str]) -> int | None:
    """Which of these names it is, or is the beginning of."""
    word = word.rstrip(".")
    if len(word) < SHORTEST:
        return None
    return next((place for place, name in enumerate(names) if name.startswith(word)), None)
