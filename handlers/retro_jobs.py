"""The retros' timers, and their messages: drawn from the present state."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.agreement import Agreement
from bot.blocks import Message
from bot.errors import Later
from bot.jobs import FollowDeal, Sight, TendRetro
from bot.posts import Posting
from bot.retros import looks
from bot.retros.commands import Tend
from storage.posts import Posts
from storage.retros import Retros

A_MOMENT: Final = timedelta(seconds=1)
LOST_AFTER: Final = timedelta(minutes=10)  # a head whose answer never came is not waited for any longer


@dataclass(frozen=True, slots=True)
class RetroJobs:
    retros: Retros
    posts: Posts
    agreement: Agreement
    now: Callable[[], datetime]

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {FollowDeal: self.follow, TendRetro: self.tend}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.RETRO: self.head, Sight.RETRO_TURN: self.turn}

    async def follow(self, job: FollowDeal, _until: datetime) -> None:
        await self.retros.follow(job.deal, self.now())

    async def tend(self, job: TendRetro, _until: datetime) -> None:
        await self.retros.change(job.retro, Tend(), self.now())

    async def head(self, about: str, _now: datetime) -> Posting | None:
        seen = await self.retros.sight(about)
        if seen is None or seen.retro.started_at is None:
            return None
        return Posting(channel=self.agreement.channels.retros, message=looks.head(seen))

    async def turn(self, about: str, now: datetime) -> Posting | None:
        retro, _, number = about.rpartition("|")
        seen = await self.retros.sight(retro)
        if seen is None:
            return None
        return await self._under(retro, looks.turn_note(seen.retro.turns[int(number) - 1]), now)

    async def _under(self, retro: str, message: Message, now: datetime) -> Posting | None:
        """In the thread; nowhere once its head was deleted. Raises Later while that is on its way."""
        above = await self.posts.find(Sight.RETRO, retro)
        if above is not None and above.ts is not None:
            return Posting(channel=above.channel, thread=above.ts, message=message)
        lost = above is not None and above.sending_at is not None and now - above.sending_at > LOST_AFTER
        if lost or (above is not None and above.deleted):
            return None
        raise Later(A_MOMENT)
