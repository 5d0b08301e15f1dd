"""What a retro is: the look back at one closed deal. No rule lives here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.deals import DealState


class RetroState(StrEnum):
    WAITING = "waiting"  # the deal has closed; it starts when that has stood for a while
    OPEN = "open"  # its thread is there
    STOPPED = "stopped"  # the deal is open again: what there is is kept


class Word(StrEnum):
    """What became of the deal after its thread was there; each is a word in the thread."""

    REOPENED = "reopened"
    WON = "won"  # closed again, or the other way round
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retro:
    """`id` is the deal's: of a deal there is one, however often it closes.

    `noted_at` is when we learned of the close; `amount` is in ten-thousandths of the deal's currency.
    """

    id: str
    state: RetroState
    outcome: DealState
    noted_at: datetime
    owner: str | None = None  # a Slack user id
    amount: int | None = None
    started_at: datetime | None = None  # or went on again
    turns: tuple[Word, ...] = ()
