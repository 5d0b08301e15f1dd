"""What needs the operator although nothing fell over: told once for each matter, and again only after it was over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from bot.blocks import Message, context, section
from bot.places import HOW_TO_MEND, Closed
from bot.text import count, mention, plain

MOST: Final = 10  # matters in one message
FAILS: Final = 5  # attempts, about a minute, after which a job is said to fail again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """What is wrong now.

    Jobs that were given up, by kind and reason; those that fail again and again, by kind; the lanes that are
    stuck, and all that have something late in them: who is tried again just now is not over it yet.
    """

    given_up: Mapping[tuple[str, str], int] = field(default_factory=dict)
    failing: Mapping[str, int] = field(default_factory=dict)
    stuck: Collection[str] = ()
    closed: Mapping[str, Closed] = field(default_factory=dict)  # channels that take nothing from us
    late: Collection[str] = ()


def matters(troubles: Troubles) -> dict[str, str]:
    """Each matter by its name, in words."""
    told = {}
    for (kind, error), number in sorted(troubles.given_up.items()):
        reason = sha256(error.encode(errors="backslashreplace")).hexdigest()[:12]
        words = f"{count(number, 'job')} of the kind {plain(kind)} given up: {plain(error)}"
        told[f"alert:given_up:{kind}:{reason}"] = f"{words} (`truce jobs failed` shows what)."
    for kind, number in sorted(troubles.failing.items()):
        words = f"{count(number, 'job')} of the kind {plain(kind)} failed {FAILS} times or more"
        told[f"alert:failing:{kind}"] = f"{words} and will be tried again. The log says why."
    for channel, why in sorted(troubles.closed.items()):
        told[f"alert:closed:{channel}:{why}"] = f"<#{channel}> {HOW_TO_MEND[why]}"
    known = {f"{kind}:{channel}" for kind in ("post", "redraw") for channel in troubles.closed}
    for lane in sorted(set(troubles.stuck) - known):
        told[_stuck(lane)] = (
            f"{_in_words(lane)} waits for over ten minutes (`truce doctor` says how to mend it)."
        )
    return told


def lasting(troubles: Troubles) -> set[str]:
    """The names of matters that are not over."""
    return matters(troubles).keys() | {_stuck(lane) for lane in troubles.late}


def alert_note(told: Mapping[str, str]) -> Message | None:
    """To an admin: all that needs a hand now; None: nothing does any more."""
    if not told:
        return None
    lines = list(told.values())
    more = [f"And {count(len(lines) - MOST, 'other matter')}."] if len(lines) > MOST else []
    listed = [*lines[:MOST], *more]
    return Message(
        text=f"Truce needs a hand. {' '.join(listed)}",
        blocks=[
            section("*Truce needs a hand.*"),
            *(section(line) for line in listed),
            context("Nothing is lost: what waits is done as soon as it can be."),
        ],
    )


def _stuck(lane: str) -> str:
    return f"alert:stuck:{lane}"


def _in_words(lane: str) -> str:
    kind, _, where = lane.partition(":")
    place = mention(where) if where.startswith(("U", "W")) else f"<#{where}>"
    named = {"post": f"What is posted in {place}", "redraw": f"What is redrawn in {place}"}
    named["out"] = f"What {plain(where.partition('/')[0])} is to be told"
    return named.get(kind, f"Work of the kind {plain(lane)}")
