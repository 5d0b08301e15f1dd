"""(a), (b), (c): what comes in over HTTP, against bare Bolt, a bare route, and bare inserts."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.bench.load import Measured, Request, a_lead, click, fire, webhook

ROOT = Path(__file__).parent.parent.parent
ONE, MANY = 1, 16
FEW, LOTS = 300, 2400  # requests over one connection, and over many
SINGLES, ARRAYS = 600, 60
Figures = dict[str, Any]
Fresh = Callable[[str], str]  # the address of a new database of this name


@asynccontextmanager
async def serving(kind: str, url: str, leads: int = 0) -> AsyncIterator[dict[str, Any]]:
    """A server in its own process, stopped by its own number."""
    command = [sys.executable, "-m", "tests.bench.servers", kind, url, str(leads)]
    running = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT, limit=2**24)
    try:
        assert running.stdout is not None
        yield json.loads(await running.stdout.readline())
    finally:
        running.terminate()
        await running.wait()


async def accepts(fresh: Fresh) -> Figures:
    """A click on Accept, from signature to durable commit to answer."""
    told = {
        "truce": await _clicked("truce", fresh("clicks")),
        "bolt": await _clicked("bolt", ""),
        "bare": await _clicked("bare", ""),
    }
    one, many = f"{ONE} connection", f"{MANY} connections"
    return {
        **{kind: {each: asdict(figures[each]) for each in (one, many)} for kind, figures in told.items()},
        "ratios": {
            "rate to bare Bolt's, 16 connections (aim: 0.6)": told["truce"][many].rate
            / told["bolt"][many].rate,
            "p50 to bare Bolt's, 1 connection (aim: at most 0.5)": told["truce"][one].p50
            / told["bolt"][one].p50,
            "rate to the bare route's, 16 connections": told["truce"][many].rate / told["bare"][many].rate,
        },
    }


async def _clicked(kind: str, url: str) -> dict[str, Measured]:
    async with serving(kind, url, FEW + LOTS) as server:
        leads: Sequence[str] = server["leads"] or [f"lead-{n}" for n in range(FEW + LOTS)]
        address = f"http://127.0.0.1:{server['port']}/slack/events"
        requests = [click(lead, rep) for lead, rep in zip(leads, cycle(server["reps"] or ["UAMY00000"]))]
        one = await fire(address, requests[:FEW], ONE)
        return {f"{ONE} connection": one, f"{MANY} connections": await fire(address, requests[FEW:], MANY)}


async def intake(fresh: Fresh) -> Figures:
    """Leads by webhook: single ones, and arrays of a hundred."""
    figures: Figures = {}
    for kind in ("truce", "rows"):
        async with serving(kind, fresh(kind)) as server:
            address = f"http://127.0.0.1:{server['port']}/intake/website"
            singles = [webhook(a_lead(n)) for n in range(SINGLES)]
            first = range(SINGLES, SINGLES + ARRAYS * 100, 100)
            arrays: list[Request] = [
                webhook([a_lead(n) for n in range(start, start + 100)]) for start in first
            ]
            single = await fire(address, singles, 4)
            many = await fire(address, arrays, 2)
            figures[kind] = {"singles a second": single.rate, "in arrays, leads a second": many.rate * 100}
    figures["ratios"] = {
        "singles to bare inserts": figures["truce"]["singles a second"] / figures["rows"]["singles a second"],
        "arrays to bare inserts (aim: 0.5)": figures["truce"]["in arrays, leads a second"]
        / figures["rows"]["in arrays, leads a second"],
    }
    return figures
