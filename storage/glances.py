"""A look at a lead that comes too early to change anything, as most do: it reads no more than says so."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from bot.leads.climbing import is_early
from bot.leads.commands import Command, Rise
from bot.leads.decision import Facts
from bot.leads.lead import Lead
from storage.teams import few_now


def early(
    session: Session, workspace: str, leads: Mapping[str, Lead], command: Command, facts: Facts
) -> Mapping[str, Facts] | None:
    """What is to be known of each of these leads for a look that changes none of them; None: it takes more."""
    if not isinstance(command, Rise):
        return None
    found: dict[str, Facts] = {}
    for lead in leads.values():
        team = few_now(session, workspace, facts.agreement, team_of(lead), waits_on(lead))
        if not is_early(lead, command, team, facts.now):
            return None
        found[lead.id] = replace(facts, team=team)
    return found


def team_of(lead: Lead) -> str:
    """The name of the team that had it when it was offered; that of a lead that was not is empty."""
    return "" if lead.handoff is None else lead.handoff.team


def waits_on(lead: Lead) -> tuple[str, ...]:
    """Whom the lead waits on: its owner, then whom it is offered to."""
    offered_to = None if lead.handoff is None else lead.handoff.to
    return tuple(person for person in (lead.owner, offered_to) if person)
