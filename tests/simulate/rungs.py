"""The ladder of product.md section 5 as the second count has it: rungs, stages, and what should have been sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

M, H = 60, 3600
MOST: Final = 5
# (working days, seconds) by rung, hot and standard (product.md section 5).
LADDERS: Final[Mapping[bool, Mapping[str, tuple[int, int]]]] = {
    True: {
        "remind": (0, 5 * M),
        "breach": (0, 15 * M),
        "manager": (0, 45 * M),
        "reoffer": (0, 60 * M),
        "last_call": (0, 4 * H),
        "first_contact": (0, H),
        "still_yours": (0, 45 * M),
        "stalled": (3, 0),
        "stalled_again": (7, 0),
        "stalled_long": (14, 0),
    },
    False: {
        "remind": (0, 2 * H),
        "breach": (1, 0),
        "manager": (2, 0),
        "reoffer": (2, 0),
        "last_call": (3, 0),
        "first_contact": (1, 0),
        "still_yours": (0, 45 * M),
        "stalled": (7, 0),
        "stalled_again": (14, 0),
        "stalled_long": (30, 0),
    },
}
RUNGS: Final = {
    "offer": ("remind", "breach", "manager", "reoffer", "last_call"),
    "contact": ("next_step", "first_contact", "still_yours", "stalled", "stalled_again", "stalled_long"),
    "stalled": ("next_step", "stalled", "stalled_again", "stalled_long"),
}
SILENT: Final = ("reoffer", "stalled_long")  # no message to a person


@dataclass(slots=True)
class Stage:
    """What a lead waits for now."""

    name: str
    since: datetime
    first: datetime  # of the handoff's first offer
    first_moved: float = 0
    sent: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    moved: float = 0
    put_off: bool = False  # a contact that is due on the day of the next step


@dataclass(slots=True)
class Offer:
    """Whom the lead is offered to alone; nobody: anyone, or whoever starts first."""

    since: datetime
    alone: bool = False
    to: str | None = None
    starts: datetime | None = None  # nobody is at work: it is offered then
    asked: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A rung that should have been sent: when, and to one of whom (every one of them, if `every`)."""

    lead: str
    rung: str
    at: datetime
    whom: frozenset[str]
    every: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """When a lead was to be offered to one of the reps, and whom the program asked; nobody: none can be asked then."""

    at: datetime
    lead: str
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens to a waiting lead next: a rung that was due by the clock; without one, it is offered on."""

    at: datetime
    due: datetime
    wanted: Wanted | None

    @property
    def rung(self) -> str:
        return "" if self.wanted is None else self.wanted.rung
