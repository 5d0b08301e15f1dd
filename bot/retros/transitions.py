"""The table of a retro's life. To change what may happen to a retro, change RETRO_TRANSITIONS."""

from dataclasses import dataclass
from typing import Final

from bot.errors import Refused
from bot.retros import acting, answering, deciding
from bot.retros.commands import (
    Choose,
    Close,
    Drop,
    Finish,
    LookBack,
    Meet,
    PassOn,
    Reopen,
    RetroCommand,
    Tell,
    Tend,
)
from bot.retros.deciding import Decided, RetroFacts, RetroRule
from bot.retros.retro import Retro, RetroState

WAITING, HELD, OPEN, STOPPED, SUMMED, ACTING, ENDED = RetroState


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
    (WAITING, Tend): _to(WAITING, HELD, OPEN, by=deciding.start),
    (HELD, Close): _to(HELD, by=deciding.close_while_waiting),
    (HELD, Reopen): _to(STOPPED, by=deciding.stop),
    (HELD, LookBack): _to(OPEN, by=deciding.look_back),
    (OPEN, Close): _to(OPEN, by=deciding.correct),
    (OPEN, Reopen): _to(STOPPED, by=deciding.stop),
    (OPEN, Tend): _to(OPEN, SUMMED, ENDED, by=answering.tend),
    (OPEN, Tell): _to(OPEN, SUMMED, ENDED, by=answering.tell),  # a meeting's result ends it
    (OPEN, Meet): _to(OPEN, by=answering.meet),
    (STOPPED, Close): _to(WAITING, OPEN, by=deciding.close_again),
    (STOPPED, Reopen): _to(STOPPED, by=deciding.stay),
    (STOPPED, Tell): _to(by=answering.tell_while_stopped),
    (SUMMED, Tend): _to(SUMMED, ENDED, by=acting.wait_for_a_choice),
    (SUMMED, Choose): _to(SUMMED, ACTING, by=acting.choose),
    (ACTING, Tend): _to(ACTING, by=acting.remind),
    (ACTING, Choose): _to(by=acting.is_chosen),
    (ACTING, Finish): _to(ENDED, by=acting.finish),
    (ACTING, PassOn): _to(ACTING, by=acting.pass_on),
    (ACTING, Drop): _to(ACTING, ENDED, by=acting.drop),
    (ENDED, Choose): _to(by=acting.is_chosen),
    (ENDED, Finish): _to(by=acting.is_over),
    (ENDED, Drop): _to(by=acting.is_over),
}
for _state in (
    SUMMED,
    ACTING,
    ENDED,
):  # the look back is over, and the deal still turns, or an answer comes late
    RETRO_TRANSITIONS[_state, Close] = _to(_state, by=deciding.turn_after_all)
    RETRO_TRANSITIONS[_state, Reopen] = _to(_state, by=deciding.turn_after_all)
    RETRO_TRANSITIONS[_state, Tell] = _to(_state, by=answering.tell)
for _state in RetroState:  # a timer that finds it moved on does nothing
    RETRO_TRANSITIONS.setdefault((_state, Tend), _to(_state, by=deciding.stay))
    RETRO_TRANSITIONS.setdefault((_state, LookBack), _to(by=deciding.is_looked_at))


def _no_way(_retro: Retro, _command: RetroCommand, _facts: RetroFacts) -> Decided:
    raise Refused("This look back is not that far. Nothing was changed.")


_NO_WAY: Final = _to(by=_no_way)


def decide(retro: Retro, command: RetroCommand, facts: RetroFacts) -> Decided:
    """Answer what `command` does to `retro`. Raises Refused, with nothing changed, where there is no way."""
    transition = RETRO_TRANSITIONS.get((retro.state, type(command)), _NO_WAY)
    decided = transition.rule(retro, command, facts)
    if decided.retro.state not in transition.to:
        raise AssertionError(f"{retro.state} x {type(command).__name__} went to {decided.retro.state}")
    return decided
