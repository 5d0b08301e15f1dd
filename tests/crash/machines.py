"""The processes of a crash run: started, killed, started again at once, and reached as through a load balancer."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

import aiohttp

from tests.program import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds until a process that starts is given up
PROXY_PATIENCE = 30.0


@dataclass
class Life:
    """One process, from its birth to its end."""

    pid: int
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0


class Nest:
    """Where processes are born: tests/crash/nest.py, spoken to over its input and output."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._lives: dict[int, Life] = {}
        self._births: dict[str, asyncio.Future[Life]] = {}
        self._names = count(1)
        self._here = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        """Made once for many runs; all that was born in it ends with it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash.nest", stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        nest = cls(process)
        listening = asyncio.create_task(nest._listen())
        try:
            async with asyncio.timeout(PATIENCE):
                await nest._here.wait()
            yield nest
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
            await listening

    async def born(
        self, arguments: list[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> Life:
        name = f"life{next(self._names)}"
        born: asyncio.Future[Life] = asyncio.get_running_loop().create_future()
        self._births[name] = born
        told = {"arguments": arguments, "environment": dict(environment)}
        self._order({"name": name, **told, "folder": str(folder), "log": str(log)})
        return await born

    def kill(self, life: Life, number: int = signal.SIGKILL) -> None:
        self._order({"signal": int(number), "pid": life.pid})

    def _order(self, order: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._hear(*line.decode().split())

    def _hear(self, news: str, about: str, more: str = "") -> None:
        if news == "here":
            self._here.set()
            return
        if news == "born":
            self._lives[int(more)] = life = Life(int(more))
            self._births.pop(about).set_result(life)
            return
        life = self._lives[int(about)]
        life.ready.set()  # who waits for one that has ended need not wait for ever
        if news == "ended":
            life.code = int(more)
            life.ended.set()


@dataclass(eq=False)
class Machine:
    """A place where `truce run` is kept running; `order` is the file that tells its process where to die."""

    name: str
    nest: Nest
    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    life: Life | None = None
    deaths: int = 0
    ends: list[tuple[int, str]] = field(
        default_factory=list
    )  # of those that ended by themselves: code, words
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _keeping: asyncio.Task[None] | None = None
    _alive: asyncio.Event = field(default_factory=asyncio.Event)
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def order(self) -> Path:
        return self.folder / f"{self.name}.order"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def is_up(self) -> bool:
        return self._up.is_set()

    @property
    def its_environment(self) -> dict[str, str]:
        mine = {"PORT": str(self.port), "CRASH_ORDER": str(self.order)}
        return {"PATH": os.environ.get("PATH", ""), **self.environment, **mine}

    async def start(self) -> None:
        """Keep it running from now on; returns when it answers."""
        self._keeping = asyncio.create_task(self._keep())
        await self.up()

    async def up(self) -> None:
        """Wait until a process answers here."""
        async with asyncio.timeout(PATIENCE):
            await self._up.wait()

    async def born(self) -> Life:
        """Wait until there is a process, ready or not."""
        async with asyncio.timeout(PATIENCE):
            await self._alive.wait()
        assert self.life is not None
        return self.life

    def dies_at(self, place: str, nth: int) -> None:
        """The process that runs now ends when it comes to this place so many times."""
        fresh = self.order.with_suffix(".new")
        fresh.write_text(json.dumps({"at": place, "nth": nth}))
        fresh.replace(self.order)

    async def stop(self) -> int:
        """Ask it politely to end; its exit code."""
        await self.up()
        life = await self.born()
        self._stopped.set()
        self.nest.kill(life, signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            await life.ended.wait()
        return life.code

    async def give_up(self) -> None:
        """Whatever it is doing, it ends."""
        self._stopped.set()
        if self._keeping is not None:
            if self.life is not None and not self.life.ended.is_set():
                self.nest.kill(self.life)
            await self._keeping

    async def _keep(self) -> None:
        while not self._stopped.is_set():
            self.order.unlink(missing_ok=True)
            life = await self.nest.born(["run"], self.its_environment, self.folder, self.log)
            self.life = life
            self._alive.set()
            if self._stopped.is_set():
                self.nest.kill(life)
            await life.ready.wait()
            if not life.ended.is_set():
                self._up.set()
            await life.ended.wait()
            self._up.clear()
            self._alive.clear()
            self.deaths += 1
            if life.code != -signal.SIGKILL:
                self.ends.append((life.code, self.log.read_text().strip().rpartition("\n")[2]))


@dataclass
class Balancer:
    """Gives each request to the next machine that is up; what is on its way to one that dies is lost."""

    machines: list[Machine]
    session: aiohttp.ClientSession
    under_way: int = 0
    _turn: int = 0

    async def deliver(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        """As the playground wants it: Slack's payloads."""
        return await self.post("/slack/events", body, headers)

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        """Raises ConnectionError where nobody answers."""
        self.under_way += 1
        try:
            return await self._post(path, body, headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError(type(error).__name__) from None
        finally:
            self.under_way -= 1

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        self._turn += 1
        up = [machine for machine in self.machines if machine.is_up]
        if not up:
            raise ConnectionError("nobody is there")
        port = up[self._turn % len(up)].port
        timeout = aiohttp.ClientTimeout(PROXY_PATIENCE)
        async with self.session.post(
            f"http://127.0.0.1:{port}{path}", data=body, headers=headers, timeout=timeout
        ) as answer:
            return answer.status, answer.content_type, await answer.read()
