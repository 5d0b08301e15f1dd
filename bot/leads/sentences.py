"""What a person is told who asks too late, or twice: who has the lead, and why. Kind, exact, never blame."""

from bot.leads.lead import Lead, Rejection, State
from bot.reasons import REASONS
from bot.text import at_time, mention, on_day, plain


def who_has_it(lead: Lead, by: str) -> str:
    """Where the lead stands, to the person who asked."""
    words = ""
    match lead.state:
        case State.NEW:
            words = "This lead waits to be offered, together with others. Nothing for you to do yet."
        case State.NURTURE:
            words = _with_marketing(lead)
        case State.OFFERED:
            words = f"{plain(lead.called)} still waits for an answer. Anyone of the team may take it."
        case State.ACCEPTED | State.WORKING | State.CONVERTED:
            words = "This is already yours." if lead.owner == by else _taken(lead)
        case State.REJECTED:
            words = _passed(lead, by) or "This lead is with marketing."
        case State.DISPUTED:
            words = "Marketing has asked for a second look at this one. Nothing for you to do."
        case State.CLOSED:
            words = f"{_passed(lead, by)} This lead is closed.".strip()
    return words


def _taken(lead: Lead) -> str:
    decided_at = None if lead.handoff is None else lead.handoff.decided_at
    when = "" if decided_at is None else f" at {at_time(decided_at)}"
    return f"{mention(lead.owner) if lead.owner else 'Somebody'} took this{when}. Nothing for you to do."


def _passed(lead: Lead, by: str) -> str:
    rejection = None if lead.handoff is None else lead.handoff.rejection
    return "" if rejection is None else passed(rejection, by)


def passed(rejection: Rejection, by: str) -> str:
    """Amy passed on this: not our kind of customer."""
    label = REASONS[rejection.reason].label
    whom = "You" if rejection.by == by else mention(rejection.by) if rejection.by else "Sales"
    return f"{whom} passed on this: {label[0].lower()}{label[1:]}."


def _with_marketing(lead: Lead) -> str:
    if lead.returns_at is not None:
        return f"This lead is with marketing and may come back on {on_day(lead.returns_at)}."
    return "This lead is with marketing. Nothing for you to do."
