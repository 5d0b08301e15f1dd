"""Your own hours and absences, by /truce; and what Slack tells of them by itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bot import presence
from bot.agreement import Agreement
from bot.jobs import Due, WakeLadders
from bot.presence import Word
from handlers.payloads import Asked, Routes, Said, Say
from storage.db import Space
from storage.jobs import Jobs
from storage.presence import Presences


@dataclass(frozen=True, slots=True)
class PresenceHandlers:
    presences: Presences
    jobs: Jobs
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "PresenceHandlers":
        return cls(Presences(space, agreement), Jobs(space), now)

    def routes(self) -> Routes:
        words: Mapping[str, Word] = {
            "hours": presence.hours,
            "hot": presence.hot,
            "off": presence.off,
            "away": presence.away,
            "back": presence.back,
        }
        own: dict[str, Asked] = {name: partial(self.say, word) for name, word in words.items()}
        return Routes(
            commands={**own, "pause": self.pause, "go": self.go_on},
            events={"dnd_updated_user": self.rests},
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {WakeLadders: self.wake}

    async def wake(self, job: WakeLadders, _until: datetime) -> None:
        rest = await self.presences.wake(job, self.now())
        if rest is not None:
            await self.jobs.add([Due(job=rest, at=self.now())])

    async def say(self, word: Word, said: Said) -> Say:
        return Say(words=await self.presences.ask(said.by, word, said.words, self.now()))

    async def pause(self, said: Said) -> Say:
        return Say(words=await self.presences.pause(said.by, said.words, self.now()))

    async def go_on(self, said: Said) -> Say:
        return Say(words=await self.presences.go_on(said.by, said.words, self.now()))

    async def rests(self, event: Mapping[str, Any]) -> None:
        """Somebody's do-not-disturb changed: Slack tells of the stretch that is on, else of the next."""
        told = event["dnd_status"]
        begin, end = _moment(told.get("next_dnd_start_ts")), _moment(told.get("next_dnd_end_ts"))
        on = bool(told.get("dnd_enabled")) and begin is not None and end is not None
        await self.presences.rest(event["user"], begin if on else None, end if on else None, self.now())


def _moment(stamp: object) -> datetime | None:
    return datetime.fromtimestamp(int(stamp), UTC) if isinstance(stamp, int) and stamp > 1 else None
