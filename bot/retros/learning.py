"""What many retros teach together: found by words and amount, counted, and called a signal or a pattern."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.errors import Refused
from bot.money import amount
from bot.retros.looks import RetroSight
from bot.retros.questions import OUTCOMES, QUESTIONS, REASONS, in_words
from bot.retros.retro import Told
from bot.text import count, on_day, plain

PATTERN: Final = 6  # similar ones; fewer are a signal
LISTED: Final = 10  # retros named in one answer
NAMED: Final = 5  # of each kind in one line
TOO_EARLY: Final = "too early"
_AMOUNT: Final = re.compile(r"\b(over|above|under|below)\s+(\S+)", re.IGNORECASE)
HOW: Final = "Say it like `over 10000` or `under 5000`: a plain number."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """All of these words, in small letters; amounts in ten-thousandths, of whatever currency."""

    words: tuple[str, ...] = ()
    over: int | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one retro adds to the counts."""

    answers: Sequence[Told]
    campaign: str | None = None
    competitor: str | None = None


def read_sought(typed: str) -> Sought:
    """What somebody looks for. Raises Refused for an amount that is none."""
    bounds = {}
    for side, written in _AMOUNT.findall(typed):
        number = amount(written.replace(",", ""))
        if number is None:
            raise Refused(f"“{plain(written, 40)}” is no amount I know. {HOW}")
        bounds["over" if side.lower() in ("over", "above") else "under"] = number
    words = _AMOUNT.sub(" ", typed).casefold().split()
    return Sought(words=tuple(words), over=bounds.get("over"), under=bounds.get("under"))


def known_by(seen: RetroSight) -> str:
    """What a search looks at: the deal, where its leads came from, and what stands in the thread."""
    fields = seen.deal.fields
    told = [str(fields[path]) for path in ("name", "reason", "competitor") if fields.get(path)]
    shown = [answer for answer in seen.retro.answers if answer.shown]
    told += [in_words(each, answer.said) for answer in shown for each in QUESTIONS[seen.retro.outcome]]
    told += [TOO_EARLY] if any(answer.said.get("handed") == "early" for answer in shown) else []
    told += [reply.words for reply in seen.replies]
    action = seen.retro.action
    told += [seen.company, *seen.campaigns, *seen.segment, action.what if action else ""]
    return " ".join([str(seen.retro.outcome), *told]).casefold()


def lessons_note(sought: Sought, found: Sequence[RetroSight], lessons: Sequence[Lesson], total: int) -> str:
    """The counts with their words, and the newest of them."""
    if not total:
        return "No look back has all of this. Fewer words find more; `/truce retros` alone shows the newest."
    lines = [f"{count(total, 'look back')} found ({_weight(total)})." if _is_narrow(sought) else _all(total)]
    mains = Counter(_most([answer.said.get("main") for answer in each.answers]) for each in lessons)
    ends = Counter(_most([answer.said.get("outcome") for answer in each.answers]) for each in lessons)
    competitors = Counter(each.competitor or "" for each in lessons)
    early = Counter(
        each.campaign or "no campaign"
        for each in lessons
        if any(answer.said.get("handed") == "early" for answer in each.answers)
    )
    lines += [
        line
        for line in (
            _ranked("Main reason", mains, REASONS),
            _ranked("How it ended", ends, OUTCOMES),
            _ranked("Competitor", competitors, {}),
            _ranked("Handed over too early", early, {}),
        )
        if line
    ]
    lines += [_line(seen) for seen in found]
    if total > len(found):
        lines.append(f"and {total - len(found):,} older ones")
    return "\n".join(lines)


def _line(seen: RetroSight) -> str:
    closed = seen.deal.closed_at or seen.retro.noted_at
    action = seen.retro.action
    change = f" The one change: {plain(action.what, 150)}." if action else ""
    return f"• {seen.title}: {seen.ending}, {on_day(closed)}.{change}"


def _is_narrow(sought: Sought) -> bool:
    return sought != Sought()


def _all(total: int) -> str:
    return f"{count(total, 'look back')} so far."


def _weight(number: int) -> str:
    return "pattern" if number >= PATTERN else "signal"


def _most(told: Iterable[object]) -> str:
    """What most of its answers say; of as many the first by name."""
    ranked = sorted(Counter(str(each) for each in told if each).items(), key=lambda each: (-each[1], each[0]))
    return ranked[0][0] if ranked else ""


def _ranked(title: str, counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    ranked = sorted(((code, n) for code, n in counts.items() if code), key=lambda each: (-each[1], each[0]))
    told = [f"{plain(labels.get(code, code), 60)} {n} ({_weight(n)})" for code, n in ranked[:NAMED]]
    return f"{title}: {', '.join(told)}." if told else ""
