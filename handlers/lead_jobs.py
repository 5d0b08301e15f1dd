"""What Truce does about leads by itself, later: messages drawn from the present state, and timers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import asking, notes
from bot.agreement import Agreement
from bot.company_card import card_of
from bot.jobs import Due, EndHandOn, FollowCard, LapseRejection, NoteShown, OfferNext, ReturnLead, Sight
from bot.leads.commands import FallBack, Join, Lapse, OfferInTurn, Return, Shown
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
            FollowCard: self.follow_card,
        }

    def renderers(self) -> Mapping[Sight, Renderer]:
        return {
            Sight.CARD: self.card,
            Sight.OWNER: self.owner,
            Sight.ASK: self.ask,
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

    async def follow_card(self, job: FollowCard, _until: datetime) -> None:
        await self.leads.change(job.lead, Join(handoff=job.handoff), self.now())

    async def card(self, about: str, now: datetime) -> Posting | None:
        found = await self.sights.of_card(about, now)
        if not found:
            return None
        here = [each for each in found if each.handoff.card == about]
        unseen = [each for each in here if not each.handoff.is_shown]
        return Posting(
            channel=(here or found)[0].handoff.channel,
            message=card_of(found, about),
            then=tuple(
                Due(job=NoteShown(lead=each.seen.lead.id, handoff=each.handoff.id), at=now) for each in unseen
            ),
            wanted=any(each.waits for each in here),
        )

    async def owner(self, about: str, now: datetime) -> Posting | None:
        handoff_id, _, person = about.partition("|")
        found = await self.sights.of_handoff(handoff_id, now)
        return found and Posting(channel=person, message=notes.owner_note(*found, person))

    async def ask(self, about: str, now: datetime) -> Posting | None:
        person = about.partition("|")[2]
        found = await self.sights.of_ask(about, now)
        if not found:
            return None
        wanted = any(asking.is_asked(each, person) for each in found)
        return Posting(channel=person, message=asking.ask_note(found, person), wanted=wanted)

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
