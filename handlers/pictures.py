"""Pictures of messages: drawn off the loop, one at a time, and handed to Slack before the message is shown.

No channel sees the file before its message does, so that one that is handed over twice is seen once all the same. A
picture is a help: the message waits two minutes for it at most, and then stands without.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Barred, Hopeless, Later, Unknown
from bot.jobs import DrawPicture, Due, RemoveFile, Sight, redraw, show
from bot.links import is_slacks
from bot.pictures import Picture
from bot.posts import Posting
from storage.pictures import Kept, Pictures
from storage.posts import Posts

log = logging.getLogger(__name__)
PATIENCE: Final = timedelta(minutes=2)
AGAIN: Final = timedelta(seconds=15)
A_MOMENT: Final = timedelta(seconds=1)  # Slack takes some to look at what it was given
CALLS: Final = 4  # of one picture, each as long as a call may take
NOT_THERE: Final = ("file_not_found", "file_deleted")  # Slack's words
OK: Final = 200


@dataclass(frozen=True, slots=True)
class PictureJobs:
    """`call` makes one call to Slack and raises what its answer means for us (bot/errors.py)."""

    pictures: Pictures
    posts: Posts
    renderers: Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]
    call: Callable[..., Awaitable[Any]]
    client: AsyncWebClient
    session: aiohttp.ClientSession
    now: Callable[[], datetime]
    call_timeout: timedelta

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {DrawPicture: self.draw, RemoveFile: self.remove}

    async def draw(self, job: DrawPicture, until: datetime) -> None:
        """Draw it and hand it to Slack, unless Slack has it; then its message is shown."""
        posting = await self.renderers[Sight(job.sight)](job.about, self.now())
        if posting is None:
            return
        then = [await self._showing(job, posting)]
        if posting.picture is None:
            await self.posts.add(then)
            return
        kept = await self.pictures.begin(job.sight, job.about, posting.picture.shown_hash, self.now())
        file = await self._file(kept, posting.picture, until)
        if file is None:
            await self.pictures.refuse(kept, then, self.now())
        else:
            await self.pictures.keep(kept, file, then, self.now())

    async def remove(self, job: RemoveFile, _until: datetime) -> None:
        """Nothing shows it any more; one that somebody deleted before is no fault."""
        try:
            await self.call(self.client.files_delete, file=job.file)
        except Unknown:
            raise Later(AGAIN) from None
        except Hopeless as why:
            if not any(code in str(why) for code in NOT_THERE):
                raise

    async def _showing(self, job: DrawPicture, posting: Posting) -> Due:
        """Posted where it is not there yet; one that a person deleted is not brought back by its picture."""
        post = await self.posts.find(job.sight, job.about)
        if post is None or (post.ts is None and not post.deleted):
            return show(Sight(job.sight), job.about, self.now(), channel=posting.channel)
        return redraw(Sight(job.sight), job.about, self.now(), channel=post.channel)

    async def _file(self, kept: Kept, picture: Picture, until: datetime) -> str | None:
        """The file as Slack calls it; None: it is not to be had. Raises Later while it may yet be."""
        if kept.file is not None and kept.shown_hash == kept.wanted_hash:
            return kept.file
        if self.now() - kept.wanted_at > PATIENCE:
            log.warning("a picture (%s) could not be handed to Slack in time", kept.kind)
            return None
        if until - self.now() <= CALLS * self.call_timeout:
            raise Later(A_MOMENT)  # not at once: a lease may be too short for all calls
        try:
            return await self._handed_over(kept, picture)
        except Unknown:
            raise Later(AGAIN) from None
        except (Barred, Hopeless) as why:
            log.warning("a picture (%s) was not taken by Slack: %s", kept.kind, getattr(why, "code", why))
            return None

    async def _handed_over(self, kept: Kept, picture: Picture) -> str:
        if kept.sending is not None and await self._arrived(kept.sending):
            return kept.sending
        data = await asyncio.to_thread(picture.drawing.png)
        place = await self.call(
            self.client.files_getUploadURLExternal,
            filename=picture.name,
            length=len(data),
            alt_txt=picture.described,
        )
        file = str(place["file_id"])
        await self.pictures.sends(kept, file)
        await self._send(str(place["upload_url"]), data)
        await self.call(
            self.client.files_completeUploadExternal, files=[{"id": file, "title": picture.title}]
        )
        if not await self._arrived(file):
            raise Later(AGAIN)
        return file

    async def _arrived(self, file: str) -> bool:
        """Whether Slack has it, and knows that it is a picture. Raises Later while it is looking at it."""
        try:
            answer = await self.call(self.client.files_info, file=file)
        except Hopeless:
            return False
        if not answer["file"].get("mimetype"):
            raise Later(A_MOMENT)
        return True

    async def _send(self, where: str, data: bytes) -> None:
        if not is_slacks(where, self.client.base_url):
            raise Hopeless("the address for a picture is not Slack's")
        try:
            async with (
                asyncio.timeout(self.call_timeout.total_seconds()),
                self.session.post(where, data=data, allow_redirects=False) as response,
            ):
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            raise Unknown from None
        if status != OK:
            raise Unknown
