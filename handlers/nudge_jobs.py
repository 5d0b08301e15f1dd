"""The ladder's timers, and the messages that remind people: drawn from the present state."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.agreement import Agreement
from bot.jobs import Climb, Gather, Settle, Sight, redraw
from bot.leads.commands import Rise
from bot.nudges import Nudge, still_asks
from bot.posts import Posting
from bot.reminders import Reminded, channel_line, reminder
from storage.db import Space
from storage.leads import Leads
from storage.nudges import Nudges
from storage.posts import Posts
from storage.sights import Sights


@dataclass(frozen=True, slots=True)
class NudgeJobs:
    leads: Leads
    nudges: Nudges
    sights: Sights
    posts: Posts
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "NudgeJobs":
        return cls(
            Leads(space, agreement), Nudges(space, agreement), Sights(space, agreement), Posts(space), now
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {Climb: self.climb, Gather: self.gather, Settle: self.settle}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.REMINDER: self.reminder, Sight.LINE: self.line}

    async def climb(self, job: Climb, _until: datetime) -> None:
        await self.leads.change(job.lead, Rise(handoff=job.handoff), self.now())

    async def gather(self, job: Gather, _until: datetime) -> None:
        await self.nudges.gather(job.person, self.now())

    async def settle(self, job: Settle, _until: datetime) -> None:
        await self.nudges.settle(job.handoff, self.now(), acted=bool(job.by))

    async def reminder(self, about: str, now: datetime) -> Posting | None:
        """What a person is reminded of; nothing is sent where all of it was settled before."""
        told = await self._reminded(await self.nudges.of_reminder(about), now)
        if not told:
            return None
        wanted = any(still_asks(each.nudge, each.seen.lead) for each in told)
        person = told[0].nudge.person
        return Posting(channel=person, message=reminder(told), wanted=wanted)

    async def line(self, about: str, now: datetime) -> Posting | None:
        """One for those of a card that are due together: whichever is said first."""
        nudge = await self.nudges.get(about)
        line = None if nudge is None else await self.nudges.in_one_line(nudge)
        told = [] if line is None else await self._reminded(line.told, now)
        if line is None or not told:
            return None
        if line.by != about:
            await self.posts.add([redraw(Sight.LINE, line.by, now, channel=told[0].handoff.channel)])
            return None
        card = await self.posts.find(Sight.CARD, told[0].handoff.card)
        if card is None or card.ts is None:
            return None
        message = channel_line(told, shared=line.shared, again=line.again)
        return Posting(channel=card.channel, thread=card.ts, message=message)

    async def _reminded(self, nudges: list[Nudge], now: datetime) -> list[Reminded]:
        seen = await self.sights.of_handoffs({nudge.handoff for nudge in nudges}, now)
        return [Reminded(nudge, *seen[nudge.handoff]) for nudge in nudges if nudge.handoff in seen]
