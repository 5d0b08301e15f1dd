"""The table of a retro's life. To change what may happen to a retro, change RETRO_TRANSITIONS."""

from dataclasses import dataclass
from typing import Final

from bot.retros import deciding
from bot.retros.commands import Close, Reopen, RetroCommand, Tend
from bot.retros.deciding import Decided, RetroFacts, RetroRule
from bot.retros.retro import Retro, RetroState

WAITING, OPEN, STOPPED = RetroState


@dataclass(frozen=True, slots=True, kw_only=True)
class RetroTransition:
    """Where a retro may end up, and the rule that says where and with what consequences."""

    to: frozenset[RetroState]
    rule: RetroRule


def _to(*states: RetroState, by: RetroRule) -> RetroTransition:
    return RetroTransition(to=frozenset(states), rule=by)


RETRO_TRANSITIONS: Final[dict[tuple[RetroState, type[RetroCommand]], RetroTransition]] = {
    (WAITING, Close): _to(WAITING, by=deciding.close_while_waiting),
    (WAITING, Reopen): _to(STOPPED, by=deciding.stop),
    (WAITING, Tend): _to(WAITING, OPEN, by=deciding.start),
    (OPEN, Close): _to(OPEN, by=deciding.correct),
    (OPEN, Reopen): _to(STOPPED, by=deciding.stop),
    (OPEN, Tend): _to(OPEN, by=deciding.stay),
    (STOPPED, Close): _to(WAITING, OPEN, by=deciding.close_again),
    (STOPPED, Reopen): _to(STOPPED, by=deciding.stay),
    (STOPPED, Tend): _to(STOPPED, by=deciding.stay),
}


def decide(retro: Retro, command: RetroCommand, facts: RetroFacts) -> Decided:
    """Answer what `command` does to `retro`. Raises Refused, with nothing changed, where a rule has no way."""
    transition = RETRO_TRANSITIONS[retro.state, type(command)]
    decided = transition.rule(retro, command, facts)
    if decided.retro.state not in transition.to:
        raise AssertionError(f"{retro.state} x {type(command).__name__} went to {decided.retro.state}")
    return decided
