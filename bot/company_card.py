"""One card for the leads of one company that wait at the same time: a line each, with its own menu.

It is a lead's card (bot/cards.py) until a second one joins it. Channels never see a phone number or an e-mail address.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import Message, actions, button, context, more, section
from bot.cards import (
    LATE,
    Sighted,
    about_company,
    for_sales,
    headline,
    history,
    lead_card,
    lead_choices,
    lead_name,
    lead_title,
    may_be_taken,
    moved_on,
    note,
    put_off,
    sentence,
    where_it_stands,
)
from bot.erasing import REMOVED
from bot.gate import BY_HAND, spoken
from bot.leads.lead import Handoff, State
from bot.text import count, plain, shorten

MOST_LINES: Final = 40  # of the 50 blocks of a message; those that wait come first
MOST_ALOUD: Final = 12


class OnCard(NamedTuple):
    """A lead as it is now, with a handoff of it that stands on a card or did; `number`: as which of its cards."""

    seen: Sighted
    handoff: Handoff
    number: int

    @property
    def waits(self) -> bool:
        return self.is_current and self.seen.lead.state is State.OFFERED

    @property
    def is_current(self) -> bool:
        current = self.seen.lead.handoff
        return current is not None and current.id == self.handoff.id

    @property
    def is_hot(self) -> bool:
        return self.waits and self.handoff.hot


def card_of(all_of_it: Sequence[OnCard], card: str) -> Message:
    """What a card shows: the one lead that it was posted for, or all that share it."""
    if len(all_of_it) == 1:
        seen, handoff, number = all_of_it[0]
        if handoff.card == card:
            return lead_card(seen, handoff)
        return moved_on(seen, handoff.moved.get(str(number)) or None)
    known = [each for each in all_of_it if each.seen.lead.erased_at is None]
    here = [each for each in known if each.handoff.card == card]
    if not here:
        return _all_moved(known)
    return _shared(here, [each for each in known if each.handoff.card != card], card)


def called(together: Sequence[OnCard]) -> str:
    """Pat Doe and 4 others at Globex: safe for Slack."""
    return _called(together, lead_name(together[0].seen.lead))


def _called(together: Sequence[OnCard], name: str) -> str:
    company = next((plain(each.seen.lead.company, 80) for each in together if each.seen.lead.company), "")
    others = f" and {count(len(together) - 1, 'other')}" if len(together) > 1 else ""
    return f"{name}{others}{f' at {company}' if company else ''}"


def _shared(here: Sequence[OnCard], gone: Sequence[OnCard], card: str) -> Message:
    waiting = [each for each in here if each.waits]
    shown = here if len(here) <= MOST_LINES else sorted(here, key=lambda each: not each.waits)[:MOST_LINES]
    first = here[0].seen.lead
    late = LATE if any(each.handoff.late_at for each in waiting) else ""
    how_many = _how_many(here, waiting)
    asked = " Accept or reject?" if waiting else ""
    facts = about_company(first)
    notes = list(dict.fromkeys(filter(None, (for_sales(each.seen) for each in shown))))
    left = [_left(each) for each in gone]
    rest = (
        [f"And {count(len(here) - len(shown), 'other')} who were answered."] if len(shown) < len(here) else []
    )
    aloud = [
        f"{late}{called(here)}",
        ", ".join(facts[1 if first.company else 0 :]),
        f"{how_many}{asked}",
        *(_aloud(each) for each in shown[:MOST_ALOUD]),
        *([f"And {len(here) - MOST_ALOUD} more"] if len(here) > MOST_ALOUD else []),
        *notes,
        *left,
    ]
    head = f"*{lead_name(first)}*{called(here).removeprefix(lead_name(first))}"
    blocks: list[Block] = [
        section(f"{late}{head}\n{' · '.join(facts) or 'Company not known'}"),
        context(how_many),
        *(_line(each) for each in shown),
        *([context(*notes[:5])] if notes else []),
        *([context("\n".join([*rest, *left]))] if rest or left else []),
    ]
    buttons = _buttons(waiting, card)
    if buttons:
        blocks.append(actions(*buttons, block_id=f"card.{card}"))
    return Message(text=" ".join(sentence(each) for each in aloud if each), blocks=blocks)


def _how_many(here: Sequence[OnCard], waiting: Sequence[OnCard]) -> str:
    hot = "Hot. " if any(each.is_hot for each in waiting) else ""
    if not waiting:
        return "All of them are answered." if len(here) > 1 else "This one is answered."
    if len(waiting) == len(here):
        who = "All" if len(here) > 2 else "Both" if len(here) > 1 else "This one"  # noqa: PLR2004 - two are both
        return f"{hot}{who} {'wait' if len(here) > 1 else 'waits'} for an answer."
    verb = "waits" if len(waiting) == 1 else "wait"
    return f"{hot}{len(waiting)} of {len(here)} {verb} for an answer."


def _stands(each: OnCard) -> str:
    """Where it stands, without what is said of it beside its name."""
    seen, handoff = each.seen, each.handoff
    if not each.is_current:
        return "Came back later: see the newer card."
    told = where_it_stands(seen, handoff).removeprefix(LATE).removeprefix("Hot. ")
    return " ".join([told, *put_off(seen, handoff)])


def _said_first(each: OnCard) -> str:
    late = LATE if each.waits and each.handoff.late_at else ""
    return f"{late}{'Hot. ' if each.is_hot else ''}"


def _why(each: OnCard) -> list[str]:
    """Where it is from, and why it is one; of a lead that was answered that is old news."""
    seen, handoff = each.seen, each.handoff
    source = seen.lead.source
    by = "by hand" if source == BY_HAND else plain(spoken(source), 60)
    if not each.waits:
        return [by] if by else []
    reasons = [plain(reason, 100) for reason in handoff.why]
    reasons = [reason for reason in reasons if not (by and reason.endswith(f" {by}"))]  # said already
    return [*([by] if by else []), *history(seen, handoff), *reasons, *filter(None, [note(seen, handoff)])]


def _line(each: OnCard) -> Block:
    lead = each.seen.lead
    who = f"{_said_first(each)}*{lead_name(lead)}*{lead_title(lead)}"
    why = " · ".join(_why(each))
    between = "\n" if each.waits else " · "
    words = f"{who}\n{between.join(filter(None, [why, _stands(each)]))}"
    choices = _choices(each)
    return section(words, more(ids.MORE, choices, lead.id) if choices else None)


def _choices(each: OnCard) -> list[tuple[str, str]]:
    """What the single card has as buttons stands first; Slack takes five."""
    seen = each.seen
    if not each.is_current:
        return [("Timeline", ids.TIMELINE)]
    choices = lead_choices(seen)
    if each.waits:
        return [("Accept this one", ids.ACCEPT_ONE), ("Reject this one...", ids.REJECT_OWN), *choices]
    return [("I will take it", ids.TAKE_ONE), *choices] if may_be_taken(seen) else choices


def _aloud(each: OnCard) -> str:
    lead = each.seen.lead
    why = ", ".join(_why(each))
    told = [f"{_said_first(each)}{lead_name(lead)}{lead_title(lead)}", *([why] if why else []), _stands(each)]
    return f"{'; '.join(told[:-1])}: {told[-1]}"


def _left(each: OnCard) -> str:
    return f"{lead_name(each.seen.lead)}: {_where(each)}."


def _where(each: OnCard) -> str:
    channel = each.handoff.moved.get(str(each.number))
    return f"moved to <#{channel}>" if channel else "moved down, see the newer card"


def _all_moved(known: Sequence[OnCard]) -> Message:
    if not known:
        return REMOVED
    channels = {each.handoff.moved.get(str(each.number)) or None for each in known}
    if len(known) == 1:
        return moved_on(known[0].seen, channels.pop())
    if len(channels) == 1:
        words = f"{called(known)}: {_where(known[0])}."
    else:
        words = " ".join([f"{called(known)}.", *(_left(each) for each in known)])
    return Message(text=words, blocks=[section(words)])


def _buttons(waiting: Sequence[OnCard], card: str) -> list[object]:
    if not waiting:
        return []
    first = waiting[0].seen.lead
    if len(waiting) == 1:
        name = shorten(first.name, 40)
        return [
            button(f"Accept {name}", ids.ACCEPT, first.id, style="primary"),
            button(f"Reject {name}", ids.REJECT, first.id),
        ]
    about = headline(first).replace(lead_name(first), f"{len(waiting)} leads", 1)
    return [
        button("Accept all", ids.ACCEPT_ALL, card, style="primary", about=about),
        button("Reject...", ids.REJECT_SOME, card, about=about),
    ]
