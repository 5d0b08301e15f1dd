"""News of a lead, in few words: what a feed tells an hour later, and what follows."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.arrivals import LeadArrival
from bot.leads.commands import Hear
from bot.leads.decision import Decision
from bot.leads.lead import Handoff, Lead
from tests.bot.examples import HOUR, NOW, arrives, does, told, touched

LATER = NOW + HOUR


def comes(lead: Lead, arrival: LeadArrival, now: datetime = LATER, **facts: Any) -> Decision:
    return does(lead, arrives(arrival), now, **facts)


def only(at: datetime | None = LATER, **fields: Any) -> LeadArrival:
    """A feed that tells just this."""
    fields = {path.replace("__", "."): value for path, value in fields.items()}
    return replace(told(at), fields=fields)


def hears(lead: Lead, kind: str, at: datetime = LATER, by: str | None = None, **facts: Any) -> Decision:
    return does(lead, Hear(touch=touched(kind, at), feed="crm", by=by), max(at, LATER), **facts)


def shows(decision: Decision, kind: str = "show") -> set[str]:
    return {due.job.sight for due in decision.jobs if due.job.kind == kind}  # type: ignore[union-attr] # both have one


def card(lead: Lead) -> Handoff:
    assert lead.handoff is not None
    return lead.handoff
