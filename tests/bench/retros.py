"""How many retros a second are made of closed deals, against the bare inserts of the rows that they leave.

All of it but Slack: the deals are told, each close is followed, and half an hour later each retro starts and asks its
people. What is shown has the pace of a channel, whatever we do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Table, func, insert, select
from sqlmodel import Session

from bot.arrivals import DealArrival
from bot.jobs import Redraw, Refresh, Show
from bot.people import Person
from handlers.retro_jobs import RetroJobs
from handlers.worker import Worker
from storage.db import Database, Space
from storage.intake import Intake
from storage.jobs import Jobs
from storage.people import People
from storage.posts import Posts
from storage.retro_rounds import RetroRounds
from storage.retro_search import RetroSearch
from storage.retros import Retros
from storage.tables import DEAL, JOB, RETRO, RETRO_SEAT
from storage.workspace import opened
from tests.bot.examples import ACME, NOW, PEOPLE

MANY: Final = 2_000
AT_ONCE: Final = 100
OF_ONE: Final = 5  # closes of one owner within an hour; more would wait behind one message
TABLES: Final = (DEAL, RETRO, RETRO_SEAT, JOB)
LEASE: Final = timedelta(minutes=1)
Figures = dict[str, Any]
Rows = Mapping[Table, list[dict[str, Any]]]


@dataclass(slots=True)
class Time:
    at: datetime = NOW

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


async def made(fresh: Callable[[str], str], many: int = MANY) -> Figures:
    """Retros a second, from the news of a close to people who are asked; and the ratio to the inserts alone."""
    with opened(fresh("retros")) as db:
        took = await _made(Space(db=db, workspace="T1"), many)
        rows = await db.read(_left)
    with opened(fresh("retrosfloor")) as db:
        floor = await _inserted(db, rows)
    rates = {"truce": many / took, "inserts alone": many / floor}
    left = {str(table.name): len(rows[table]) for table in TABLES}
    return {
        "retros a second": rates,
        "rows": left,
        "ratios": {"to the inserts alone": rates["truce"] / rates["inserts alone"]},
    }


async def _made(space: Space, many: int) -> float:
    """Seconds. The people are there before."""
    now = Time()
    owners = [_owner(number) for number in range(-(-many // OF_ONE))]
    await People(space).keep([PEOPLE["UEVA"], *owners], now())
    intake, worker = Intake(space, ACME), _worker(space, now)
    began = perf_counter()
    for some in _hundreds(list(_closed(many))):
        await intake.keep(some, feed="crm", now=now(), retros=True)
    await worker.drain()
    now.at += timedelta(minutes=31)
    await worker.drain()
    took = perf_counter() - began
    await worker.stop()
    asked = await space.read(_asked)
    assert asked == many, f"{asked} of {many} have somebody who is asked"
    return took


def _worker(space: Space, now: Callable[[], datetime]) -> Worker:
    async def shown(_job: object, _until: datetime) -> None:
        """Slack is not measured here."""

    retros = RetroJobs(
        Retros(space, ACME), RetroRounds(space, ACME), RetroSearch(space, ACME), Posts(space), ACME, now
    )
    runners = {Show: shown, Redraw: shown, Refresh: shown, **retros.runners()}
    return Worker(Jobs(space), runners, now, LEASE)


def _owner(number: int) -> Person:
    ident = f"U{number:08}"
    return replace(PEOPLE["UAMY"], slack_id=ident, email=f"{ident.lower()}@acme.test", name=ident)


def _closed(many: int) -> Iterator[DealArrival]:
    for number in range(many):
        fields: dict[str, Any] = {"stage": "lost", "name": f"Deal {number}", "reason": "price"}
        fields |= {
            "amount": 10_000 * (number + 1),
            "currency": "EUR",
            "owner": _owner(number // OF_ONE).email,
        }
        yield DealArrival(feed="crm", external_id=f"opp-{number}", occurred_at=None, fields=fields, raw="{}")


def _hundreds(told: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (told[start : start + AT_ONCE] for start in range(0, len(told), AT_ONCE))


def _asked(session: Session) -> int:
    query = select(func.count(func.distinct(RETRO_SEAT.c.retro))).where(RETRO_SEAT.c.workspace == "T1")
    return session.scalar(query) or 0


def _left(session: Session) -> Rows:
    return {
        table: [
            dict(row) for row in session.execute(select(table).where(table.c.workspace == "T1")).mappings()
        ]
        for table in TABLES
    }


async def _inserted(db: Database, rows: Rows) -> float:
    """Seconds for the same rows, so many at a time as the program had them."""
    began = perf_counter()
    for table in TABLES:
        for some in _hundreds(rows[table]):
            await db.write(lambda session, some=some, table=table: session.execute(insert(table), some))  # type: ignore[misc]  # mypy does not see the defaults
    return perf_counter() - began
