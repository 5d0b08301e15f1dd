"""What becomes of a file that was dropped: fetched from Slack, looked at, brought in, refused rows given back.

It stays in Slack, and each part fetches it anew, so that any process may go on with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import dropped
from bot.arrivals import LeadArrival, Outcome, Senseless
from bot.dropped import Dropped, Stage
from bot.errors import Barred, Hopeless, Later, Refused, Unintelligible, Unknown
from bot.imports import Order, TwoWays, feed_name
from bot.jobs import FindFiles, Sight, TakeFile
from bot.links import is_slacks
from handlers.imports.parts import import_part, look_at
from handlers.imports.rows import Row, Summary, Wish
from storage.dropped import DroppedFiles
from storage.intake import Intake
from storage.posts import Posts

LONGEST_NAME: Final = 60  # characters of a feed's
PIECE: Final = 65_536
PAGE: Final = 100  # files that Slack names at once
MOST_PAGES: Final = 50  # so many are no files of leads that somebody dropped
AGAIN: Final = timedelta(seconds=15)
PATIENCE: Final = timedelta(minutes=10)  # with a Slack that does not give it
ROOM: Final = 2  # calls of this length must fit into what is left of a lease, for more rows


@dataclass(frozen=True, slots=True)
class DroppedJobs:
    """`call` makes one call to Slack and raises what its answer means for us (bot/errors.py)."""

    files: DroppedFiles
    intake: Intake
    posts: Posts
    call: Callable[..., Awaitable[Any]]
    client: AsyncWebClient
    session: aiohttp.ClientSession
    now: Callable[[], datetime]
    call_timeout: timedelta

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {TakeFile: self.take, FindFiles: self.find}

    async def find(self, job: FindFiles, _until: datetime) -> None:
        """What Slack did not tell us of, or told us while we were away; the same once more changes nothing."""
        since, page, pages = int(datetime.fromisoformat(job.since).timestamp()), 1, 1
        while page <= pages <= MOST_PAGES:
            try:
                answer = await self.call(self.client.files_list, ts_from=str(since), count=PAGE, page=page)
            except Barred:
                return  # without the scope there is no file to read either
            except Unknown:
                raise Later(AGAIN) from None
            await self.files.begin_missed(
                [told for each in answer["files"] if (told := dropped.missed(each, self.now()))]
            )
            page, pages = page + 1, int((answer.get("paging") or {}).get("pages") or 1)

    async def take(self, job: TakeFile, until: datetime) -> None:
        told = await self.files.get(job.file)
        if told is None:
            return
        try:
            if told.stage is Stage.NEW:
                await self._look(told)
            elif told.stage is Stage.GOING:
                await self._go_on(told, until)
        except (Refused, Unintelligible) as why:
            words = dropped.in_slack(str(why))
            await self.files.change(
                job.file, self.now(), lambda it: replace(it, stage=Stage.REFUSED, words=words), then=True
            )
            return
        if told.stage in (Stage.DONE, Stage.REFUSED) and told.rejects:
            await self._give_back(told)

    async def _look(self, told: Dropped) -> None:
        with TemporaryDirectory() as folder:
            path = await self._fetched(told, Path(folder))
            try:
                seen = await asyncio.to_thread(look_at, path, _wish(told, path))
            except TwoWays as which:
                after: dict[str, Any] = {"stage": Stage.DATES, "words": dropped.in_slack(str(which))}
            else:
                words = dropped.preview(seen.described, seen.rows, seen.refused)
                after = {"stage": Stage.ASKED, "words": words, "rows": seen.rows}
        await self.files.change(
            told.id, self.now(), lambda it: replace(it, **after) if it.stage is Stage.NEW else it
        )

    async def _go_on(self, told: Dropped, until: datetime) -> None:
        """More of its rows, as long as the lease lasts."""
        apart = await self.files.apart(told.by)
        with TemporaryDirectory() as folder:
            path = await self._fetched(told, Path(folder))
            wish = _wish(told, path)

            async def arrive(rows: Sequence[Row]) -> list[Outcome | Senseless]:
                no = {n: why for n, row in enumerate(rows) if (why := _not_theirs(row, apart))}
                good = [row for n, row in enumerate(rows) if n not in no]
                done = await self.intake.keep(good, feed=str(wish.feed), now=self.now(), bulk=True)
                kept = iter(done)
                return [no[n] if n in no else next(kept) for n in range(len(rows))]

            async def note(part: Summary, refused: str) -> bool:
                await self.files.change(told.id, self.now(), lambda it: _further(it, told, part, refused))
                return until - self.now() > ROOM * self.call_timeout

            is_whole = await import_part(
                path, wish, after=told.read, with_header=not told.rejects, arrive=arrive, note=note
            )
        if not is_whole:
            raise Later(timedelta())
        await self.files.change(told.id, self.now(), lambda it: replace(it, stage=Stage.DONE), then=True)

    async def _fetched(self, told: Dropped, folder: Path) -> Path:
        """Where it was laid down. Raises Refused where it is not to be had."""
        try:
            answer = await self.call(self.client.files_info, file=told.id)
        except Barred as why:
            if why.code != "missing_scope":
                raise
            raise Refused(dropped.NOT_ALLOWED) from None
        except Hopeless:
            raise Refused(dropped.TAKEN_AWAY) from None
        except Unknown:
            raise self._later(told) from None
        file = answer["file"]
        name, size = str(file.get("name") or ""), int(file.get("size") or 0)
        where = str(file.get("url_private_download") or file.get("url_private") or "")
        if name and name != told.name:
            await self.files.change(told.id, self.now(), lambda it: replace(it, name=name))
        if not dropped.is_csv(name):
            raise Refused(dropped.NO_CSV)
        if size > dropped.LARGEST:
            raise Refused(dropped.TOO_LARGE)
        if file.get("is_external") or not is_slacks(where, self.client.base_url):
            raise Refused(dropped.UNREAD)
        path = folder / f"{_feed(name)}.csv"
        await self._download(told, where, path)
        return path

    async def _download(self, told: Dropped, where: str, path: Path) -> None:
        """No further than it may be long, whatever Slack says of it; the token goes nowhere but there."""
        size = 0
        try:
            async with (
                asyncio.timeout(self.call_timeout.total_seconds()),
                self.session.get(where, headers=self._key(), allow_redirects=False) as response,
            ):
                if response.status != HTTPStatus.OK:
                    raise Refused(dropped.UNREAD)
                with path.open("wb") as file:
                    async for piece in response.content.iter_chunked(PIECE):
                        size += len(piece)
                        if size > dropped.LARGEST:
                            raise Refused(dropped.TOO_LARGE)
                        file.write(piece)
        except (aiohttp.ClientError, TimeoutError):
            raise self._later(told) from None

    def _key(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.client.token}"}

    def _later(self, told: Dropped) -> Exception:
        return Later(AGAIN) if self.now() - told.at < PATIENCE else Refused(dropped.UNREAD)

    async def _give_back(self, told: Dropped) -> None:
        """The refused rows, as a file; where Slack does not take it, they are counted all the same."""
        try:
            if told.upload is None or not await self._is_there(told.upload):
                await self._upload(told)
        except Unknown:
            raise Later(AGAIN) from None
        except (Barred, Hopeless):
            words = dropped.NOT_GIVEN_BACK
            await self.files.change(told.id, self.now(), lambda it: replace(it, rejects="", words=words))
            return
        await self.files.change(told.id, self.now(), lambda it: replace(it, rejects=""))

    async def _is_there(self, file: str) -> bool:
        try:
            await self.call(self.client.files_info, file=file)
        except Hopeless:
            return False
        return True

    async def _upload(self, told: Dropped) -> None:
        post = await self.posts.find(Sight.DROPPED, told.id)
        if post is None or post.ts is None:
            raise Later(AGAIN)
        data = told.rejects.encode("utf-8-sig")  # spreadsheets take the file for cp1252 otherwise
        place = await self.call(
            self.client.files_getUploadURLExternal, filename=told.rejects_name, length=len(data)
        )
        file, where = str(place["file_id"]), str(place["upload_url"])
        if not is_slacks(where, self.client.base_url):
            raise Hopeless("the address for a file is not Slack's")
        await self.files.change(told.id, self.now(), lambda it: replace(it, upload=file))
        try:
            async with (
                asyncio.timeout(self.call_timeout.total_seconds()),
                self.session.post(where, data=data, allow_redirects=False) as response,
            ):
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            raise Unknown from None
        if status != HTTPStatus.OK:
            raise Unknown
        await self.call(
            self.client.files_completeUploadExternal,
            files=[{"id": file, "title": told.rejects_name}],
            channel_id=post.channel,
            initial_comment=dropped.back_words(told),
        )


def _wish(told: Dropped, path: Path) -> Wish:
    return Wish(feed=path.stem, mapping={}, dates=None if told.dates is None else Order(told.dates))


def _feed(name: str) -> str:
    try:
        return feed_name(name)[:LONGEST_NAME]
    except Refused:  # no letter of it is one that a feed's name may have
        return "dropped"


def _not_theirs(row: Row, apart: Collection[str]) -> Senseless | None:
    return dropped.not_theirs(row, apart) if isinstance(row, LeadArrival) else None


def _further(now: Dropped, before: Dropped, part: Summary, refused: str) -> Dropped:
    """So many more rows than before this part."""
    if now.stage is not Stage.GOING:
        return now
    return replace(
        now,
        new=before.new + part.new,
        changed=before.changed + part.changed,
        unchanged=before.unchanged + part.unchanged,
        refused=before.refused + part.refused,
        rejects=now.rejects + refused if len(now.rejects) < dropped.MOST_GIVEN_BACK else now.rejects,
    )
