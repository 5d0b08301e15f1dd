"""Who is away or gone: the message to their manager, its buttons and forms, and what runs by itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import absences, ids
from bot.absences import Absence, Charge
from bot.agreement import Agreement
from bot.arrivals import DealArrival
from bot.errors import Hopeless, Refused
from bot.jobs import Attend, Due, GiveAll, ShareAll, Sight
from bot.leads.lead import Lead
from bot.posts import Posting
from handlers.payloads import Answer, Click, Open, Routes, Say, Submission, Wrong
from storage.absences import Absences
from storage.db import Space
from storage.intake import Intake
from storage.jobs import Jobs
from storage.leads import Leads
from storage.retros import Retros

AT_ONCE = 20  # leads given by one run of a job


@dataclass(frozen=True, slots=True)
class AbsenceHandlers:
    absences: Absences
    leads: Leads
    jobs: Jobs
    intake: Intake
    retros: Retros
    agreement: Agreement
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "AbsenceHandlers":
        leads = Leads(space, agreement)
        retros = Retros(space, agreement)
        intake = Intake(space, agreement)
        return cls(Absences(space, leads, agreement), leads, Jobs(space), intake, retros, agreement, now)

    def routes(self) -> Routes:
        return Routes(
            actions={
                ids.ABSENCE_GIVE: self.ask_who_gets_all,
                ids.ABSENCE_SHARE: self.share_out,
                ids.ABSENCE_EACH: self.ask_one_by_one,
            },
            forms={ids.GIVE_ALL_FORM: self.give_all, ids.EACH_FORM: self.give_each},
        )

    def renderers(self) -> Mapping[Sight, Callable[[str, datetime], Awaitable[Posting | None]]]:
        return {Sight.ABSENCE: self.note}

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {Attend: self.attend, GiveAll: self.give_some, ShareAll: self.share_some}

    async def attend(self, job: Attend, _until: datetime) -> None:
        await self.absences.attend(job.person, self.now())

    async def note(self, about: str, now: datetime) -> Posting | None:
        absence, _, manager = about.partition("|")
        found = await self.absences.of(absences.person_of(absence), now)
        if found is None:
            return None
        wanted = found.id is not None and found.is_open
        return Posting(channel=manager, message=absences.absence_note(found), wanted=wanted)

    async def ask_who_gets_all(self, click: Click) -> Answer:
        return Open(view=absences.give_all_form(await self._open(click.value, click.by)))

    async def ask_one_by_one(self, click: Click) -> Answer:
        return Open(view=absences.each_form(await self._open(click.value, click.by)))

    async def give_all(self, form: Submission) -> Say | Wrong | None:
        to, absence = absences.read_whom(form.values), await self._open(form.about, form.by)
        try:
            if absence.leads:
                await self._give(absence, absence.leads[0].id, form.by, to)
            else:
                await self.absences.check(absence, form.by, to)
        except Refused as refused:
            return _under(refused, ids.WHOM)
        rest = GiveAll(person=form.about, to=to, by=form.by)
        await self.jobs.add([Due(job=rest, at=self.now())])
        return Say(words=absences.all_given(absence))

    async def give_each(self, form: Submission) -> Say | Wrong | None:
        """What of it is open still; the form may come a second time after a mistake in it."""
        absence, chosen = await self.absences.of(form.about, self.now()), absences.read_each(form.values)
        if absence is None:
            return None
        open_ones: dict[str, Lead | Charge] = {lead.id: lead for lead in absence.leads}
        open_ones |= {each.key: each for each in absence.charges}
        for key in [each for each in open_ones if each in chosen]:
            try:
                await self._pass_on(absence, open_ones[key], form.by, chosen[key])
            except Refused as refused:
                return _under(refused, f"{ids.WHOM}.{key}")
        await self.jobs.add([Due(job=Attend(person=form.about), at=self.now())])
        return None

    async def give_some(self, job: GiveAll, _until: datetime) -> None:
        """Some of it; the rest is a job of its own."""
        absence = await self.absences.of(job.person, self.now())
        if absence is None:
            return
        some: list[Lead | Charge] = [*absence.leads, *absence.charges]
        for each in some[:AT_ONCE]:
            try:
                await self._pass_on(absence, each, job.by, job.to)
            except Refused as refused:
                raise Hopeless(str(refused)) from None
        rest = job if len(some) > AT_ONCE else Attend(person=job.person)
        await self.jobs.add([Due(job=rest, at=self.now())])

    async def share_out(self, click: Click) -> Answer:
        absence = await self._open(click.value, click.by)
        if absence.leads:
            await self.leads.change(absence.leads[0].id, absences.sharing(absence, click.by), self.now())
        elif not await self.absences.takers(absence):
            raise Refused(absences.NOBODY_HERE)
        await self.jobs.add([Due(job=ShareAll(person=click.value, by=click.by), at=self.now())])
        return Say(words=absences.all_shared(absence, self.agreement.leads.cap))

    async def share_some(self, job: ShareAll, _until: datetime) -> None:
        """Some of it; the rest is a job of its own. What nobody has room for stays where it is, in the message."""
        absence = await self.absences.of(job.person, self.now())
        if absence is None:
            return
        takers = await self.absences.takers(absence) if absence.charges else []
        # What needs no room comes first: leads that nobody has room for end it.
        some: list[Lead | Charge] = [*(absence.charges if takers else ()), *absence.leads]
        full = False
        for number, each in enumerate(some[:AT_ONCE]):
            try:
                if isinstance(each, Charge):
                    await self._pass_on(absence, each, job.by, takers[number % len(takers)])
                else:
                    await self.leads.change(each.id, absences.sharing(absence, job.by), self.now())
            except Refused:
                full = True
        rest = job if len(some) > AT_ONCE and not full else Attend(person=job.person)
        await self.jobs.add([Due(job=rest, at=self.now())])

    async def _open(self, person: str, by: str) -> Absence:
        """Who is away with something open. Raises Refused to who may not give it on, and where nothing is open."""
        absence = await self.absences.of(person, self.now())
        if absence is None or not absence.is_open:
            raise Refused("Nothing is open with them any more. Nothing for you to do.")
        if absence.leads:
            await self.leads.check(absence.leads[0].id, absences.giving(absence, by, ""), self.now())
        else:
            await self.absences.check(absence, by)
        return absence

    async def _pass_on(self, absence: Absence, what: Lead | Charge, by: str, to: str) -> None:
        if not isinstance(what, Charge):
            await self._give(absence, what.id, by, to)
            return
        await self.absences.check(absence, by, to)
        told = absences.passing_on(what, to, by)
        if isinstance(told, DealArrival):
            await self.intake.tell(told, self.now())
        else:
            await self.retros.change(what.id, told, self.now())

    async def _give(self, absence: Absence, lead: str, by: str, to: str) -> None:
        await self.leads.change(lead, absences.giving(absence, by, to), self.now())


def _under(refused: Refused, block: str) -> Wrong:
    if refused.field is None:
        raise refused
    return Wrong(block=block, words=str(refused))
