"""Waiting timers: what taking the next due one costs beside a thousand that wait, and beside a million."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any, Final

from sqlalchemy import insert, text

from bot.jobs import climb
from storage.alerts import Alerts
from storage.db import Database
from storage.health import Health
from storage.jobs import Jobs
from storage.schema import migrate
from storage.tables import JOB
from tests.bot.examples import ACME

FEW: Final = 1_000
MILLION: Final = 1_000_000
AT_ONCE: Final = 20_000
TIMES: Final = 1_000  # timers taken, of each; in turns, so that a noisy neighbour meets both
IN_TURN: Final = 50
WORKSPACE: Final = "T0ACME000"
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUARTER: Final = timedelta(days=90)
LEASE: Final = timedelta(minutes=1)
Figures = dict[str, Any]


@dataclass(slots=True)
class Waiting:
    """A database in which so many timers wait, and the milliseconds of each step."""

    db: Database
    jobs: Jobs
    alerts: Alerts
    health: Health
    taken: list[float] = field(default_factory=list)
    added: list[float] = field(default_factory=list)
    looked: list[float] = field(default_factory=list)

    async def run_some(self) -> None:
        """Take a timer that is due, put it back at its next moment, and end it: as the worker does."""
        for _ in range(IN_TURN):
            began = perf_counter()
            [timer] = await self.jobs.take(NOW, limit=20, lease=LEASE)
            took = perf_counter() - began
            began = perf_counter()
            await self.jobs.add([climb(f"lead{timer.id}", f"again{timer.id}", NOW + QUARTER)])
            self.added.append((perf_counter() - began) * 1e3)
            began = perf_counter()
            await self.jobs.end(timer, NOW, pace=timedelta())
            self.taken.append((took + perf_counter() - began) * 1e3)
        began = perf_counter()
        await self.jobs.sweep()
        await self.alerts.matters(NOW)
        await self.health.work(NOW)
        self.looked.append((perf_counter() - began) * 1e3)


async def taken(fresh: Callable[[str], str], many: int = MILLION) -> Figures:
    """A due timer taken and ended, and the next one added, with few that wait behind it and with many."""
    some = {number: await _with_timers(fresh(f"timers{number}"), number) for number in (FEW, many)}
    try:
        for _ in range(TIMES // IN_TURN):
            for each in some.values():
                await each.run_some()
    finally:
        for each in some.values():
            each.db.close()
    few, crowd = some[FEW], some[many]
    return {
        "milliseconds": {
            f"{number:,} wait": {
                "take and end": median(each.taken),
                "add": median(each.added),
                "what is looked at every minute": median(each.looked),
            }
            for number, each in some.items()
        },
        "ratios": {
            f"take and end, {many:,} to {FEW:,} (aim: at most 1.5)": median(crowd.taken) / median(few.taken),
            "add": median(crowd.added) / median(few.added),
            "what is looked at every minute (aim: at most 1.5)": median(crowd.looked) / median(few.looked),
        },
    }


async def _with_timers(url: str, number: int) -> Waiting:
    """So many that wait, over a quarter, and before them those that are due."""
    db = Database(url)
    migrate(db.engine)
    due = [climb(f"due{n}", f"due{n}-1", NOW - timedelta(seconds=TIMES - n)) for n in range(TIMES)]
    with db.engine.begin() as connection:
        for first in range(0, number, AT_ONCE):
            later = range(first, min(first + AT_ONCE, number))
            connection.execute(
                insert(JOB), [_row(n, NOW + timedelta(minutes=1) + QUARTER * n / number) for n in later]
            )
    jobs = Jobs(db.of(WORKSPACE))
    await jobs.add(due)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # PostgreSQL does so by itself, after a while
    space = db.of(WORKSPACE)
    alerts = Alerts(space, ACME)
    return Waiting(db=db, jobs=jobs, alerts=alerts, health=Health(space))


def _row(number: int, at: datetime) -> dict[str, Any]:
    due = climb(f"lead{number}", f"lead{number}-1", at)
    return {
        "workspace": WORKSPACE,
        "lane": due.lane,
        "kind": due.job.kind,
        "payload": {name: getattr(due.job, name) for name in due.job.__slots__},
        "key": due.key,
        "due_at": at,
        "attempts": 0,
    }
