"""What Truce does about leads by itself, later: messages drawn from the present state, and timers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import notes
from bot.agreement import Agreement
from bot.cards import lead_card, moved_on
from bot.helping import help_note
from bot.jobs import Due, EndHandOn, LapseRejection, NoteShown, OfferNext, ReturnLead, Sight
from bot.leads.commands import FallBack, Lapse, OfferInTurn, Return, Shown
from bot.leads.lead import State
from bot.posts import Posting
from storage.db import Space
from storage.leads import Leads
from storage.posts import Posts
from storage.sights import Sights

Renderer = Callable[[str, datetime], Awaitable[Posting | None]]


@dataclass(frozen=True, slots=True)
class LeadJobs:
    leads: Leads
    sights: Sights
    posts: Posts
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "LeadJobs":
        return cls(Leads(space, agreement), Sights(space, agreement), Posts(space), now)

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {
            NoteShown: self.note_shown,
            LapseRejection: self.lapse,
            ReturnLead: self.come_back,
            EndHandOn: self.end_hand_on,
            OfferNext: self.offer_next,
        }

    def renderers(self) -> Mapping[Sight, Renderer]:
        return {
            Sight.CARD: self.card,
            Sight.OWNER: self.owner,
            Sight.ASK: self.ask,
            Sight.HELP: self.help,
            Sight.ACTIVITY: self.activity,
            Sight.ASKED: self.asked,
        }

    async def note_shown(self, job: NoteShown, _until: datetime) -> None:
        await self.leads.change(job.lead, Shown(handoff=job.handoff), self.now())

    async def lapse(self, job: LapseRejection, _until: datetime) -> None:
        await self.leads.change(job.lead, Lapse(rejection=job.rejection), self.now())

    async def come_back(self, job: ReturnLead, _until: datetime) -> None:
        await self.leads.change(job.lead, Return(), self.now())

    async def end_hand_on(self, job: EndHandOn, _until: datetime) -> None:
        await self.leads.change(job.lead, FallBack(offer=job.offer), self.now())

    async def offer_next(self, job: OfferNext, _until: datetime) -> None:
        await self.leads.change(job.lead, OfferInTurn(offer=job.offer), self.now())

    async def card(self, about: str, now: datetime) -> Posting | None:
        handoff_id, _, number = about.partition(":")
        found = await self.sights.of_handoff(handoff_id, now)
        if found is None:
            return None
        seen, handoff = found
        if handoff.cards > int(number or 1):
            return Posting(channel=handoff.channel, message=moved_on(seen, handoff.moved.get(number or "1")))
        shown = Due(job=NoteShown(lead=seen.lead.id, handoff=handoff.id), at=now)
        return Posting(
            channel=handoff.channel,
            message=lead_card(seen, handoff),
            then=(shown,),
            wanted=seen.lead.state is State.OFFERED,
        )

    async def owner(self, about: str, now: datetime) -> Posting | None:
        handoff_id, _, person = about.partition("|")
        found = await self.sights.of_handoff(handoff_id, now)
        return found and Posting(channel=person, message=notes.owner_note(*found, person))

    async def ask(self, about: str, now: datetime) -> Posting | None:
        handoff_id, _, person = about.partition("|")
        found = await self.sights.of_handoff(handoff_id, now)
        return found and Posting(channel=person, message=notes.ask_note(*found, person))

    async def help(self, about: str, now: datetime) -> Posting | None:
        handoff_id, _, person = about.partition("|")
        found = await self.sights.of_handoff(handoff_id, now)
        return found and Posting(channel=person, message=help_note(*found))

    async def asked(self, about: str, now: datetime) -> Posting | None:
        touch_id, _, person = about.partition("|")
        found = await self.sights.of_touch(touch_id, now)
        return found and Posting(channel=person, message=notes.asked_note(*found, about))

    async def activity(self, about: str, now: datetime) -> Posting | None:
        found = await self.sights.of_touch(about, now)
        handoff = None if found is None else found[0].lead.handoff
        card = None if handoff is None else await self.posts.find(Sight.CARD, handoff.card)
        if found is None or card is None or card.ts is None:
            return None
        return Posting(channel=card.channel, thread=card.ts, message=notes.activity_line(*found))
