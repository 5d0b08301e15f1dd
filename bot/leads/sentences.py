"""What a person is told who asks too late, or twice: who has the lead, and why. Kind, exact, never blame."""

from datetime import datetime
from typing import Final

from bot.agreement import Agreement
from bot.leads.lead import Handoff, Lead, Rejection, State, Whose
from bot.text import at_time, by_the_clock, mention, on_day, plain
from bot.working_time import Waited, waited

AN_HOUR: Final = waited(Waited(60 * 60))


def who_has_it(lead: Lead, by: str, agreement: Agreement, now: datetime) -> str:
    """Where the lead stands, to the person who asked."""
    words = ""
    match lead.state:
        case State.NEW:
            words = "This lead waits to be offered, together with others. Nothing for you to do yet."
        case State.NURTURE:
            words = f"{_passed(lead, by, agreement)} {_with_marketing(lead)}".strip()
        case State.OFFERED:
            words = _offered(lead, by, now)
        case State.CONVERTED if lead.owner == by:
            words = "This is already yours: there is a deal."
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


def went_on(lead: Lead, by: str, whom: str, now: datetime) -> str:
    """Why it is not theirs to answer any more, and `whom` it is offered to now; empty: it is, or was not lost so.

    Of a later offer it says nothing: their message is not drawn anew for each of those.
    """
    handoff = lead.handoff
    silent = {} if handoff is None or handoff.wait is None else handoff.wait.silent
    if (
        handoff is None
        or lead.state is not State.OFFERED
        or not handoff.alone
        or handoff.to == by
        or by not in silent
    ):
        return ""
    length = waited(silent[by].waited)
    why = f"{at_time(silent[by].at, now)} because it had waited {'an hour' if length == AN_HOUR else length}"
    if by not in asked_last(handoff, 1):
        return f"This went on {why}"
    if handoff.whose is Whose.STARTS:
        return f"This went on {why}. It {is_offered(handoff, whom, now)}"
    return f"This went to {whom} {why}"


def asked_last(handoff: Handoff, most: int) -> list[str]:
    """Of those who were asked alone and did not answer, the last ones."""
    silent = {} if handoff.wait is None else handoff.wait.silent
    return sorted(silent, key=lambda each: silent[each].at)[-most:]


def is_offered(handoff: Handoff, whom: str, now: datetime) -> str:
    """To whom alone, and until when; or when work begins."""
    to = f" to {whom}" if whom else ""
    if handoff.whose is Whose.STARTS:
        return f"is offered{to} when work begins{f', {at_time(handoff.until, now)}' if handoff.until else ''}"
    until = f" until {by_the_clock(handoff.until, now)}" if handoff.until and handoff.until > now else ""
    return f"is offered{to}{until}"


def _offered(lead: Lead, by: str, now: datetime) -> str:
    handoff = lead.handoff
    if handoff is None or not handoff.alone or handoff.to == by:
        return f"{plain(lead.called)} still waits for an answer. Anyone of the team may take it."
    whom = "" if handoff.to is None else mention(handoff.to)
    went = went_on(lead, by, whom, now)
    said = [went] if went else []
    if not went or by not in asked_last(handoff, 1):
        said.append(f"{'It' if went else 'This one'} {is_offered(handoff, whom, now)}")
    return f"{'. '.join(said)}. Nothing for you to do."


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
