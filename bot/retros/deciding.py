"""The rules of a retro: what each command does to it, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.agreement import Agreement
from bot.deals import DealState
from bot.jobs import Due, Sight, TendRetro, redraw, show
from bot.retros.commands import Close, Reopen, Tend
from bot.retros.retro import Retro, RetroState, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class RetroFacts:
    """All that a decision may know besides the retro, read in one transaction."""

    now: datetime
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The retro as it will be, and the jobs that follow."""

    retro: Retro
    jobs: tuple[Due, ...] = ()


RetroRule = Callable[[Retro, Any, RetroFacts], Decided]
WORDS_OF: Final = {DealState.WON: Word.WON, DealState.LOST: Word.LOST}


def begun(deal: str, close: Close, facts: RetroFacts) -> Decided:
    """The retro of a deal that has closed for the first time."""
    retro = Retro(
        id=deal,
        state=RetroState.WAITING,
        outcome=close.outcome,
        owner=close.owner,
        amount=close.amount,
        noted_at=facts.now,
    )
    return Decided(retro=retro, jobs=(tend_at(retro, starts_at(retro, facts)),))


def starts_at(retro: Retro, facts: RetroFacts) -> datetime:
    """When the close has stood for as long as the agreement wants, in the team's working time."""
    return facts.agreement.calendar.add(retro.noted_at, facts.agreement.settings.retro.start_after)


def tend_at(retro: Retro, at: datetime) -> Due:
    """Look at it at that moment, or before: of its timers there is one."""
    return Due(job=TendRetro(retro=retro.id), at=at, key=f"retro:{retro.id}")


def close_while_waiting(retro: Retro, close: Close, _facts: RetroFacts) -> Decided:
    return Decided(retro=_told(retro, close))


def close_again(retro: Retro, close: Close, facts: RetroFacts) -> Decided:
    """It goes on where it stopped; one that never started waits anew."""
    told = _told(retro, close)
    if retro.started_at is None:
        waits = replace(told, state=RetroState.WAITING, noted_at=facts.now)
        return Decided(retro=waits, jobs=(tend_at(waits, starts_at(waits, facts)),))
    goes_on = replace(told, state=RetroState.OPEN, noted_at=facts.now, started_at=facts.now)
    return _with_a_word(goes_on, WORDS_OF[close.outcome], facts)


def correct(retro: Retro, close: Close, facts: RetroFacts) -> Decided:
    """Closed the other way round after all; the same told twice is no news."""
    told = _told(retro, close)
    if close.outcome is retro.outcome:
        return Decided(retro=told, jobs=() if told == retro else (_head(retro, facts),))
    return _with_a_word(told, WORDS_OF[close.outcome], facts)


def stop(retro: Retro, _reopen: Reopen, facts: RetroFacts) -> Decided:
    stopped = replace(retro, state=RetroState.STOPPED)
    if retro.started_at is None:
        return Decided(retro=stopped)
    return _with_a_word(stopped, Word.REOPENED, facts)


def start(retro: Retro, _tend: Tend, facts: RetroFacts) -> Decided:
    """When the close still stands; before that it waits on."""
    at = starts_at(retro, facts)
    if facts.now < at:
        return Decided(retro=retro, jobs=(tend_at(retro, at),))
    started = replace(retro, state=RetroState.OPEN, started_at=facts.now)
    place = facts.agreement.channels.retros
    return Decided(retro=started, jobs=(show(Sight.RETRO, retro.id, facts.now, channel=place),))


def stay(retro: Retro, _command: object, _facts: RetroFacts) -> Decided:
    return Decided(retro=retro)


def _told(retro: Retro, close: Close) -> Retro:
    return replace(retro, outcome=close.outcome, owner=close.owner or retro.owner, amount=close.amount)


def _with_a_word(retro: Retro, turned: Word, facts: RetroFacts) -> Decided:
    """The thread's head drawn anew, and a word below it."""
    after = replace(retro, turns=(*retro.turns, turned))
    place = facts.agreement.channels.retros
    about = f"{retro.id}|{len(after.turns)}"
    return Decided(
        retro=after,
        jobs=(_head(after, facts), show(Sight.RETRO_TURN, about, facts.now, channel=place)),
    )


def _head(retro: Retro, facts: RetroFacts) -> Due:
    return redraw(Sight.RETRO, retro.id, facts.now, channel=facts.agreement.channels.retros)
