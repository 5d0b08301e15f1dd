"""What many retros teach together: found by words and amount, counted, and called a signal or a pattern."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.deals import DealState
from bot.errors import Refused
from bot.money import SCALE, Money, amount
from bot.retros.looks import RetroSight
from bot.retros.questions import OUTCOMES, QUESTIONS, REASONS, in_words
from bot.retros.retro import Action, Told
from bot.text import count, on_day, plain

PATTERN: Final = 6  # similar ones; fewer are a signal
LISTED: Final = 10  # retros named in one answer
NAMED: Final = 5  # of each kind in one line
TOO_EARLY: Final = "too early"
LONGEST_WORD: Final = 60  # letters of a word that is looked at
MOST_WORDS: Final = 20  # that are looked for at once
FIELDS: Final = ("competitor", "reason", "campaign", "segment")
BANDS: Final = (
    1_000,
    10_000,
    100_000,
    1_000_000,
)  # whole units of a currency: where one band of amounts ends
_AMOUNT: Final = re.compile(r"\b(over|above|under|below)\s+(\S+)", re.IGNORECASE)
_FIELD: Final = re.compile(rf"(?:^|\s)({'|'.join(FIELDS)})s?\s*[=:]\s*", re.IGNORECASE)
HOW: Final = "Say it like `over 10000` or `under 5000`: a plain number."
LIKE: Final = "Say it like `/truce retros price competitor: Initech`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """All of these beginnings of words; amounts in ten-thousandths, of whatever currency."""

    words: tuple[str, ...] = ()
    over: int | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one retro adds to the counts."""

    answers: Sequence[Told]
    campaign: str | None = None
    competitor: str | None = None
    segment: Sequence[str] = field(default_factory=tuple)
    money: Money | None = None
    outcome: DealState | None = None
    action: Action | None = None


def words_of(told: str) -> list[str]:
    """Its words as they are looked at: small, without marks on their letters, and without what is no letter."""
    bare = unicodedata.normalize("NFKD", told.casefold())
    kept = "".join(each for each in bare if not unicodedata.combining(each))
    spaced = "".join(each if each.isalnum() else " " for each in kept)
    return [word[:LONGEST_WORD] for word in spaced.split()]


def read_sought(typed: str) -> Sought:
    """What somebody looks for: words, then `competitor: Initech` and the like. Raises Refused with a sentence."""
    bounds = {}
    for side, written in _AMOUNT.findall(typed):
        number = amount(written.replace(",", ""))
        if number is None:
            raise Refused(f"“{plain(written, 40)}” is no amount I know. {HOW}")
        bounds["over" if side.lower() in ("over", "above") else "under"] = number
    free, *rest = _FIELD.split(_AMOUNT.sub(" ", typed))
    words = words_of(free)
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        wanted = words_of(value)
        if not wanted:
            raise Refused(f"Which {name.lower()}? {LIKE}")
        words += [_within(name.lower(), word) for word in wanted]
    found = tuple(dict.fromkeys(words))
    if len(found) > MOST_WORDS:
        raise Refused(f"That are {len(found)} words: {MOST_WORDS} at most, please. Fewer find more.")
    return Sought(words=found, over=bounds.get("over"), under=bounds.get("under"))


def known_by(seen: RetroSight) -> str:
    """What a search looks at: the deal, where its leads came from, and what stands in the thread."""
    deal, shown = seen.deal.fields, [answer for answer in seen.retro.answers if answer.shown]
    fields: dict[str, list[object]] = {
        "competitor": [deal.get("competitor"), *(answer.said.get("competitor") for answer in shown)],
        "reason": [deal.get("reason"), *(REASONS.get(str(answer.said.get("main"))) for answer in shown)],
        "campaign": [*seen.campaigns],
        "segment": [*seen.segment],
    }
    told = [str(seen.retro.outcome), str(deal.get("name") or ""), seen.company]
    told += [in_words(each, answer.said) for answer in shown for each in QUESTIONS[seen.retro.outcome]]
    told += [TOO_EARLY] if any(answer.said.get("handed") == "early" for answer in shown) else []
    told += [reply.words for reply in seen.replies]
    told += [] if seen.retro.action is None else [seen.retro.action.what]
    words = {word for each in told for word in words_of(each)}
    for name, values in fields.items():
        here = {word for each in values if each for word in words_of(str(each))}
        words |= here | {_within(name, word) for word in here}
    return " ".join(sorted(words))


def _within(name: str, word: str) -> str:
    """A word of one field, apart from the same word elsewhere."""
    return f"0{name}0{word}"


def lessons_note(sought: Sought, found: Sequence[RetroSight], lessons: Sequence[Lesson], total: int) -> str:
    """The counts with their words, and the newest of them."""
    if not total and not _is_narrow(sought):
        return "No look back is over yet. Half an hour after a deal is closed, one begins."
    if not total:
        return "No look back has all of this. Fewer words find more; `/truce retros` alone shows the newest."
    lines = [f"{count(total, 'look back')} found ({_weight(total)})." if _is_narrow(sought) else _all(total)]
    lines += patterns(lessons)
    lines += [_line(seen) for seen in found]
    if total > len(found):
        lines.append(f"and {total - len(found):,} older ones")
    return "\n".join(lines)


def patterns(lessons: Sequence[Lesson]) -> list[str]:
    """What is alike in them, a line for each way of looking at it."""
    early = [each for each in lessons if any(answer.said.get("handed") == "early" for answer in each.answers)]
    told = (
        _ranked("Main reason", (_most(each, "main") for each in lessons), REASONS),
        _ranked("How it ended", (_most(each, "outcome") for each in lessons), OUTCOMES),
        _ranked("Competitor", (each.competitor or "" for each in lessons), {}),
        _ranked("Campaign", (each.campaign or "" for each in lessons), {}),
        _ranked("Segment", (part for each in lessons for part in dict.fromkeys(each.segment)), {}),
        _ranked("Amount", (band(each.money) for each in lessons), {}),
        _ranked("Handed over too early", (each.campaign or "no campaign" for each in early), {}),
    )
    return [line for line in told if line]


def band(money: Money | None) -> str:
    """The amounts among which it lies: "1,000 to 10,000 EUR"."""
    if money is None:
        return ""
    whole = money.amount / SCALE
    upper = next((each for each in BANDS if whole < each), None)
    if upper is None:
        return f"from {BANDS[-1]:,} {money.currency}"
    lower = BANDS[BANDS.index(upper) - 1] if upper != BANDS[0] else None
    return (
        f"under {upper:,} {money.currency}" if lower is None else f"{lower:,} to {upper:,} {money.currency}"
    )


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


def _most(lesson: Lesson, code: str) -> str:
    """What most of its answers say; of as many the first by name."""
    told = Counter(str(said) for answer in lesson.answers if (said := answer.said.get(code)))
    ranked = sorted(told.items(), key=lambda each: (-each[1], each[0]))
    return ranked[0][0] if ranked else ""


def _ranked(title: str, told: Iterable[str], labels: Mapping[str, str]) -> str:
    counts = Counter(each for each in told if each)
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    words = [f"{plain(labels.get(code, code), 60)} {n} ({_weight(n)})" for code, n in ranked[:NAMED]]
    return f"{title}: {', '.join(words)}." if words else ""
