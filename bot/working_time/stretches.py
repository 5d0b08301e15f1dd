"""Stretches of time, and which of them are one."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

YEARS: Final = range(1970, 2200)  # a moment outside is a mistake of whoever sent it


class Stretch(NamedTuple):
    """From `begin` up to `end`, which itself is outside."""

    begin: datetime
    end: datetime


def merged(stretches: Iterable[tuple[datetime, datetime]]) -> Iterator[Stretch]:
    """Join those that overlap or touch; the answer is in order, apart, and has no empty ones."""
    begin = end = None
    for opens, closes in sorted(pair for pair in stretches if pair[0] < pair[1]):
        if begin is None or end is None:
            begin, end = opens, closes
        elif opens <= end:
            end = max(end, closes)
        else:
            yield Stretch(begin, end)
            begin, end = opens, closes
    if begin is not None and end is not None:
        yield Stretch(begin, end)


def without(stretches: Iterable[Stretch], closed: Iterable[Stretch]) -> Iterator[Stretch]:
    """What is left of some stretches; both are in order and apart, as `merged` answers them."""
    shut = tuple(closed)
    for begin, end in stretches:
        left = begin
        for closes, opens in shut:
            if closes < end and opens > left:
                if closes > left:
                    yield Stretch(left, closes)
                left = max(left, opens)
        if left < end:
            yield Stretch(left, end)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; ValueError for a naive one and for one outside YEARS."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    if moment.year not in YEARS:
        raise ValueError(
            f"working time is counted from {YEARS.start} to {YEARS.stop - 1}, not in {moment.year}"
        )
    return moment.astimezone(UTC)
