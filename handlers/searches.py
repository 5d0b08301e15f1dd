"""What people look for: leads by words or by name, one lead, and its history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import ids
from bot.agreement import Agreement
from bot.cards import Sighted
from bot.errors import Refused
from bot.finding import (
    LEAD_MISSING,
    MOST_FOUND,
    WORDS_MISSING,
    found_note,
    found_window,
    lead_window,
    reach_window,
)
from bot.timeline import read_turn, timeline
from handlers.payloads import Answer, Click, Open, Routes, Said, Say, shown
from storage.db import Space
from storage.searches import Searches
from storage.timelines import Timelines


@dataclass(frozen=True, slots=True)
class SearchHandlers:
    searches: Searches
    timelines: Timelines
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "SearchHandlers":
        return cls(Searches(space, agreement), Timelines(space, agreement), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.OPEN: self.open_lead,
                ids.HISTORY: self.open_history,
                ids.REACH: self.reach,
                ids.EARLIER: self.turn,
                ids.NEWER: self.turn,
                ids.FIND: self.find_from_home,
            },
            choices={ids.TIMELINE: self.open_history},
            commands={"find": self.find, "lead": self.lead, "log": self.log},
        )

    async def open_lead(self, click: Click) -> Answer:
        return shown(click, lead_window(await self.searches.open(click.value, click.by, self.now())))

    async def reach(self, click: Click) -> Answer:
        return shown(click, reach_window(await self.searches.reach(click.value, click.by, self.now())))

    async def open_history(self, click: Click) -> Answer:
        history = await self.timelines.of(click.value, click.by, 0)
        return shown(click, timeline(history, self.agreement))

    async def turn(self, click: Click) -> Answer:
        lead, page = read_turn(click.value)
        return shown(click, timeline(await self.timelines.of(lead, click.by, page), self.agreement, page))

    async def find(self, said: Said) -> Answer:
        if not said.words:
            return Say(words=WORDS_MISSING)
        found = await self.searches.find(said.words, said.by, MOST_FOUND + 1, self.now())
        return _told(said.words, found)

    async def find_from_home(self, click: Click) -> Answer:
        if not click.value.strip():
            return None
        found = await self.searches.find(click.value, click.by, MOST_FOUND + 1, self.now())
        return shown(click, found_window(click.value, found))

    async def lead(self, said: Said) -> Answer:
        found = await self._meant("lead", said)
        if len(found) != 1:
            return _told(said.words, found)
        return Open(view=lead_window(await self.searches.open(found[0].lead.id, said.by, self.now())))

    async def log(self, said: Said) -> Answer:
        found = await self._meant("log", said)
        if len(found) != 1:
            return _told(said.words, found)
        history = await self.timelines.of(found[0].lead.id, said.by, 0)
        return Open(view=timeline(history, self.agreement))

    async def _meant(self, word: str, said: Said) -> list[Sighted]:
        """The lead that is named, by its e-mail, phone or id; else those with these words."""
        if not said.words:
            raise Refused(LEAD_MISSING.format(word=word))
        named = await self.searches.named(said.words, said.by, self.now())
        return named or await self.searches.find(said.words, said.by, MOST_FOUND + 1, self.now())


def _told(asked: str, found: Sequence[Sighted]) -> Say:
    note = found_note(asked, found)
    return Say(words=note.text, blocks=note.blocks)
