"""How Truce is, for who runs it: asked on a port that only this machine reaches."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.health import pulse
from storage.health import Health

PATIENCE: Final = 3.0  # seconds for the database to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthHandlers:
    """`alive` says whether the worker takes work; `version` is ours."""

    health: Health
    alive: Callable[[], bool]
    now: Callable[[], datetime]
    version: str

    async def tell(self, _: Request) -> Response:
        """Answer 200 while Truce can work, 503 where it cannot; what merely waits for a person is no 503."""
        now = self.now()
        try:
            async with asyncio.timeout(PATIENCE):
                work = await self.health.work(now)
        except TimeoutError:
            work = None
        told = pulse(work, alive=self.alive(), version=self.version, now=now)
        return JSONResponse(told, HTTPStatus.OK if told["ok"] else HTTPStatus.SERVICE_UNAVAILABLE)
