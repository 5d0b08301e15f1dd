"""The retros' timers, and their messages: drawn from the present state."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.agreement import Agreement
from bot.blocks import Message
from bot.errors import Later
from bot.jobs import AskBack, FollowDeal, Sight, TendRetro
from bot.posts import Posting
from bot.retros import looks, months, summing
from storage.db import Space
from storage.posts import Posts
from storage.retro_rounds import RetroRounds
from storage.retro_search import RetroSearch
from storage.retros import Retros

A_MOMENT: Final = timedelta(seconds=1)
LOST_AFTER: Final = timedelta(minutes=10)  # a head whose answer never came is not waited for any longer


@dataclass(frozen=True, slots=True)
class RetroJobs:
    retros: Retros
    rounds: RetroRounds
    search: RetroSearch
    posts: Posts
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "RetroJobs":
        return cls(
            Retros(space, agreement),
            RetroRounds(space, agreement),
            RetroSearch(space, agreement),
            Posts(space),
            agreement,
            now,
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {FollowDeal: self.follow, TendRetro: self.tend, AskBack: self.ask}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {
            Sight.RETRO: self.head,
            Sight.RETRO_TURN: self.turn,
            Sight.RETRO_HEAP: self.heap,
            Sight.RETRO_ASK: self.asked,
            Sight.RETRO_ANSWER: self.answer,
            Sight.RETRO_SUMMARY: self.summary,
            Sight.RETRO_MONTH: self.month,
            Sight.RETRO_MEETING: self.meeting,
            Sight.RETRO_KEEP: self.keep,
            Sight.RETRO_ACTION: self.action,
        }

    async def follow(self, job: FollowDeal, _until: datetime) -> None:
        await self.retros.follow(job.deal, self.now())

    async def tend(self, job: TendRetro, _until: datetime) -> None:
        await self.retros.tend(job.retro, self.now())

    async def ask(self, job: AskBack, _until: datetime) -> None:
        await self.rounds.ask(job.person, self.now())

    async def head(self, about: str, _now: datetime) -> Posting | None:
        seen = await self.retros.sight(about)
        if seen is None or seen.retro.started_at is None:
            return None
        return Posting(
            channel=self.agreement.channels.retros,
            message=looks.head(seen),
            picture=looks.head_picture(seen),
        )

    async def turn(self, about: str, now: datetime) -> Posting | None:
        retro, _, number = about.rpartition("|")
        seen = await self.retros.sight(retro)
        if seen is None:
            return None
        return await self._under(retro, looks.turn_note(seen.retro.turns[int(number) - 1]), now)

    async def heap(self, about: str, _now: datetime) -> Posting | None:
        """Closed deals that wait together; a heap of one that was opened again shows nothing."""
        held, looked_at, more = await self.retros.heap(about)
        if not held and not looked_at:
            return None
        _, _, owner = about.partition("|")
        name = held[0].name(owner) if held and owner else ""
        message = looks.heap_note(held, looked_at, name, more)
        return Posting(channel=self.agreement.channels.retros, message=message)

    async def asked(self, about: str, _now: datetime) -> Posting | None:
        told = await self.retros.asked_in(about)
        _, _, person = about.rpartition("|")
        return Posting(channel=person, message=looks.ask_note(told)) if told else None

    async def answer(self, about: str, now: datetime) -> Posting | None:
        retro, _, ident = about.rpartition("|")
        seen = await self.retros.sight(retro)
        answers = [] if seen is None else [each for each in seen.retro.answers if each.id == ident]
        if seen is None or not answers:
            return None
        return await self._under(retro, summing.answer_note(seen, answers[0]), now)

    async def summary(self, about: str, now: datetime) -> Posting | None:
        seen = await self.retros.sight(about)
        if seen is None:
            return None
        return await self._under(about, summing.summary_note(seen), now)

    async def keep(self, about: str, _now: datetime) -> Posting | None:
        retro, _, person = about.rpartition("|")
        seen = await self.retros.sight(retro)
        return None if seen is None else Posting(channel=person, message=summing.keep_note(seen))

    async def month(self, about: str, now: datetime) -> Posting | None:
        zone = self.agreement.calendar.zone
        lessons = await self.search.summed_in(*months.month_of(about).moments(zone))
        message = months.month_message(about, lessons, now.astimezone(zone).date())
        return None if message is None else Posting(channel=self.agreement.channels.retros, message=message)

    async def meeting(self, about: str, now: datetime) -> Posting | None:
        seen = await self.retros.sight(about)
        message = None if seen is None else looks.meeting_note(seen)
        return None if message is None else await self._under(about, message, now)

    async def action(self, about: str, _now: datetime) -> Posting | None:
        seen = await self.retros.sight(about.partition("|")[0])
        message = None if seen is None else summing.action_note(seen)
        if seen is None or message is None or seen.retro.action is None:
            return None
        return Posting(channel=seen.retro.action.who, message=message)

    async def _under(self, retro: str, message: Message, now: datetime) -> Posting | None:
        """In the thread; nowhere once its head was deleted. Raises Later while that is on its way."""
        above = await self.posts.find(Sight.RETRO, retro)
        if above is not None and above.ts is not None:
            return Posting(channel=above.channel, thread=above.ts, message=message)
        lost = above is not None and above.sending_at is not None and now - above.sending_at > LOST_AFTER
        if lost or (above is not None and above.deleted):
            return None
        raise Later(A_MOMENT)
