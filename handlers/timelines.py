"""A lead's history, page by page, for who may see it."""

from dataclasses import dataclass

from bot import ids
from bot.agreement import Agreement
from bot.timeline import read_turn, timeline
from handlers.payloads import Answer, Change, Click, Open, Routes
from storage.timelines import Timelines


@dataclass(frozen=True, slots=True)
class TimelineHandlers:
    timelines: Timelines
    agreement: Agreement

    def routes(self) -> Routes:
        return Routes(
            actions={ids.EARLIER: self.turn, ids.NEWER: self.turn}, choices={ids.TIMELINE: self.open}
        )

    async def open(self, click: Click) -> Answer:
        return Open(view=timeline(await self.timelines.of(click.value, click.by, 0), self.agreement))

    async def turn(self, click: Click) -> Answer:
        lead, page = read_turn(click.value)
        return Change(view=timeline(await self.timelines.of(lead, click.by, page), self.agreement, page))
