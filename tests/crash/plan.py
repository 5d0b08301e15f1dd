"""What happens in a crash run, and when: all of it follows from the seed."""

from dataclasses import dataclass, field
from typing import Any

from playground.server import Playground
from tests.crash.company import Fate, chance
from tests.crash.points import NAMED

TROUBLES: tuple[dict[str, Any], ...] = (
    {"method": "chat.postMessage", "lose": "answer"},
    {"method": "chat.postMessage", "lose": "answer", "times": 2},
    {"method": "chat.postMessage", "lose": "request"},
    {"method": "chat.postMessage", "retry_after": 1},
    {"method": "chat.postMessage", "status": 500},
    {"method": "chat.postMessage", "error": "internal_error"},
    {"method": "chat.postMessage", "slow": 0.3},
    {"method": "chat.postMessage", "slow": 0.7},  # done after we have given up waiting
    {"method": "chat.update", "lose": "answer"},
    {"method": "chat.update", "lose": "request"},
    {"method": "chat.update", "retry_after": 1},
    {"method": "chat.update", "slow": 0.4, "times": 2},
    {"method": "conversations.history", "status": 500},
    {"method": "conversations.history", "retry_after": 1},
    {"method": "conversations.replies", "lose": "answer"},
    {"method": "conversations.open", "status": 503},
    {"method": "views.open", "lose": "request"},
    {"method": "views.update", "status": 500},
)
# What has to happen for a place to be come to soon: Slack's trouble, or what the reps do.
TROUBLE_AT: dict[str, dict[str, Any]] = {
    "after conversations.history": {"method": "chat.postMessage", "lose": "answer"},
    "before a job is put back": {"method": "chat.postMessage", "status": 500},
}
FATE_AT: dict[str, Fate] = {
    "before commit of Leads.change (Accept)": "accepted",
    "after commit of Leads.change (Accept)": "accepted",
    "before commit of Leads.change (Reject)": "rejected",
    "after commit of Leads.change (Reject)": "rejected",
    "before answering Slack": "accepted",
    "after chat.update": "accepted",
    "after views.open": "rejected",
}
LAG = 7.0  # seconds by which history lags: longer than the first look waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One process dies: after so many seconds, or where it comes `nth` to that place if that is sooner.

    `at_birth` counts the seconds from its start, not from when it is ready.
    """

    after: float
    place: str = ""
    nth: int = 0
    machine: int = 0
    at_birth: bool = False
    leads: int = 2  # that are told of just before
    fate: Fate | None = None  # of these leads; None: any
    trouble: dict[str, Any] = field(default_factory=dict)


def moments(seed: str, number: int, machines: int = 1) -> list[Blow]:
    """So many blows at any moment."""
    dice = chance(f"{seed} moments")
    blows = []
    for _ in range(number):
        at_birth = dice.random() < 0.15
        blows.append(
            Blow(
                after=dice.uniform(0, 0.25) if at_birth else dice.uniform(0, 0.7),
                machine=dice.randrange(machines),
                at_birth=at_birth,
                leads=dice.choice((1, 2, 3)),
                trouble=dice.choice(TROUBLES) if dice.random() < 0.6 else {},
            )
        )
    return blows


def places(seed: str, times: int, machines: int = 1, named: tuple[str, ...] = NAMED) -> list[Blow]:
    """Every named place, so many times each, in any order."""
    dice = chance(f"{seed} places")
    chosen = [place for place in named for _ in range(times)]
    dice.shuffle(chosen)
    return [
        Blow(
            after=15.0,  # it waits no longer than until it is come to
            place=place,
            nth=1 if place in TROUBLE_AT or place in FATE_AT else dice.choice((1, 1, 2, 3)),
            machine=dice.randrange(machines),
            fate=FATE_AT.get(place),
            trouble=TROUBLE_AT.get(place) or (dice.choice(TROUBLES) if dice.random() < 0.4 else {}),
        )
        for place in chosen
    ]


def make(slack: Playground, trouble: dict[str, Any]) -> None:
    """Slack has this trouble with its next calls."""
    if trouble:
        told = dict(trouble)
        slack.fail(told.pop("method"), **told)
