"""Dates as spreadsheets and CRMs write them. One that can be read two ways is never guessed.

A time without an offset is UTC, as a bare date is: exports leave the offset out.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from bot.intake.values import Wrong

A_DATE: Final = "This should be a date, like 2026-11-22 or 22.11.2026, with or without a time."


class Order(StrEnum):
    """What comes first where a date is written in figures."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


# English, German, French, Spanish, Italian, Dutch, Portuguese; three letters of a name are enough.
_MONTHS: Final = (
    "january januar janvier enero gennaio januari janeiro",
    "february februar février febrero febbraio februari fevereiro",
    "march märz mrz mars marzo maart mrt março",
    "april avril abril aprile",
    "may mai mayo maggio mei maio",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august août agosto augustus",
    "september septembre septiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember décembre diciembre dicembre dezembro",
)
# Names that mean one offset wherever they are written (IST and others mean several).
_ZONES: Final = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), 0),
    **dict.fromkeys(("CET", "MEZ", "WEST", "BST"), 1),
    **dict.fromkeys(("CEST", "MESZ", "EET"), 2),
    **dict.fromkeys(("EEST", "MSK"), 3),
    "JST": 9,
    "AEST": 10,
    "AEDT": 11,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
_DATE: Final = (
    r"(?:(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|(?<!-)\d{2}(?!\d))"
    r"|(?:[^\W\d_]{2,}\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s/-]*(?:(?:de|of)\s+)?"
    r"(?P<month>[^\W\d_]{3,})\.?,?[\s/-]*(?:(?:de|del)\s+)?(?P<y2>\d{4}|(?<=-)\d{2})"
    r"|(?:[^\W\d_]{2,}\.?,?\s+)?(?P<month2>[^\W\d_]{3,})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{4}))"
)
_TIME: Final = r"(?:T|,?\s+)(?:(?:at|um|à)\s+)?(?P<hour>\d{1,2})[:.h](?P<min>\d{2})(?:[:.](?P<sec>\d{2})(?:[.,]\d{1,9})?)?(?:\s*Uhr)?"
_ZONE: Final = r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?(?:\s*\(?(?P<zone>[A-Za-z]+(?:/[A-Za-z_/]+)?)?(?P<off>[+-]\d{1,2}(?::?\d{2})?)?\)?)?"
_WHOLE: Final = re.compile(f"{_DATE}(?:{_TIME}{_ZONE})?")
_DIGITS: Final = re.compile(r"\d{9,}")  # no date, though fromisoformat sees one in some
_OFFSET: Final = re.compile(r"(\d{1,2}):?(\d{2})?")
_SERIAL: Final = re.compile(r"(\d{5})(?:[.,](\d{1,10}))?")
_SERIALS: Final = range(25_569, 73_051)  # 1970 to 2099, as spreadsheets count days
_DAY_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)
DAYS: Final = frozenset(range(1, 32))
MONTHS: Final = frozenset(range(1, 13))
_CENTURY: Final = 70  # 70 is 1970, 69 is 2069


def read_date(words: str, order: Order | None) -> datetime:
    """Read a moment. Raises Wrong where it is none, or where it may be two and `order` does not say which."""
    if not _DIGITS.fullmatch(words):
        with suppress(ValueError):
            return _aware(datetime.fromisoformat(words))
    found = _WHOLE.fullmatch(words)
    try:
        return _written(found, order) if found else _counted(words)
    except (ValueError, KeyError, OverflowError):
        raise Wrong(A_DATE) from None


def orders_of(words: str) -> frozenset[Order]:
    """In which orders a date in figures makes sense; none: the order does not matter to it."""
    found = _WHOLE.fullmatch(words)
    if found is None or found["a"] is None or found["sep"] == ".":
        return frozenset()
    first, second = int(found["a"]), int(found["b"])
    if first == second:
        return frozenset()
    possible = {
        Order.DAY_FIRST: first in DAYS and second in MONTHS,
        Order.MONTH_FIRST: first in MONTHS and second in DAYS,
    }
    return frozenset(order for order, fits in possible.items() if fits)


def _written(found: re.Match[str], order: Order | None) -> datetime:
    year, month, day = _day(found, order)
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "pP" else 0) if hour <= 12 else hour  # noqa: PLR2004 - o'clock
    zone = _zone(found["zone"], found["off"])
    at = datetime(year, month, day, hour, int(found["min"] or 0), int(found["sec"] or 0), tzinfo=zone)
    return at.astimezone(UTC)


def _day(found: re.Match[str], order: Order | None) -> tuple[int, int, int]:
    if found["y"]:
        return int(found["y"]), int(found["m"]), int(found["d"])
    if name := found["month"] or found["month2"]:
        return _year(found["y2"] or found["y3"]), _month(name), int(found["day"] or found["day2"])
    first, second, year = int(found["a"]), int(found["b"]), _year(found["year"])
    orders = orders_of(found[0]) or {Order.DAY_FIRST}
    if len(orders) == 1:
        [order] = orders
    if order is None:
        raise Wrong("This date can be read in two ways: write it like 2026-11-22.")
    return (year, second, first) if order is Order.DAY_FIRST else (year, first, second)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= _CENTURY else 2000)  # noqa: PLR2004 - two digits


@cache
def _month(name: str) -> int:
    """Raises ValueError where it is none, or the beginning of several."""
    small = name.casefold()
    meant = [
        number
        for number, names in enumerate(_MONTHS, start=1)
        if any(each.casefold().startswith(small) for each in names.split())
    ]
    [month] = meant
    return month


def _zone(name: str | None, offset: str | None) -> tzinfo:
    """Raises KeyError or ValueError where nobody knows it."""
    if name and "/" in name:
        return _places()[name.casefold()]
    ahead = timedelta(hours=_ZONES[name.upper()] if name else 0)
    if offset:
        hours, minutes = _OFFSET.fullmatch(offset[1:]).groups()  # type: ignore[union-attr]  # _ZONE is stricter
        shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
        ahead += shift if offset[0] == "+" else -shift
    return timezone(ahead)


@cache
def _places() -> Mapping[str, ZoneInfo]:
    return {name.casefold(): ZoneInfo(name) for name in available_timezones()}


def _counted(words: str) -> datetime:
    """A day as spreadsheets count them, with a part of it behind the point."""
    found = _SERIAL.fullmatch(words)
    if found is None or int(found[1]) not in _SERIALS:
        raise ValueError
    seconds = round(float(f"0.{found[2] or 0}") * 86_400)
    return _DAY_ZERO + timedelta(days=int(found[1]), seconds=seconds)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
