"""Messages are a projection: what Slack shows is made to equal the present state, and posted exactly once.

Slack has no idempotency key. So a post is marked as being sent before it is rendered and sent; if the
answer is lost we look for our own id in the channel's history, three times, before we send it again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.erasing import REMOVED
from bot.errors import Barred, Held, Hopeless, Later, Unknown
from bot.jobs import Redraw, Refresh, Show, Sight, show
from bot.pictures import shown
from bot.places import Closed
from bot.posts import Posting
from bot.slack_codes import GONE, MENDED_BY_A_PERSON, NOBODY_THERE, NOT_KNOWN, UNKNOWN
from storage.pictures import Pictures
from storage.posts import Post, Posts

log = logging.getLogger(__name__)
EVENT_TYPE: Final = "truce_post"
PACE: Final = timedelta(seconds=1)  # between posts in one channel
LOOKS: Final = (timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=45))
CLOCKS_DIFFER: Final = timedelta(seconds=120)
MENDING: Final = timedelta(minutes=5)  # how often we look whether a person has mended it
TOO_MANY: Final = 429
SERVER_FAULT: Final = 500
LOST_AFTER: Final = timedelta(minutes=10)  # a post that was never found again is not waited for any longer
REFUSED_AFTER: Final = timedelta(minutes=1)  # shorter refusals hold up nobody
NOT_ASKED: Final = timedelta(minutes=10)  # so long after a refusal we do not know whether it still lasts
ABOUT_THE_CHANNEL: Final = frozenset({"channel_not_found", "not_in_channel", "is_archived"})

Renderer = Callable[[str, datetime], Awaitable[Posting | None]]


class Gone(Exception):
    """The message is not there any more."""


@dataclass(slots=True)
class Refusals:
    """Time in which Slack takes nothing from us, which is nobody's working time.

    `note` keeps a stretch; told again with the same beginning it makes it longer.
    """

    note: Callable[[datetime, datetime], Awaitable[None]]
    now: Callable[[], datetime]
    _since: datetime | None = None
    _last: datetime | None = None

    async def refused(self) -> None:
        """Slack was not there, had a fault of its own, or does not know us."""
        now = self.now()
        if self._last is None or now - self._last > NOT_ASKED:
            self._since = now
        self._last = now
        await self._keep(now)

    async def worked(self) -> None:
        """Slack did what we asked."""
        if self._last is not None:
            await self._keep(min(self.now(), self._last + NOT_ASKED))
            self._since = self._last = None

    async def _keep(self, until: datetime) -> None:
        if self._since is not None and until - self._since > REFUSED_AFTER:
            await self.note(self._since, until)


@dataclass(slots=True)
class Poster:
    posts: Posts
    client: AsyncWebClient
    renderers: Mapping[Sight, Renderer]
    now: Callable[[], datetime]
    call_timeout: timedelta
    refusals: Refusals
    pictures: Pictures
    _alerted: set[tuple[str, str]] = field(default_factory=set)

    async def show(self, job: Show, until: datetime) -> timedelta | None:
        """Post it if it is not there yet, else bring it up to date."""
        self._need_time(until)
        post = await self.posts.begin(job.sight, job.about, self.now())
        posting = await self._rendered(post)
        if posting is None:
            return None
        try:
            return await self._shown(post, posting, until)
        except Hopeless:
            await self._without_picture(post, posting)
            raise

    async def _shown(self, post: Post, posting: Posting, until: datetime) -> timedelta | None:
        pictured = await self._pictured(post, posting)
        if pictured is None and post.sending_at is None:
            if post.ts is None:
                await self.posts.not_sent(post)
            return None  # who draws it shows it
        posting = pictured or posting
        if post.ts is not None:
            await self._update(post, posting)
            return None
        if post.sending_at is not None and await self._found(post, posting):
            return None
        return await self._post(post, posting, until)

    async def _pictured(self, post: Post, posting: Posting) -> Posting | None:
        """With its picture, or without one that is not to be had; None: it is being drawn."""
        if posting.picture is None:
            return posting
        kept = await self.pictures.find(post.kind, post.about)
        wanted = posting.picture.shown_hash
        if kept is not None and kept.refused_hash == wanted:
            return posting
        if kept is not None and kept.file is not None and kept.shown_hash == wanted:
            return replace(posting, message=shown(posting.message, posting.picture, kept.file))
        await self.pictures.ask(post.kind, post.about, self.now())
        return None

    async def _without_picture(self, post: Post, posting: Posting) -> None:
        """Raise Later if what Slack refuses has a picture: somebody may have deleted its file."""
        kept = None if posting.picture is None else await self.pictures.find(post.kind, post.about)
        if posting.picture is None or kept is None or kept.shown_hash != posting.picture.shown_hash:
            return
        if kept.refused_hash != kept.shown_hash:
            await self.pictures.refuse(kept, (), self.now())
            raise Later(timedelta()) from None

    async def _rendered(self, post: Post) -> Posting | None:
        """What it is to show; None: nothing, and neither was anything sent."""
        fresh = post.ts is None and post.sending_at is None
        try:
            posting = await self._drawn(post)
        except Later:
            if fresh:
                await self.posts.not_sent(post)
            raise
        if posting is None and post.ts is None:
            await self.posts.not_sent(post)
        return posting

    async def _drawn(self, post: Post) -> Posting | None:
        """What it shows by now; where that was removed, a sentence in its place. None: it is not to be shown."""
        if not post.emptied or (post.ts is None and post.sending_at is not None):
            return await self.renderers[Sight(post.kind)](post.about, self.now())
        if post.ts is None:
            return None
        return Posting(channel=post.channel, thread=post.thread, message=REMOVED)

    async def redraw(self, job: Redraw, until: datetime) -> None:
        """Bring it up to date, if it is there."""
        await self._bring_up_to_date(job, until, always=False)

    async def refresh(self, job: Refresh, until: datetime) -> None:
        """Redraw it even if we believe that Slack shows the present state."""
        await self._bring_up_to_date(job, until, always=True)

    async def _bring_up_to_date(self, job: Redraw | Refresh, until: datetime, *, always: bool) -> None:
        self._need_time(until)
        post = await self.posts.find_in_turn(job.sight, job.about, self.now())
        if post is None or (post.ts is None and post.sending_at is None):
            return  # the job that will post it renders what is true by then
        if post.ts is None:
            self._await_sending(post)
            return
        posting = await self._drawn(post)
        pictured = None if posting is None else await self._pictured(post, posting)
        if posting is None or pictured is None:
            return
        try:
            await self._update(post, pictured, always=always)
        except Hopeless:
            await self._without_picture(post, posting)
            raise

    def _await_sending(self, post: Post) -> None:
        """Raise Later while it is being sent, or looked for: it may have been drawn before the last change."""
        sent = timedelta() if post.sending_at is None else self.now() - post.sending_at
        if sent < self.call_timeout:
            raise Later(PACE)
        if sent < LOST_AFTER:
            raise Later(LOOKS[1])

    async def _post(self, post: Post, posting: Posting, until: datetime) -> timedelta:
        self._need_time(
            until
        )  # looking takes its time; marked as being sent, it is looked for by who is next
        if await self._is_shared(posting.channel):
            await self.posts.not_sent(post)
            raise Barred(MENDING, Closed.SHARED)
        began = self.now()
        try:
            answer = await self.call(
                self.client.chat_postMessage,
                channel=posting.channel,
                thread_ts=posting.thread,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"id": post.id}},
                **posting.body,
            )
        except Unknown:
            raise Held(LOOKS[0]) from None
        except (Later, Hopeless):
            await self.posts.not_sent(post)
            raise
        await self._keep(post, posting, answer["channel"], answer["ts"], posting.shown_hash)
        return min(PACE, max(timedelta(), began + PACE - self.now()))  # Slack counts from call to call

    async def _update(self, post: Post, posting: Posting, *, always: bool = False) -> None:
        shown_hash = posting.shown_hash
        if post.shown_hash == shown_hash and not always:
            return
        if not post.emptied and await self._is_shared(post.channel):
            raise Barred(MENDING, Closed.SHARED)
        await self.posts.take_update(post, self.now())
        try:
            await self.call(self.client.chat_update, channel=post.channel, ts=post.ts, **posting.body)
        except Unknown:
            raise Later(LOOKS[0]) from None  # an update twice is an update
        except Gone:
            await self._gone(post, posting)
            return
        await self._keep(post, posting, post.channel, post.ts or "", shown_hash)

    async def _found(self, post: Post, posting: Posting) -> bool:
        """Look whether the lost answer was to a post that is there; after the last look, send again."""
        try:
            channel = await self._conversation(posting.channel)
            ts = await self._look(post, channel, posting.thread)
        except Unknown:
            raise Held(LOOKS[0]) from None
        except (Barred, Hopeless) as why:
            if isinstance(why, Barred) and why.code in ABOUT_THE_CHANNEL:
                raise
            raise Hopeless(
                "the answer to a post was lost and history may not be read: not sent again"
            ) from why
        if ts is not None:
            await self._keep(post, posting, channel, ts, None)
            return True
        if post.looks + 1 < len(LOOKS):
            await self.posts.looked(post)
            raise Held(LOOKS[post.looks + 1])
        await self.posts.not_sent(post)
        await self.posts.begin(post.kind, post.about, self.now())
        return False

    async def _look(self, post: Post, channel: str, thread: str | None) -> str | None:
        """The ts of the message with our id, from before it was sent on, by Slack's clock or ours."""
        since = (post.sending_at or self.now()) - CLOCKS_DIFFER
        oldest = f"{since.timestamp():.6f}"
        if (newest := await self.posts.newest_ts(channel)) is not None:
            oldest = min(newest, oldest, key=float)
        read = self.client.conversations_replies if thread else self.client.conversations_history
        where: dict[str, Any] = {"channel": channel, "oldest": oldest, "include_all_metadata": True}
        if thread:
            where["ts"] = thread
        cursor = None
        while True:
            page = await self.call(read, limit=200, cursor=cursor, **where)
            for message in page["messages"]:
                if _our_id(message) == post.id:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def _conversation(self, channel: str) -> str:
        """The id of a conversation; for a person, of our direct messages with them."""
        if not channel.startswith(("U", "W")):
            return channel
        answer = await self.call(self.client.conversations_open, users=channel)
        return str(answer["channel"]["id"])

    async def _keep(
        self, post: Post, posting: Posting, channel: str, ts: str, shown_hash: str | None
    ) -> None:
        then = posting.then
        if shown_hash is None:  # found again: what it shows may be older than what is true
            again = show(Sight(post.kind), post.about, self.now(), channel=posting.channel)
            then = (*then, again)
        await self.posts.keep(
            post, channel=channel, thread=posting.thread, ts=ts, shown_hash=shown_hash, then=then
        )

    async def _gone(self, post: Post, posting: Posting) -> None:
        """A person deleted it: it comes back once, and only while it is waited for."""
        again = posting.wanted and (post.deleted == 0 or bool(posting.then))  # or something on it is new
        job = show(Sight(post.kind), post.about, self.now(), channel=posting.channel)
        await self.posts.gone(post, (job,) if again else ())

    async def call(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """Call Slack once; say what its answer means for us."""
        where = str(arguments.get("channel", ""))
        try:
            async with asyncio.timeout(self.call_timeout.total_seconds()):
                answer = await method(**arguments)
        except SlackApiError as error:
            meaning = _meaning(error)
            if isinstance(meaning, Barred):
                self._alert(where, meaning.code)
                if meaning.code in ABOUT_THE_CHANNEL and where.startswith(("C", "G")):
                    await self.posts.note_closed(where, Closed(meaning.code))
            if isinstance(meaning, Unknown) or (isinstance(meaning, Barred) and meaning.code in NOT_KNOWN):
                await self.refusals.refused()
            raise meaning from None
        except aiohttp.ClientConnectorError:
            await self.refusals.refused()
            raise Held(LOOKS[0]) from None  # nobody was there to do anything
        except (aiohttp.ClientError, TimeoutError):
            await self.refusals.refused()
            raise Unknown from None
        await self.refusals.worked()
        self._alerted = {each for each in self._alerted if each[0] != where}
        return answer

    async def _is_shared(self, channel: str) -> bool:
        """Nothing goes where people of other companies read it."""
        if not channel.startswith(("C", "G")) or not await self.posts.is_shared(channel):
            return False
        self._alert(channel, Closed.SHARED)
        await self.posts.look_anew(channel)
        return True

    def _alert(self, where: str, code: str) -> None:
        """Tell the operator, once, until it works again."""
        if (where, code) not in self._alerted:
            self._alerted.add((where, code))
            log.error("Slack: %s (%s). %s", code, where or "no channel", MENDED_BY_A_PERSON[code])

    def _need_time(self, until: datetime) -> None:
        """Give the job back unless a call fits into what is left of its lease."""
        if until - self.now() <= self.call_timeout:
            raise Later(timedelta())


def _meaning(error: SlackApiError) -> Exception:
    response = error.response
    status = getattr(response, "status_code", 200)
    code = str(response.get("error") or "")
    if status == TOO_MANY or code == "ratelimited":
        return Held(timedelta(seconds=int(response.headers.get("Retry-After", 1))))
    if status >= SERVER_FAULT or code in UNKNOWN:
        return Unknown()
    if code in GONE:
        return Gone()
    if code in MENDED_BY_A_PERSON:
        return Barred(MENDING, code)
    if code in NOBODY_THERE:
        return Hopeless(f"Slack: {code}")
    details = (response.get("response_metadata") or {}).get("messages", ())
    return Hopeless(f"Slack refused the message: {code} {' '.join(details)}".strip())


def _our_id(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return (metadata.get("event_payload") or {}).get("id")
