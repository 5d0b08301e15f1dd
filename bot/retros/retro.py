"""What a retro is: the look back at one closed deal. No rule lives here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.deals import DealState

Said = Mapping[str, str | tuple[str, ...]]  # by question (bot/retros/questions.py): a code, codes, or words


class RetroState(StrEnum):
    WAITING = "waiting"  # the deal has closed; it starts when that has stood for a while
    HELD = "held"  # behind one summary with others, until somebody wants to look back at it
    OPEN = "open"  # its thread is there, and people are asked
    STOPPED = "stopped"  # the deal is open again: what there is is kept
    SUMMED = "summed"  # its summary is there, and one of the proposed changes may be chosen
    ACTING = "acting"  # somebody does what was chosen
    ENDED = "ended"


class Word(StrEnum):
    """What became of the deal after its thread was there; each is a word in the thread."""

    REOPENED = "reopened"
    WON = "won"  # closed again, or the other way round
    LOST = "lost"


class Part(StrEnum):
    """Why somebody is asked."""

    OWNER = "owner"
    MARKETER = "marketer"
    MANAGER = "manager"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody who is asked. That they have answered is kept here, apart from what, and without when."""

    person: str
    part: Part
    asked: int = 0  # in how many direct messages
    dm: str | None = None  # the newest of them
    answered: bool = False
    draft: Said | None = None  # never of an answer without a name


class IfFew(StrEnum):
    """What becomes of an answer without a name where fewer than three came."""

    SHOW = "show"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One person's answer. `id` is random and orders them; there is no time, and without a name no person."""

    id: str
    said: Said
    by: str | None
    shown: bool = False
    if_few: IfFew | None = None  # its author wanted no name


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The change that was chosen; `told_on` is the day of the last reminder."""

    what: str
    who: str
    due: date
    by: str
    told_on: date | None = None
    done: bool = False
    dropped_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody says in the thread; `ts` is Slack's."""

    ts: str
    by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retro:
    """`id` is the deal's: of a deal there is one, however often it closes.

    `noted_at` is when we learned of the close; `amount` is in ten-thousandths of the deal's currency; `answers`
    are in the order of their random ids, and written together.
    """

    id: str
    state: RetroState
    outcome: DealState
    noted_at: datetime
    owner: str | None = None  # a Slack user id
    amount: int | None = None
    started_at: datetime | None = None  # or went on again
    summed_at: datetime | None = None
    heap: str | None = None  # the summary that it was held behind
    turns: tuple[Word, ...] = ()
    seats: tuple[Seat, ...] = ()
    answers: tuple[Told, ...] = ()
    action: Action | None = None
    meets_on: date | None = None  # they meet instead of writing, and one of them writes the result

    def seat_of(self, person: str) -> Seat | None:
        return next((seat for seat in self.seats if seat.person == person), None)

    @property
    def may_be_unnamed(self) -> bool:
        return len(self.seats) >= FIVE and self.meets_on is None

    @property
    def is_unnamed(self) -> bool:
        return any(answer.if_few is not None for answer in self.answers)


FIVE = 5  # asked: from so many on an answer may be without a name
