"""What a rep is asked by direct message: whether they could take a lead, or several of one company in one message."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import SECTION_TEXT, Message, actions, button, context, divider, more, section
from bot.cards import Sighted, headline, history, where_it_went
from bot.erasing import REMOVED
from bot.leads.lead import Handoff, State, Whose
from bot.leads.together import MOST_ASKED
from bot.text import count, fit, plain

MOST_WORDS: Final = (
    200  # of a note, or of the reasons, where there are several leads: a message takes about 9,000
)


class Asked(NamedTuple):
    """A lead as it is now, and the handoff in which this person is asked about it, or was."""

    seen: Sighted
    handoff: Handoff


def is_asked(each: Asked, person: str) -> bool:
    """Whether the lead waits for this person still."""
    current = each.seen.lead.handoff
    here = current is not None and current.id == each.handoff.id
    return here and each.seen.lead.state is State.OFFERED and each.handoff.to == person


def ask_note(all_of_it: Sequence[Asked], person: str) -> Message:
    """To one rep, who is asked whether they could take it, or them; what is settled says how."""
    known = (
        all_of_it if len(all_of_it) == 1 else [each for each in all_of_it if each.seen.lead.erased_at is None]
    )
    if not known:
        return REMOVED
    asked = [each for each in known if is_asked(each, person)]
    settled = [_settled(each, person) for each in known if each not in asked]
    if len(settled) > MOST_ASKED:
        settled = [*settled[:MOST_ASKED], f"And {count(len(settled) - MOST_ASKED, 'other')}."]
    if len(known) == 1:
        return _about_one(known[0]) if asked else Message(text=settled[0], blocks=[section(settled[0])])
    if not asked:
        return Message(text=" ".join(settled), blocks=[section("\n".join(settled))])
    head = _head(asked)
    blocks: list[Block] = [section(f"*{head}* Could you take {'it' if len(asked) == 1 else 'them'}?")]
    shown, rest = asked[:MOST_ASKED], len(asked[MOST_ASKED:])  # more of them where a decision was undone
    for each in shown:
        blocks += [divider(), *_blocks(each, "", MOST_WORDS)]
    if rest:
        settled = [f"{count(rest, 'other')}: see the card.", *settled]
    if settled:
        blocks += [divider(), context("\n".join(settled))]
    return Message(
        text=" ".join([head, *(f"{_aloud(each)}." for each in shown), "Accept or reject?", *settled]),
        blocks=blocks,
    )


def _head(asked: Sequence[Asked]) -> str:
    company = next((plain(each.seen.lead.company, 80) for each in asked if each.seen.lead.company), "")
    at = f" at {company}" if company else ""
    return f"{count(len(asked), 'lead')}{at} {'waits' if len(asked) == 1 else 'wait'} for your answer."


def _settled(each: Asked, person: str) -> str:
    seen, handoff = each
    current = seen.lead.handoff is not None and seen.lead.handoff.id == handoff.id
    return f"{headline(seen.lead)}: {where_it_went(seen, handoff, person) if current else 'came back later.'}"


def _about_one(each: Asked) -> Message:
    return Message(text=f"{_aloud(each)}. Could you take it?", blocks=_blocks(each, ". Could you take it?"))


def _aloud(each: Asked) -> str:
    note, why = _note(*each), _why(each)
    said = [
        f"{headline(each.seen.lead)}: {_why_you(*each)}",
        *([note] if note else []),
        *([why] if why else []),
    ]
    return ". ".join(said)


def _why(each: Asked) -> str:
    return ". ".join([*history(*each), *(plain(reason) for reason in each.handoff.why)])


def _blocks(each: Asked, question: str, most: int = SECTION_TEXT) -> list[Block]:
    lead, note = each.seen.lead, _note(*each)
    return [
        section(f"*{headline(lead)}*\n{_why_you(*each)}{question}"),
        *([context(fit(note, most))] if note else []),
        context(fit(_why(each), most) or "No reasons were given."),
        actions(
            button("Accept", ids.ACCEPT, lead.id, style="primary", about=lead.called),
            button("Reject", ids.REJECT, lead.id, about=lead.called),
            more(ids.MORE, [("Not for me", ids.NOT_FOR_ME), ("Timeline", ids.TIMELINE)], lead.id),
            block_id=f"ask.{each.handoff.id}",
        ),
    ]


def _note(seen: Sighted, handoff: Handoff) -> str:
    """What who thought of them wrote; after a second look, what marketing did."""
    if handoff.named_note:
        return f"{seen.name(handoff.named_by or '')}: {plain(handoff.named_note)}"
    asked = None if handoff.rejection is None else handoff.rejection.dispute
    if handoff.whose is not Whose.DISPUTED or asked is None or not asked.words:
        return ""
    return f"{seen.name(asked.by)}: {plain(asked.words, 1000)}"


_YOU: Final = {
    Whose.TURN: "It is your turn",
    Whose.STARTS: "You start work first",
    Whose.MATCH: "You own the other lead at this company",
    Whose.COMPANY: "You are asked about another lead at this company, too",
    Whose.DEAL: "You have the deal with this company",
    Whose.RECYCLED: "You had it before",
    Whose.FIXED: "What you found wrong is corrected",
}


def _why_you(seen: Sighted, handoff: Handoff) -> str:
    by = seen.name(handoff.named_by or "")
    match handoff.whose:
        case Whose.HANDED:
            return f"{by} hands this on to you"
        case Whose.DISPUTED:
            return f"{by} asks you to look again"
        case Whose.NAMED | Whose.BACK | None:
            return f"{by} thought of you" if handoff.named_by else "It is back, as you asked"
        case _:
            return _YOU[handoff.whose]
