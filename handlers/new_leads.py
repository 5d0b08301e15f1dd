"""A lead made by hand, from nothing or from a message: it comes in as a feed's does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import ids, new_leads
from bot.agreement import Agreement
from bot.arrivals import LeadArrival, Senseless
from bot.cards import headline
from bot.deals import BY_HAND as FEED
from bot.errors import Refused
from bot.finding import stands
from bot.people import Person, Role
from handlers.payloads import Answer, Open, Routes, Said, Say, Shortcut, Submission, Wrong
from storage.db import Space
from storage.intake import Intake
from storage.searches import Searches


@dataclass(frozen=True, slots=True)
class NewLeadHandlers:
    intake: Intake
    searches: Searches
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "NewLeadHandlers":
        return cls(Intake(space, agreement), Searches(space, agreement), agreement, now)

    def routes(self) -> Routes:
        return Routes(
            commands={"new": self.ask},
            shortcuts={ids.NEW_LEAD: self.begin, ids.FROM_MESSAGE: self.begin},
            forms={ids.NEW_FORM: self.make},
        )

    async def ask(self, said: Said) -> Answer:
        await self.searches.who(said.by)
        return Open(view=new_leads.new_form(new_leads.told_by(said.words)))

    async def begin(self, shortcut: Shortcut) -> Answer:
        await self.searches.who(shortcut.by)
        return Open(view=new_leads.new_form(new_leads.told_in(shortcut.text)))

    async def make(self, form: Submission) -> Say | Wrong | None:
        person = await self.searches.who(form.by)
        try:
            made = new_leads.read_form(form.values)
            arrival = new_leads.arrival_of(made, None)
            known = await self.searches.known(arrival)
            if made.mine and known is None:
                arrival = new_leads.arrival_of(made, self._address(person))
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=refused.field, words=str(refused))
        [outcome] = await self.intake.keep([arrival], feed=FEED, now=self.now())
        if isinstance(outcome, Senseless):
            return Wrong(block=ids.MINE, words=outcome.problems[0].words)
        return Say(words=await self._where_it_is(arrival, form.by, known=known is not None))

    def _address(self, person: Person) -> str:
        if not self.agreement.has(person, Role.REP):
            raise Refused(new_leads.NOT_A_REP, field=ids.MINE)
        if person.email is None:
            raise Refused(new_leads.NO_ADDRESS, field=ids.MINE)
        return person.email

    async def _where_it_is(self, arrival: LeadArrival, by: str, *, known: bool) -> str:
        lead = await self.searches.known(arrival)
        if lead is None:
            return "Kept."
        seen = await self.searches.get(lead, by, self.now(), whoever=True)
        begins = "We know this one already. " if known else ""
        return f"{begins}{headline(seen.lead)}: {stands(seen)}"
