"""What marketing sends to sales again: as it is, on a day, or corrected."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import ids, recycling
from bot.agreement import Agreement
from bot.errors import Refused
from bot.leads.commands import Command, Mend, Recycle, Revive
from handlers.payloads import Answer, Click, Open, Routes, Say, Submission, Wrong
from storage.db import Space
from storage.leads import Leads, lead_of
from storage.retros import Retros
from storage.searches import Searches
from storage.sights import Sights


@dataclass(frozen=True, slots=True)
class RecyclingHandlers:
    leads: Leads
    sights: Sights
    searches: Searches
    retros: Retros
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "RecyclingHandlers":
        searches = Searches(space, agreement)
        return cls(
            Leads(space, agreement),
            Sights(space, agreement),
            searches,
            Retros(space, agreement),
            agreement,
            now,
        )

    def routes(self) -> Routes:
        return Routes(
            actions={ids.RECYCLE: self.ask_when, ids.FIX: self.ask_what, ids.REVIVE: self.ask_which},
            choices={ids.SEND_AGAIN: self.ask_when},
            forms={ids.RECYCLE_FORM: self.recycle, ids.FIX_FORM: self.fix, ids.REVIVE_FORM: self.revive},
        )

    async def ask_when(self, click: Click) -> Answer:
        """The form; who comes too late is told who has the lead by now."""
        await self.leads.check(lead_of(click.value), Recycle(by=click.by, rejection=click.value), self.now())
        found = await self.sights.of_rejection(click.value, self.now())
        return found and Open(view=recycling.recycle_form(*found[:2]))

    async def ask_what(self, click: Click) -> Answer:
        """The form, which shows how to reach the lead: that is logged."""
        await self.leads.check(lead_of(click.value), Mend(by=click.by, rejection=click.value), self.now())
        found = await self.sights.of_rejection(click.value, self.now())
        if found is None:
            return None
        await self.searches.looked(lead_of(click.value), click.by, self.now())
        return Open(view=recycling.fix_form(*found[:2]))

    async def ask_which(self, click: Click) -> Answer:
        """The form for the leads of a lost deal; a summary from before they went out again is drawn anew."""
        seen = await self.retros.sight(click.value)
        leads = () if seen is None else recycling.revived(seen)
        if seen is None or not leads:
            await self.retros.draw_summary(click.value, self.now())
            raise Refused(recycling.NOTHING_LEFT)
        await self.leads.check(leads[0].id, Revive(by=click.by, deal=click.value), self.now())
        return Open(view=recycling.revive_form(seen))

    async def revive(self, form: Submission) -> Say | Wrong | None:
        now = self.now()
        seen = await self.retros.sight(form.about)
        leads = () if seen is None else recycling.revived(seen)
        chosen = recycling.lead_chosen(form.values) or next((lead.id for lead in leads), "")
        if chosen not in {lead.id for lead in leads}:
            raise Refused(recycling.NOTHING_LEFT)
        return await self._sent(
            chosen, lambda: recycling.read_revive(form.values, form.by, form.about, self.agreement, now)
        )

    async def recycle(self, form: Submission) -> Say | Wrong | None:
        now = self.now()
        return await self._sent(
            lead_of(form.about),
            lambda: recycling.read_recycle(form.values, form.by, form.about, self.agreement, now),
        )

    async def fix(self, form: Submission) -> Say | Wrong | None:
        return await self._sent(
            lead_of(form.about), lambda: recycling.read_fix(form.values, form.by, form.about)
        )

    async def _sent(self, lead: str, read: Callable[[], Command]) -> Wrong | None:
        try:
            await self.leads.change(lead, read(), self.now())
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=refused.field, words=str(refused))
        return None
