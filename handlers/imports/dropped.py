"""A file of leads that somebody drops on the bot: what they answer, and what they and the admins are told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import ids
from bot.dropped import Dropped, dropped_admin_note, dropped_note
from bot.imports import Order
from bot.jobs import Sight
from bot.posts import Posting
from handlers.payloads import Answer, Click, Routes
from storage.dropped import DroppedFiles


@dataclass(frozen=True, slots=True)
class DroppedHandlers:
    files: DroppedFiles
    now: Callable[[], datetime]

    def routes(self) -> Routes:
        return Routes(
            events={"file_shared": self.come},
            actions={
                ids.DROPPED_YES: self.yes,
                ids.DROPPED_DAYS: self.day_first,
                ids.DROPPED_MONTHS: self.month_first,
                ids.DROPPED_LEAVE: self.leave,
                ids.DROPPED_ALLOW: self.allow,
            },
        )

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.DROPPED: self.shown, Sight.DROPPED_ADMIN: self.shown_to_admin}

    async def come(self, event: Mapping[str, Any]) -> None:
        """A file in a direct message to us; in channels they are none of our business."""
        if str(event.get("channel_id") or "").startswith("D"):
            told = Dropped(id=str(event["file_id"]), at=self.now(), by=str(event["user_id"]))
            await self.files.begin(told)

    async def yes(self, click: Click) -> Answer:
        await self.files.answer(click.value, click.by, self.now())
        return None

    async def day_first(self, click: Click) -> Answer:
        await self.files.answer(click.value, click.by, self.now(), Order.DAY_FIRST)
        return None

    async def month_first(self, click: Click) -> Answer:
        await self.files.answer(click.value, click.by, self.now(), Order.MONTH_FIRST)
        return None

    async def leave(self, click: Click) -> Answer:
        await self.files.leave(click.value, click.by, self.now())
        return None

    async def allow(self, click: Click) -> Answer:
        await self.files.allow(click.value, click.by, self.now())
        return None

    async def shown(self, about: str, _now: datetime) -> Posting | None:
        told = await self.files.get(about)
        return None if told is None else Posting(channel=told.by, message=dropped_note(told))

    async def shown_to_admin(self, about: str, _now: datetime) -> Posting | None:
        file, _, admin = about.partition("|")
        told = await self.files.get(file)
        return None if told is None else Posting(channel=admin, message=dropped_admin_note(told))
