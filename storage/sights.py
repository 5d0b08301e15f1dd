"""What a message about a lead is drawn from, read at one moment: the lead, its touches, and people's names."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.asking import Asked
from bot.cards import Sighted, Who
from bot.company_card import OnCard
from bot.leads.lead import Handoff, Lead, Rejection, State
from storage import card_rows, people
from storage.campaigns import campaign_of
from storage.db import Space
from storage.deal_sights import of_lead
from storage.lead_rows import COLUMNS, WITH_REJECTION, load, read_lead, read_rejection, read_touch, touches_of
from storage.leads import lead_of
from storage.tables import HANDOFF, LEAD, REJECTION, TOUCH


class Sights:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def of_lead(self, lead: str, now: datetime, who: Iterable[str] = ()) -> Sighted:
        """The lead, with the names of its people and of these. Raises Refused where there is no such lead."""
        return await self._space.read(lambda session: self._sighted(session, lead, now, None, who))

    async def of_handoff(self, handoff: str, now: datetime) -> tuple[Sighted, Handoff] | None:
        """The lead, and this handoff of it, which may be an older one; None: it is not there any more."""
        return await self._space.read(lambda session: self._of_handoff(session, handoff, now))

    async def of_handoffs(
        self, handoffs: Collection[str], now: datetime
    ) -> dict[str, tuple[Sighted, Handoff]]:
        """The same for each of these that is there still, for a list: without touches, read together."""
        return await self._space.read(lambda session: self._of_handoffs(session, handoffs, now))

    async def of_card(self, card: str, now: datetime) -> list[OnCard]:
        """All that stand on a card or did, the first offered first; one that has it for itself with its touches."""

        def work(session: Session) -> list[OnCard]:
            workspace = self._space.workspace
            numbers = card_rows.on_card(session, workspace, card)
            if len(numbers) == 1:
                [(handoff, number)] = numbers.items()
                found = self._of_handoff(session, handoff, now)
                return [] if found is None else [OnCard(*found, number)]
            seen = self._of_handoffs(session, numbers, now)
            return [
                OnCard(self._with_campaign(session, *seen[each]), seen[each][1], number)
                for each, number in numbers.items()
                if each in seen
            ]

        return await self._space.read(work)

    async def of_ask(self, ask: str, now: datetime) -> list[Asked]:
        """All that a message asks a rep about, or did, the first offered first."""

        def work(session: Session) -> list[Asked]:
            handoffs = list(card_rows.on_card(session, self._space.workspace, ask))
            if len(handoffs) == 1:
                found = self._of_handoff(session, handoffs[0], now)
                return [] if found is None else [Asked(*found)]
            seen = self._of_handoffs(session, handoffs, now)
            return [Asked(*seen[each]) for each in handoffs if each in seen]

        return await self._space.read(work)

    def _with_campaign(self, session: Session, seen: Sighted, handoff: Handoff) -> Sighted:
        told = campaign_of(session, self._space.workspace, handoff.line)
        return replace(seen, for_sales=told.for_sales)

    async def of_touch(self, touch: str, now: datetime) -> tuple[Sighted, Touch] | None:

        def work(session: Session) -> tuple[Sighted, Touch] | None:
            here = (TOUCH.c.workspace == self._space.workspace) & (TOUCH.c.id == touch)
            row = session.execute(select(TOUCH).where(here)).mappings().first()
            return None if row is None else (self._sighted(session, row["lead"], now), read_touch(row))

        return await self._space.read(work)

    async def of_rejection(self, rejection: str, now: datetime) -> tuple[Sighted, Rejection, Handoff] | None:
        """The lead, this rejection of it, and the handoff that it ended."""

        def work(session: Session) -> tuple[Sighted, Rejection, Handoff] | None:
            here = (REJECTION.c.workspace == self._space.workspace) & (REJECTION.c.id == rejection)
            row = session.execute(select(REJECTION).where(here)).mappings().first()
            handoff = None if row is None else self._handoff(session, row["handoff"])
            if row is None or handoff is None:
                return None
            told = read_rejection(row)
            who = _people_of_rejection(told)
            seen = self._sighted(session, lead_of(rejection), now, handoff, who)
            return seen, told, handoff

        return await self._space.read(work)

    def _of_handoffs(
        self, session: Session, handoffs: Collection[str], now: datetime
    ) -> dict[str, tuple[Sighted, Handoff]]:
        ids = {lead_of(each) for each in handoffs}
        leads = load(session, self._space.workspace, ids, some=True) if ids else {}
        found: dict[str, tuple[Lead, Handoff]] = {}
        for each in handoffs:
            lead = leads.get(lead_of(each))
            known = None if lead is None else self._of_lead(session, lead, each)
            if lead is not None and known is not None:
                found[each] = (lead, known)
        involved = {person for told in found.values() for person in _people_of(*told)}
        name = _who(session, self._space.workspace, involved)
        return {
            each: (Sighted(lead=lead, touches=(), who=name, agreement=self._agreement, now=now), known)
            for each, (lead, known) in found.items()
        }

    def _of_handoff(self, session: Session, handoff: str, now: datetime) -> tuple[Sighted, Handoff] | None:
        lead = load(session, self._space.workspace, [lead_of(handoff)], some=True).get(lead_of(handoff))
        known = None if lead is None else self._of_lead(session, lead, handoff)
        return None if lead is None or known is None else (self._drawn(session, lead, now, known), known)

    def _of_lead(self, session: Session, lead: Lead, handoff: str) -> Handoff | None:
        """This handoff of the lead: the current one, or an older one."""
        current = lead.handoff
        return current if current and current.id == handoff else self._handoff(session, handoff)

    def _handoff(self, session: Session, handoff: str) -> Handoff | None:
        here = {"workspace": self._space.workspace, "handoff": handoff}
        row = session.execute(_OF_HANDOFF, here).mappings().first()
        return None if row is None else read_lead(row).handoff

    def _sighted(
        self,
        session: Session,
        lead_id: str,
        now: datetime,
        handoff: Handoff | None = None,
        who: Iterable[str | None] = (),
    ) -> Sighted:
        lead = load(session, self._space.workspace, [lead_id])[lead_id]
        return self._drawn(session, lead, now, handoff, who)

    def _drawn(
        self,
        session: Session,
        lead: Lead,
        now: datetime,
        handoff: Handoff | None,
        who: Iterable[str | None] = (),
    ) -> Sighted:
        workspace = self._space.workspace
        touches = touches_of(session, workspace, [lead.id])[lead.id]
        wanted = {*who, *_people_of(lead, handoff or lead.handoff), *(touch.by for touch in touches)}
        about = handoff or lead.handoff
        return Sighted(
            lead=lead,
            touches=touches,
            who=_who(session, workspace, wanted),
            agreement=self._agreement,
            now=now,
            deals=of_lead(session, workspace, lead.id) if lead.state is State.CONVERTED else (),
            for_sales=None if about is None else campaign_of(session, workspace, about.line).for_sales,
        )


def _who(session: Session, workspace: str, people_: Iterable[str | None]) -> Who:
    """How these people are called; of others we know nothing."""
    names = people.names(session, workspace, {each for each in people_ if each})

    def name(slack_id: str) -> str:
        return names.get(slack_id, "Somebody" if slack_id.startswith(("U", "W")) else slack_id)

    return name


def _people_of_rejection(rejection: Rejection) -> Iterable[str | None]:
    asked = rejection.dispute
    disputed = () if asked is None else (asked.by, asked.answered_by, *asked.whom)
    return (rejection.by, rejection.taken_back_by, *rejection.thanked_by, *disputed)


def sighted(
    session: Session, workspace: str, agreement: Agreement, leads: Sequence[Lead], now: datetime
) -> list[Sighted]:
    """Each of these leads with the names of its people, for a list: without its touches."""
    name = _who(session, workspace, {person for lead in leads for person in _people_of(lead, lead.handoff)})
    return [Sighted(lead=lead, touches=(), who=name, agreement=agreement, now=now) for lead in leads]


def _people_of(lead: Lead, handoff: Handoff | None) -> Iterable[str | None]:
    if handoff is None:
        return (lead.owner,)
    rejection = handoff.rejection
    no = () if rejection is None else _people_of_rejection(rejection)
    quiet = () if handoff.wait is None else handoff.wait.quiet
    backs = (handoff.back, lead.handoff and lead.handoff.back)
    back = [each for known in backs if known for each in (known.by, known.sent_by)]
    told = (handoff.decided_by, handoff.to, handoff.named_by, handoff.handed_by, handoff.given_by, *quiet)
    return (
        lead.owner,
        handoff.cover_for,
        *told,
        *no,
        *back,
        lead.recycled_by,
        *(each.by for each in handoff.passed),
        *handoff.helped_by,
    )


# The one query that reads a lead serves here as well, by the handoff instead of by the current one.
_OF_HANDOFF: Final = (
    select(*COLUMNS)
    .select_from(
        HANDOFF.join(
            LEAD, (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.id == HANDOFF.c.lead)
        ).outerjoin(REJECTION, WITH_REJECTION)
    )
    .where(HANDOFF.c.workspace == bindparam("workspace"), HANDOFF.c.id == bindparam("handoff"))
)
