"""The real program as processes of its own, beside a stand-in Slack: started, spoken to, stopped."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hmac import digest
from itertools import count
from pathlib import Path
from random import SystemRandom
from typing import Any, Self

import aiohttp
import yaml

from playground.clock import Now
from playground.server import Playground
from storage.people import People
from storage.workspace import Workspace, opened
from tests import forks

ROOT = Path(__file__).parent.parent
READY = re.compile(r"Truce is ready")
PATIENCE = 180.0  # seconds: it takes one or two, but others may be busy beside
SECRET = b64encode(b"a feed's secret of some length!!").decode()
LOOKS_EVERY = 0.01  # seconds: who looks without a pause takes the time from whom they wait for
LASTING = range(20_000, 32_768)  # ports below those that the system gives to whoever calls somebody


@dataclass
class Desk:
    """A folder with settings and a database, and what the program needs to know of its surroundings."""

    folder: Path
    slack: Playground
    port: int
    more: dict[str, str] = field(default_factory=dict)
    program: str = "bot"

    @property
    def environment(self) -> dict[str, str]:
        workspace = self.slack.desk.store.workspace
        told = {
            "SLACK_API_URL": f"{self.slack.url}/api/",
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_SIGNING_SECRET": workspace.signing_secret,
            "DATABASE_URL": f"sqlite:///{self.folder}/truce.db",
            "PORT": str(self.port),
            "OPS_PORT": "0",  # any that is free: several may run at once
            "TRUCE_SECRET_WEBSITE": f"whsec_{SECRET}",
            "TRUCE_CONFIG": str(self.folder / "app.yaml"),
        }
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "TRUCE_"))
        }
        return {**kept, **told, **self.more}

    @property
    def log(self) -> Path:
        return self.folder / f"log{self.port}"

    @property
    def said(self) -> str:
        """What the last `truce run` has said so far."""
        return self.log.read_text()

    async def start(self, *arguments: str, **how: Any) -> Process:
        return await self._started("-m", self.program, *arguments, **how)

    async def _started(self, *arguments: str, **how: Any) -> Process:
        usual = {"stdout": PIPE, "stderr": STDOUT, "env": self.environment, "cwd": ROOT}
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, **{**usual, **how})

    async def says(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end: the exit code and what it said."""
        return await forks.ended(arguments, self.environment)

    async def python(self, *arguments: str) -> tuple[int, str]:
        """The same of Python itself, where the program stands."""
        return await _ended(await self._started(*arguments))

    async def has_met(self, *workspaces: str) -> None:
        """As if the bot had been started for these, so that commands can do without Slack."""
        with opened(self.environment["DATABASE_URL"]) as db:
            for each in workspaces:
                await Workspace(db.of(each)).keep("Europe/London", "")
                await People(db.of(each)).keep_channel("#leads", "C0LEADS")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        """`truce run`, ready; at the end asked politely to stop, and expected to."""
        with self.log.open("wb") as output:
            running = await self.start("run", stdout=output)
        try:
            await until(lambda: running.returncode is not None or READY.search(self.said))
            assert running.returncode is None, f"it did not start: {self.said}"
            if "SLACK_APP_TOKEN" not in self.more:
                self.slack.deliver_to(f"http://127.0.0.1:{self.port}/slack/events")
            yield running
        finally:
            if running.returncode is None:
                running.send_signal(signal.SIGINT)
                await asyncio.wait_for(running.wait(), PATIENCE)


@dataclass
class Doors:
    """One address for several processes: each request goes to the next of them."""

    now: Now
    session: aiohttp.ClientSession
    ports: list[int] = field(default_factory=list)
    _turn: Any = field(default_factory=count)

    @classmethod
    @asynccontextmanager
    async def open(cls, now: Now) -> AsyncIterator[Self]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            yield cls(now, session)

    async def deliver(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        """As the playground wants it: Slack's payloads."""
        return await self._post("/slack/events", body, headers)

    async def sends(self, told: Any, name: str) -> int:
        """A webhook with this id; its status, or 0 where nobody answered."""
        body = json.dumps(told).encode()
        try:
            return (await self._post("/intake/website", body, signed(body, name, self.now())))[0]
        except ConnectionError:
            return 0

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        url = f"http://127.0.0.1:{self.ports[next(self._turn) % len(self.ports)]}{path}"
        try:
            async with self.session.post(url, data=body, headers=headers) as answer:
                return answer.status, answer.content_type, await answer.read()
        except aiohttp.ClientError as error:
            raise ConnectionError(type(error).__name__) from None


def signed(body: bytes, name: str, now: datetime) -> dict[str, str]:
    """The headers of a webhook of this id, as Standard Webhooks have them."""
    stamp = f"{now.timestamp():.0f}"
    signature = digest(b64decode(SECRET), f"{name}.{stamp}.".encode() + body, "sha256")
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{b64encode(signature).decode()}",
    }


def free_port() -> int:
    """A port that nobody has, and that nobody is given while the program that has it is started again."""
    for port in SystemRandom().sample(LASTING, 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")


async def _ended(running: Process) -> tuple[int, str]:
    said, _ = await asyncio.wait_for(running.communicate(), 300)
    return running.returncode or 0, said.decode()


async def a_moment(seconds: float) -> None:
    """What passes between two tries of a person or a sender, or until a blow falls."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


async def until(so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Look again and again, as a person would, until it is so."""
    async with asyncio.timeout(seconds):
        while not so():
            await a_moment(LOOKS_EVERY)


@asynccontextmanager
async def desk(folder: Path, slack: Playground, settings: Mapping[str, object]) -> AsyncIterator[Desk]:
    (folder / "app.yaml").write_text(yaml.safe_dump(dict(settings)))
    yield Desk(folder=folder, slack=slack, port=free_port())
