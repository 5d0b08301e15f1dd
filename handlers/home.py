"""Everybody's Home: drawn when it is opened, and again when something changes."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import ids
from bot.errors import Held, Hopeless, Later
from bot.home import Published, draw, read_turn, yours_note
from bot.jobs import DrawHome, DrawHomes
from handlers.payloads import Answer, Click, Routes, Said, Say
from storage.homes import Homes

HOME: Final = "home"  # the tab; the other one is for messages
AT_ONCE: Final = timedelta(seconds=1)
AGAIN: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class HomeHandlers:
    homes: Homes
    client: AsyncWebClient
    now: Callable[[], datetime]

    def routes(self) -> Routes:
        return Routes(
            events={"app_home_opened": self.opened},
            commands={"mine": self.mine},
            actions={ids.HOME_BACK: self.turn, ids.HOME_MORE: self.turn},
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {DrawHome: self.draw, DrawHomes: self.draw_all}

    async def opened(self, event: Mapping[str, Any]) -> None:
        if event.get("tab") == HOME:
            await self.homes.open(event["user"], self.now())

    async def turn(self, click: Click) -> Answer:
        await self.homes.turn(click.by, *read_turn(click.value), self.now())
        return None

    async def mine(self, said: Said) -> Answer:
        note = yours_note(await self.homes.yours(said.by, self.now()))
        return Say(words=note.text, blocks=note.blocks)

    async def draw_all(self, _job: DrawHomes, _until: datetime) -> None:
        await self.homes.draw_all(self.now())

    async def draw(self, job: DrawHome, _until: datetime) -> None:
        """Publish it, unless Slack shows just that already: the same twice does no harm."""
        found = await self.homes.of(job.person, self.now())
        if found is None:
            return
        home, before = found
        view = draw(home)
        shown = sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:16]
        if shown == before.shown_hash:
            return
        await self.homes.take_turn(self.now())
        known = await self._publish(job.person, view, before)
        await self.homes.shown(job.person, before, Published(shown_hash=shown, slack_hash=known))

    async def _publish(self, person: str, view: dict[str, Any], before: Published) -> str | None:
        """Slack's hash of it. In place of what was shown last alone: one that is newer stays."""
        try:
            answer = await self.client.views_publish(user_id=person, view=view, hash=before.slack_hash)
            return (answer.get("view") or {}).get("hash")
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code == "hash_conflict":
                await self.homes.shown(person, before, Published())
                raise Later(AT_ONCE) from None
            if code == "ratelimited":
                raise Held(timedelta(seconds=int(error.response.headers.get("Retry-After", 30)))) from None
            if code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
                raise Later(AGAIN) from None
            raise Hopeless(f"Slack does not show somebody's Home: {code}") from None
        except (aiohttp.ClientError, TimeoutError):
            raise Later(AGAIN) from None
