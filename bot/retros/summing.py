"""How answers look in the thread, what they come to together, and the one change that is chosen."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import Message, actions, button, section
from bot.deals import DealState
from bot.leads.lead import State
from bot.moments import said_day
from bot.retros.looks import RetroSight
from bot.retros.questions import HANDED, OUTCOMES, QUESTIONS, REASONS, in_words
from bot.retros.retro import Action, Part, RetroState, Told
from bot.text import count, plain

MOST_WORDS: Final = 400  # characters of one answer's words
PROPOSED: Final = 200  # characters of a proposal in the summary
KEPT: Final = {"main": "Decided by", "saw": "Shown by", "almost": "Almost stopped by"}
UNNAMED: Final = "Without a name"


def answer_note(seen: RetroSight, answer: Told) -> Message:
    """One answer; without a name nothing tells whose it is."""
    whose = seen.name(answer.by) if answer.by else UNNAMED
    lines = [
        f"{question.short}: {plain(words, MOST_WORDS)}"
        for question in QUESTIONS[seen.retro.outcome]
        if (words := in_words(question, answer.said))
    ]
    said = lines or ["Nothing to add."]
    return Message(text=f"{whose}. {'. '.join(said)}.", blocks=[section("\n".join([f"*{whose}*", *said]))])


def summary_note(seen: RetroSight) -> Message:
    """What was said, where sales and marketing disagree, and what could change."""
    retro = seen.retro
    lines = [f"{len(retro.answers)} of {count(len(retro.seats), 'person', 'people')} answered."]
    lines = [f"We met on {said_day(retro.meets_on)}."] if retro.meets_on else lines
    lines += [line for line in (*_counted(seen), *disagreements(seen)) if line]
    lines += [f"{count(len(seen.replies), 'reply', 'replies')} in the thread."] if seen.replies else []
    blocks: list[Block] = [section("\n".join([f"*What we take from {seen.title}*", *lines]))]
    proposals = [answer for answer in retro.answers if answer.said.get("change")]
    end = _ending(seen, proposals)
    if retro.state is RetroState.SUMMED:
        for answer in proposals:
            words = plain(str(answer.said["change"]), PROPOSED)
            press = button("This one", ids.RETRO_CHOOSE, f"{retro.id}|{answer.id}", about=words)
            blocks.append(section(words, press))
            lines.append(f"Proposed: {words}.")
    blocks.append(section(end))
    ways = _settling(seen) if retro.state is RetroState.ACTING else []
    if seen.deal.state is DealState.LOST and any(lead.state is State.CONVERTED for lead in seen.leads):
        ways.append(button("Recycle...", ids.REVIVE, retro.id, about=seen.title))
    blocks += [actions(*ways, block_id=f"retro.action.{retro.id}")] if ways else []
    return Message(text=" ".join([f"What we take from {seen.title}.", *lines, end]), blocks=blocks)


def action_note(seen: RetroSight) -> Message | None:
    """The reminder to who does what was chosen."""
    action = seen.retro.action
    if action is None:
        return None
    what = f"{plain(action.what, 500)}, until {said_day(action.due)}"
    if seen.retro.state is not RetroState.ACTING:
        words = f"{seen.title}: {what}. {_settled(action)}"
        return Message(text=words, blocks=[section(words)])
    words = f"You said you would change this after {seen.title}: {what}."
    return Message(
        text=words,
        blocks=[section(words), actions(*_settling(seen), block_id=f"retro.action.{seen.retro.id}")],
    )


def keep_note(seen: RetroSight) -> Message:
    """A won deal for those who keep customers: who sold it, what was promised, what decided it, what nearly stopped it."""
    told = [
        ("Sold by", seen.name(seen.retro.owner) if seen.retro.owner else ""),
        ("Promised", plain(str(seen.deal.fields.get("facts.promised") or ""), MOST_WORDS)),
        *((title, _all_of(seen, code)) for code, title in KEPT.items()),
    ]
    lines = [f"{title}: {words}." for title, words in told if words]
    title = f"A new customer: {seen.title}, {seen.ending}"
    return Message(text=" ".join([f"{title}.", *lines]), blocks=[section("\n".join([f"*{title}*", *lines]))])


def _all_of(seen: RetroSight, code: str) -> str:
    """What all that stands in the thread says to one question, each once."""
    question = next(each for each in QUESTIONS[DealState.WON] if each.code == code)
    told = [in_words(question, answer.said) for answer in seen.retro.answers if answer.shown]
    return "; ".join(plain(each, PROPOSED) for each in dict.fromkeys(told) if each)


def disagreements(seen: RetroSight) -> Iterable[str]:
    """Named sales against named marketing; and what answers say of the handover against how it was decided."""
    mains = {part: _main_of(seen, part) for part in (Part.OWNER, Part.MARKETER)}
    if len(set(mains.values()) - {""}) > 1:
        yield f"Sales and marketing disagree: sales says {mains[Part.OWNER]}, marketing says {mains[Part.MARKETER]}."
    told = Counter(str(answer.said.get("handed")) for answer in seen.retro.answers)
    against = told["early"] + told["no"]
    if against:
        counts = ", ".join(f"{label.lower()} {told[code]}" for code, label in HANDED.items() if told[code])
        yield f"Should this lead have been handed over: {counts}. It was{_how_it_was_decided(seen)}."


def _how_it_was_decided(seen: RetroSight) -> str:
    steps = [each.words for each in seen.story.moments if "handed over" in each.words]
    decided = [each.words for each in seen.story.moments if ": accepted" in each.words]
    gate = f" ({', '.join(plain(why, 60) for why in seen.story.gate[:3])})" if seen.story.gate else ""
    if not steps:
        return " never handed over here"
    return f" handed over{gate}{f'; {decided[0]}' if decided else ''}"


def _main_of(seen: RetroSight, part: Part) -> str:
    people = {seat.person for seat in seen.retro.seats if seat.part is part}
    main = next((each.said.get("main") for each in seen.retro.answers if each.by in people and each.by), None)
    return REASONS.get(str(main), "").lower()


def _counted(seen: RetroSight) -> Iterable[str]:
    if seen.retro.outcome is DealState.LOST:
        yield _ranked("How it ended", OUTCOMES, [each.said.get("outcome") for each in seen.retro.answers])
    yield _ranked("Main reason", REASONS, [each.said.get("main") for each in seen.retro.answers])


def _ranked(title: str, labels: dict[str, str], told: Sequence[object]) -> str:
    counts = Counter(str(each) for each in told if each)
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    words = ", ".join(f"{labels.get(code, code).lower()} {number}" for code, number in ranked)
    return f"{title}: {words}." if words else ""


def _ending(seen: RetroSight, proposals: Sequence[Told]) -> str:
    retro, action = seen.retro, seen.retro.action
    if action is not None:
        what = f"The one change: {plain(action.what, 500)}. {seen.name(action.who)}, until {said_day(action.due)}."
        return what if retro.state is RetroState.ACTING else f"{what} {_settled(action)}"
    if retro.state is RetroState.SUMMED:
        return "The deal's owner or a manager chooses one of them, and who does it."
    if proposals:
        return "Nobody chose a change within three working days, so there is none."
    return "Nobody proposed a change."


def _settled(action: Action) -> str:
    if action.dropped_because:
        return f"Dropped: {plain(action.dropped_because, 300)}."
    return "Done." if action.done else ""


def _settling(seen: RetroSight) -> list[Any]:
    done = button("Done", ids.RETRO_DONE, seen.retro.id, about=seen.title)
    drop = button("Drop...", ids.RETRO_DROP, seen.retro.id, about=seen.title)
    return [done, drop]
