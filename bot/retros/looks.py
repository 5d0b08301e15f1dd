"""How a retro looks in its channel: the head of its thread, and a word when the deal turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot import ids
from bot.agreement import Agreement
from bot.blocks import Message, actions, button, context, section
from bot.cards import Who
from bot.deals import Deal
from bot.gate import spoken
from bot.leads.lead import Lead
from bot.moments import said_day
from bot.pictures import Picture
from bot.retros.bar import timeline_picture
from bot.retros.questions import asked
from bot.retros.retro import Reply, Retro, RetroState, Seat, Word
from bot.retros.story import Side, Story, how_it_ended
from bot.text import count, fit, on_day, plain

FIRST_LINE: Final = "We look at what happened, not at who."
HELD_LINE: Final = 300  # characters of one that is held: many stand in one message
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
    campaigns: Sequence[str] = ()  # of its leads, the earliest first
    segment: Sequence[str] = ()  # industries and countries of its leads
    replies: Sequence[Reply] = ()  # in its thread
    leads: Sequence[Lead] = ()  # that the deal grew from, as they are now

    @property
    def title(self) -> str:
        """What to call the deal, safe for Slack."""
        return plain(self.bare_title, 100)

    @property
    def bare_title(self) -> str:
        """The same as it was told, for where Slack reads no markup."""
        return str(self.deal.fields.get("name") or self.company or self.deal.external_id)

    @property
    def ending(self) -> str:
        """How it ended, and how much it was about."""
        money = f", {self.deal.money}" if self.deal.money else ""
        return f"{how_it_ended(self.deal)}{money}"

    def name(self, slack_id: str) -> str:
        return plain(self.who(slack_id), 60) or "Somebody"

    def safe(self, words: str, most: int = 500) -> str:
        return plain(words, most)


def head(seen: RetroSight) -> Message:
    """The thread's head: the deal from cradle to grave."""
    title = f"{seen.title}: {seen.ending}"
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
    if seen.retro.state is RetroState.OPEN and seen.retro.seats:
        whom = ", ".join(seen.name(seat.person) for seat in seen.retro.seats)
        facts.append(f"Asked: {whom}.")
        blocks.append(context(facts[-1]))
        blocks.append(actions(*_ways(seen), block_id=f"retro.{seen.retro.id}"))
    said = " ".join([FIRST_LINE, f"{title}.", lasted, *(f"{line}." for line in lines), *facts, stopped])
    return Message(text=said.strip(), blocks=blocks)


def head_picture(seen: RetroSight) -> Picture:
    """The same as a bar, for who would rather look."""
    return timeline_picture(seen.bare_title, str(seen.deal.state), seen.story, seen.agreement.calendar.zone)


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


def meeting_note(seen: RetroSight) -> Message | None:
    """The day, and the questions as agenda; None: they do not meet."""
    retro = seen.retro
    if retro.meets_on is None:
        return None
    title = f"We meet on {said_day(retro.meets_on)} instead of writing."
    questions = [each.label for each in asked(retro.outcome, {})]
    agenda = ["The timeline above", *questions]
    rest = (
        "One of us writes the result afterwards, in the same form." if retro.state is RetroState.OPEN else ""
    )
    lines = [f"{number}. {each}" for number, each in enumerate(agenda, start=1)]
    blocks = [section("\n".join([f"*{title}*", *lines]))]
    if rest:
        blocks += [context(rest), actions(_write(seen), block_id=f"retro.meeting.{retro.id}")]
    return Message(text=f"{title} Agenda: {'; '.join(agenda)}. {rest}".strip(), blocks=blocks)


def _ways(seen: RetroSight) -> list[Any]:
    """To answer, or to meet instead."""
    if seen.retro.meets_on is not None:
        return [_write(seen)]
    answer = button("Answer", ids.RETRO_ANSWER, seen.retro.id, about=seen.title)
    return [answer, button("We meet instead", ids.RETRO_MEET, seen.retro.id, about=seen.title)]


def _write(seen: RetroSight) -> Any:
    return button("Write the result", ids.RETRO_ANSWER, seen.retro.id, about=seen.title)


def ask_note(told: Sequence[tuple[RetroSight, Seat]]) -> Message:
    """What one person is asked: the retros that wait for them, three at most."""
    lines, blocks = [], list[Block]()
    waiting = [each for each in told if _waits(*each)]
    if waiting:
        again = "Still open" if any(seat.asked > 1 for _, seat in waiting) else "What happened here?"
        lines.append(f"{again}: {count(len(waiting), 'deal')}, 90 seconds each.")
        blocks.append(section(lines[0]))
    for seen, seat in told:
        title = f"{seen.title}: {seen.ending}"
        if _waits(seen, seat):
            press = button("Answer", ids.RETRO_ANSWER, seen.retro.id, about=seen.title)
            blocks.append(section(f"*{title}*", press))
            lines.append(f"{title}.")
        else:
            lines.append(f"{title}. {_why_not(seen.retro, seat)}")
            blocks.append(section(f"{title}\n{_why_not(seen.retro, seat)}"))
    return Message(text=" ".join(lines), blocks=blocks)


def _waits(seen: RetroSight, seat: Seat) -> bool:
    return not seat.answered and seen.retro.state is RetroState.OPEN and seen.retro.meets_on is None


def _why_not(retro: Retro, seat: Seat) -> str:
    if seat.answered:
        return "Thank you for your answer."
    if retro.state is RetroState.OPEN and retro.meets_on is not None:
        return f"You meet about it on {said_day(retro.meets_on)} instead."
    if retro.state is RetroState.STOPPED:
        return "The deal is open again: nothing to answer for now. What you wrote is kept."
    return "This look back is over. You may still add something in its thread."


def heap_note(held: Sequence[RetroSight], looked_at: int, owner: str, more: int) -> Message:
    """Many closes at once, or old ones: each is looked back at only if somebody wants to."""
    total = len(held) + more
    whose = f" of {owner}" if owner else ""
    if not held:
        words = f"{count(looked_at, 'deal')}{whose} closed, and all of them are looked back at."
        return Message(text=words, blocks=[section(words)])
    title = f"{count(total, 'closed deal')}{whose} at once, or from a while ago: look back at those that teach most."
    lines = [fit(f"{each.title}: {each.ending}", HELD_LINE) for each in held]
    blocks: list[Block] = [section(title)]
    for each, line in zip(held, lines, strict=True):
        press = button("Look back at this one", ids.RETRO_LOOK_BACK, each.retro.id, about=each.title)
        blocks.append(section(line, press))
    rest = f"{more:,} more come up here as you go on." if more else ""
    if rest:
        blocks.append(context(rest))
    return Message(text=f"{title} {'; '.join(lines)}. {rest}".strip(), blocks=blocks)


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
