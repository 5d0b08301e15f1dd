"""The openings of some years in a row, so arranged that every question is one bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple, Self

from bot.working_time.zones import NOTHING


class Opening(NamedTuple):
    """An uninterrupted stretch of working time, and the local day it belongs to."""

    begin: datetime
    end: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Book:
    """What is asked of it must lie in its years."""

    years: range
    begins: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]  # the working time before each opening, and at last all of it
    days: tuple[date, ...]  # with any working time at all
    last_ends: Mapping[date, datetime]

    @classmethod
    def write(cls, years: range, openings: Iterable[Opening]) -> Self:
        """Write down the openings, which come in order."""
        pages = tuple(openings)
        last_ends = {opening.day: opening.end for opening in pages}
        return cls(
            years=years,
            begins=tuple(opening.begin for opening in pages),
            ends=tuple(opening.end for opening in pages),
            before=tuple(accumulate((opening.end - opening.begin for opening in pages), initial=NOTHING)),
            days=tuple(sorted(last_ends)),
            last_ends=last_ends,
        )

    def worked(self, moment: datetime) -> timedelta:
        """Sum the working time from the first page to `moment`."""
        index = bisect_right(self.begins, moment)
        return self.before[index] - max(NOTHING, self.ends[index - 1] - moment) if index else NOTHING

    def reached(self, total: timedelta) -> datetime:
        """Answer the first moment by which `total`, more than nothing, has been worked since the first page."""
        index = bisect_left(self.before, total)
        return self.ends[index - 1] - (self.before[index] - total)
