"""What people do to a lead in Slack: a click or a form becomes a command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import handing, ids, rejecting
from bot.agreement import Agreement
from bot.blocks import option
from bot.errors import Refused
from bot.leads.commands import Accept, Command, Contact, HandOver, NoAnswer, Reject, Take, Thank, Undo
from bot.leads.lead import Lead
from bot.reasons import REASONS
from bot.text import mention, plain
from bot.timeline import timeline
from handlers.payloads import Answer, Change, Click, Open, Routes, Say, Search, Submission, Wrong
from storage.leads import Leads, lead_of
from storage.sights import Sights

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class LeadHandlers:
    leads: Leads
    sights: Sights
    agreement: Agreement
    now: Callable[[], datetime]

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.ACCEPT: self.accept,
                ids.REJECT: self.ask_why,
                ids.TAKE: self.take,
                ids.CONTACTED: self.contacted,
                ids.NO_ANSWER: self.no_answer,
                ids.REASON: self.choose_reason,
                ids.THANK: self.thank,
                ids.HAND_OVER: self.ask_which,
            },
            choices={
                ids.TIMELINE: self.timeline,
                ids.NOT_FOR_ME: self.not_for_me,
                ids.UNDO: self.undo,
                ids.REJECT_OWN: self.ask_why,
            },
            forms={ids.REJECT_FORM: self.reject, ids.HAND_OVER_FORM: self.hand_over},
            searches={ids.RECORD: self.find_record},
        )

    async def accept(self, click: Click) -> Answer:
        return await self._change(click.value, Accept(by=click.by))

    async def take(self, click: Click) -> Answer:
        return await self._change(click.value, Take(by=click.by))

    async def contacted(self, click: Click) -> Answer:
        return await self._change(click.value, Contact(by=click.by))

    async def no_answer(self, click: Click) -> Answer:
        return await self._change(click.value, NoAnswer(by=click.by))

    async def undo(self, click: Click) -> Answer:
        return await self._change(click.value, Undo(by=click.by))

    async def thank(self, click: Click) -> Answer:
        return await self._change(lead_of(click.value), Thank(by=click.by, rejection=click.value))

    async def not_for_me(self, click: Click) -> Answer:
        lead = await self.leads.change(click.value, Reject(by=click.by, reason="not_mine"), self.now())
        return Say(words=_passed_on(lead, None))

    async def timeline(self, click: Click) -> Answer:
        seen = await self.sights.of_lead(click.value, self.now())
        entries = await self.leads.history(click.value, click.by)
        return Open(view=timeline(seen.lead, seen.touches, entries, seen.who, self.agreement))

    async def ask_why(self, click: Click) -> Answer:
        """The form; who may not reject this lead, or comes too late, is told so instead."""
        lead = await self.leads.check(click.value, Reject(by=click.by, reason=""), self.now())
        return Open(view=rejecting.reject_form(lead, self.agreement, self.now()))

    async def choose_reason(self, click: Click) -> Answer:
        """The second question appears with its reason."""
        view = click.view or {}
        lead = await self.leads.get(view["private_metadata"])
        chosen = rejecting.read_reason(view["state"]["values"])
        return Change(view=rejecting.reject_form(lead, self.agreement, self.now(), chosen))

    async def reject(self, form: Submission) -> Say | Wrong | None:
        try:
            command = rejecting.read_rejection(form.values, form.by, self.agreement, self.now())
            lead = await self.leads.change(form.about, command, self.now())
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=rejecting.block_of(refused, form.values), words=str(refused))
        if REASONS[command.reason].rejects:
            return None  # the card shows it
        return Say(words=_passed_on(lead, command.colleague))

    async def ask_which(self, click: Click) -> Answer:
        leads = await self.leads.on_shelf(click.value, handing.MOST_CHOICES)
        if not leads:
            raise Refused("All of them have been handed over. Nothing for you to do.")
        await self.leads.check(leads[0].id, HandOver(by=click.by, note=""), self.now())
        return Open(view=handing.hand_over_form(leads, click.value))

    async def hand_over(self, form: Submission) -> Say | Wrong | None:
        try:
            lead_id, note = handing.read_hand_over(form.values)
            await self.leads.change(lead_id, HandOver(by=form.by, note=note), self.now())
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=refused.field, words=str(refused))
        return None

    async def find_record(self, search: Search) -> Sequence[Mapping[str, Any]]:
        found = await self.leads.find(search.words, MOST_FOUND)
        return [option(lead.called, lead.id).to_dict() for lead in found if lead.id != search.about]

    async def _change(self, lead: str, command: Command) -> Answer:
        await self.leads.change(lead, command, self.now())
        return None


def _passed_on(lead: Lead, colleague: str | None) -> str:
    whom = f"{mention(colleague)} is asked now" if colleague else "Anyone else may still take it"
    return f"You will not be asked about {plain(lead.called)} again. {whom}."
