"""Who of marketing wanted to know how a lead goes is told whenever it has come further."""

from dataclasses import replace
from typing import Final

from bot.jobs import Sight, show, to_person
from bot.leads.decision import Decision, Facts
from bot.leads.lead import Lead, State

WORTH_TELLING: Final = frozenset(State) - {State.NEW, State.DISPUTED}


def told(before: Lead, decision: Decision, facts: Facts) -> Decision:
    """The decision, with a direct message to each follower but who did it, once for a state of a handoff."""
    lead = decision.lead
    handoff = lead.handoff
    known = None if before.handoff is None else before.handoff.id
    if handoff is None or lead.state not in WORTH_TELLING or not lead.followed_by:
        return decision
    if (before.state, known) == (lead.state, handoff.id):
        return decision
    by = None if facts.by is None else facts.by.slack_id
    news = f"{handoff.id}.{lead.state}"
    jobs = [
        show(Sight.NEWS, to_person(news, each), facts.now, channel=each)
        for each in lead.followed_by
        if each != by
    ]
    return replace(decision, jobs=(*decision.jobs, *jobs))
