"""The servers that are measured, each in a process of its own: Truce, and the floors and peers beside it.

    python -m tests.bench.servers KIND DATABASE_URL LEADS

It prints its port, the ids of the leads that are offered and of the reps, and serves until it is stopped.
"""

import asyncio
import json
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import uvicorn
import uvloop
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import ids
from bot.__main__ import Clock, Truce, assemble
from bot.environment import Environment
from bot.intake import read
from bot.settings import Settings
from bot.signatures import verify, verify_slack
from handlers.workspace import slack_web
from playground.server import Playground
from storage.db import Database
from storage.tables import LEAD
from storage.workspace import opened
from tests.bench.load import a_lead
from tests.bench.rows import pattern, put_in, rows_of
from tests.world import FEED_SECRET, MORE_REPS, SIGNING_SECRET, acme

SETTINGS = {
    "channels": {"leads": "#leads"},
    "hours": {"timezone": "Europe/London"},
    "leads": {"flood": {"offers": 10_000_000}},
}
REPS = ("amy", "ben", "chi", *MORE_REPS)
now = Clock()


@asynccontextmanager
async def assembled(db: Database) -> AsyncIterator[tuple[Truce, list[str]]]:
    """The program's parts beside a stand-in Slack, and the ids of the reps. The worker rests: it has its own figure."""
    async with Playground.running(acme(), limits=False) as slack:
        environment = Environment(
            slack_bot_token=SecretStr(slack.desk.store.workspace.bot_token),
            slack_signing_secret=SecretStr(SIGNING_SECRET),
            slack_api_url=f"{slack.url}/api/",
        )
        environment._feed_secrets["TRUCE_SECRET_WEBSITE"] = SecretStr(
            f"whsec_{b64encode(FEED_SECRET).decode()}"
        )
        async with slack_web(environment) as web:
            parts = await assemble(environment, Settings.model_validate(SETTINGS), db, web, now)
            reps = [slack.person_id(handle) for handle in REPS]
            for rep in reps:
                await parts.edge.know(rep, None)
            yield parts, reps


async def taken_in(parts: Truce, first: int, leads: int) -> None:
    for start in range(first, first + leads, 100):
        some = range(start, min(start + 100, first + leads))
        body = json.dumps([a_lead(n) for n in some]).encode()
        await parts.wired.intake.keep(read(body, "website").items, feed="website", now=now())


async def truce(url: str, leads: int) -> None:
    """The whole way in: verified, routed, decided, committed."""
    with opened(url) as db:
        async with assembled(db) as (parts, reps):
            await taken_in(parts, 0, leads)
            query = select(LEAD.c.id).where(LEAD.c.workspace == "T0ACME000", LEAD.c.state == "offered")
            offered = await db.read(lambda session: session.scalars(query).all())
            await serve(parts.web, list(offered), reps)


async def bolt(_url: str, _leads: int) -> None:
    """Bare Bolt as it comes: it verifies, and acks."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0ACME000", bot_token="xoxb-bench")

    app = AsyncApp(signing_secret=SIGNING_SECRET, authorize=authorize)

    @app.action(ids.ACCEPT)
    async def accept(ack: AsyncAck) -> None:
        await ack()

    await serve(web(AsyncSlackRequestHandler(app).handle))


async def bare(_url: str, _leads: int) -> None:
    """The limit: a route that verifies and parses, and does nothing."""

    async def receive(request: Request) -> Response:
        body = await request.body()
        verify_slack(request.headers, body, SIGNING_SECRET, now())
        json.loads(parse_qs(body.decode())["payload"][0])
        return PlainTextResponse("")

    await serve(web(receive))


async def rows(url: str, _leads: int) -> None:
    """The same rows as the intake writes, inserted by a bare route in one durable transaction."""
    with opened(url) as db:
        async with assembled(db) as (parts, _):
            await taken_in(parts, -1, 1)
        like = await db.read(pattern)

        async def receive(request: Request) -> Response:
            body = await request.body()
            verify(request.headers, body, [FEED_SECRET], now())
            told = json.loads(body)
            made = rows_of(told if isinstance(told, list) else [told], like, now())
            await db.write(lambda session: put_in(session, made))
            return JSONResponse({}, status_code=202)

        await serve(Starlette(routes=[Route("/intake/website", receive, methods=["POST"])]))


def web(receive: Callable[[Request], Awaitable[Response]]) -> Starlette:
    return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])


async def serve(app: Starlette, leads: Sequence[str] = (), reps: Sequence[str] = ()) -> None:
    config = uvicorn.Config(app, port=0, lifespan="off", access_log=False, log_config=None)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag and no event
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    told = {"port": port, "leads": list(leads), "reps": list(reps)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    await running


KINDS = {"truce": truce, "bolt": bolt, "bare": bare, "rows": rows}

if __name__ == "__main__":
    kind, url, leads = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:  # as the program does
        loop.run(KINDS[kind](url, int(leads)))
