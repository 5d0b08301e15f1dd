"""What a figure is made of: a share that carries its count, and how long things took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

FEW: Final = 10  # below that a share is a count, and times have no percentiles (product.md section 8)
HUNDRED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    def __str__(self) -> str:
        """A percentage with its count, "62 % of 45"; below ten, where it would say too much, "5 of 8"."""
        if not self.whole:
            return "none yet"
        if self.whole < FEW:
            return f"{self.part} of {self.whole}"
        return f"{self.percent} % of {self.whole:,}"

    @property
    def percent(self) -> int:
        """Rounded half up; 0 of none."""
        return (2 * HUNDRED * self.part + self.whole) // (2 * self.whole) if self.whole else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long things took, those that still wait counted in at their present age. All in one unit, that of `of`.

    The `middle` is the lower of two, `ninetieth` the nearest rank: both are times that really were taken.
    """

    number: int
    fastest: int
    middle: int
    ninetieth: int
    slowest: int
    waiting: int = 0  # of `number`, those that still wait
    longest: int = 0  # the oldest of those

    @classmethod
    def of(cls, took: Mapping[int, int], waits: Sequence[int] = ()) -> Self | None:
        """Of how many took how long, and the ages of those that wait; None: there is nothing to tell."""
        counts = dict(took)
        for age in waits:
            counts[age] = counts.get(age, 0) + 1
        number = sum(counts.values())
        if not number:
            return None
        ordered = sorted(counts.items())
        return cls(
            number=number,
            fastest=ordered[0][0],
            middle=_at(ordered, (number - 1) // 2),
            ninetieth=_at(ordered, -(-9 * number // 10) - 1),
            slowest=ordered[-1][0],
            waiting=len(waits),
            longest=max(waits, default=0),
        )


def _at(ordered: Iterable[tuple[int, int]], place: int) -> int:
    """The value at this place, from nought, were each written as often as it was counted."""
    for value, number in ordered:
        if place < number:
            return value
        place -= number
    raise AssertionError("no such place")
