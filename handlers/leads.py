"""What people do to a lead in Slack: a click or a form becomes a command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import handing, ids, passing, rejecting
from bot.agreement import Agreement
from bot.blocks import option
from bot.errors import Refused
from bot.leads.commands import (
    Accept,
    Command,
    Contact,
    Give,
    HandBack,
    HandOn,
    HandOver,
    NoAnswer,
    Reject,
    Take,
    Undo,
)
from bot.reasons import REASONS
from handlers.payloads import Answer, Change, Click, Open, Routes, Say, Search, Submission, Wrong
from storage.cards import Answers, Cards
from storage.db import Space
from storage.leads import Leads
from storage.searches import Searches
from storage.teams import Teams

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class LeadHandlers:
    leads: Leads
    searches: Searches
    cards: Cards
    teams: Teams
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "LeadHandlers":
        searches, cards = Searches(space, agreement), Cards(space, agreement)
        return cls(Leads(space, agreement), searches, cards, Teams(space, agreement), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.ACCEPT: self.accept,
                ids.REJECT: self.ask_why,
                ids.TAKE: self.take,
                ids.ACCEPT_ALL: self.accept_all,
                ids.REJECT_SOME: self.ask_which_and_why,
                ids.CONTACTED: self.contacted,
                ids.NO_ANSWER: self.no_answer,
                ids.ANSWERED: self.answered,
                ids.TRIED: self.tried,
                ids.REASON: self.choose_reason,
                ids.HAND_OVER: self.ask_which,
                ids.HAND_BACK: self.ask_why_back,
                ids.HAND_ON: self.ask_to_whom,
                ids.GIVE: self.ask_who_is_to_have_it,
            },
            choices={
                ids.NOT_FOR_ME: self.not_for_me,
                ids.MET: self.contacted,
                ids.UNDO: self.undo,
                ids.ACCEPT_ONE: self.accept,
                ids.TAKE_ONE: self.take,
                ids.REJECT_OWN: self.ask_why,
                ids.BACK: self.ask_why_back,
                ids.ON: self.ask_to_whom,
                ids.GIVE_TO: self.ask_who_is_to_have_it,
            },
            forms={
                ids.REJECT_FORM: self.reject,
                ids.REJECT_SOME_FORM: self.reject_some,
                ids.HAND_OVER_FORM: self.hand_over,
                ids.HAND_BACK_FORM: self.hand_back,
                ids.HAND_ON_FORM: self.hand_on,
                ids.GIVE_FORM: self.give,
            },
            searches={ids.RECORD: self.find_record},
        )

    async def accept(self, click: Click) -> Answer:
        return await self._change(click.value, Accept(by=click.by))

    async def accept_all(self, click: Click) -> Answer:
        answers = await self.cards.answer(click.value, Accept(by=click.by), self.now())
        return _partly(answers, "yours")

    async def take(self, click: Click) -> Answer:
        return await self._change(click.value, Take(by=click.by))

    async def contacted(self, click: Click) -> Answer:
        return await self._change(click.value, Contact(by=click.by))

    async def no_answer(self, click: Click) -> Answer:
        return await self._change(click.value, NoAnswer(by=click.by))

    async def answered(self, click: Click) -> Answer:
        return await self._change(click.value, Contact(by=click.by, answers=True))

    async def tried(self, click: Click) -> Answer:
        return await self._change(click.value, NoAnswer(by=click.by, answers=True))

    async def undo(self, click: Click) -> Answer:
        return await self._change(click.value, Undo(by=click.by))

    async def not_for_me(self, click: Click) -> Answer:
        command = Reject(by=click.by, reason="not_mine", hides=True)
        lead = await self.leads.change(click.value, command, self.now())
        return Say(words=passing.passed_on(lead, None, self.now()))

    async def ask_why(self, click: Click) -> Answer:
        """The form; who may not reject this lead, or comes too late, is told so instead."""
        lead = await self.leads.check(click.value, Reject(by=click.by, reason=""), self.now())
        return Open(view=rejecting.reject_form(lead, self.agreement, self.now()))

    async def ask_which_and_why(self, click: Click) -> Answer:
        """The same for all that wait on a card: one of them, or all."""
        leads = await self.cards.waiting(click.value, click.by, self.now())
        await self.leads.check(leads[0].id, Reject(by=click.by, reason=""), self.now())
        return Open(view=rejecting.reject_some_form(leads, click.value, self.agreement, self.now()))

    async def choose_reason(self, click: Click) -> Answer:
        """The second question appears with its reason."""
        view = click.view or {}
        about, chosen = view["private_metadata"], rejecting.read_reason(view["state"]["values"])
        if view["callback_id"] == ids.REJECT_SOME_FORM:
            leads = await self.cards.waiting(about, click.by, self.now())
            form = rejecting.reject_some_form(leads, about, self.agreement, self.now(), chosen)
            return Change(view=form)
        lead = await self.leads.check(about, Reject(by=click.by, reason=""), self.now())
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
        return Say(words=passing.passed_on(lead, command.colleague, self.now()))

    async def reject_some(self, form: Submission) -> Say | Wrong | None:
        try:
            which = rejecting.read_which(form.values)
            command = rejecting.read_rejection(form.values, form.by, self.agreement, self.now())
            answers = await self.cards.answer(form.about, command, self.now(), which)
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=rejecting.block_of(refused, form.values), words=str(refused))
        if REASONS[command.reason].rejects or len(answers.done) + len(answers.refused) > 1:
            return _partly(answers, "answered")
        return Say(words=passing.passed_on(answers.done[0], command.colleague, self.now()))

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

    async def ask_why_back(self, click: Click) -> Answer:
        lead = await self.leads.check(click.value, HandBack(by=click.by, reason=""), self.now())
        return Open(view=passing.hand_back_form(lead))

    async def ask_to_whom(self, click: Click) -> Answer:
        command = HandOn(by=click.by, colleague="", note="")
        return Open(view=passing.hand_on_form(await self.leads.check(click.value, command, self.now())))

    async def ask_who_is_to_have_it(self, click: Click) -> Answer:
        lead = await self.leads.check(click.value, Give(by=click.by, colleague=""), self.now())
        return Open(view=passing.give_form(lead))

    async def hand_back(self, form: Submission) -> Say | Wrong | None:
        return await self._sent(form, passing.read_hand_back(form.values, form.by))

    async def hand_on(self, form: Submission) -> Say | Wrong | None:
        return await self._sent(form, passing.read_hand_on(form.values, form.by))

    async def give(self, form: Submission) -> Say | Wrong | None:
        about, command = passing.read_give(form.values, form.by, form.about)
        try:
            lead = await self.leads.change(about, command, self.now())
        except Refused as refused:
            return _wrong(refused)
        if lead.handoff is None or command.colleague == form.by:
            return None
        colleague = await self.teams.colleague(command.colleague, lead.handoff.team)
        words = None if colleague is None else passing.told_later(colleague, lead.handoff, self.now())
        return None if words is None else Say(words=words)

    async def find_record(self, search: Search) -> Sequence[Mapping[str, Any]]:
        about = search.about
        if about.startswith("{"):  # of no lead yet: a deal looks for the one that it grew from
            seen = await self.searches.find(search.words, search.by, MOST_FOUND, self.now())
            return [option(each.lead.called, each.lead.id).to_dict() for each in seen]
        if "-" in about:  # a card
            about = (await self.cards.waiting(about, search.by, self.now()))[0].id
        found = await self.searches.records(search.words, about, search.by, MOST_FOUND)
        return [option(lead.called, lead.id).to_dict() for lead in found]

    async def _sent(self, form: Submission, command: Command) -> Wrong | None:
        try:
            await self.leads.change(form.about, command, self.now())
        except Refused as refused:
            return _wrong(refused)
        return None

    async def _change(self, lead: str, command: Command) -> Answer:
        await self.leads.change(lead, command, self.now())
        return None


def _wrong(refused: Refused) -> Wrong:
    if refused.field is None:
        raise refused
    return Wrong(block=passing.block_of(refused.field), words=str(refused))


def _partly(answers: Answers, done: str) -> Say | None:
    """The card shows what was done; why it was not done to others is said."""
    if not answers.refused:
        return None
    why = " ".join(dict.fromkeys(str(each) for each in answers.refused))
    stay = "1 stays as it is" if len(answers.refused) == 1 else f"{len(answers.refused)} stay as they are"
    are = "is" if len(answers.done) == 1 else "are"
    return Say(words=f"{len(answers.done)} {are} {done}. {stay}: {why}")
