"""(d), (f), (g): the import and clicks beside it, memory, and the start, of the real program."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Table, select

from playground.server import Playground
from storage.db import Database
from storage.tables import LEAD
from storage.workspace import opened
from tests.bench.load import a_lead, click, fire, webhook
from tests.bench.rows import Row, pattern, put_in, rows_of
from tests.program import Desk, desk
from tests.world import acme

ROWS: Final = 8_000
MANY: Final = 100_000
MILLION: Final = 1_000_000
CHUNK: Final = 10_000
CLICKS: Final = 1_000
PAUSE: Final = 0.03  # seconds between clicks: a busy office
SETTINGS: Final = {
    "channels": {"leads": "#leads"},
    "hours": {"timezone": "Europe/London"},
    "leads": {"require": [], "flood": {"offers": 10_000_000}},
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
Fresh = Callable[[str], str]


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


async def imports(fresh: Fresh) -> Figures:
    """A file of old leads through `truce import`, against executemany of the leads alone, with the same columns."""
    url = fresh("imports")
    async with program(url) as here:
        file = _old_leads(here.folder, ROWS)
        await _started(here)
        empty = await _timed(lambda: _done(here, "--version"))
        took = await _timed(lambda: _done(here, "import", str(file))) - empty
    with opened(url) as db:
        like = await db.read(pattern)
    with opened(fresh("floor")) as db:
        floor = await _timed(lambda: _inserted(db, like, ROWS))
    rates = {"truce": ROWS / took, "executemany": ROWS / floor}
    return {
        "leads a second": rates,
        "ratios": {"to executemany (aim: 0.1)": rates["truce"] / rates["executemany"]},
    }


async def clicks_beside(fresh: Fresh) -> Figures:
    """Clicks on Accept, one after another, while a large file is imported by a process beside the running one."""
    url = fresh("beside")
    async with program(url) as here:
        file = _old_leads(here.folder, MANY)
        async with here.running():
            site = f"http://127.0.0.1:{here.port}"
            await fire(f"{site}/intake/website", [webhook(many) for many in _hundreds(0, CLICKS)], 1)
            with opened(url) as db:
                query = select(LEAD.c.id).where(LEAD.c.workspace == "T0ACME000", LEAD.c.state == "offered")
                offered = list(await db.read(lambda session: session.scalars(query).all()))
            importing = await here.start("import", str(file))
            rep = here.slack.person_id("amy")
            beside = await fire(f"{site}/slack/events", [click(lead, rep) for lead in offered], 1, PAUSE)
            still = importing.returncode is None
            if still:
                importing.terminate()
            await importing.communicate()
    told = {
        "p50": beside.p50,
        "p99": beside.p99,
        "clicks": len(offered),
        "the import was still running": still,
    }
    return {"milliseconds (aim: p99 under 250)": told}


def _old_leads(folder: Path, rows: int) -> Path:
    file = folder / "old.csv"
    lines = (f"id-{n},Person {n},p{n}@old.test,fair,2018-01-01" for n in range(rows))
    file.write_text("\n".join(["Record ID,Name,Email,Lead Source,Create Date", *lines]) + "\n")
    return file


def _hundreds(first: int, leads: int, **more: Any) -> list[list[dict[str, Any]]]:
    """Leads in arrays of a hundred."""
    starts = range(first, first + leads, 100)
    return [[{**a_lead(n), **more} for n in range(start, start + 100)] for start in starts]


async def memory(fresh: Fresh) -> Figures:
    """Resident memory at rest and after many leads, against bare Bolt. The schema is there: it is not the first start."""
    bolt = await _bare_bolt()
    async with program(fresh("memory")) as here:
        await _done(here, "migrate")
        async with here.running() as running:
            rest, after = await _filled(here, running.pid)
    return {
        "MB": {"bare Bolt": bolt, "at rest": rest, f"after {MANY:,} leads": after},
        "ratios": {
            "at rest to bare Bolt (aim: at most 2)": rest / bolt,
            "after to at rest (aim: flat)": after / rest,
        },
    }


async def _filled(here: Desk, pid: int) -> tuple[float, float]:
    rest = _resident(pid)
    address = f"http://127.0.0.1:{here.port}/intake/website"
    for start in range(0, MANY, CHUNK):
        some = _hundreds(start, CHUNK, occurred_at=LONG_AGO.isoformat())
        await fire(address, [webhook(each) for each in some], 2)
    return rest, _resident(pid)


async def starts(fresh: Fresh) -> Figures:
    """From the command to ready, with an empty database and with a million leads."""
    url = fresh("starts")
    async with program(url) as here:
        await _done(here, "migrate")
        empty = await _timed(lambda: _started(here))
        await _done(here, "import", str(_old_leads(here.folder, 100)))
        with opened(url) as db:
            await _inserted(db, await db.read(pattern), MILLION)
        full = await _timed(lambda: _started(here))
    return {"seconds": {"empty": empty, "a million leads": full}, "ratios": {"full to empty": full / empty}}


async def _done(here: Desk, *arguments: str) -> None:
    code, said = await here.python("-m", here.program, *arguments)
    assert code == 0, said


async def _started(here: Desk) -> None:
    async with here.running():
        pass


async def _inserted(db: Database, like: Mapping[Table, Row], leads: int) -> None:
    for start in range(0, leads, CHUNK):
        told = (a_lead(n) for n in range(start, min(start + CHUNK, leads)))
        rows = {LEAD: [{**row, "handoff": None} for row in rows_of(told, like, LONG_AGO)[LEAD]]}
        await db.write(lambda session, rows=rows: put_in(session, rows))  # type: ignore[misc]  # mypy does not see the default


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
