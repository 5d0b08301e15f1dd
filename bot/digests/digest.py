"""What a digest is drawn from: the report of the week, and what stands beside it. No words here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.figures import Share
from bot.leads.lead import Lead
from bot.reports import Report
from bot.voices import Theme
from bot.working_time import Waited

MOST_NAMED: Final = 10  # leads with buttons: a message takes 50 blocks


class Audience(StrEnum):
    MANAGER = "manager"
    MARKETER = "marketer"
    REP = "rep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A lead that is late: for an answer, or for the first contact of who has it."""

    lead: Lead
    waited: Waited  # by the team's clock, since its first offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The full weeks before, eight at most: how many, and what was handed over and accepted in them."""

    weeks: int
    handed_over: int
    acceptance: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """A deal that goes on, and the first of its leads that somebody owns."""

    title: str
    lead: Lead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A change that a retro led to, past its day (2026-11-12)."""

    what: str
    who: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedBack:
    """Retros of the deals closed in the week: how many, how many have a summary; how many chose no change."""

    due: int = 0
    done: int = 0
    unchosen: int = 0
    overdue: Sequence[Overdue] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondChance:
    """A deal won from a lead that sales had said no to; the first reason of that."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDays:
    """Only reps are reminded in a new workspace's first days: of how many leads managers would have been told."""

    until: datetime
    leads: Sequence[Lead] = ()
    in_all: int = 0
    switched_on_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    id: str  # what its message is about
    audience: Audience
    report: Report
    usual: Usual | None = None
    late: Sequence[Waiting] = ()  # the longest waiting first
    late_in_all: int = 0
    stalled: Sequence[Lead] = ()
    stalled_in_all: int = 0
    deals: Sequence[OpenDeal] = ()  # without a next step
    deals_in_all: int = 0
    quotes: Sequence[str] = ()  # what reps wrote of what they passed on
    back: LookedBack = LookedBack()
    second_chances: Sequence[SecondChance] = ()
    first_days: FirstDays | None = None
    heard: Sequence[Theme] = ()  # what customers spoke of

    @property
    def is_empty(self) -> bool:
        """Nothing of this reader's own: none is sent, but to managers."""
        report, back = self.report.figures, self.back
        here = (self.late, self.stalled, self.deals, self.second_chances, back.due, back.overdue)
        return not (report.handed_over or report.decided or report.deals or any(here))
