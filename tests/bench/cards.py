"""(e): cards shown a second against the ceilings, with a Slack that takes 200 ms; and what a quiet channel waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, Final

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.__main__ import Clock
from bot.blocks import Message, section
from bot.jobs import Show, Sight, show
from bot.posts import Posting
from handlers.posts import Poster, Refusals
from handlers.worker import Worker
from storage.db import Database
from storage.jobs import Jobs
from storage.pictures import Pictures
from storage.posts import Posts
from storage.standstills import Standstills
from storage.workspace import opened

SLOW: Final = 0.2  # seconds that this Slack takes
SECONDS: Final = 12
PER_CHANNEL: Final = 1.0  # posts a second
PER_WORKSPACE: Final = 5.0
BACKLOG: Final = 100_000
Figures = dict[str, Any]
Fresh = Callable[[str], str]
now = Clock()


class SlowSlack:
    """Takes posts, slowly, and notes when each came."""

    def __init__(self) -> None:
        self.posted: list[tuple[float, str]] = []
        self.url = ""

    async def _post(self, request: web.Request) -> web.Response:
        told = await request.json() if request.content_type == "application/json" else await request.post()
        await asyncio.sleep(SLOW)
        self.posted.append((perf_counter(), str(told["channel"])))
        return web.json_response({"ok": True, "channel": told["channel"], "ts": f"{len(self.posted)}.0"})

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SlowSlack"]:
        app = web.Application()
        app.router.add_post("/api/chat.postMessage", self._post)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield self
        await runner.cleanup()


async def shown(fresh: Fresh) -> Figures:
    """Cards a second over so many channels and workspaces, each against its ceiling."""
    figures: Figures = {}
    for channels, workspaces in ((1, 1), (20, 1), (200, 1), (200, 50)):
        rate = await _rate(fresh(f"cards{channels}x{workspaces}"), channels, workspaces)
        ceiling = min(channels * PER_CHANNEL, workspaces * PER_WORKSPACE)
        named = f"{channels} channels, {workspaces} workspaces"
        figures[named] = {"cards a second": rate, "ceiling": ceiling, "ratio": rate / ceiling}
    return figures


async def quiet(fresh: Fresh) -> Figures:
    """How long a quiet channel waits beside one with a long queue."""
    with opened(fresh("quiet")) as db:
        jobs = Jobs(db.of("TQUIET"))
        at = now()
        for start in range(0, BACKLOG, 1000):
            await jobs.add(
                [show(Sight.CARD, f"B{n}|CBUSY", at, channel="CBUSY") for n in range(start, start + 1000)]
            )
        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(SlowSlack().running())
            await _workers(stack, db, slack, ["TQUIET"])
            await asyncio.sleep(3)
            began = perf_counter()
            await jobs.add([show(Sight.CARD, "Q|CQUIET", now(), channel="CQUIET")])
            while not (waited := [at - began for at, name in slack.posted if name == "CQUIET"]):  # noqa: ASYNC110 - a bench looks on
                await asyncio.sleep(0.01)
    return {"seconds, of which Slack takes 0.2 (aim: under 1)": waited[0], "queued beside it": BACKLOG}


async def _rate(url: str, channels: int, workspaces: int) -> float:
    names = [f"T{channels}X{workspaces}N{n}" for n in range(workspaces)]
    with opened(url) as db:
        for place, name in enumerate(names):
            mine = [f"C{n}" for n in range(channels) if n % workspaces == place]
            cards = [(channel, n) for n in range(SECONDS * 3) for channel in mine]
            due = [show(Sight.CARD, f"{n}|{channel}", now(), channel=channel) for channel, n in cards]
            await Jobs(db.of(name)).add(due[: SECONDS * 30])
        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(SlowSlack().running())
            await _workers(stack, db, slack, names)
            await asyncio.sleep(3)  # bursts are over
            before = len(slack.posted)
            await asyncio.sleep(SECONDS)
            return (len(slack.posted) - before) / SECONDS


async def _workers(stack: AsyncExitStack, db: Database, slack: SlowSlack, names: list[str]) -> None:
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = AsyncWebClient(token="xoxb-bench", base_url=slack.url, session=session, retry_handlers=[])

    async def card(about: str, _now: datetime) -> Posting:
        words = f"Card {about}"
        return Posting(channel=about.partition("|")[2], message=Message(words, [section(words)]))

    for name in names:
        space = db.of(name)
        refusals = Refusals(Standstills(space).note_refusal, now)
        poster = Poster(
            Posts(space), client, {Sight.CARD: card}, now, timedelta(seconds=8), refusals, Pictures(space)
        )
        worker = Worker(Jobs(space), {Show: poster.show}, now, timedelta(seconds=60))
        working = asyncio.create_task(worker.run())
        ticking = asyncio.create_task(_tick(worker))
        stack.push_async_callback(_stopped, worker, working, ticking)


async def _tick(worker: Worker) -> None:
    while True:
        worker.wake()
        await asyncio.sleep(0.25)


async def _stopped(worker: Worker, working: "asyncio.Task[None]", ticking: "asyncio.Task[None]") -> None:
    ticking.cancel()
    await worker.stop()
    await working
