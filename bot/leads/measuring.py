"""What a handoff keeps for the figures (bot/figures) that a database cannot compute: working time, and agreed times."""

from dataclasses import replace

from bot.leads.decision import Decision, Facts
from bot.leads.lead import Handoff, Lead, Verdict


def measured(before: Lead, decision: Decision, facts: Facts) -> Decision:
    """The decision, with the handoff's agreed time and first contact measured in the team's working time."""
    lead = decision.lead
    handoff = lead.handoff
    if handoff is None or lead == before:
        return decision
    known = before.handoff if before.handoff is not None and before.handoff.id == handoff.id else None
    after = _with_agreed_time(handoff, known, facts)
    if lead.contacted_at is not None and handoff.contacted_at is None:
        took = facts.clock_of(handoff.team).between(handoff.offered_at, lead.contacted_at)
        after = replace(after, contacted_at=lead.contacted_at, contact_took=int(took.total_seconds()))
        if any(stop.end > (after.decided_at or facts.now) for _, stop in facts.stops):
            after = _with_agreed_time(after, None, facts)  # what stood still since then was nobody's time
    return decision if after is handoff else replace(decision, lead=replace(lead, handoff=after))


def _with_agreed_time(handoff: Handoff, known: Handoff | None, facts: Facts) -> Handoff:
    """Counted from the accept that stands; of one that was taken back or turned down there is none."""
    if handoff.verdict is not Verdict.ACCEPTED or handoff.decided_at is None:
        return handoff if handoff.contact_due is None else replace(handoff, contact_due=None)
    if handoff.contact_due is not None and known is not None and known.decided_at == handoff.decided_at:
        return handoff
    ladder = facts.agreement.team(handoff.team).ladder
    span = (ladder.hot if handoff.hot else ladder.standard).first_contact
    return replace(handoff, contact_due=facts.clock_of(handoff.team).add(handoff.decided_at, span))
