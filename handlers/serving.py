"""How the program lives in its surroundings: its ports, its sockets to Slack, its ticks, its end."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.errors import Hopeless

TICK: Final = 0.25  # seconds: how soon another process's commit is seen
MINUTE: Final = timedelta(minutes=1)
SOCKETS: Final = 2  # one goes on while the other reconnects
LOOK_EVERY: Final = 1.0  # seconds: how soon a socket that was lost has no address any more


@dataclass(slots=True)
class Offset:
    """By how many seconds a file says that the time is moved; read anew when the file has changed."""

    _read_at: int = -1
    _offset: timedelta = field(default_factory=timedelta)

    def of(self, file: Path | None) -> timedelta:
        if file is not None and file.exists():
            changed = file.stat().st_mtime_ns
            if changed != self._read_at:
                self._offset = timedelta(seconds=float(file.read_text() or 0))
                self._read_at = changed
        return self._offset


def bound(host: str, port: int, name: str = "PORT") -> socket.socket:
    """Raises Hopeless, with how to mend it, where the port is taken; `name` is that of its setting."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise Hopeless(f"Port {port} cannot be used ({error.strerror}): set another {name}.") from None


@asynccontextmanager
async def ticking(
    tick: Callable[[], Any], every_minute: Callable[[], Awaitable[None]], now: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Call `tick` four times a second, and `every_minute` now and then whenever `now` is a minute away."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    options: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    busy = asyncio.Lock()
    last = now()

    async def minutes() -> None:
        async with busy:
            await every_minute()

    async def ticks() -> None:  # a plain function would be called in another thread
        nonlocal last
        tick()
        if abs(now() - last) >= MINUTE and not busy.locked():  # a time machine goes back as well
            last = now()
            scheduler.add_job(minutes, misfire_grace_time=None)

    scheduler.add_job(ticks, "interval", seconds=TICK, **options)
    await every_minute()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await asyncio.sleep(0)  # what has just been begun
        async with busy:
            scheduler.shutdown(wait=False)


class _Server(uvicorn.Server):
    """Signals are ours: the server stops in its turn, not first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(app: Starlette, doors: Sequence[socket.socket]) -> AsyncIterator[None]:
    """Answer on these ports; what is being answered at the end has ten seconds."""
    config = uvicorn.Config(
        app, lifespan="off", access_log=False, log_config=None, timeout_graceful_shutdown=10
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[*doors]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def connected(
    slack: AsyncApp, token: SecretStr, client: AsyncWebClient, returned: Callable[[], None]
) -> AsyncIterator[None]:
    """Socket Mode, over two connections: one goes on while Slack renews the other; `returned` after both were away."""
    handlers = [
        AsyncSocketModeHandler(slack, token.get_secret_value(), web_client=client) for _ in range(SOCKETS)
    ]
    renewing = asyncio.create_task(_renew_addresses([handler.client for handler in handlers], returned))
    try:
        for handler in handlers:
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        yield
    finally:
        renewing.cancel()
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped


async def _renew_addresses(clients: Sequence[Any], returned: Callable[[], None]) -> None:
    """Slack's address of a socket is good for one try; the SDK would try a spent one for ever."""
    away = False
    while True:
        await asyncio.sleep(LOOK_EVERY)
        lost = [each for each in clients if each.current_session is None or each.current_session.closed]
        for client in lost:
            client.wss_uri = None  # it asks for another
        if away and len(lost) < len(clients):
            returned()
        away = len(lost) == len(clients)


async def until_stopped(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Serve until Ctrl-C or a polite kill; a second one finds Python's own manners."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stopped(number: int) -> None:
        loop.remove_signal_handler(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped, number)
    await serve(stop)
