"""Who may see which lead: seeing follows acting (product.md section 11)."""

from typing import Final

from bot.agreement import Agreement
from bot.errors import Refused
from bot.leads.lead import Lead, State
from bot.people import Person, Role

# What a team still has to do something with.
OPEN: Final = frozenset(
    {State.NEW, State.OFFERED, State.ACCEPTED, State.WORKING, State.REJECTED, State.DISPUTED}
)
NOT_YOURS: Final = (
    "Who works with this lead sees it: its owner, its team as long as it is open, marketing and managers."
)


def may_see(lead: Lead, person: Person, agreement: Agreement) -> bool:
    """Reps see their own leads and their team's open ones, managers their team's, marketing and admins all."""
    team = agreement.roles_of(agreement.team("" if lead.handoff is None else lead.handoff.team))
    if team.has(person, Role.MANAGER) or agreement.has(person, Role.MARKETER, Role.ADMIN):
        return True
    if not agreement.has(person, Role.REP):
        return False
    return person.slack_id in _hands(lead) or (lead.state in OPEN and team.has(person, Role.REP))


def need_sight(lead: Lead, person: Person, agreement: Agreement) -> None:
    """Refuse who may not see the lead."""
    if not may_see(lead, person, agreement):
        raise Refused(NOT_YOURS)


def _hands(lead: Lead) -> set[str | None]:
    """Through whose hands it went in this handoff."""
    handoff = lead.handoff
    if handoff is None:
        return {lead.owner}
    no = None if handoff.rejection is None else handoff.rejection.by
    passed = {each.by for each in handoff.passed}
    return {lead.owner, handoff.to, handoff.decided_by, handoff.named_by, no, *handoff.asked, *passed}
