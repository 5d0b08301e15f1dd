"""/truce campaigns: how each stands, and what marketing says of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import campaigns, ids
from bot.agreement import Agreement
from bot.bundles import SWITCHED, bundle_note, read_switch
from bot.jobs import PlanBundles, Sight
from bot.posts import Posting
from handlers.payloads import Answer, Click, Open, Routes, Said, Say, Submission, Wrong
from storage.campaigns import Campaigns
from storage.db import Space
from storage.people import People


@dataclass(frozen=True, slots=True)
class CampaignHandlers:
    campaigns: Campaigns
    people: People
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "CampaignHandlers":
        return cls(Campaigns(space), People(space), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            actions={ids.CAMPAIGN: self.ask},
            forms={ids.CAMPAIGN_FORM: self.keep},
            commands={"campaigns": self.tell},
        )

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.BUNDLE: self.bundle}

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {PlanBundles: self.plan}

    async def plan(self, _job: PlanBundles, _until: datetime) -> None:
        await self.campaigns.plan_bundles(self.agreement, self.now())

    async def bundle(self, about: str, _now: datetime) -> Posting | None:
        message = bundle_note(await self.campaigns.bundle(about, self.agreement), self.agreement)
        return message and Posting(channel=about.partition("|")[2], message=message)

    async def tell(self, said: Said) -> Say:
        on = read_switch(said.words)
        if on is not None:
            await self.campaigns.switch_bundle(said.by, self.agreement, on=on)
            return Say(words=SWITCHED[on])
        weeks = campaigns.weeks_until(self.now(), self.agreement)
        seen, more = await self.campaigns.lately(weeks, said.by, self.agreement, said.words)
        names = await self.people.names([each.campaign.owner for each in seen if each.campaign.owner])
        note = campaigns.campaigns_note(
            seen, more, lambda slack_id: names.get(slack_id, "Somebody"), self.agreement, said.words
        )
        return Say(words=note.text, blocks=note.blocks)

    async def ask(self, click: Click) -> Answer:
        return Open(
            view=campaigns.campaign_form(await self.campaigns.get(click.value, click.by, self.agreement))
        )

    async def keep(self, form: Submission) -> Say | Wrong | None:
        told = campaigns.read_campaign(form.values, form.about)
        await self.campaigns.keep(told, form.by, self.agreement, self.now())
        return None  # the campaign's message and its cards show it
