"""What a form about a deal is drawn from: who asks, the lead, and the deals they may mean."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deal_telling import DealSight, need_right
from bot.deals import Deal, DealState
from bot.errors import Refused
from bot.jobs import Due, Sight, redraw, refresh, to_person
from bot.leads.decision import UNKNOWN_YET
from bot.leads.lead import Lead
from storage import deals, jobs
from storage.db import Space
from storage.lead_rows import load
from storage.members import people_here
from storage.renewals import Renewals
from storage.tables import DEAL, DEAL_LEAD

MOST: Final = 50  # deals that one may choose from


class Deals:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self.renewals = Renewals(space, agreement)

    async def get(self, deal: str) -> Deal:
        """The deal as it is. Raises Refused where there is none."""
        return await self._space.read(lambda session: deals.get(session, self._space.workspace, deal))

    async def sight(self, by: str, lead: str | None = None) -> DealSight:
        """Raises Refused to who may not tell of it."""
        return await self._space.read(lambda session: self._sight(session, by, lead))

    async def draw_anew(self, due: Sequence[Due]) -> None:
        """What showed a button that came too late."""
        await self._space.write(lambda session: jobs.add(session, self._space.workspace, due))

    def _sight(self, session: Session, by: str, lead: str | None) -> DealSight:
        workspace = self._space.workspace
        person = people_here(session, workspace, [by], self._agreement.places).get(by)
        if person is None:
            raise Refused(UNKNOWN_YET)
        known = load(session, workspace, [lead])[lead] if lead else None
        drawn = _drawn(known)
        try:
            need_right(person, self._agreement, [known] if known else [])
        except Refused as refused:
            refused.jobs = drawn
            raise
        their = {"workspace": workspace, "lead": lead, "whom": [by, person.email or by]}
        found = session.execute(_OF_LEAD if lead else _OPEN_OF, their).mappings()
        return DealSight(
            by=person,
            agreement=self._agreement,
            lead=known,
            deals=_newest(deals.read(row) for row in found),
            jobs=drawn,
        )


def of_lead(session: Session, workspace: str, lead: str) -> tuple[Deal, ...]:
    """The deals that have grown from a lead, the newest news first."""
    found = session.execute(_OF_LEAD, {"workspace": workspace, "lead": lead}).mappings()
    return _newest(deals.read(row) for row in found)


def _newest(found: Any) -> tuple[Deal, ...]:
    return tuple(sorted(found, key=lambda deal: (max(deal.fields_at.values()), deal.id), reverse=True))


def _drawn(lead: Lead | None) -> tuple[Due, ...]:
    """The card and the owner's message, to be drawn anew."""
    if lead is None or lead.handoff is None:
        return ()
    card = lead.handoff
    now = card.offered_at  # due at once
    owner = (
        [redraw(Sight.OWNER, to_person(card.id, lead.owner), now, channel=lead.owner)] if lead.owner else []
    )
    return (refresh(Sight.CARD, card.card, now, channel=card.channel), *owner)


_OF_LEAD: Final = (
    select(DEAL)
    .select_from(
        DEAL_LEAD.join(DEAL, (DEAL.c.workspace == DEAL_LEAD.c.workspace) & (DEAL.c.id == DEAL_LEAD.c.deal))
    )
    .where(DEAL_LEAD.c.workspace == bindparam("workspace"), DEAL_LEAD.c.lead == bindparam("lead"))
    .order_by(DEAL.c.id)
    .limit(MOST)
)
_OPEN_OF: Final = (
    select(DEAL)
    .where(
        DEAL.c.workspace == bindparam("workspace"),
        DEAL.c.state == DealState.OPEN,
        DEAL.c.owner.in_(bindparam("whom", expanding=True)),
    )
    .order_by(DEAL.c.id)
    .limit(MOST)
)
