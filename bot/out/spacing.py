"""How often, and for how long, something is tried that a stranger has to take. Pure: it reads no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """The pauses between tries, of which the last goes on; given up after `patience`, and `least` tries."""

    pauses: tuple[timedelta, ...]
    patience: timedelta
    least: int

    def next_try(self, first: datetime, tries: int, now: datetime, wait: timedelta) -> datetime | None:
        """When it is tried again after so many `tries`, not before `wait` is over; None: not any more.

        The last try is at the end of the patience, counted from when it was first due.
        """
        ends = first + self.patience
        if now >= ends and tries >= self.least:
            return None
        pause = max(self.pauses[min(tries, len(self.pauses)) - 1], wait)
        return min(now + pause, ends) if now < ends else now + pause


DAY: Final = Spacing(
    pauses=(
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(hours=4),
    ),
    patience=timedelta(hours=24),
    least=5,  # what became due while Truce was down is tried for a while all the same
)
