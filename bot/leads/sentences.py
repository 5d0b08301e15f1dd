"""What a person is told who asks too late, or twice: who has the lead, and why. Kind, exact, never blame."""

from datetime import datetime

from bot.agreement import Agreement
from bot.leads.lead import Lead, Rejection, State
from bot.text import at_time, by_the_clock, mention, on_day, plain


def who_has_it(lead: Lead, by: str, agreement: Agreement, now: datetime) -> str:
    """Where the lead stands, to the person who asked."""
    words = ""
    match lead.state:
        case State.NEW:
            words = "This lead waits to be offered, together with others. Nothing for you to do yet."
        case State.NURTURE:
            words = _with_marketing(lead)
        case State.OFFERED:
            words = _offered(lead, by, now)
        case State.ACCEPTED | State.WORKING | State.CONVERTED:
            words = "This is already yours." if lead.owner == by else _taken(lead, now)
        case State.REJECTED:
            words = _passed(lead, by, agreement) or "This lead is with marketing."
        case State.DISPUTED:
            words = "Marketing has asked for a second look at this one. Nothing for you to do."
        case State.CLOSED:
            words = f"{_passed(lead, by, agreement)} This lead is closed.".strip()
    return words


def in_a_sentence(label: str) -> str:
    """A reason's label behind other words: "No budget" -> "no budget", but "GDPR" stays."""
    return label if label[1:2].isupper() or label.startswith("I ") else f"{label[:1].lower()}{label[1:]}"


def _offered(lead: Lead, by: str, now: datetime) -> str:
    handoff = lead.handoff
    if handoff is not None and handoff.alone and handoff.to is None:
        return f"{plain(lead.called)} is offered when work begins. Nothing for you to do."
    if handoff is None or handoff.to is None or not handoff.alone or handoff.to == by:
        return f"{plain(lead.called)} still waits for an answer. Anyone of the team may take it."
    until = f" until {by_the_clock(handoff.until, now)}" if handoff.until and handoff.until > now else ""
    return f"This one is offered to {mention(handoff.to)}{until}. Nothing for you to do."


def _taken(lead: Lead, now: datetime) -> str:
    handoff = lead.handoff
    whom = mention(lead.owner) if lead.owner else "Somebody"
    if handoff is None or handoff.decided_at is None or handoff.decided_by != lead.owner:
        return f"{whom} has this one. Nothing for you to do."
    return f"{whom} took this {at_time(handoff.decided_at, now)}. Nothing for you to do."


def _passed(lead: Lead, by: str, agreement: Agreement) -> str:
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if rejection is None or rejection.taken_back_at is not None:
        return ""
    return passed(rejection, by, agreement)


def passed(rejection: Rejection, by: str, agreement: Agreement) -> str:
    """Amy passed on this: not our kind of customer."""
    whom = "You" if rejection.by == by else mention(rejection.by) if rejection.by else "Sales"
    return f"{whom} passed on this: {plain(in_a_sentence(agreement.label(rejection.reason)))}."


def _with_marketing(lead: Lead) -> str:
    if lead.returns_at is not None:
        return f"This lead is with marketing and may come back on {on_day(lead.returns_at)}."
    return "This lead is with marketing. Nothing for you to do."
