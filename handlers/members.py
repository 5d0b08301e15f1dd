"""Who is in our channels: read from Slack at start and daily, kept by its events."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Held, Hopeless, Later
from bot.jobs import LearnMembers
from handlers.payloads import Routes
from storage.members import Members

PAGE: Final = 500
A_WHILE: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class MemberHandlers:
    members: Members
    client: AsyncWebClient
    channels: Collection[str]

    def routes(self) -> Routes:
        return Routes(events={"member_joined_channel": self.joined, "member_left_channel": self.left})

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {LearnMembers: self.learn}

    async def joined(self, event: Mapping[str, Any]) -> None:
        if event["channel"] in self.channels:
            await self.members.add(event["channel"], event["user"])

    async def left(self, event: Mapping[str, Any]) -> None:
        if event["channel"] in self.channels:
            await self.members.remove(event["channel"], event["user"])

    async def learn(self, job: LearnMembers, _until: datetime) -> None:
        """All members of a channel, however many pages they are."""
        people: list[str] = []
        cursor = None
        while cursor != "":
            page = await self._page(job.channel, cursor)
            people += page["members"]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        await self.members.keep(job.channel, people)

    async def _page(self, channel: str, cursor: str | None) -> Any:
        try:
            return await self.client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code == "ratelimited":
                wait = int(error.response.headers.get("Retry-After", 30))
                raise Held(timedelta(seconds=wait)) from None
            raise Hopeless(f"Slack does not say who is in {channel}: {code}") from None
        except (aiohttp.ClientError, TimeoutError):
            raise Later(A_WHILE) from None
