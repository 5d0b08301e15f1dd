"""What a handoff waits for, since when, and who was reminded of it: all that the ladder remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.working_time import Waited


class Stage(StrEnum):
    """What is waited for."""

    OFFER = "offer"  # an answer to the offer that stands
    CONTACT = "contact"  # the owner's first contact, or their answer to a new question of the lead
    STALLED = "stalled"  # the next contact


class Rung(StrEnum):
    """A step of the ladder of reminders (product.md section 5), in the order in which they come.

    HELP is none of them: it is due at once, whenever nobody can be offered a lead, and told like one.
    """

    REMIND = "remind"
    BREACH = "breach"
    MANAGER = "manager"
    REOFFER = "reoffer"
    LAST_CALL = "last_call"
    FIRST_CONTACT = "first_contact"
    STILL_YOURS = "still_yours"
    NEXT_STEP = "next_step"
    STALLED = "stalled"
    STALLED_AGAIN = "stalled_again"
    STALLED_LONG = "stalled_long"
    HELP = "help"


class Silence(NamedTuple):
    """When the offer went on to somebody else, and for how long it had waited."""

    at: datetime
    waited: Waited


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """`since` is when the clock of this stage began; None: nobody can see the card yet."""

    stage: Stage = Stage.OFFER
    since: datetime | None = None
    first_since: datetime | None = None  # of the handoff's first offer: the last call counts from there
    free_since: datetime | None = None  # of the first offer since nobody has had it
    first_moved: float = 0  # `moved` of the offers before this one: the last call keeps its distance as well
    hot: bool = False  # by which ladder
    sent: tuple[Rung, ...] = ()
    moved: float = 0  # seconds of working time by which the later rungs come later
    granted: bool = False  # "1 more hour" was given in this offer
    told: tuple[str, ...] = ()  # whom a rung of this stage went to, in order
    quiet: Mapping[str, datetime] = field(default_factory=dict)  # snoozed by whom, until when
    snoozed: Mapping[str, int] = field(default_factory=dict)  # by whom, how often
    stopped: tuple[str, ...] = ()  # who wants no more reminders of this lead
    spent: tuple[str, ...] = ()  # who was reminded in this stage as often as anybody is
    silent: Mapping[str, Silence] = field(default_factory=dict)  # who was asked alone and did not answer
    asks: tuple[str, ...] = ()  # the messages by which the owner knows that the lead asks to hear from us


def offered_anew(wait: Wait | None, now: datetime | None, *, hot: bool) -> Wait:
    """The wait for an answer to a new offer in the same handoff; the last call comes only once."""
    before = wait or Wait()
    kept = before if before.stage is Stage.OFFER else Wait()
    anew = replace(_of_the_handoff(wait), since=now, hot=hot, told=kept.told, spent=kept.spent)
    anew = replace(anew, quiet=kept.quiet)  # who asked to be reminded later is
    return replace(anew, first_since=anew.first_since or now, free_since=kept.free_since or kept.since or now)


def owned(now: datetime, wait: Wait | None, *, hot: bool) -> Wait:
    """The wait for the owner's first contact."""
    kept = _snoozed_by_owners(wait)
    return replace(_of_the_handoff(wait), stage=Stage.CONTACT, since=now, hot=hot, snoozed=kept)


def asked_again(now: datetime, wait: Wait | None, message: str) -> Wait:
    """The wait for an answer to what the lead asks its owner, who is told of it by this message."""
    before = () if wait is None or wait.stage is not Stage.CONTACT else wait.asks
    return replace(owned(now, wait, hot=True), asks=(*before, message))


def put_off(day: datetime, wait: Wait) -> Wait:
    """The same wait for a contact, from the day of the next step on: by the standard ladder, as all of it is theirs."""
    return replace(owned(day, wait, hot=False), asks=wait.asks)


def in_touch(since: datetime, wait: Wait | None, *, hot: bool) -> Wait:
    """The wait for the next contact, from the last one or the next step on."""
    kept = _snoozed_by_owners(wait)
    return replace(_of_the_handoff(wait), stage=Stage.STALLED, since=since, hot=hot, snoozed=kept)


def _snoozed_by_owners(wait: Wait | None) -> Mapping[str, int]:
    """How often an accepted lead was put off, counted through its stages; an offer has a count of its own."""
    return {} if wait is None or wait.stage is Stage.OFFER else wait.snoozed


def _of_the_handoff(wait: Wait | None) -> Wait:
    """What is remembered in every stage: the first offer, the last call, and who wants to hear no more."""
    if wait is None:
        return Wait()
    moved = wait.moved if wait.stage is Stage.OFFER else 0
    return Wait(
        first_since=wait.first_since,
        first_moved=wait.first_moved + moved,
        sent=tuple(rung for rung in wait.sent if rung is Rung.LAST_CALL),
        stopped=wait.stopped,
        silent=wait.silent,
    )
