"""Who may see which lead: seeing follows acting (product.md section 11)."""

from collections.abc import Collection
from typing import Final

from bot.agreement import Agreement
from bot.errors import Refused
from bot.firms import company_of
from bot.leads.lead import Lead, State
from bot.leads.offering import line_of
from bot.people import Person, Role

# What a team still has to do something with.
OPEN: Final = frozenset(
    {State.NEW, State.OFFERED, State.ACCEPTED, State.WORKING, State.REJECTED, State.DISPUTED}
)
NOT_FOR_YOU: Final = (
    "Phone and e-mail are for the owner of this lead, who manages its team, its marketers and the admins."
)
NOT_YOURS: Final = (
    "Who works with this lead sees it: its owner, its team as long as it is open, the marketers of its campaign,"
    " its managers and the admins."
)


def may_see(lead: Lead, person: Person, agreement: Agreement, apart: Collection[str] = ()) -> bool:
    """Reps see their own leads and their team's open ones, managers their team's, admins and heads all.

    Marketers see those of their campaigns: `apart` are the lines that somebody else owns.
    """
    if agreement.is_head(person) or _oversees(lead, person, agreement, apart):
        return True
    team = agreement.roles_of(agreement.team("" if lead.handoff is None else lead.handoff.team))
    if not agreement.has(person, Role.REP):
        return False
    return person.slack_id in _hands(lead) or (lead.state in OPEN and team.has(person, Role.REP))


def may_reach(lead: Lead, person: Person, agreement: Agreement, apart: Collection[str] = ()) -> bool:
    """Phone, e-mail and what the form said are for the owner, who manages its team, its marketers and the admins."""
    is_owner = lead.owner == person.slack_id and agreement.has(person, Role.REP, Role.MANAGER)
    return is_owner or _oversees(lead, person, agreement, apart)


def _oversees(lead: Lead, person: Person, agreement: Agreement, apart: Collection[str]) -> bool:
    team = agreement.roles_of(agreement.team("" if lead.handoff is None else lead.handoff.team))
    if team.has(person, Role.MANAGER) or agreement.has(person, Role.ADMIN):
        return True
    theirs = counted_at(lead) not in apart or person.slack_id in _senders(lead)
    return theirs and agreement.has(person, Role.MARKETER)


def need_sight(lead: Lead, person: Person, agreement: Agreement, apart: Collection[str] = ()) -> None:
    """Refuse who may not see the lead."""
    if not may_see(lead, person, agreement, apart):
        raise Refused(NOT_YOURS)


def may_be_one(lead: Lead, other: Lead) -> bool:
    """Whether two leads may be one person: of the same name, or the same company. Who has one may be told of the other."""
    name, company = lead.text("contact.name").casefold(), company_of(lead.fields)
    if name and name == other.text("contact.name").casefold():
        return True
    theirs = company_of(other.fields)
    return company is not None and theirs is not None and company.may_be(theirs)


def counted_at(lead: Lead) -> str:
    """The campaign or source that the lead was handed over for, or would be."""
    return line_of(lead) if lead.handoff is None else lead.handoff.line


def _hands(lead: Lead) -> set[str | None]:
    """Through whose hands it went in this handoff."""
    handoff = lead.handoff
    if handoff is None:
        return {lead.owner}
    no = None if handoff.rejection is None else handoff.rejection.by
    passed = {each.by for each in handoff.passed}
    return {lead.owner, handoff.to, handoff.decided_by, handoff.named_by, no, *handoff.asked, *passed}


def _senders(lead: Lead) -> set[str | None]:
    """Who of marketing has done something about it, whosever campaign it is."""
    handoff, follow = lead.handoff, {lead.recycled_by, *lead.followed_by}
    if handoff is None:
        return follow
    sent = None if handoff.back is None else handoff.back.sent_by
    asked = None if handoff.rejection is None else handoff.rejection.dispute
    return {*follow, handoff.handed_by, sent, None if asked is None else asked.by}
