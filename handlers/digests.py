"""The weekly message: planned once a week, drawn when it is sent, and the modal behind its [All]."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import ids
from bot.agreement import Agreement
from bot.digests import SWITCHED, Audience, all_late, digest_message, funnel_picture, read_switch
from bot.jobs import Due, PlanDigests, Sight
from bot.posts import Posting
from handlers.payloads import Answer, Click, Open, Routes, Said, Say
from storage.db import Space
from storage.digests import Digests
from storage.jobs import Jobs

MOST_LISTED = 90  # of one modal


@dataclass(frozen=True, slots=True)
class DigestHandlers:
    digests: Digests
    jobs: Jobs
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "DigestHandlers":
        return cls(Digests(space, agreement), Jobs(space), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            actions={ids.DIGEST_ALL: self.all_of_it, ids.DIGEST_SWITCH_ON: self.switch_on},
            commands={"digest": self.off_or_on},
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {PlanDigests: self.plan}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.DIGEST: self.digest}

    async def plan(self, job: PlanDigests, _until: datetime) -> None:
        rest = await self.digests.plan(job, self.now())
        if rest is not None:
            await self.jobs.add([Due(job=rest, at=self.now())])

    async def digest(self, about: str, now: datetime) -> Posting | None:
        """To managers also when nothing happened; to others only if there is something of theirs."""
        found = await self.digests.of(about, now)
        if found is None:
            return None
        reader, told = found
        if told.is_empty and reader.audience is not Audience.MANAGER:
            return None
        own = told.audience is Audience.REP
        return Posting(
            channel=reader.channel,
            message=digest_message(told, self.agreement),
            picture=None if own else funnel_picture(told.report, self.agreement),
        )

    async def all_of_it(self, click: Click) -> Answer:
        late, in_all = await self.digests.late(click.value, click.by, self.now(), MOST_LISTED)
        return Open(view=all_late(late, in_all, self.now()))

    async def switch_on(self, click: Click) -> Answer:
        await self.digests.end_first_days(click.value, click.by, self.now())
        return None

    async def off_or_on(self, said: Said) -> Say:
        wish = read_switch(said.words)
        if wish is not None:
            await self.digests.switch(said.by, on=wish)
        return Say(words=SWITCHED[wish])
