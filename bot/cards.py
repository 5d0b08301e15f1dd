"""How a lead looks in the team's channel: one card, readable in five seconds on a phone.

Channels never see a phone number or an e-mail address (product.md section 11). Pure: from what is to what
is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block

from bot import ids
from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.blocks import Message, actions, button, context, more, section
from bot.gate import BY_HAND, spoken
from bot.leads.lead import Handoff, Lead, State, Verdict
from bot.text import ago, count, day, plain

LAST_TOUCHES: Final = 3
Who = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """All that a message about a lead is drawn from."""

    lead: Lead
    touches: Sequence[Touch]
    who: Who  # a person's name, for a Slack user id
    agreement: Agreement
    now: datetime

    def name(self, slack_id: str) -> str:
        return plain(self.who(slack_id), 60)


def lead_card(seen: Sighted, handoff: Handoff) -> Message:
    """The card of one handoff; an older one only says that the lead has moved on."""
    lead = seen.lead
    if lead.handoff is None or lead.handoff.id != handoff.id:
        words = f"{headline(lead)} came back later: see the newer card."
        return Message(text=words, blocks=[section(words)])
    told = _standing(seen, handoff)
    lines = [headline(lead), _company(lead), *handoff.why, _where_from(seen, handoff), told]
    return Message(
        text=" ".join(_sentence(line) for line in lines if line),
        blocks=[
            section(f"*{plain(lead.name)}*{_title(lead)}\n{_company(lead)}"),
            section("\n".join(f"• {plain(reason)}" for reason in handoff.why) or "No reasons were given."),
            context(_where_from(seen, handoff)),
            *_note(seen, handoff),
            context(told),
            actions(*_buttons(seen, handoff), block_id=f"card.{handoff.id}"),
        ],
    )


def headline(lead: Lead) -> str:
    """Who it is in a few words, safe for Slack."""
    return plain(lead.called)


def last_touches(touches: Sequence[Touch], most: int = LAST_TOUCHES) -> str:
    """The newest touches by kind and day."""
    newest = sorted(touches, key=lambda touch: touch.at, reverse=True)[:most]
    return ", ".join(f"{plain(spoken(touch.kind), 40)} {day(touch.at)}" for touch in newest)


def where_it_stands(seen: Sighted, handoff: Handoff) -> str:
    """Who has it and since when, or who passed on it and why: one line."""
    return _standing(seen, handoff)


def took(handoff: Handoff) -> str:
    """How long the decision took, in words."""
    if handoff.took is None:
        return ""
    minutes, hours = max(handoff.took // 60, 1), handoff.took // 3600
    return f" after {count(hours, 'working hour')}" if hours else f" after {count(minutes, 'minute')}"


def passed_on(seen: Sighted, reason: str, answer: str | None) -> str:
    label = plain(seen.agreement.label(reason))
    return f"{label} ({plain(answer, 100)})" if answer else label


def may_undo(seen: Sighted, handoff: Handoff) -> bool:
    """Whether who decided may still take it back."""
    if handoff.before is None or handoff.decided_at is None:
        return False
    return seen.now <= handoff.decided_at + seen.agreement.leads.undo


def _standing(seen: Sighted, handoff: Handoff) -> str:
    lead = seen.lead
    match lead.state:
        case State.NEW | State.NURTURE:
            return "With marketing for now."
        case State.OFFERED:
            return _offered(seen, handoff)
        case State.ACCEPTED:
            return f"{_owner(seen)} took this{took(handoff)}{_elsewhere(handoff)}."
        case State.WORKING:
            return f"{_owner(seen)} took this{took(handoff)}{_elsewhere(handoff)}, and has been in touch."
        case State.CONVERTED:
            return f"{_owner(seen)} has this: there is a deal."
        case State.REJECTED | State.DISPUTED | State.CLOSED:
            return _passed(seen, handoff)


def _offered(seen: Sighted, handoff: Handoff) -> str:
    hot = "Asked for us. " if handoff.hot else ""
    since = ago(handoff.shown_at or handoff.offered_at)
    if handoff.to is not None:
        whose = f"{seen.name(handoff.named_by)} thought of" if handoff.named_by else "First of all for"
        return f"{hot}{whose} {seen.name(handoff.to)}. Anyone may still take it. Shown {since}."
    return f"{hot}Waiting for an answer, shown {since}."


def _passed(seen: Sighted, handoff: Handoff) -> str:
    rejection = handoff.rejection
    if rejection is None or handoff.verdict is not Verdict.REJECTED:
        return "This one is closed."
    whom = seen.name(rejection.by) if rejection.by else "Sales"
    reason = passed_on(seen, rejection.reason, rejection.answer)
    closed = " It is closed." if seen.lead.state is State.CLOSED else ""
    return f"{whom} passed on this{took(handoff)}{_elsewhere(handoff)}: {reason}.{closed}"


def _owner(seen: Sighted) -> str:
    return seen.name(seen.lead.owner) if seen.lead.owner else "Somebody"


def _elsewhere(handoff: Handoff) -> str:
    return f" (decided in {plain(handoff.origin)})" if handoff.origin else ""


def _buttons(seen: Sighted, handoff: Handoff) -> list[object]:
    lead = seen.lead
    about = lead.called
    choices = [("Timeline", ids.TIMELINE)]
    if may_undo(seen, handoff):
        choices.append(("Undo", ids.UNDO))
    match lead.state:
        case State.OFFERED:
            choices.insert(0, ("Not for me", ids.NOT_FOR_ME))
            return [
                button("Accept", ids.ACCEPT, lead.id, style="primary", about=about),
                button("Reject", ids.REJECT, lead.id, about=about),
                more(ids.MORE, choices, lead.id),
            ]
        case State.REJECTED if _may_take(seen, handoff):
            return [
                button("I will take it", ids.TAKE, lead.id, about=about),
                more(ids.MORE, choices, lead.id),
            ]
        case _:
            return [more(ids.MORE, choices, lead.id)]


def _may_take(seen: Sighted, handoff: Handoff) -> bool:
    if handoff.decided_at is None or handoff.origin is not None:
        return False
    return seen.now <= seen.agreement.calendar.end_of_next_working_day(handoff.decided_at)


def _title(lead: Lead) -> str:
    title = lead.text("contact.title")
    return f", {plain(title)}" if title and title != lead.name else ""


def _company(lead: Lead) -> str:
    employees = lead.fields.get("company.employees")
    parts = [
        plain(lead.company),
        plain(lead.text("company.industry"), 60),
        count(employees, "person", "people") if isinstance(employees, int) else "",
        plain(lead.text("company.country"), 40),
    ]
    return " · ".join(part for part in parts if part) or "Company not known"


def _where_from(seen: Sighted, handoff: Handoff) -> str:
    lead = seen.lead
    source = "by hand" if lead.source == BY_HAND else plain(spoken(lead.source), 60)
    parts = [
        f"Source: {source or 'not told'}",
        f"Campaign: {plain(lead.campaign, 80)}" if lead.campaign else "",
        f"Last: {last_touches(seen.touches)}" if seen.touches else "",
        f"Score by {plain(handoff.whose_score, 40)}"
        if handoff.whose_score not in (None, "agreement")
        else "",
    ]
    return " · ".join(part for part in parts if part)


def _note(seen: Sighted, handoff: Handoff) -> list[Block]:
    if handoff.handed_by is None:
        return []
    note = f": {plain(handoff.note)}" if handoff.note else "."
    return [context(f"Handed over by {seen.name(handoff.handed_by)}{note}")]


def _sentence(line: str) -> str:
    return line if line.endswith((".", ":", "…")) else f"{line}."
