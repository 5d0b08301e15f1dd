"""What marketing is told, later: messages drawn from the present state."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import feedback
from bot.agreement import Agreement
from bot.blocks import Message
from bot.errors import Later
from bot.jobs import Sight
from bot.leads.disputing import judges
from bot.posts import Posting
from storage.campaigns import Campaigns
from storage.db import Space
from storage.leads import Leads
from storage.people import People
from storage.posts import Post, Posts
from storage.sights import Sights
from storage.teams import Teams

Renderer = Callable[[str, datetime], Awaitable[Posting | None]]
NAMED: Final = 5
A_MOMENT: Final = timedelta(seconds=1)
LOST_AFTER: Final = timedelta(minutes=10)  # a message whose answer never came is not waited for any longer


@dataclass(frozen=True, slots=True)
class FeedbackJobs:
    leads: Leads
    sights: Sights
    campaigns: Campaigns
    posts: Posts
    teams: Teams
    people: People
    agreement: Agreement

    @classmethod
    def of(cls, space: Space, agreement: Agreement) -> "FeedbackJobs":
        leads, sights = Leads(space, agreement), Sights(space, agreement)
        teams, people = Teams(space, agreement), People(space)
        return cls(leads, sights, Campaigns(space), Posts(space), teams, people, agreement)

    def renderers(self) -> Mapping[Sight, Renderer]:
        return {
            Sight.REJECTION: self.rejection,
            Sight.CAMPAIGN: self.campaign,
            Sight.NURTURE: self.nurture,
        }

    async def rejection(self, about: str, now: datetime) -> Posting | None:
        """Under the campaign's message of the week; with one channel for all, under the card."""
        found = await self.sights.of_rejection(about, now)
        if found is None:
            return None
        seen, rejection, handoff = found
        team = await self.teams.now(handoff.team)
        if self.agreement.one_channel:
            above = await self.posts.find(Sight.CARD, handoff.card)
        else:
            above = await self.posts.find(Sight.CAMPAIGN, f"{handoff.week}|{handoff.line}")
        return self._under(
            above, feedback.rejection_note(seen, rejection, judges=bool(judges(team, [rejection.by]))), now
        )

    async def campaign(self, about: str, _now: datetime) -> Posting | None:
        week, _, line = about.partition("|")
        standing = await self.campaigns.standing(week, line)
        owner = (await self.campaigns.known(line)).owner
        name = (await self.people.names([owner])).get(owner) if owner else None
        message = feedback.campaign_note(line, week, standing, self.agreement, name)
        return Posting(channel=self.agreement.channels.feedback, message=message)

    async def nurture(self, about: str, now: datetime) -> Posting | None:
        """Under the campaign's message, too; with one channel for all there is none to be under."""
        _, _, line = about.partition("|")
        total = await self.campaigns.count_on_shelf(about)
        named = await self.leads.on_shelf(about, NAMED)
        message = feedback.nurture_note(line, named, total - len(named), about)
        if self.agreement.one_channel:
            return Posting(channel=self.agreement.channels.feedback, message=message)
        return self._under(await self.posts.find(Sight.CAMPAIGN, about), message, now)

    def _under(self, above: Post | None, message: Message, now: datetime) -> Posting:
        """Below that message; on its own where there is none any more. Raises Later while it is on its way."""
        if above is not None and above.ts is not None:
            return Posting(channel=above.channel, thread=above.ts, message=message)
        lost = above is not None and above.sending_at is not None and now - above.sending_at > LOST_AFTER
        if lost or (above is not None and above.deleted):
            return Posting(channel=self.agreement.channels.feedback, message=message)
        raise Later(A_MOMENT)
