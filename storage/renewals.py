"""A customer's contract ends: once for each day on which one does, its lead is offered anew."""

from datetime import UTC, datetime, time

from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import LeadArrival
from bot.leads.commands import Renew
from bot.leads.lead import State
from bot.renewals import as_lead, ends_on, renewal_of
from storage import deals, jobs
from storage.db import Space
from storage.lead_rows import load
from storage.leads import Leads


class Renewals:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._leads = Leads(space, agreement)

    async def begin(self, deal: str, now: datetime) -> LeadArrival | None:
        """Offer the deal's lead anew; where it has none, the lead that is to be taken in.

        Before its time it is only put off, and a deal that is won no more is forgotten.
        """

        def work(session: Session) -> LeadArrival | None:
            known = deals.get(session, self._space.workspace, deal)
            day, due = ends_on(known), renewal_of(known, self._agreement, now)
            if day is None or not due:
                return None
            if due[0].at > now:
                jobs.add(session, self._space.workspace, due)
                return None
            ids = deals.leads_of(session, self._space.workspace, deal)
            if not ids:
                return as_lead(known, day)  # the same twice is one lead
            if jobs.once(session, self._space.workspace, f"renewal:{deal}:{day}", now):
                leads = load(session, self._space.workspace, ids).values()
                mine = next((lead for lead in leads if lead.state is State.CONVERTED), None)
                if mine is not None:
                    ends = datetime.combine(day, time(12), tzinfo=UTC)  # the same day on every wall
                    self._leads.apply(session, [mine.id], Renew(deal=deal, ends=ends), now)
            return None

        return await self._space.write(work)
