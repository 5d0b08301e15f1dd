"""An amount of working time, as the agreement writes it: 10s, 5m, 2h, 1d."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

UNITS: Final = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of working time. A day is no number of hours: it ends at the same time a working day later."""

    days: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "10s", "5m", "2h" or "1d"; raise ValueError for anything else."""
        match = re.fullmatch(r"([0-9]{1,4})([smhd])", text)
        if match is None:
            raise ValueError(
                f"{text!r} is not a working time; allowed: a number with s, m, h or d: 10s, 5m, 2h, 1d"
            )
        number, unit = int(match[1]), match[2]
        return cls(days=number) if unit == "d" else cls(seconds=number * UNITS[unit])

    def __str__(self) -> str:
        number, unit = largest_unit(self.seconds)
        if not self.days:
            return f"{number}{unit}"
        return f"{self.days}d {number}{unit}" if self.seconds else f"{self.days}d"


class Waited(NamedTuple):
    """How long something has waited: `seconds` of a clock, in which `days` went by whole, from a time to the same."""

    seconds: int
    days: int = 0


def largest_unit(seconds: int) -> tuple[int, str]:
    """Say it in the largest unit that leaves no rest: 5400 seconds are 90 minutes."""
    unit = next(unit for unit in ("h", "m", "s") if seconds % UNITS[unit] == 0)
    return seconds // UNITS[unit], unit
