"""What people tell of deals in Slack: /truce deal, and the buttons on a lead. A form becomes a deal's news."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot import ids
from bot.agreement import Agreement
from bot.deal_forms import OPEN, About, block_of, chosen, deal_form, lead_chosen, read_deal
from bot.deal_telling import DealSight, kept, need_open, open_ones
from bot.deals import Deal, DealState
from bot.errors import Refused
from bot.jobs import RenewDeal
from handlers.payloads import Answer, Change, Click, Open, Routes, Said, Say, Submission, Wrong
from storage.db import Space
from storage.deal_sights import Deals
from storage.intake import Intake


@dataclass(frozen=True, slots=True)
class DealHandlers:
    deals: Deals
    intake: Intake
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "DealHandlers":
        return cls(Deals(space, agreement), Intake(space, agreement), now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.DEAL_OPENED: self.ask_of_a_new_one,
                ids.DEAL_WON: self.ask_of_the_won,
                ids.DEAL_LOST: self.ask_of_the_lost,
                ids.WHICH_DEAL: self.change,
                ids.DEAL_STAGE: self.change,
            },
            choices={
                ids.OPENED: self.ask_of_a_new_one,
                ids.WON: self.ask_of_the_won,
                ids.LOST: self.ask_of_the_lost,
            },
            forms={ids.DEAL_FORM: self.tell},
            commands={"deal": self.ask},
        )

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {RenewDeal: self.renew}

    async def renew(self, job: RenewDeal, _until: datetime) -> None:
        arrival = await self.deals.renewals.begin(job.deal, self.now())
        if arrival is not None:
            await self.intake.keep([arrival], feed=arrival.feed, now=self.now())

    async def ask(self, said: Said) -> Answer:
        sight = await self.deals.sight(said.by)
        about = About(fresh=uuid4().hex, name=said.words)
        return Open(view=deal_form(sight, about, OPEN, now=self.now()))

    async def ask_of_a_new_one(self, click: Click) -> Answer:
        sight = await self._sight(click)
        about = About(fresh=uuid4().hex, lead=click.value)
        return Open(view=deal_form(sight, about, OPEN, now=self.now()))

    async def ask_of_the_won(self, click: Click) -> Answer:
        return await self._ask_of_the_closed(click, DealState.WON)

    async def ask_of_the_lost(self, click: Click) -> Answer:
        return await self._ask_of_the_closed(click, DealState.LOST)

    async def change(self, click: Click) -> Answer:
        """Another deal, or another stage: the questions that belong to it."""
        view = click.view or {}
        about = About.read(view["private_metadata"])
        which, stage = chosen(view["state"]["values"], about)
        sight = await self.deals.sight(click.by, about.lead or None)
        deal = await self._meant(sight, which)
        if click.action_id == ids.WHICH_DEAL and deal is not None:
            stage = str(deal.fields.get("stage") or OPEN)
        return Change(view=deal_form(sight, about, stage, deal, now=self.now()))

    async def tell(self, form: Submission) -> Say | Wrong | None:
        about = About.read(form.about)
        which, _ = chosen(form.values, about)
        try:
            lead = about.lead or lead_chosen(form.values)
            sight = await self.deals.sight(form.by, lead)
            deal = await self._meant(sight, which)
            news = read_deal(form.values, about, sight, deal)
            await self.intake.tell(news, self.now())
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=block_of(refused, form.values), words=str(refused))
        return Say(words=kept(news))

    async def _ask_of_the_closed(self, click: Click, state: DealState) -> Answer:
        sight = await self._sight(click)
        try:
            need_open(sight)
        except Refused as refused:
            await self.deals.draw_anew(refused.jobs)
            raise
        waiting = open_ones(sight.deals)
        deal = waiting[0] if waiting else None
        only = deal.id if deal and len(waiting) == 1 else ""
        about = About(fresh=uuid4().hex, lead=click.value, deal=only)
        return Open(view=deal_form(sight, about, state, deal, now=self.now()))

    async def _meant(self, sight: DealSight, which: str | None) -> Deal | None:
        """The deal that was chosen, though it may have been closed meanwhile; None: a new one."""
        if which is None:
            return None
        known = next((each for each in sight.deals if each.id == which), None)
        return known or await self.deals.get(which)

    async def _sight(self, click: Click) -> DealSight:
        """What the form is drawn from; who may not tell, or comes too late, sees it drawn anew."""
        try:
            return await self.deals.sight(click.by, click.value)
        except Refused as refused:
            await self.deals.draw_anew(refused.jobs)
            raise
