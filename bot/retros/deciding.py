"""The rules of a retro until people are asked: it begins, waits, is held, starts, stops and goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.agreement import Agreement
from bot.deals import DealState
from bot.errors import Refused
from bot.jobs import AskBack, Due, Sight, TendRetro, redraw, show
from bot.nudges import TOGETHER
from bot.people import Person, Role
from bot.retros.asking import NOBODY, OLD, Circle, is_storm, seats
from bot.retros.commands import Close, LookBack, Reopen, Tend
from bot.retros.retro import Retro, RetroState, Word
from bot.teams import Colleague
from bot.working_time import Span

A_DAY: Final = Span(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetroFacts:
    """All that a decision may know besides the retro, read in one transaction."""

    now: datetime
    agreement: Agreement
    by: Person | None = None  # who acts
    circle: Circle = NOBODY
    closed_at: datetime | None = None  # as it was told
    closes: Sequence[datetime] = ()  # when we learned of the owner's other closes, around this one
    whom: Colleague | None = None  # who does what was chosen
    keepers: Sequence[Colleague] = ()  # those who keep customers

    def actor(self) -> Person:
        """Who acts, if they take part in handovers here. Raises Refused."""
        if self.by is None:
            raise Refused("Slack has not told me who you are yet. Please try once more in a minute.")
        if not self.agreement.has(self.by, *Role):
            self.agreement.roles.need(self.by, *Role)
        return self.by


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


def publishes_at(started_at: datetime, facts: RetroFacts) -> datetime:
    """When named answers go to the thread although not all are there."""
    return facts.agreement.calendar.add(started_at, A_DAY)


def closes_at(started_at: datetime, facts: RetroFacts) -> datetime:
    return facts.agreement.calendar.add(started_at, facts.agreement.settings.retro.close_after)


def tend_at(retro: Retro, at: datetime) -> Due:
    """Look at it at that moment, or before: of its timers there is one."""
    return Due(job=TendRetro(retro=retro.id), at=at, key=f"retro:{retro.id}")


def close_while_waiting(retro: Retro, close: Close, _facts: RetroFacts) -> Decided:
    return Decided(retro=_told(retro, close))


def close_again(retro: Retro, close: Close, facts: RetroFacts) -> Decided:
    """It goes on where it stopped, with all its time; one that never started waits anew."""
    told = replace(_told(retro, close), noted_at=facts.now)
    if retro.started_at is None:
        waits = replace(told, state=RetroState.WAITING)
        return Decided(retro=waits, jobs=(tend_at(waits, starts_at(waits, facts)),))
    goes_on = replace(told, state=RetroState.OPEN, started_at=facts.now)
    after = _with_a_word(goes_on, WORDS_OF[close.outcome], facts)
    return replace(after, jobs=(*after.jobs, *_asks(goes_on, facts)))


def correct(retro: Retro, close: Close, facts: RetroFacts) -> Decided:
    """Closed the other way round after all; the same told twice is no news."""
    told = _told(retro, close)
    if close.outcome is retro.outcome:
        return Decided(retro=told, jobs=() if told == retro else (head(retro, facts),))
    return _with_a_word(told, WORDS_OF[close.outcome], facts)


def stop(retro: Retro, _reopen: Reopen, facts: RetroFacts) -> Decided:
    stopped = replace(retro, state=RetroState.STOPPED, heap=None)
    if retro.heap is not None:
        return Decided(retro=stopped, jobs=(_heap(retro.heap, facts),))
    if retro.started_at is None:
        return Decided(retro=stopped)
    after = _with_a_word(stopped, Word.REOPENED, facts)
    return replace(after, jobs=(*after.jobs, *asked_anew(stopped, facts)))


def start(retro: Retro, _tend: Tend, facts: RetroFacts) -> Decided:
    """When the close still stands; before that it waits on. Old ones, and very many, are held."""
    at = starts_at(retro, facts)
    if facts.now < at:
        return Decided(retro=retro, jobs=(tend_at(retro, at),))
    old = facts.closed_at is not None and retro.noted_at - facts.closed_at > OLD
    if not old and not is_storm(retro.noted_at, facts.closes):
        return _opened(retro, facts)
    day = facts.now.astimezone(facts.agreement.calendar.zone).date()
    heap = f"{day}|{retro.owner or ''}"
    held = replace(retro, state=RetroState.HELD, heap=heap)
    place = facts.agreement.channels.retros
    return Decided(retro=held, jobs=(show(Sight.RETRO_HEAP, heap, facts.now, channel=place),))


def look_back(retro: Retro, _look_back: LookBack, facts: RetroFacts) -> Decided:
    facts.actor()
    opened = _opened(retro, facts)
    return replace(opened, jobs=(*opened.jobs, *([_heap(retro.heap, facts)] if retro.heap else [])))


def is_looked_at(_retro: Retro, _look_back: LookBack, _facts: RetroFacts) -> Decided:
    raise Refused("This one is looked back at already. Its thread is in the channel.")


def stay(retro: Retro, _command: object, _facts: RetroFacts) -> Decided:
    return Decided(retro=retro)


def turn_after_all(retro: Retro, command: Close | Reopen, facts: RetroFacts) -> Decided:
    """The deal turns when the look back is over: a word, and what was agreed stands."""
    if isinstance(command, Reopen):
        return _with_a_word(retro, Word.REOPENED, facts)
    return correct(retro, command, facts)


def head(retro: Retro, facts: RetroFacts) -> Due:
    return redraw(Sight.RETRO, retro.id, facts.now, channel=facts.agreement.channels.retros)


def asked_anew(retro: Retro, facts: RetroFacts) -> tuple[Due, ...]:
    """The direct messages that ask about it, drawn anew."""
    return tuple(
        redraw(Sight.RETRO_ASK, seat.dm, facts.now, channel=seat.person) for seat in retro.seats if seat.dm
    )


def _opened(retro: Retro, facts: RetroFacts) -> Decided:
    started = replace(
        retro, state=RetroState.OPEN, started_at=facts.now, seats=retro.seats or seats(facts.circle)
    )
    place = facts.agreement.channels.retros
    shown = show(Sight.RETRO, retro.id, facts.now, channel=place)
    return Decided(retro=started, jobs=(shown, *_asks(started, facts)))


def _asks(retro: Retro, facts: RetroFacts) -> tuple[Due, ...]:
    """Who has not answered is asked, and the timer goes on."""
    missing = [seat for seat in retro.seats if not seat.answered]
    asks = [Due(job=AskBack(person=seat.person), at=facts.now + TOGETHER) for seat in missing]
    return (*asks, tend_at(retro, publishes_at(retro.started_at or facts.now, facts)))


def _heap(heap: str, facts: RetroFacts) -> Due:
    return redraw(Sight.RETRO_HEAP, heap, facts.now, channel=facts.agreement.channels.retros)


def _told(retro: Retro, close: Close) -> Retro:
    return replace(retro, outcome=close.outcome, owner=close.owner or retro.owner, amount=close.amount)


def _with_a_word(retro: Retro, word: Word, facts: RetroFacts) -> Decided:
    """The thread's head drawn anew, and a word below it."""
    after = replace(retro, turns=(*retro.turns, word))
    place = facts.agreement.channels.retros
    about = f"{retro.id}|{len(after.turns)}"
    said = show(Sight.RETRO_TURN, about, facts.now, channel=place)
    return Decided(retro=after, jobs=(head(after, facts), said))
