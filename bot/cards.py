"""How a lead looks in the team's channel: one card, readable in five seconds on a phone.

Channels never see a phone number or an e-mail address (product.md section 11). Pure: from what is to what
is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import ids
from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.blocks import Message, actions, button, context, more, section
from bot.deal_telling import open_ones
from bot.deals import Deal
from bot.gate import BY_HAND, spoken
from bot.leads.deadlines import taking_ends, undo_ends
from bot.leads.lead import DEAL_LOST, RENEWAL, Handoff, Lead, State, Verdict, Whose
from bot.leads.merging import may_be_parted
from bot.leads.recycling import FIELDS
from bot.leads.sentences import in_a_sentence, went_on
from bot.text import ago, at_time, count, day, on_day, plain
from bot.working_time import LONG, waited

LAST_TOUCHES: Final = 3
NAMED: Final = 3  # managers in one line
LATE: Final = "Late. "
MOST_CHOICES: Final = 5  # that Slack takes under "..."
NOT_THE_SAME: Final = "Not the same..."
Who = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """All that a message about a lead is drawn from."""

    lead: Lead
    touches: Sequence[Touch]
    who: Who  # a person's name, for a Slack user id
    agreement: Agreement
    now: datetime
    deals: Sequence[Deal] = ()  # of a lead that has some
    for_sales: str | None = None  # what marketing says of the campaign

    def name(self, slack_id: str) -> str:
        return plain(self.who(slack_id), 60) or "Somebody"


def lead_card(seen: Sighted, handoff: Handoff) -> Message:
    """The card of one handoff; an older one only says that the lead has moved on."""
    lead = seen.lead
    if lead.handoff is None or lead.handoff.id != handoff.id:
        words = f"{headline(lead)} came back later: see the newer card."
        return Message(text=words, blocks=[section(words)])
    stands = where_it_stands(seen, handoff).removeprefix(LATE)  # said of the lead, never beside a person
    told = " ".join([stands, *put_off(seen, handoff)])
    late = LATE if lead.state is State.OFFERED and handoff.late_at else ""
    why = [*history(seen, handoff), *(plain(reason, 100) for reason in handoff.why)]
    notes = [each for each in (for_sales(seen), note(seen, handoff)) if each]
    aloud = [f"{late}{headline(lead)}{lead_title(lead)}", *_company(lead), *why, *notes, told, _asked(lead)]
    return Message(
        text=" ".join(sentence(line) for line in aloud if line),
        blocks=[
            section(
                f"{late}*{lead_name(lead)}*{lead_title(lead)}\n{' · '.join(about_company(lead)) or 'Company not known'}"
            ),
            *([section("\n".join(f"• {reason}" for reason in why))] if why else []),
            context(_where_from(seen, handoff)),
            *([context(*notes)] if notes else []),
            context(told),
            actions(*_buttons(seen), block_id=f"card.{handoff.id}"),
        ],
    )


def history(seen: Sighted, handoff: Handoff) -> list[str]:
    """Why it comes again, for a lead that was rejected before: one line."""
    back = handoff.back
    if back is None:
        return []
    whom = f" by {seen.name(back.by)}" if back.by else ""
    if back.reason == RENEWAL:
        return [
            f"Renewal: the contract ends on {day(back.at)} {back.at:%Y}{f'; {whom[4:]} had it' if whom else ''}"
        ]
    if back.reason == DEAL_LOST:
        why = f" ({in_a_sentence(plain(back.why, 100))})" if back.why else ""
        parts = [f"Back again: its deal was lost {day(back.at)}{why}{f', {whom[4:]} had it' if whom else ''}"]
    else:
        reason = in_a_sentence(plain(seen.agreement.label(back.reason), 100))
        parts = [f"Back again: rejected {day(back.at)}{whom}, {reason}"]
    if back.since and back.since_at:
        parts.append(f"{_stirred(back.since)} {on_day(back.since_at)}")
    if back.sent_by:
        fixed = ", ".join(in_a_sentence(FIELDS.get(path, path)) for path in back.fixed)
        parts.append(f"{seen.name(back.sent_by)} {f'corrected {fixed}' if fixed else 'sends it again'}")
    return ["; ".join(parts)]


def _stirred(kind: str) -> str:
    """demo_request -> asked for a demo."""
    asked = {"demo_request": "asked for a demo", "contact_request": "asked for contact"}
    return asked.get(kind) or plain(spoken(kind), 40)


def moved_on(seen: Sighted, channel: str | None) -> Message:
    """A card after it was posted anew: further down, or in the channel of another team."""
    where = "moved down, see the newer card" if channel is None else f"moved to <#{channel}>"
    words = f"{headline(seen.lead)}: {where}."
    return Message(text=words, blocks=[section(words)])


def headline(lead: Lead) -> str:
    """Who it is in a few words, safe for Slack."""
    company = plain(lead.company, 80)
    return f"{lead_name(lead)} at {company}" if company else lead_name(lead)


def last_touches(touches: Sequence[Touch], most: int = LAST_TOUCHES) -> str:
    """The newest touches by kind and day."""
    newest = sorted(touches, key=lambda touch: touch.at, reverse=True)[:most]
    return ", ".join(f"{plain(spoken(touch.kind), 40)} {day(touch.at)}" for touch in newest)


def where_it_stands(seen: Sighted, handoff: Handoff) -> str:
    """Who has it and since when, or who passed on it and why: one line."""
    lead, no = seen.lead, _no(seen, handoff)
    words = ""
    match lead.state:
        case State.NEW:
            words = f"{no}Waits to be offered, together with others."
        case State.NURTURE:
            until = f" until {on_day(lead.returns_at)}" if lead.returns_at else " for now"
            words = f"{no}With marketing{until}."
        case State.OFFERED:
            words = _offered(seen, handoff)
        case State.ACCEPTED:
            tried = f" {count(lead.attempts, 'attempt')} so far." if lead.attempts else ""
            words = f"{_owned(seen, handoff)}.{tried}"
        case State.WORKING:
            followed = handoff.decided_by not in (None, lead.owner)
            touch = ". They have been in touch" if followed else ", and has been in touch"
            words = f"{_owned(seen, handoff)}{touch}."
        case State.CONVERTED:
            words = f"{_owner(seen)} has this: there is a deal."
        case State.REJECTED:
            words = f"{no.strip() or 'With marketing for now.'}{asked_since(lead)}"
        case State.DISPUTED:
            words = f"{no}Marketing has asked for a second look."
        case State.CLOSED:
            words = f"{no}This one is closed.{asked_since(lead)}"
    return words


def asked_since(lead: Lead) -> str:
    """How often who is spam has asked again: it is counted, and nobody is asked about it. With a space before it."""
    times = lead.asked_while_closed if lead.state in (State.REJECTED, State.CLOSED) else 0
    return f" Asked again {count(times, 'time')} since." if times else ""


def where_it_went(seen: Sighted, handoff: Handoff, person: str) -> str:
    """The same to one who was asked alone and did not answer: also why it went on."""
    gone = went_on(seen.lead, person, seen.name(handoff.to) if handoff.to else "", seen.now)
    return f"{gone}." if gone else where_it_stands(seen, handoff)


def took(handoff: Handoff, agreement: Agreement) -> str:
    """How long the decision took: " after 12 minutes", " after 2 hours of working time", " after 3 working days"."""
    if handoff.took is None or handoff.decided_at is None:
        return ""
    lasted = agreement.lasted(handoff.took, agreement.team(handoff.team))
    if lasted.days >= LONG:
        return f" after {waited(lasted)}"
    minutes, whole = handoff.took // 60, (handoff.decided_at - handoff.offered_at).total_seconds()
    hours, rest = divmod(minutes, 60)
    said = [count(hours, "hour")] if hours else []
    said += [count(rest, "minute")] if rest else []
    length = " ".join(said) or "less than a minute"
    return f" after {length}{'' if whole < handoff.took + 60 else ' of working time'}"


def passed_on(seen: Sighted, reason: str, answer: str | None) -> str:
    """The reason in the agreement's words, with what was answered to its question."""
    label = plain(seen.agreement.label(reason), 100)
    return f"{label} ({plain(answer, 100)})" if answer else label


def may_undo(seen: Sighted) -> bool:
    """Whether who decided may still take it back."""
    ends = undo_ends(seen.lead, seen.agreement)
    return ends is not None and seen.now <= ends


def _offered(seen: Sighted, handoff: Handoff) -> str:
    hot = f"{LATE if handoff.late_at else ''}{'Hot. ' if handoff.hot else ''}"
    since = ago(handoff.shown_at or handoff.offered_at)
    if handoff.to is not None:
        rest = "" if handoff.alone else " Anyone may still take it."
        return f"{hot}{whose_it_is(seen, handoff)}.{rest} Shown {since}."
    if handoff.alone:
        return f"{hot}Nobody is free now: offered when work begins. Shown {since}."
    asked = ", ".join(seen.name(manager) for manager in handoff.helped_by[:NAMED])
    if asked:
        why = "Passed on twice" if len(handoff.passed) > 1 else "Nobody could be asked"
        return f"{hot}{why}, so {asked} may give it to somebody. Shown {since}."
    return f"{hot}Waiting for an answer, shown {since}."


def whose_it_is(seen: Sighted, handoff: Handoff) -> str:
    """Why it is offered to one rep first, or to nobody else, in a few words."""
    to, by = seen.name(handoff.to or ""), seen.name(handoff.named_by or "")
    words = f"{by} thought of {to}" if handoff.named_by else f"First of all for {to}"
    match handoff.whose:
        case Whose.TURN:
            words = f"{to}'s turn"
        case Whose.STARTS:
            words = f"{to} starts work first"
        case Whose.MATCH:
            company = plain(seen.lead.company, 80)
            words = f"{to} owns the other lead at {company}" if company else f"{to} owns another lead there"
        case Whose.COMPANY:
            words = f"{to} is asked about the others at {plain(seen.lead.company, 80) or 'this company'}, too"
        case Whose.DEAL:
            words = f"{to} has the deal with {plain(seen.lead.company, 80) or 'this company'}"
        case Whose.HANDED:
            words = f"{by} hands this on to {to}"
        case Whose.FIXED:
            words = f"Corrected, and first of all for {to}"
        case Whose.DISPUTED:
            words = f"Second look: {by} asks {to} again"
        case Whose.NAMED | Whose.BACK | Whose.RECYCLED | None:
            pass
    return words


def put_off(seen: Sighted, handoff: Handoff) -> list[str]:
    """Who has put it off, and until when."""
    quiet = {} if handoff.wait is None else handoff.wait.quiet
    later = sorted((until, person) for person, until in quiet.items() if until > seen.now)
    return [f"{seen.name(person)}: back to this {at_time(until, seen.now)}." for until, person in later]


def _owned(seen: Sighted, handoff: Handoff) -> str:
    owner, by, giver = _owner(seen), handoff.decided_by, handoff.given_by
    cover = f" until {seen.name(handoff.cover_for)} is back" if handoff.cover_for else ""
    if giver is not None and giver == by:
        return f"{seen.name(giver)} gave this to {owner}{cover}{took(handoff, seen.agreement)}"
    if giver is not None:
        return f"{seen.name(by or '')} took this{took(handoff, seen.agreement)}; {seen.name(giver)} gave it to {owner}{cover}"
    if by is None or by == seen.lead.owner:
        return f"{owner} took this{took(handoff, seen.agreement)}{_elsewhere(handoff)}"
    return (
        f"{seen.name(by)} took this{took(handoff, seen.agreement)}{_elsewhere(handoff)}; {owner} has it now"
    )


def _no(seen: Sighted, handoff: Handoff) -> str:
    """Who said no and why, with a space behind it; empty where nobody did."""
    rejection = handoff.rejection
    if rejection is None or handoff.verdict is not Verdict.REJECTED:
        return ""
    whom = seen.name(rejection.by) if rejection.by else "Sales"
    reason = in_a_sentence(passed_on(seen, rejection.reason, rejection.answer))
    return f"{whom} passed on this{took(handoff, seen.agreement)}{_elsewhere(handoff)}: {reason}. "


def _owner(seen: Sighted) -> str:
    return seen.name(seen.lead.owner) if seen.lead.owner else "Somebody"


def _elsewhere(handoff: Handoff) -> str:
    return f" (decided in {plain(handoff.origin)})" if handoff.origin else ""


def _asked(lead: Lead) -> str:
    """What the buttons ask, for who hears the card read."""
    return "Accept or reject?" if lead.state is State.OFFERED else ""


def _buttons(seen: Sighted) -> list[object]:
    lead = seen.lead
    about, buttons = lead.called, []
    if lead.state is State.OFFERED:
        buttons = [
            button("Accept", ids.ACCEPT, lead.id, style="primary", about=about),
            button("Reject", ids.REJECT, lead.id, about=about),
        ]
    if may_be_taken(seen):
        buttons = [button("I will take it", ids.TAKE, lead.id, about=about)]
    return [*buttons, more(ids.MORE, lead_choices(seen), lead.id)]


def lead_choices(seen: Sighted) -> list[tuple[str, str]]:
    """What stands under "..." on its card."""
    lead, choices = seen.lead, [("Timeline", ids.TIMELINE)]
    if may_undo(seen):
        choices.append(("Undo", ids.UNDO))
    if (merged_by := may_be_parted(lead, seen.now)) is not None:
        choices.append((NOT_THE_SAME, f"{ids.SEND_AGAIN}:{merged_by}"))
    if lead.state in (State.OFFERED, State.ACCEPTED, State.WORKING):
        choices.append(("Give to...", ids.GIVE_TO))
    if lead.state in (State.ACCEPTED, State.WORKING):
        choices.append(("Deal opened...", ids.OPENED))
    if may_close(seen) and len(choices) + 2 <= MOST_CHOICES:  # before that the form of a deal closes it, too
        choices += [("Won...", ids.WON), ("Lost...", ids.LOST)]
    if lead.state is State.OFFERED:
        choices.insert(0, ("Not for me", ids.NOT_FOR_ME))
    return choices


def may_be_taken(seen: Sighted) -> bool:
    """Whether a colleague may still take what one rep rejected."""
    ends = taking_ends(seen.lead, seen.agreement)
    return ends is not None and seen.now <= ends


def may_close(seen: Sighted) -> bool:
    """Whether a deal of this lead can be told won or lost: one that is open, or the first that is heard of."""
    if seen.lead.state is State.CONVERTED:
        return bool(open_ones(seen.deals))
    return seen.lead.state in (State.ACCEPTED, State.WORKING)


def lead_name(lead: Lead) -> str:
    return plain(lead.name, 80) or "Somebody"


def lead_title(lead: Lead) -> str:
    title = plain(lead.shown("contact.title"), 80)
    return f", {title}" if title and title != lead_name(lead) else ""


def _company(lead: Lead) -> list[str]:
    """The company to who hears it: its name was said before."""
    facts = about_company(lead)[1 if lead.company else 0 :]
    return [", ".join(facts)] if facts else []


def about_company(lead: Lead) -> list[str]:
    employees = lead.fields.get("company.employees")
    parts = [
        plain(lead.company, 80),
        plain(lead.shown("company.industry"), 60),
        count(employees, "person", "people") if isinstance(employees, int) else "",
        plain(lead.shown("company.country"), 40),
    ]
    return [part for part in parts if part]


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


def for_sales(seen: Sighted) -> str:
    return f"For sales: {plain(seen.for_sales)}" if seen.for_sales else ""


def note(seen: Sighted, handoff: Handoff) -> str:
    if handoff.handed_by is None:
        return ""
    words = f": {plain(handoff.note)}" if handoff.note else "."
    return f"Handed over by {seen.name(handoff.handed_by)}{words}"


def sentence(line: str) -> str:
    return line if line.endswith((".", ":", "…", "?", "!")) else f"{line}."
