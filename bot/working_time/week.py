"""A week of open hours, in blocks on the clock on the wall."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, NamedTuple, Self

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Block(NamedTuple):
    """A stretch of one day's wall clock, in minutes after midnight; `closes` itself is outside."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in self)


@dataclass(frozen=True, slots=True)
class Week:
    """The open blocks of Monday to Sunday, in order and apart; what is read has at least one."""

    days: tuple[tuple[Block, ...], ...]

    @classmethod
    def parse(cls, written: Mapping[str, str | Sequence[str]]) -> Self:
        """Read {"mon-thu": ["09:00-12:00", "13:00-17:30"], "fri": "9-13"}; raise ValueError with what is allowed."""
        week: dict[int, tuple[Block, ...]] = {}
        for words, blocks in written.items():
            for day in _days(words):
                if day in week:
                    raise ValueError(f"{DAYS[day]} is there twice; allowed: each day once")
                week[day] = _blocks([blocks] if isinstance(blocks, str) else blocks)
        if not any(week.values()):
            raise ValueError('there is no open hour; allowed: days with blocks, {mon-fri: "09:00-17:30"}')
        return cls(tuple(week.get(day, ()) for day in range(7)))

    @property
    def longest(self) -> int:
        """How many seconds the longest of its days has."""
        return 60 * max(sum(block.closes - block.opens for block in day) for day in self.days)

    def written(self) -> dict[str, list[str]]:
        """Write the week as `parse` reads it, equal neighbours together."""
        week: dict[str, list[str]] = {}
        for blocks, group in groupby(range(7), key=lambda day: self.days[day]):
            first, *rest = group
            words = f"{DAYS[first]}-{DAYS[rest[-1]]}" if rest else DAYS[first]
            if blocks:
                week[words] = [str(block) for block in blocks]
        return week


def _days(words: str) -> list[int]:
    first, _, last = words.lower().partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(
            f"{words!r} is no day; allowed: mon tue wed thu fri sat sun, or two of them: mon-fri"
        )
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 + 7 * (end < begin))]


def _blocks(texts: Sequence[str]) -> tuple[Block, ...]:
    blocks = tuple(sorted(map(_block, texts)))
    for before, after in pairwise(blocks):
        if after.opens < before.closes:
            raise ValueError(f"{before} and {after} overlap; allowed: blocks one after the other")
    return blocks


def _block(text: str) -> Block:
    match = re.fullmatch(r"(\d{1,2})(?::([0-5]\d))?-(\d{1,2})(?::([0-5]\d))?", text.replace(" ", ""))
    hour, minute, last_hour, last_minute = (
        (int(number or 0) for number in match.groups("0")) if match else (0,) * 4
    )
    block = Block(hour * 60 + minute, last_hour * 60 + last_minute)
    if not block.opens < block.closes <= 24 * 60:
        a_night = match is not None and block.closes <= block.opens <= 24 * 60
        what = "end before they begin" if a_night else "are no hours"
        raise ValueError(
            f"{text!r} {what}; allowed: 09:00-17:30, from 00:00 to 24:00"
            " (a night is two blocks, 22:00-24:00 and 00:00-06:00)"
        )
    return block


CLOSED: Final = Week(((),) * 7)
WHOLE: Final = Week(((Block(0, 24 * 60),),) * 7)
