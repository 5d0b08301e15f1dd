"""Periods in plain words: "last week", "march", "2026-Q3", "1 Nov..15 Nov". Cut at midnight, in the team's zone.

Nothing is guessed: what is no period, ends before it begins or lies ahead is refused with a sentence.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.text import plain
from bot.working_time.stretches import YEARS

ONE_DAY: Final = timedelta(days=1)
WEEK: Final = 7
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORTEST: Final = 3  # letters of a month's name
IN_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
LIKE: Final = "Say it like `last week`, `march`, `2026-Q3`, `2026-W47` or `1 Nov..15 Nov`."


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, from `first` up to, and without, `end`."""

    first: date
    end: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Where it begins and ends there, in UTC."""
        begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.first, self.end))
        return begin, end

    def before(self) -> "Period":
        """The period before it: as many months for whole months, else as many days."""
        months = _months(self.end) - _months(self.first)
        if self.first.day == self.end.day == 1:
            return Period(_month(_months(self.first) - months), self.first)
        return Period(self.first - (self.end - self.first), self.first)

    def __str__(self) -> str:
        """In words: Week 47 (16 to 22 November 2026), March 2026, Q3 2026, 2026, 1 to 15 November 2026."""
        months = _months(self.end) - _months(self.first)
        whole = self.first.day == self.end.day == 1
        if whole and months == 1:
            return f"{self.first:%B %Y}"
        if whole and months == IN_MONTHS["quarter"] and self.first.month % 3 == 1:
            return f"Q{self.first.month // 3 + 1} {self.first.year}"
        if whole and months == IN_MONTHS["year"] and self.first.month == 1:
            return str(self.first.year)
        days = _days_said(self.first, self.end - ONE_DAY)
        if (self.end - self.first).days == WEEK and self.first.weekday() == 0:
            return f"Week {self.first.isocalendar().week} ({days})"
        return days


def last_week(today: date) -> Period:
    """The ISO week before that of `today`."""
    monday = today - timedelta(days=today.weekday())
    return Period(monday - timedelta(days=WEEK), monday)


def finished(after: date, until: date) -> Iterator[Period]:
    """Every ISO week, month, quarter and year that was over by a day behind the first, and by the second at the latest."""
    for number in range((until - after).days):
        end = after + timedelta(days=number + 1)
        if end.weekday() == 0:
            yield Period(end - timedelta(days=WEEK), end)
        if end.day == 1:
            lengths = [each for each in IN_MONTHS.values() if _months(end) % each == 0]
            yield from (Period(_month(_months(end) - each), end) for each in lengths)


def read_period(words: str, today: date) -> Period:
    """The period that is meant; nothing said is last week. Raises Refused with a sentence."""
    said = " ".join(re.sub(r"[\u2013\u2014]", "-", words.lower()).strip(" .!?").split())
    said = re.sub(r"^(?:(?:for|in|of|on|about|over|during|from|the)\b ?)+", "", said)
    if not said:
        return last_week(today)
    found = _named(said, today) or _from_to(said, today)
    if found is None:
        raise Refused(f"I do not know the period “{plain(words, 40)}”. {LIKE}")
    if found.first > today:
        raise Refused("That lies ahead: there is nothing to count yet.")
    return found


def _from_to(said: str, today: date) -> Period | None:
    """From the beginning of one to the end of the other."""
    since = re.fullmatch(r"since (.+)", said)
    two = (since[1], "today") if since else None
    for joint in (r"\s*\.\.+\s*", r"\s+(?:to|until|till|through|-)\s+"):
        parts = re.split(joint, said)
        if len(parts) == 2:  # noqa: PLR2004 - from, to
            two = (parts[0], parts[1])
            break
    if two is None:
        return None
    first, last = (_named(part, today) for part in two)
    if first is None or last is None:
        strange = two[0] if first is None else two[1]
        raise Refused(f"I do not know the day “{plain(strange, 40)}”. {LIKE}")
    if last.end <= first.first:
        raise Refused("That would end before it begins: please give the earlier day first.")
    return Period(first.first, last.end)


def _named(said: str, today: date) -> Period | None:
    """A period that has a name, or a day."""
    readers: tuple[Callable[[str, date], Period | None], ...] = (
        _near, _written, _week, _quarter, _by_month, _day,
    )  # fmt: skip
    return next((found for read in readers if (found := read(said, today)) is not None), None)


def _near(said: str, today: date) -> Period | None:
    """Today, yesterday, this or last week, month, quarter or year, and the last few of them."""
    if said in ("today", "yesterday"):
        day = today if said == "today" else today - ONE_DAY
        return Period(day, day + ONE_DAY)
    match = re.fullmatch(r"(this|last|previous|past) (?:(\d{1,3}) )?(day|week|month|quarter|year)s?", said)
    if match is None or match[2] == "0" * len(match[2] or "-"):
        return None
    number, unit = int(match[2] or 1), match[3]
    back = 0 if match[1] == "this" else number
    if unit in ("day", "week"):
        length = 1 if unit == "day" else WEEK
        start = today if unit == "day" else today - timedelta(days=today.weekday())
        first = start - timedelta(days=back * length)
        return Period(first, first + timedelta(days=(back or 1) * length))
    size = IN_MONTHS[unit]
    begin = _months(today) // size * size - back * size
    return Period(_month(begin), _month(begin + (back or 1) * size))


def _written(said: str, _today: date) -> Period | None:
    """2026, 2026-03."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", said)
    if match is None or int(match[1]) not in YEARS:
        return None
    if match[2] is None:
        return Period(date(int(match[1]), 1, 1), date(int(match[1]) + 1, 1, 1))
    month = int(match[2])
    begin = int(match[1]) * 12 + month - 1
    return Period(_month(begin), _month(begin + 1)) if 1 <= month <= len(MONTHS) else None


def _week(said: str, today: date) -> Period | None:
    """2026-W47, w47, week 47, week 47 2026: without a year the last that has begun."""
    match = re.fullmatch(r"(?:(\d{4})-?w(\d{1,2})|w(?:eek )?(\d{1,2})(?: (\d{4}))?)", said)
    if match is None:
        return None
    number, told = int(match[2] or match[3]), match[1] or match[4]
    years = (int(told),) if told else (today.isocalendar().year, today.isocalendar().year - 1)
    for year in years:
        if year in YEARS and 1 <= number <= date(year, 12, 28).isocalendar().week:
            monday = date.fromisocalendar(year, number, 1)
            if told or monday <= today:
                return Period(monday, monday + timedelta(days=WEEK))
    return None


def _quarter(said: str, today: date) -> Period | None:
    """2026-Q3, q3 2026, q3: without a year the last that has begun."""
    match = re.fullmatch(r"(?:(\d{4})[- ]?)?q([1-4])(?:[- ]?(\d{4}))?", said)
    if match is None or (match[1] and match[3]):
        return None
    told, place = match[1] or match[3], 3 * (int(match[2]) - 1)
    year = int(told or today.year)
    begin = year * 12 + place
    if not told and begin > _months(today):
        begin -= IN_MONTHS["year"]
    return Period(_month(begin), _month(begin + 3)) if year in YEARS else None


def _by_month(said: str, today: date) -> Period | None:
    """march, march 2026: without a year the last that has begun."""
    match = re.fullmatch(r"([a-z]+)\.?(?: (\d{4}))?", said)
    place = None if match is None else _place(match[1])
    if match is None or place is None:
        return None
    year = int(match[2] or today.year)
    begin = year * 12 + place
    if not match[2] and begin > _months(today):
        begin -= IN_MONTHS["year"]
    return Period(_month(begin), _month(begin + 1)) if year in YEARS else None


def _day(said: str, today: date) -> Period | None:
    """2026-11-01, 1.11.2026, 1 Nov, November 1st 2026: without a year the last that was."""
    patterns = (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.?(?P<year>\d{4})?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.? (?P<month>[a-z]+)\.?,?(?: (?P<year>\d{4}))?",
        r"(?P<month>[a-z]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,?(?: (?P<year>\d{4}))?",
    )
    match = next((found for each in patterns if (found := re.fullmatch(each, said))), None)
    if match is None:
        return None
    place = int(match["month"]) - 1 if match["month"].isdecimal() else _place(match["month"])
    if place is None or place not in range(len(MONTHS)):
        return None
    for year in (int(match["year"]),) if match["year"] else (today.year, today.year - 1):
        if year in YEARS and 1 <= int(match["day"]) <= monthrange(year, place + 1)[1]:
            day = date(year, place + 1, int(match["day"]))
            if match["year"] or day <= today:
                return Period(day, day + ONE_DAY)
    return None


def _place(word: str) -> int | None:
    if len(word) < SHORTEST:
        return None
    return next((place for place, name in enumerate(MONTHS) if name.startswith(word)), None)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _days_said(first: date, last: date) -> str:
    if first == last:
        return f"{first.day} {first:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"
