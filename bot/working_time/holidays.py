"""Days off: public holidays of a country or of one of its parts, or single dates."""

from datetime import date
from functools import cache

import holidays as public_holidays

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
def _public(code: str, year: int) -> frozenset[date]:
    country, _, subdivision = code.partition("-")
    return frozenset(public_holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def falls_on(day: date, holidays: frozenset[Holiday]) -> bool:
    """Whether `day` is one of these holidays."""
    return day in holidays or any(
        day in _public(code, day.year) for code in holidays if isinstance(code, str)
    )
