"""What is looked after for somebody who is away, and goes back by itself."""

from dataclasses import replace

from bot.jobs import Sight, show, to_person
from bot.leads.commands import EndCover
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.lead import Lead, State
from bot.leads.showing import everywhere
from bot.leads.wait import in_touch, owned


def end_cover(lead: Lead, command: EndCover, facts: Facts) -> Decision:
    """Theirs again, as far as it has come; nothing, where somebody else has it for good by now."""
    handoff, now = handoff_of(lead), facts.now
    if handoff.cover_for != command.whom or lead.owner == command.whom:
        return Decision(lead=lead)
    start = in_touch if lead.state is State.WORKING else owned
    wait = start(now, handoff.wait, hot=handoff.hot)
    back = with_handoff(lead, cover_for=None, given_by=None, before=None, wait=wait)
    after = replace(back, owner=command.whom)
    told = show(Sight.OWNER, to_person(handoff.id, command.whom), now, channel=command.whom)
    return Decision(lead=after, jobs=(*everywhere(lead, facts), *everywhere(after, facts), told))
