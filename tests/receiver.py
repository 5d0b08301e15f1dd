"""A system of somebody else's, which is told of what happens: on a port of its own, answering as a test says."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from standardwebhooks.webhooks import Webhook

OUT_SECRET = b"what we sign with, of some length"
WRITTEN = f"whsec_{b64encode(OUT_SECRET).decode()}"
CUT, NEVER = 0, -1  # instead of a status: the line is cut after its work; it says nothing

Then = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Receiver:
    """`came` is what was verified, with its id, in order; `answers` are used up one by one, then it is always 204."""

    port: int = 0
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)  # headers of its answers
    broken: set[str] = field(default_factory=set)  # leads of which it can take nothing
    then: Then | None = None
    methods: set[str] = field(default_factory=set)
    _asleep: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int = 0) -> AsyncIterator[Self]:
        receiver = cls()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", receiver._take)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        receiver.port = runner.addresses[0][1]
        try:
            yield receiver
        finally:
            receiver._asleep.set()
            await runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/a-secret-of-theirs"

    @property
    def ids(self) -> list[str]:
        return [each for each, _ in self.came]

    def told(self, *kinds: str) -> list[Mapping[str, Any]]:
        """What came, of these kinds."""
        return [body["data"] for _, body in self.came if not kinds or body["type"] in kinds]

    @property
    def kinds(self) -> list[str]:
        return [body["type"] for _, body in self.came]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.methods.add(request.method)
        content = await request.read()
        body = Webhook(WRITTEN).verify(
            content, {name.lower(): each for name, each in request.headers.items()}
        )
        self.came.append((request.headers["webhook-id"], body))
        self.bodies.append(content)
        assert json.loads(content) == body
        if self.then is not None:
            await self.then(body)
        return await self._answer(request, body)

    async def _answer(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        about = body["data"].get("lead", {}).get("known_as", [])
        if self.broken & {each["id"] for each in about}:
            return web.Response(status=500)
        status = self.answers.pop(0) if self.answers else 204
        if status == NEVER:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asleep.wait(), 60)
        if status in (CUT, NEVER):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=status, headers=self.more)
