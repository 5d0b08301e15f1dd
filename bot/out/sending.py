"""The job that tells one system of one event, and the lanes in which it waits."""

from dataclasses import dataclass
from typing import ClassVar, Final

OUTSIDE: Final = "out:"  # begins the lanes of what strangers are to take, who may be slow


@dataclass(frozen=True, slots=True, kw_only=True)
class SendEvent:
    """Tell another system of something; `about` is the lead, or the deal."""

    kind: ClassVar = "send_event"
    event: str
    to: str
    about: str

    @property
    def lane(self) -> str:
        """Each address is told in order of what happens to one lead; another lead, or address, does not wait for it."""
        return f"{OUTSIDE}{self.to}:{self.about}"


def place_of(lane: str) -> str:
    """What the lane is part of, for who is told that it does not get on: an address has a lane for each lead."""
    return lane.rpartition(":")[0] if lane.startswith(OUTSIDE) else lane
