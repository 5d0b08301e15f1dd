"""A line to something that the program needs, which can be cut, silenced and mended, as networks are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PIECE = 65536  # bytes


@dataclass(eq=False)
class Wire:
    """Whatever connects to `port` on loopback is connected to what `far` opens."""

    far: Callable[[], Awaitable[Streams]]
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _calls: set[asyncio.Task[None]] = field(default_factory=set)
    _sounds: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def to(cls, far: Callable[[], Awaitable[Streams]]) -> AsyncIterator[Self]:
        wire = cls(far)
        await wire.mend()
        try:
            yield wire
        finally:
            await wire.cut()
            await asyncio.gather(*wire._calls, return_exceptions=True)

    async def mend(self) -> None:
        """Who calls is connected again, and what was kept back arrives."""
        self._sounds.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """All that is connected ends at once, and nobody answers any more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()

    def drop(self) -> None:
        """All that is connected ends at once; who calls again is connected."""
        self._sounds.set()
        for each in list(self._open):
            each.transport.abort()

    def silence(self) -> None:
        """Nothing arrives any more, and nobody is told so."""
        self._sounds.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        with suppress(OSError):
            far_reader, far_writer = await self.far()
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        writer.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        self._open.add(far)
        try:
            while piece := await near.read(PIECE):
                await self._sounds.wait()
                far.write(piece)
                await far.drain()
        except OSError:
            pass
        finally:
            self._open.discard(far)
            far.transport.abort()
