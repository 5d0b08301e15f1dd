"""Who is in our channels: read from Slack at start and daily, kept by its events."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.agreement import Agreement
from bot.errors import Held, Hopeless, Later
from bot.jobs import LearnMembers
from bot.places import EVENTS, Closed, closed_why, told_at_once
from handlers.payloads import Routes
from storage.members import Members

PAGE: Final = 500
A_WHILE: Final = timedelta(seconds=30)


class Unseen(Exception):
    """There is no such channel, as far as Truce can see."""


@dataclass(frozen=True, slots=True)
class MemberHandlers:
    members: Members
    client: AsyncWebClient
    agreement: Agreement

    def routes(self) -> Routes:
        changed = dict.fromkeys(EVENTS, self.changed)
        ours = {"member_joined_channel": self.joined, "member_left_channel": self.left}
        return Routes(events={**changed, **ours})

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {LearnMembers: self.learn}

    async def changed(self, event: Mapping[str, Any]) -> None:
        """Something about a channel of ours: what it is by now is asked anew; that it is shared holds at once."""
        if event["channel"] in self.agreement.every_channel:
            await self.members.look_anew(event["channel"], told_at_once(event))

    async def joined(self, event: Mapping[str, Any]) -> None:
        if event["channel"] in self.agreement.every_channel:
            await self.members.add(event["channel"], event["user"])

    async def left(self, event: Mapping[str, Any]) -> None:
        if event["channel"] in self.agreement.every_channel:
            await self.members.remove(event["channel"], event["user"])

    async def learn(self, job: LearnMembers, _until: datetime) -> None:
        """What the channel is by now, and all its members, however many pages they are."""
        why = await self._closed(job.channel)
        await self.members.note_place(job.channel, why)
        if job.channel not in self.agreement.places or why not in (None, Closed.SHARED):
            return
        people: list[str] = []
        cursor = None
        while cursor != "":
            page = await self._ask(self.client.conversations_members, job.channel, cursor=cursor, limit=PAGE)
            people += page["members"]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        await self.members.keep(job.channel, people)

    async def _closed(self, channel: str) -> Closed | None:
        try:
            answer = await self._ask(self.client.conversations_info, channel)
        except Unseen:
            return Closed.UNSEEN
        return closed_why(answer["channel"])

    async def _ask(self, method: Callable[..., Awaitable[Any]], channel: str, **arguments: Any) -> Any:
        try:
            return await method(channel=channel, **arguments)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code == Closed.UNSEEN:
                raise Unseen from None
            if code == "ratelimited":
                wait = int(error.response.headers.get("Retry-After", 30))
                raise Held(timedelta(seconds=wait)) from None
            raise Hopeless(f"Slack does not say what {channel} is, and who is in it: {code}") from None
        except (aiohttp.ClientError, TimeoutError):
            raise Later(A_WHILE) from None
