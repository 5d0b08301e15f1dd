"""Working time: what a question costs for a short time and for one 100 times as long."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.working_time import Calendar, Clock, Span, Stop, Week

OFFICE: Final = Week.parse({"mon-fri": ["09:00-12:30", "13:30-17:30"]})
START: Final = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
BERLIN, TOKYO, NEW_YORK = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Tokyo", "America/New_York"))
DAYS: Final = 30
TIMES: Final = 2000
Figures = dict[str, Any]


async def spans(_fresh: Callable[[str], str]) -> Figures:
    """Add and measure DAYS working days, and 100 times as many; the years are known before."""
    one = Calendar(BERLIN, OFFICE, frozenset({"DE-BY"}))
    anyone = Calendar.anyone(BERLIN, [one, Calendar(TOKYO, OFFICE), Calendar(NEW_YORK, OFFICE)])
    down = tuple(Stop(START + timedelta(days=n), START + timedelta(days=n, hours=20)) for n in range(10))
    asked: dict[str, Calendar | Clock] = {
        "a calendar": one,
        "anyone in three zones": anyone,
        "a clock with ten stops": Clock(calendar=anyone, stops=down),
    }
    return await asyncio.to_thread(lambda: {name: _compared(hours) for name, hours in asked.items()})


def _compared(hours: Calendar | Clock) -> Figures:
    def asked(days: int) -> Callable[[], object]:
        return lambda: hours.between(START, hours.add(START, Span(days=days, seconds=5400)))

    _cost(asked(100 * DAYS))
    short, long = (min(_cost(asked(days)) for _ in range(5)) for days in (DAYS, 100 * DAYS))
    return {"microseconds": short * 1e6, "100 times the span": long * 1e6, "ratio": long / short}


def _cost(ask: Callable[[], object]) -> float:
    begun = perf_counter()
    for _ in range(TIMES):
        ask()
    return (perf_counter() - begun) / TIMES
