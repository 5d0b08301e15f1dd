"""A decision made elsewhere (a CRM, a manager there) settles the lead here as well."""

from dataclasses import replace

from bot.arrivals import LeadArrival
from bot.leads.commands import Reject
from bot.leads.deciding import accepted_by, rejected_by
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Lead, State
from bot.leads.offering import offer
from bot.reasons import REASONS

OPEN = (State.OFFERED, State.ACCEPTED, State.WORKING)


def settle_elsewhere(decision: Decision, arrival: LeadArrival, owner: str | None, facts: Facts) -> Decision:
    """What the feed says of owner, status and reason, on top of what the arrival did by itself."""
    if arrival.status == "rejected":
        return _rejected(decision, arrival, owner, facts)
    if owner is None or arrival.status not in (None, "accepted", "working"):
        return decision
    return _accepted(decision, arrival, owner, facts)


def _accepted(decision: Decision, arrival: LeadArrival, owner: str, facts: Facts) -> Decision:
    lead = decision.lead
    if lead.state in (State.NEW, State.NURTURE):
        lead = (decision := offer(lead, facts.touches, facts)).lead
    if lead.state not in OPEN:
        return decision
    jobs = decision.jobs
    if lead.owner != owner:
        taken = accepted_by(lead, owner, facts, origin=arrival.feed)
        lead, jobs = taken.lead, (*jobs, *taken.jobs)
    if arrival.status == "working" and lead.state is State.ACCEPTED:
        lead = replace(lead, state=State.WORKING, contacted_at=arrival.occurred_at or facts.now)
    return Decision(lead=lead, jobs=jobs)


def _rejected(decision: Decision, arrival: LeadArrival, owner: str | None, facts: Facts) -> Decision:
    lead: Lead = decision.lead
    reason = REASONS.get(arrival.reason or "other", REASONS["other"])
    if lead.state not in OPEN or not reason.rejects:
        return decision
    by = owner or lead.owner or ""
    said = rejected_by(lead, Reject(by=by, reason=reason.code), reason, facts, origin=arrival.feed)
    return Decision(lead=said.lead, jobs=(*decision.jobs, *said.jobs))
