"""What can be asked of a retro."""

from dataclasses import dataclass

from bot.deals import DealState


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


RetroCommand = Close | Reopen | Tend
