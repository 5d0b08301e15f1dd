"""What a retro asks: for won, for lost, for both. The codes are kept in databases: never rename one, only add."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.deals import DealState
from bot.retros.retro import Said

MOST_MORE: Final = 2  # reasons besides the main one


class Kind(StrEnum):
    CHOICE = "choice"
    CHOICES = "choices"
    MOMENT = "moment"  # one of the timeline
    TOUCH = "touch"  # one of the marketing touches
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`short` is how it stands in the thread; `after`: asked only when that other question has that answer."""

    code: str
    label: str
    short: str
    kind: Kind
    options: Mapping[str, str] = field(default_factory=dict)
    optional: bool = True
    after: tuple[str, str] | None = None


REASONS: Final = {
    "fit": "Product fit",
    "price": "Price and value",
    "speed": "Time to value",
    "trust": "Trust and risk",
    "process": "Relationship and process",
    "timing": "Timing",
}
OUTCOMES: Final = {
    "competitor": "A competitor",
    "no_decision": "No decision",
    "in_house": "Built in-house",
    "lost_contact": "Lost contact",
    "unknown": "I don't know",
}
SURE: Final = {"sure": "Sure", "fairly": "Fairly sure", "guess": "A guess"}
HANDED: Final = {"yes": "Yes", "early": "Too early", "no": "No"}

_WON: Final = (
    Question(
        code="main",
        label="What decided it?",
        short="Decided by",
        kind=Kind.CHOICE,
        options=REASONS,
        optional=False,
    ),
    Question(code="more", label="What else? Up to two", short="And by", kind=Kind.CHOICES, options=REASONS),
    Question(code="saw_at", label="When did the customer see it?", short="Seen", kind=Kind.MOMENT),
    Question(code="saw", label="What showed them?", short="Shown by", kind=Kind.TEXT),
    Question(code="touch", label="Which marketing touch helped?", short="Touch that helped", kind=Kind.TOUCH),
    Question(code="almost", label="What almost stopped it?", short="Almost stopped by", kind=Kind.TEXT),
)
_LOST: Final = (
    Question(
        code="outcome",
        label="How did it end?",
        short="Ended with",
        kind=Kind.CHOICE,
        options=OUTCOMES,
        optional=False,
    ),
    Question(
        code="competitor",
        label="Which competitor?",
        short="Competitor",
        kind=Kind.TEXT,
        optional=False,
        after=("outcome", "competitor"),
    ),
    Question(
        code="main",
        label="Main reason",
        short="Main reason",
        kind=Kind.CHOICE,
        options=REASONS,
        optional=False,
    ),
    Question(code="sure", label="How sure are you?", short="How sure", kind=Kind.CHOICE, options=SURE),
    Question(
        code="equal",
        label="Had the price been equal, what else?",
        short="At an equal price",
        kind=Kind.TEXT,
        after=("main", "price"),
    ),
    Question(code="turned", label="Where did it turn?", short="Turned at", kind=Kind.MOMENT),
    Question(
        code="handed",
        label="Should this lead have been handed over?",
        short="Should it have been handed over",
        kind=Kind.CHOICE,
        options=HANDED,
    ),
)
_BOTH: Final = (
    Question(code="well", label="What went well?", short="Went well", kind=Kind.TEXT),
    Question(code="improve", label="What to improve?", short="To improve", kind=Kind.TEXT),
    Question(
        code="help", label="What would help the next one?", short="Would help the next one", kind=Kind.TEXT
    ),
    Question(code="change", label="One thing to change", short="One thing to change", kind=Kind.TEXT),
)
QUESTIONS: Final[Mapping[DealState, tuple[Question, ...]]] = {
    DealState.WON: (*_WON, *_BOTH),
    DealState.LOST: (*_LOST, *_BOTH),
}


def asked(outcome: DealState, said: Said) -> tuple[Question, ...]:
    """The questions of a deal that ended so, as far as they follow from what was answered."""
    return tuple(
        each for each in QUESTIONS[outcome] if each.after is None or said.get(each.after[0]) == each.after[1]
    )


def in_words(question: Question, said: Said) -> str:
    """What was answered to it, in words that are not safe yet; empty: nothing."""
    told = said.get(question.code)
    if told is None:
        return ""
    codes = (told,) if isinstance(told, str) else told
    return ", ".join(question.options.get(each, each) for each in codes)
