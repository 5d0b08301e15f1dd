"""/truce heard: what customers said, kept and found again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import ids, voices
from bot.agreement import Agreement
from bot.errors import Refused
from bot.text import plain
from handlers.payloads import Answer, Open, Routes, Said, Say, Search, Shortcut, Submission, Wrong
from storage.db import Space
from storage.people import People
from storage.voices import Voices


@dataclass(frozen=True, slots=True)
class VoiceHandlers:
    voices: Voices
    people: People
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "VoiceHandlers":
        return cls(Voices(space, agreement), People(space), now)

    def routes(self) -> Routes:
        return Routes(
            commands={"heard": self.heard},
            shortcuts={ids.HEARD: self.heard_in_a_message},
            searches={ids.SPEAKER: self.find_speaker},
            forms={ids.HEARD_FORM: self.keep},
        )

    async def heard(self, said: Said) -> Answer:
        """The form; with words, what was kept about them."""
        if not said.words:
            await self.voices.check(said.by)
            return Open(view=voices.heard_form())
        found, more = await self.voices.find(said.words, said.by)
        if not found:
            return Say(words=voices.nothing_heard(said.words, await self.voices.themes(said.by)))
        names = await self.people.names([each.by for each in found])
        note = voices.voices_note(said.words, found, more, lambda each: names.get(each, "Somebody"))
        return Say(words=note.text, blocks=note.blocks)

    async def heard_in_a_message(self, shortcut: Shortcut) -> Answer:
        """The form with the words of the message."""
        await self.voices.check(shortcut.by)
        return Open(view=voices.heard_form(shortcut.text))

    async def find_speaker(self, search: Search) -> Sequence[Mapping[str, Any]]:
        return voices.speakers(*await self.voices.speakers(search.words, search.by))

    async def keep(self, form: Submission) -> Say | Wrong | None:
        try:
            told = voices.read_heard(form.values, form.by, self.now())
            await self.voices.keep(told)
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=refused.field, words=str(refused))
        return Say(words=f"Kept. `/truce heard {plain(told.theme, 60)}` finds it again.")
