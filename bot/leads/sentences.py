"""What a person is told who asks too late, or twice: who has the lead, and why. Kind, exact, never blame."""

from bot.leads.lead import Lead, Rejection, State, Verdict
from bot.reasons import REASONS
from bot.text import at_time, mention, on_day, plain


def who_has_it(lead: Lead, by: str) -> str:
    """Where the lead stands, to the person who asked."""
    handoff = lead.handoff
    match lead.state:
        case State.NEW:
            return "This lead waits to be offered, together with others. Nothing for you to do yet."
        case State.NURTURE:
            return _with_marketing(lead)
        case State.OFFERED:
            return f"{plain(lead.called)} still waits for an answer. Anyone of the team may take it."
        case State.ACCEPTED | State.WORKING | State.CONVERTED:
            if lead.owner == by:
                return "This is already yours."
            when = "" if handoff is None or handoff.decided_at is None else f" at {at_time(handoff.decided_at)}"
            whom = mention(lead.owner) if lead.owner else "Somebody"
            return f"{whom} took this{when}. Nothing for you to do."
        case State.REJECTED:
            rejection = None if handoff is None else handoff.rejection
            return "This lead is with marketing." if rejection is None else passed(rejection, by)
        case State.DISPUTED:
            return "Marketing has asked for a second look at this one. Nothing for you to do."
        case State.CLOSED:
            rejection = None if handoff is None else handoff.rejection
            return "This lead is closed." if rejection is None else f"{passed(rejection, by)} It is closed."


def passed(rejection: Rejection, by: str) -> str:
    """Amy passed on this: not our kind of customer."""
    label = REASONS[rejection.reason].label
    whom = "You" if rejection.by == by else mention(rejection.by) if rejection.by else "Sales"
    return f"{whom} passed on this: {label[0].lower()}{label[1:]}."


def decided(lead: Lead) -> bool:
    return lead.handoff is not None and lead.handoff.verdict in (Verdict.ACCEPTED, Verdict.REJECTED)


def _with_marketing(lead: Lead) -> str:
    if lead.returns_at is not None:
        return f"This lead is with marketing and may come back on {on_day(lead.returns_at)}."
    return "This lead is with marketing. Nothing for you to do."
