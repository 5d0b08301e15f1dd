"""(d), (f), (g): the import, memory, and the start, of the real program."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from sqlalchemy import insert
from sqlmodel import Session

from playground.server import Playground
from storage.db import Database
from storage.tables import LEAD
from storage.workspace import opened
from tests.bench.load import a_lead, fire, webhook
from tests.bench.rows import rows_of
from tests.program import Desk, desk
from tests.world import acme

ROWS: Final = 8_000
MANY: Final = 100_000
MILLION: Final = 1_000_000
CHUNK: Final = 10_000
SETTINGS: Final = {
    "channels": {"leads": "#leads"},
    "hours": {"timezone": "Europe/London"},
    "leads": {"require": []},
}
LONG_AGO: Final = datetime(2018, 1, 1, tzinfo=UTC)
BARE_BOLT: Final = """
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
app = AsyncApp(token="xoxb-bench", signing_secret="bench")
uvicorn.Server(uvicorn.Config(Starlette())).config.load()
print(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""
Figures = dict[str, Any]


@asynccontextmanager
async def program(url: str) -> AsyncIterator[Desk]:
    """A desk for the real program, on this database."""
    with TemporaryDirectory() as folder:
        async with (
            Playground.running(acme(), limits=False) as slack,
            desk(Path(folder), slack, SETTINGS) as here,
        ):
            here.more["DATABASE_URL"] = url
            yield here


async def imports(url: str) -> Figures:
    """A file of old leads through `truce import`, against executemany of the same rows."""
    async with program(url) as here:
        file = here.folder / "old.csv"
        lines = (f"id-{n},Person {n},p{n}@old.test,fair,2018-01-01" for n in range(ROWS))
        file.write_text("\n".join(["Record ID,Name,Email,Lead Source,Create Date", *lines]) + "\n")
        await _started(here)  # an import asks the database what the bot has met
        empty = await _timed(lambda: here.says("--version"))
        took = await _timed(lambda: here.says("import", str(file))) - empty
    with TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/floor.db") as db:
        floor = await _timed(lambda: _inserted(db, ROWS))
    rates = {"truce": ROWS / took, "executemany": ROWS / floor}
    return {
        "leads a second": rates,
        "ratios": {"to executemany (aim: 0.1)": rates["truce"] / rates["executemany"]},
    }


async def memory(url: str) -> Figures:
    """Resident memory at rest and after many leads, against bare Bolt."""
    bolt = await _bare_bolt()
    async with program(url) as here, here.running() as running:
        rest = _resident(running.pid)
        address = f"http://127.0.0.1:{here.port}/intake/website"
        for start in range(0, MANY, CHUNK):
            told = [
                [{**a_lead(n), "occurred_at": LONG_AGO.isoformat()} for n in range(first, first + 100)]
                for first in range(start, start + CHUNK, 100)
            ]
            await fire(address, [webhook(each) for each in told], 2)
        after = _resident(running.pid)
    return {
        "MB": {"bare Bolt": bolt, "at rest": rest, f"after {MANY:,} leads": after},
        "ratios": {
            "at rest to bare Bolt (aim: at most 2)": rest / bolt,
            "after to at rest (aim: flat)": after / rest,
        },
    }


async def starts(url: str) -> Figures:
    """From the command to ready, with an empty database and with a million leads."""
    async with program(url) as here:
        await here.says("migrate")
        empty = await _timed(lambda: _started(here))
        with opened(url) as db:
            await _inserted(db, MILLION)
        full = await _timed(lambda: _started(here))
    return {"seconds": {"empty": empty, "a million leads": full}, "ratios": {"full to empty": full / empty}}


async def _started(here: Desk) -> None:
    async with here.running():
        pass


async def _inserted(db: Database, rows: int) -> None:
    for start in range(0, rows, CHUNK):
        leads = rows_of((a_lead(n) for n in range(start, min(start + CHUNK, rows))), LONG_AGO)[0]

        def work(session: Session, leads: Any = leads) -> None:
            session.execute(insert(LEAD), leads)

        await db.write(work)


async def _timed(work: Callable[[], Any]) -> float:
    began = perf_counter()
    await work()
    return perf_counter() - began


async def _bare_bolt() -> float:
    """Megabytes of a process that has only Bolt, its adapter and its server."""
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", BARE_BOLT, stdout=PIPE)
    said, _ = await running.communicate()
    return int(said.split()[1]) / 1024


def _resident(pid: int) -> float:
    """Megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [each for each in lines if each.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
