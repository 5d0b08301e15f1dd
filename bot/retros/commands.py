"""What can be asked of a retro."""

from dataclasses import dataclass
from datetime import date

from bot.deals import DealState
from bot.retros.retro import IfFew, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The deal has closed, for the first time or again, or the other way round."""

    outcome: DealState
    owner: str | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """The deal goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tend:
    """Its timer: do what is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """Somebody wants to look back at one that is held."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Somebody's answer; `id` is random. `if_few` is set where they want no name."""

    by: str
    id: str
    said: Said
    if_few: IfFew | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """They meet on that day instead of writing; None: the form that asks for it."""

    by: str
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """This proposed change it is: who does it, and until when."""

    by: str
    answer: str
    who: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """It was done."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """It will not be done; why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn:
    """Who was to do it has left: somebody else does."""

    by: str
    who: str


RetroCommand = Close | Reopen | Tend | LookBack | Tell | Meet | Choose | Finish | Drop | PassOn
