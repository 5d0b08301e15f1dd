"""What people say in the threads of retros. An event only says where to look: the thread itself is read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Held, Hopeless, Later
from bot.jobs import Due, ReadReplies, Sight
from bot.retros.retro import Reply
from handlers.payloads import Routes
from storage.jobs import Jobs
from storage.posts import Posts
from storage.retro_replies import RetroReplies

PAGE: Final = 200
MOST: Final = 1000  # replies of one thread: beyond that nobody reads
A_WHILE: Final = timedelta(seconds=30)
SOON: Final = timedelta(seconds=2)  # several words in a row are read once


@dataclass(frozen=True, slots=True)
class RetroReplyHandlers:
    replies: RetroReplies
    posts: Posts
    jobs: Jobs
    client: AsyncWebClient
    now: Callable[[], datetime]

    def routes(self) -> Routes:
        return Routes(events={"message": self.heard})

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {ReadReplies: self.read}

    async def heard(self, event: Mapping[str, Any]) -> None:
        """Said, edited or deleted in a thread of ours; what is said elsewhere is not looked at."""
        message = event.get("message") or event.get("previous_message") or event
        thread = message.get("thread_ts")
        if thread is None or message.get("bot_id") or thread == message.get("ts"):
            return
        retro = await self.replies.thread_of(str(event["channel"]), str(thread))
        if retro is not None:
            await self.jobs.add([Due(job=ReadReplies(retro=retro), at=self.now() + SOON)])

    async def read(self, job: ReadReplies, _until: datetime) -> None:
        """All that people say there now."""
        head = await self.posts.find(Sight.RETRO, job.retro)
        if head is None or head.ts is None:
            return
        found: list[Reply] = []
        cursor = None
        while cursor != "" and len(found) < MOST:
            page = await self._page(head.channel, head.ts, cursor)
            found += [reply for each in page["messages"] if (reply := _reply(each, head.ts)) is not None]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        await self.replies.keep(job.retro, found, self.now())

    async def _page(self, channel: str, ts: str, cursor: str | None) -> Any:
        try:
            return await self.client.conversations_replies(channel=channel, ts=ts, limit=PAGE, cursor=cursor)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code == "ratelimited":
                wait = int(error.response.headers.get("Retry-After", 30))
                raise Held(timedelta(seconds=wait)) from None
            raise Hopeless(f"Slack does not show the thread of a retro: {code}") from None
        except (aiohttp.ClientError, TimeoutError):
            raise Later(A_WHILE) from None


def _reply(message: Mapping[str, Any], head: str) -> Reply | None:
    """What a person said; nothing of ours, of other bots, or of Slack itself."""
    if message.get("ts") == head or message.get("bot_id") or not message.get("user"):
        return None
    return Reply(ts=str(message["ts"]), by=str(message["user"]), words=str(message.get("text") or ""))
