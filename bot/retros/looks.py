"""How a retro looks in its channel: the head of its thread, and a word when the deal turns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slack_sdk.models.blocks import Block

from bot.agreement import Agreement
from bot.blocks import Message, context, section
from bot.cards import Who
from bot.deals import Deal
from bot.gate import spoken
from bot.retros.retro import Retro, RetroState, Word
from bot.retros.story import Side, Story, how_it_ended
from bot.text import count, on_day, plain

FIRST_LINE: Final = "We look at what happened, not at who."
NAMED: Final = 5  # kinds of touches, or people, in one line
PER_BLOCK: Final = 12  # moments
SIDES: Final = {Side.MARKETING: "Marketing", Side.WAITING: "waiting", Side.SALES: "sales"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetroSight:
    """All that a message about a retro is drawn from."""

    retro: Retro
    deal: Deal
    story: Story
    company: str  # of its first lead
    who: Who
    agreement: Agreement

    @property
    def title(self) -> str:
        """What to call the deal, safe for Slack."""
        told = self.deal.fields.get("name")
        return plain(str(told or self.company or self.deal.external_id), 100)

    def name(self, slack_id: str) -> str:
        return plain(self.who(slack_id), 60) or "Somebody"


def head(seen: RetroSight) -> Message:
    """The thread's head: the deal from cradle to grave."""
    money = f", {seen.deal.money}" if seen.deal.money else ""
    title = f"{seen.title}: {how_it_ended(seen.deal)}{money}"
    lasted, facts = _lasted(seen.story), _facts(seen)
    lines = [f"{on_day(moment.at)}  {moment.words}" for moment in seen.story.moments]
    blocks: list[Block] = [section(f"{FIRST_LINE}\n*{title}*\n{lasted}")]
    blocks += [
        section("\n".join(lines[start : start + PER_BLOCK])) for start in range(0, len(lines), PER_BLOCK)
    ]
    blocks += [context(line) for line in facts]
    stopped = _stopped(seen.retro)
    if stopped:
        blocks.append(context(stopped))
    said = " ".join([FIRST_LINE, f"{title}.", lasted, *(f"{line}." for line in lines), *facts, stopped])
    return Message(text=said.strip(), blocks=blocks)


def turn_note(turned: Word) -> Message:
    """The word in the thread when the deal turns."""
    words = ""
    match turned:
        case Word.REOPENED:
            words = "This deal is open again, so the look back stops here. What was said is kept."
        case Word.WON:
            words = "This deal is won now. The look back goes on."
        case Word.LOST:
            words = "This deal is lost now. The look back goes on."
    return Message(text=words, blocks=[section(words)])


def _lasted(told: Story) -> str:
    whole = count(told.total, "day") if told.total else "less than a day"
    parts = ", ".join(f"{name} {count(told.days.get(side, 0), 'day')}" for side, name in SIDES.items())
    return f"From first touch to close: {whole}. {parts}."


def _facts(seen: RetroSight) -> list[str]:
    """Touches by kind, contacts by person, and why the lead was handed over."""
    told = seen.story
    kinds = _most({plain(spoken(kind), 40): number for kind, number in told.touches.items()})
    contacts = _most({seen.name(person): number for person, number in told.contacts.items()})
    lines = []
    if kinds:
        lines.append(f"Touches: {kinds}.")
    if contacts:
        lines.append(f"Contacts of ours: {contacts}.")
    if told.gate:
        lines.append(f"Ready check: {', '.join(plain(why, 100) for why in told.gate[:NAMED])}.")
    return lines


def _most(counts: Mapping[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    named = [f"{name} {number}" for name, number in ranked[:NAMED]]
    rest = sum(number for _, number in ranked[NAMED:])
    return ", ".join([*named, *([f"others {rest}"] if rest else [])])


def _stopped(retro: Retro) -> str:
    return "Stopped: the deal is open again." if retro.state is RetroState.STOPPED else ""
