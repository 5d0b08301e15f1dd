"""What people ask of the ladder of a lead: to be left alone, and an hour more."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.leads.needs import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """Be reminded again at that moment and not before; from the third time on with a reason."""

    needs: ClassVar = frozenset({Need.HOLDER})
    by: str
    until: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReminding:
    """No more reminders of this lead to this person."""

    needs: ClassVar = frozenset({Need.HOLDER})
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A manager gives one more working hour before the next rung."""

    needs: ClassVar = frozenset({Need.TEAM, Need.HOLDER})
    by: str
