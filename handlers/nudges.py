"""What people ask of the ladder: to be left alone for a while, an hour more, a next step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import ids, snoozing
from bot.agreement import Agreement
from bot.errors import Refused
from bot.leads.commands import Command, Grant, Snooze, StopReminding
from handlers.payloads import Answer, Click, Open, Routes, Say, Submission, Wrong
from storage.db import Space
from storage.leads import Leads
from storage.teams import Teams


@dataclass(frozen=True, slots=True)
class NudgeHandlers:
    leads: Leads
    teams: Teams
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "NudgeHandlers":
        return cls(Leads(space, agreement), Teams(space, agreement), now)

    def routes(self) -> Routes:
        return Routes(
            actions={ids.GRANT: self.grant, ids.NEXT_STEP: self.ask_next_step},
            choices={
                ids.PUT_OFF: self.put_off,
                ids.LATER: self.ask_until_when,
                ids.STOP_REMINDING: self.stop,
            },
            forms={ids.LATER_FORM: self.later, ids.NEXT_STEP_FORM: self.next_step},
        )

    async def grant(self, click: Click) -> Answer:
        await self.leads.change(click.value, Grant(by=click.by), self.now())
        return Say(words="Given: everything that would come next comes a working hour later.")

    async def put_off(self, click: Click) -> Answer:
        until = snoozing.put_off(await self.teams.calendar(click.by), self.now())
        lead = await self.leads.change(click.value, Snooze(by=click.by, until=until), self.now())
        return Say(words=snoozing.put_off_said(lead, until, self.now()))

    async def stop(self, click: Click) -> Answer:
        await self.leads.change(click.value, StopReminding(by=click.by), self.now())
        return Say(words="You will not be reminded of this one again.")

    async def ask_until_when(self, click: Click) -> Answer:
        """The form; whose lead it is not is told so instead."""
        command = snoozing.any_snooze(click.by, self.now())
        lead = await self.leads.check(click.value, command, self.now())
        return Open(view=snoozing.later_form(lead, click.by))

    async def ask_next_step(self, click: Click) -> Answer:
        lead = await self.leads.check(click.value, snoozing.any_step(click.by, self.now()), self.now())
        return Open(view=snoozing.next_step_form(lead))

    async def later(self, form: Submission) -> Say | Wrong | None:
        calendar = await self.teams.calendar(form.by)
        return await self._sent(form, lambda: snoozing.read_later(form.values, form.by, calendar, self.now()))

    async def next_step(self, form: Submission) -> Say | Wrong | None:
        calendar = await self.teams.calendar(form.by)
        return await self._sent(form, lambda: snoozing.read_next_step(form.values, form.by, calendar))

    async def _sent(self, form: Submission, read: Callable[[], Command]) -> Wrong | None:
        try:
            await self.leads.change(form.about, read(), self.now())
        except Refused as refused:
            if refused.field is None:
                raise
            return Wrong(block=refused.field, words=str(refused))
        return None
