"""Socket Mode, Slack's side: each payload goes to one of the app's connections and waits for its ack."""

import asyncio
import itertools
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from playground.things import Json

MOST = 10  # connections of one app
CONNECTION_TIME = 3600


@dataclass(eq=False)
class Link:
    """One connection and the acks it owes."""

    socket: web.WebSocketResponse
    owed: dict[str, asyncio.Future[object]] = field(default_factory=dict)


class Sockets:
    """The app's connections."""

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id
        self.links: list[Link] = []
        self.refusals = 0  # so many connections fail, and their tickets with them
        self._tickets: set[str] = set()
        self._turn = itertools.count()
        self._more = asyncio.Condition()

    def invite(self, url: str) -> str:
        """Give a WebSocket address that is good for one connection."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return f"{url.replace('http', 'ws', 1)}/link?ticket={ticket}"

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(request.query["ticket"])
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        if len(self.links) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        link = Link(socket)
        self.links.append(link)
        try:
            await socket.send_json(self._hello())
            async with self._more:
                self._more.notify_all()
            await self._listen(link)
        finally:
            self._drop(link)
        return socket

    def _drop(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)
        for owed in link.owed.values():
            owed.cancel()

    def _hello(self) -> Json:
        debug = {"host": "playground", "approximate_connection_time": CONNECTION_TIME}
        info = {"app_id": self.app_id}
        return {
            "type": "hello",
            "num_connections": len(self.links),
            "debug_info": debug,
            "connection_info": info,
        }

    async def _listen(self, link: Link) -> None:
        async for message in link.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            with suppress(ValueError):  # not JSON: Slack does not mind either
                ack = message.json()
                owed = link.owed.pop(str(ack.get("envelope_id")), None)
                if owed is not None and not owed.done():
                    owed.set_result(ack.get("payload") or "")

    async def connected(self, number: int = 1) -> None:
        """Wait until the app has this many connections."""
        async with self._more:
            await self._more.wait_for(lambda: len(self.links) >= number)

    async def send(self, envelope: Json, patience: float) -> Any:
        """Send to one connection, in turns; gives the ack's payload, or raises TimeoutError."""
        if not self.links:
            raise ConnectionError("no connection is open")
        link = self.links[next(self._turn) % len(self.links)]
        number = str(uuid.uuid4())
        owed = link.owed[number] = asyncio.get_running_loop().create_future()
        await link.socket.send_json({**envelope, "envelope_id": number})
        try:
            return await asyncio.wait_for(owed, patience)
        except asyncio.CancelledError:
            if owed.cancelled():  # the connection went away, not our caller
                raise TimeoutError from None
            raise
        finally:
            link.owed.pop(number, None)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come back, as Slack does now and then, and close it."""
        for link in list(self.links):
            await link.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
            )
            if reason != "warning":
                self._drop(link)
                await link.socket.close()

    async def close(self) -> None:
        for link in list(self.links):
            await link.socket.close()
