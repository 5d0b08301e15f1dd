"""What marketing hears: each rejection with the rep's words, and how a campaign's week stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot import ids
from bot.agreement import Agreement
from bot.blocks import Message, actions, button, context, more, section
from bot.cards import NOT_THE_SAME, Sighted, asked_since, headline, passed_on
from bot.disputes import answered
from bot.gate import spoken
from bot.leads.deadlines import may_be_disputed
from bot.leads.lead import Lead, Rejection, State
from bot.leads.recycling import MENDED
from bot.money import Money, listed
from bot.text import count, on_day, plain, quote

THANKED_IN = frozenset(State) - {State.OFFERED, State.ACCEPTED, State.WORKING, State.CONVERTED}
AT_HAND = 2  # answers that have a button of their own
NAMED = 5  # leads named in a message about many


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A campaign's week: what became of the leads first offered in it.

    They add up: handed over is accepted + rejected + waiting.
    """

    handed_over: int = 0
    accepted: int = 0
    contacted: int = 0
    meetings: int = 0
    deals: int = 0  # that name one of the leads; also those that were won
    won: int = 0
    amounts: tuple[Money, ...] = ()  # of those that were won, by currency
    waiting: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)  # by reason
    not_ready: int = 0


def rejection_note(seen: Sighted, rejection: Rejection, *, judges: bool = True) -> Message:
    """One rejection: the lead, the reason, the rep's own words; and how marketing may answer.

    `judges`: somebody is there who could take a second look.
    """
    reason = passed_on(seen, rejection.reason, rejection.answer)
    whom = seen.name(rejection.by) if rejection.by else "Sales"
    said = f"{headline(seen.lead)}: {whom} passed on this. {reason}."
    if rejection.taken_back_at is not None:
        return _taken_back(seen, rejection, reason)
    spoken_words = quote(rejection.words or "")
    aloud = f" In their words: {plain(rejection.words, 1000)}" if rejection.words else ""
    told = told_since(seen, rejection)
    return Message(
        text=f"{said}{aloud}{''.join(f' {each}' for each in told)}",
        blocks=[
            section(f"*{headline(seen.lead)}*: {whom} passed on this.\n{reason}."),
            *([section(spoken_words)] if spoken_words else []),
            *([context(*told)] if told else []),
            actions(*answers(seen, rejection, judges=judges), block_id=f"rejection.{rejection.id}"),
        ],
    )


def row(standing: Standing, agreement: Agreement, between: str = ", ") -> str:
    """What became of the leads: counts, never a bare percentage."""
    reasons = ", ".join(
        f"{plain(agreement.label(reason))} {number}"
        for reason, number in sorted(standing.rejected.items(), key=lambda each: (-each[1], each[0]))
    )
    rejected = sum(standing.rejected.values())
    parts = [
        f"Handed over {standing.handed_over}",
        f"accepted {standing.accepted}",
        f"contacted {standing.contacted}",
        f"meetings {standing.meetings}",
        f"deals {standing.deals}",
        f"won {standing.won}{f' ({listed(standing.amounts)})' if standing.amounts else ''}",
        f"rejected {rejected}{f' ({reasons})' if reasons else ''}",
        f"waiting {standing.waiting}",
    ]
    if standing.not_ready:
        parts.append(f"not ready {standing.not_ready}")
    return between.join(parts)


def campaign_note(
    line: str, week: str, standing: Standing, agreement: Agreement, owner: str | None = None
) -> Message:
    """How a campaign's week stands, and whose it is."""
    whose = f", {plain(owner, 60)}" if owner else ""
    title = f"{line_name(line)}, week {int(week.rpartition('W')[2])}{whose}"
    shown = section(f"*{title}*\n{row(standing, agreement, ' · ')}")
    return Message(text=f"{title}. {row(standing, agreement)}.", blocks=[shown])


def nurture_note(line: str, leads: Sequence[Lead], more: int, shelf: str) -> Message:
    """Leads that did not pass the gate, with the rule that each failed."""
    total = len(leads) + more
    title = f"{line_name(line)}: {count(total, 'lead')} not ready for sales yet."
    if not leads:
        words = f"{line_name(line)}: no lead is left here."
        return Message(text=words, blocks=[section(words)])
    named = [f"{headline(lead)}: {plain(', '.join(lead.kept_because), 150)}" for lead in leads[:NAMED]]
    rest = total - len(named)
    lines = [*named, *([f"and {rest:,} more"] if rest else [])]
    return Message(
        text=f"{title} {'; '.join(lines)}.",
        blocks=[
            section("\n".join([f"*{title}*", *(f"• {each}" for each in lines)])),
            actions(
                button("Hand over anyway", ids.HAND_OVER, shelf, about=line.partition(":")[2]),
                block_id=f"shelf.{shelf}"[:255],
            ),
        ],
    )


def line_name(line: str) -> str:
    """A campaign or a source as a heading."""
    kind, _, name = line.partition(":")
    return plain(name, 100) if kind == "campaign" else f"Source {plain(spoken(name), 100)}"


def line_words(line: str) -> str:
    """The same as it is, for where nothing is markup."""
    kind, _, name = line.partition(":")
    return name if kind == "campaign" else f"Source {spoken(name)}"


def told_since(seen: Sighted, rejection: Rejection) -> list[str]:
    """What marketing, and a manager for it, has said to a rejection so far, a sentence each."""
    last = seen.lead.handoff is not None and seen.lead.handoff.rejection == rejection
    told = (
        _second_look(seen, rejection),
        _sent_again(seen, rejection),
        _thanks(seen, rejection),
        asked_since(seen.lead).strip() if last else "",
    )
    return [each for each in told if each]


def answers(seen: Sighted, rejection: Rejection, *, judges: bool) -> list[object]:
    """Two buttons by reason, the rest under "..."; a lead that was sent again has newer ones elsewhere."""
    lead, about = seen.lead, seen.lead.called
    last = lead.handoff is not None and lead.handoff.rejection == rejection
    answers = [answer for may, answer in _possible(seen, rejection, judges=judges) if may and last]
    buttons = [button(words, action, rejection.id, about=about) for words, action, _ in answers[:AT_HAND]]
    choices = [(words, f"{choice}:{rejection.id}") for words, _, choice in answers[AT_HAND:]]
    choices += [("Tell me how this one goes", ids.FOLLOW), ("Timeline", ids.TIMELINE)]
    return [*buttons, more(ids.MORE, choices, lead.id)]


def _possible(
    seen: Sighted, rejection: Rejection, *, judges: bool
) -> Sequence[tuple[bool, tuple[str, str, str]]]:
    """What may be answered to this reason, the likeliest first: words, and the ids as a button and as a choice."""
    lead = seen.lead
    back = lead.state in (State.REJECTED, State.NURTURE)
    again = "Recycle..." if rejection.record is None else NOT_THE_SAME
    disputable = judges and may_be_disputed(lead, seen.agreement, seen.now)
    return (
        (back and rejection.reason in MENDED, ("Fix and send back", ids.FIX, "")),
        (disputable, ("Ask for a second look", ids.DISPUTE, "")),
        (back or lead.state is State.CLOSED, (again, ids.RECYCLE, ids.SEND_AGAIN)),
        (lead.state in THANKED_IN, ("Thanks", ids.THANK, ids.THANKS)),
    )


def _second_look(seen: Sighted, rejection: Rejection) -> str:
    asked = rejection.dispute
    if asked is None:
        return ""
    words = f": {plain(asked.words, 300)}" if asked.words else ""
    answer = answered(seen, rejection, asked)
    return f"{seen.name(asked.by)} asked for a second look{words}{'' if words.endswith('.') else '.'}{f' Answer: {answer}' if answer else ''}"


def _sent_again(seen: Sighted, rejection: Rejection) -> str:
    """What marketing has done about it."""
    lead = seen.lead
    if lead.handoff is None:
        return ""
    if lead.handoff.rejection == rejection:
        by, at = lead.recycled_by, lead.returns_at
        return f"{seen.name(by)} sends it again, {on_day(at)}." if by and at else ""
    back = lead.handoff.back
    if back is None or back.sent_by is None or back.at != rejection.at:
        return ""
    verb = "corrected it and sent it back" if back.fixed else "sent it again"
    return f"{seen.name(back.sent_by)} {verb}."


def _taken_back(seen: Sighted, rejection: Rejection, reason: str) -> Message:
    whom = seen.name(rejection.taken_back_by) if rejection.taken_back_by else "sales"
    verb = "taken back" if rejection.taken_back_by == rejection.by else "taken after all"
    if rejection.dispute is not None and rejection.dispute.stands is False:
        verb = f"back to {seen.name(rejection.by) if rejection.by else 'sales'} after a second look,"
    words = f"{headline(seen.lead)}: {verb} by {whom} (it was: {reason})."
    return Message(text=words, blocks=[section(words)])


def _thanks(seen: Sighted, rejection: Rejection) -> str:
    if not rejection.thanked_by:
        return ""
    thankful = ", ".join(seen.name(person) for person in rejection.thanked_by[:NAMED])
    whom = f", {seen.name(rejection.by)}" if rejection.by else ""
    return f"{thankful}: thanks{whom}."
