"""Until when a decision may be undone, and a lead taken on which a colleague passed. Cards and rules ask here."""

from datetime import datetime

from bot.agreement import Agreement
from bot.leads.lead import Lead, State


def undo_ends(lead: Lead, agreement: Agreement) -> datetime | None:
    """The last moment of undoing the decision that stands; None: there is nothing to undo."""
    handoff = lead.handoff
    if lead.state not in (State.ACCEPTED, State.REJECTED) or handoff is None:
        return None
    if handoff.decided_at is None or handoff.before is None:
        return None
    if lead.state is State.ACCEPTED and lead.attempts > handoff.before.attempts:
        return None
    return handoff.decided_at + agreement.leads.undo


def taking_ends(lead: Lead, agreement: Agreement) -> datetime | None:
    """The last moment of taking what one rep rejected; None: it cannot be taken."""
    handoff = lead.handoff
    if lead.state is not State.REJECTED or handoff is None:
        return None
    if handoff.decided_at is None or handoff.origin is not None:
        return None
    return agreement.calendar.end_of_next_working_day(handoff.decided_at)
