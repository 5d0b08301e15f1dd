"""The message for leads that wait together: its three buttons, and what follows from them day by day."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import ids
from bot.agreement import Agreement
from bot.handing import hold_note
from bot.jobs import Due, KeepHeld, ReleaseHeld, Sight
from bot.posts import Posting
from handlers.payloads import Answer, Click, Routes
from storage.db import Space
from storage.holds import Holds
from storage.jobs import Jobs
from storage.leads import Leads
from storage.people import People


@dataclass(frozen=True, slots=True)
class HoldHandlers:
    holds: Holds
    people: People
    jobs: Jobs
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "HoldHandlers":
        return cls(Holds(space, Leads(space, agreement), agreement), People(space), Jobs(space), now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.HOLD_NEXT: self.offer_next,
                ids.HOLD_DAILY: self.offer_daily,
                ids.HOLD_KEEP: self.keep,
            }
        )

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.HOLD: self.message}

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {ReleaseHeld: self.release_daily, KeepHeld: self.keep_some}

    async def offer_next(self, click: Click) -> Answer:
        await self.holds.offer_next(click.value, click.by, self.now())
        return None

    async def offer_daily(self, click: Click) -> Answer:
        await self.holds.offer_daily(click.value, click.by, self.now())
        return None

    async def keep(self, click: Click) -> Answer:
        await self.holds.keep(click.value, click.by, self.now())
        return None

    async def release_daily(self, job: ReleaseHeld, _until: datetime) -> None:
        await self.holds.release_daily(job.hold, self.now())

    async def keep_some(self, job: KeepHeld, _until: datetime) -> None:
        if await self.holds.keep_some(job.hold, self.now()):
            await self.jobs.add([Due(job=job, at=self.now())])

    async def message(self, about: str, _now: datetime) -> Posting | None:
        hold = await self.holds.get(about)
        if hold is None:
            return None
        names = await self.people.names([hold.pressed_by] if hold.pressed_by else [])
        pressed_by = names.get(hold.pressed_by or "")
        return Posting(channel=hold.channel, message=hold_note(hold, pressed_by), wanted=hold.waiting > 0)
