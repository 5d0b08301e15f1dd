"""What marketing answers to a rejection, and what a manager says to a second look."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import disputes, ids
from bot.agreement import Agreement
from bot.jobs import EndDispute, Sight
from bot.leads.commands import Dispute, Follow, Judge, LetStand, Thank
from bot.posts import Posting
from bot.text import plain
from handlers.payloads import Answer, Click, Open, Routes, Say, Submission, Wrong
from storage.db import Space
from storage.leads import Leads, lead_of
from storage.sights import Sights


@dataclass(frozen=True, slots=True)
class DisputeHandlers:
    leads: Leads
    sights: Sights
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "DisputeHandlers":
        return cls(Leads(space, agreement), Sights(space, agreement), now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.THANK: self.thank,
                ids.DISPUTE: self.ask_at_what,
                ids.IT_STANDS: self.it_stands,
                ids.BACK_TO_REP: self.back_to_rep,
            },
            choices={ids.FOLLOW: self.follow, ids.THANKS: self.thank},
            forms={ids.DISPUTE_FORM: self.dispute},
        )

    def runners(self) -> Mapping[type, Callable[[EndDispute, datetime], Awaitable[None]]]:
        return {EndDispute: self.end}

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.DISPUTE: self.question, Sight.RULING: self.ruling, Sight.NEWS: self.news}

    async def thank(self, click: Click) -> Answer:
        await self.leads.change(lead_of(click.value), Thank(by=click.by, rejection=click.value), self.now())
        return None

    async def follow(self, click: Click) -> Answer:
        lead = await self.leads.change(click.value, Follow(by=click.by), self.now())
        return Say(words=f"You will be told by direct message how {plain(lead.called)} goes.")

    async def ask_at_what(self, click: Click) -> Answer:
        """The form; who may not ask, or cannot any more, is told so instead."""
        command = Dispute(by=click.by, rejection=click.value)
        lead = await self.leads.check(lead_of(click.value), command, self.now())
        return Open(view=disputes.dispute_form(lead, click.value))

    async def dispute(self, form: Submission) -> Say | Wrong | None:
        words = disputes.read_dispute(form.values)
        command = Dispute(by=form.by, rejection=form.about, words=words)
        await self.leads.change(lead_of(form.about), command, self.now())
        return None  # the rejection's message shows it

    async def it_stands(self, click: Click) -> Answer:
        return await self._judge(click, stands=True)

    async def back_to_rep(self, click: Click) -> Answer:
        return await self._judge(click, stands=False)

    async def end(self, job: EndDispute, _until: datetime) -> None:
        await self.leads.change(job.lead, LetStand(rejection=job.rejection), self.now())

    async def question(self, about: str, now: datetime) -> Posting | None:
        rejection, _, person = about.partition("|")
        found = await self.sights.of_rejection(rejection, now)
        return found and Posting(channel=person, message=disputes.dispute_note(*found))

    async def ruling(self, about: str, now: datetime) -> Posting | None:
        rejection, _, person = about.partition("|")
        found = await self.sights.of_rejection(rejection, now)
        return found and Posting(channel=person, message=disputes.ruling_note(*found[:2]))

    async def news(self, about: str, now: datetime) -> Posting | None:
        news, _, person = about.partition("|")
        found = await self.sights.of_handoff(news.rpartition(".")[0], now)
        return found and Posting(channel=person, message=disputes.news_note(*found))

    async def _judge(self, click: Click, *, stands: bool) -> Answer:
        command = Judge(by=click.by, rejection=click.value, stands=stands)
        await self.leads.change(lead_of(click.value), command, self.now())
        return None
