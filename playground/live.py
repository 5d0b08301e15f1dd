"""What the page shows: one person's screen as JSON, and a stream that says when to look again."""

import asyncio
from typing import Any

from aiohttp import web

from playground.desk import Desk


def add_routes(app: web.Application, desk: Desk) -> None:
    live = Live(desk)
    app.router.add_get("/control/stream", live.stream)
    app.on_shutdown.append(live.stop)


class Live:
    """Server-sent events: a line whenever something has changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._listeners: set[asyncio.Event] = set()
        self._over = False
        desk.store.watchers.append(self._changed)

    def _changed(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def stop(self, _: web.Application) -> None:
        self._over = True
        self._changed()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        listener: Any = asyncio.Event()
        self._listeners.add(listener)
        try:
            while not self._over:
                await response.write(f"data: {self.desk.store.version}\n\n".encode())
                await listener.wait()
                listener.clear()
        except ConnectionError:
            pass
        finally:
            self._listeners.discard(listener)
        return response
