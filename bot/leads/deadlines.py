"""Until when a decision may be undone, a lead taken on which a colleague passed, a rejection answered.

Cards and rules ask here.
"""

from datetime import datetime
from typing import Final

from bot.agreement import Agreement
from bot.leads.lead import Lead, Rejection, State
from bot.leads.merging import merged_into
from bot.reasons import REASONS

ANSWER_DAYS: Final = 5  # working days in which marketing may answer a rejection (product.md section 6)


def undo_ends(lead: Lead, agreement: Agreement) -> datetime | None:
    """The last moment of undoing the decision that stands; None: there is nothing to undo."""
    handoff = lead.handoff
    if lead.state not in (State.ACCEPTED, State.REJECTED) or handoff is None:
        return None
    if handoff.decided_at is None or handoff.before is None or _answered(lead):
        return None
    if lead.state is State.ACCEPTED and lead.attempts > handoff.before.attempts:
        return None
    return handoff.decided_at + agreement.leads.undo


def taking_ends(lead: Lead, agreement: Agreement) -> datetime | None:
    """The last moment of taking what one rep rejected; None: it cannot be taken."""
    handoff = lead.handoff
    if lead.state is not State.REJECTED or handoff is None:
        return None
    if handoff.decided_at is None or handoff.origin is not None or _answered(lead):
        return None
    if merged_into(lead) is not None:  # one with a record that somebody may have already
        return None
    return agreement.calendar.end_of_next_working_day(handoff.decided_at)


def answer_ends(rejection: Rejection, agreement: Agreement) -> datetime:
    """The last moment at which marketing may answer a rejection."""
    return agreement.calendar.working_days_after(rejection.at, ANSWER_DAYS)


def may_be_disputed(lead: Lead, agreement: Agreement, now: datetime) -> bool:
    """Whether a second look may be asked for at the rejection that stands; by whom, and of whom, is not said."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if lead.state is not State.REJECTED or lead.handoff is None or rejection is None:
        return False
    counts = REASONS[rejection.reason].counts is True
    return counts and not lead.handoff.disputed and now <= answer_ends(rejection, agreement)


def _answered(lead: Lead) -> bool:
    """Whether marketing has asked for a second look at the rejection that stands."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    return lead.state is State.REJECTED and rejection is not None and rejection.dispute is not None
