"""A lead that sales knows already is merged with the record it is, and can be taken apart again for a while."""

from datetime import timedelta
from typing import Final

from bot.errors import Refused
from bot.leads.decision import Facts
from bot.leads.lead import Lead, Rejection, State

APART_WITHIN: Final = timedelta(days=30)  # product.md section 4
STILL: Final = (State.REJECTED, State.DISPUTED, State.CLOSED)


def merged_into(lead: Lead) -> str | None:
    """The record that the lead is merged with, as long as nobody does anything else with it."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if rejection is None or rejection.taken_back_at is not None or lead.state not in STILL:
        return None
    return rejection.record


def refuse_too_long_ago(rejection: Rejection, facts: Facts) -> None:
    """Raise Refused where it was merged so long ago that it stays so."""
    if rejection.record is not None and facts.now - rejection.at > APART_WITHIN:
        raise Refused(
            "It was merged with its record over 30 days ago, and stays so. Its history is on that record."
        )
