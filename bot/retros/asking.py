"""Whom a retro asks, and when: six at most, each once, and a direct message a working day with all that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.agreement import Agreement
from bot.retros.retro import Part, Seat
from bot.teams import Colleague

MOST_ASKED: Final = 6
AT_A_TIME: Final = 3
STORM: Final = 5  # closes of one owner within an hour are looked back at; more are one summary
AN_HOUR: Final = timedelta(hours=1)
OLD: Final = timedelta(days=14)  # a close that we hear of later than that is held


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Who had to do with a deal. `workers` are by their contacts."""

    owner: str | None = None
    marketer: str | None = None
    managers: Sequence[str] = ()
    workers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A retro that waits for one person; `asked`: in so many messages so far."""

    retro: str
    amount: int
    started_at: datetime
    asked: int


NOBODY: Final = Circle()


def seats(circle: Circle) -> tuple[Seat, ...]:
    """Owner, marketer, a manager where more than one worked the deal, and those with most contacts."""
    worked = {*circle.workers, *([circle.owner] if circle.owner else [])}
    wanted = [(circle.owner, Part.OWNER), (circle.marketer, Part.MARKETER)]
    if len(worked) > 1:
        manager = next(
            (each for each in circle.managers if each not in (circle.owner, circle.marketer)), None
        )
        wanted.append((manager, Part.MANAGER))
    ranked = sorted(circle.workers, key=lambda person: (-circle.workers[person], person))
    wanted += [(person, Part.CONTACT) for person in ranked]
    first: dict[str, Part] = {}
    for person, part in wanted:
        if person is not None:
            first.setdefault(person, part)
    return tuple(Seat(person=person, part=part) for person, part in list(first.items())[:MOST_ASKED])


def is_storm(noted_at: datetime, others: Sequence[datetime]) -> bool:
    """Whether more than five closes of the owner, this one among them, came within some hour."""
    moments = sorted((*others, noted_at))
    return any(
        sum(start <= each < start + AN_HOUR for each in moments) > STORM
        for start in moments
        if start <= noted_at < start + AN_HOUR
    )


def asks_again_at(waiting: Waiting, agreement: Agreement) -> datetime | None:
    """When this one is asked about next, in the team's working time; None: no more."""
    if waiting.asked == 0:
        return waiting.started_at
    spans = agreement.settings.retro.ask_again
    if waiting.asked > len(spans):
        return None
    return agreement.calendar.add(waiting.started_at, spans[waiting.asked - 1])


def biggest_first(waiting: Sequence[Waiting]) -> list[Waiting]:
    """What nobody asked them about yet goes before what they are reminded of."""
    return sorted(waiting, key=lambda each: (each.asked > 0, -each.amount, each.started_at, each.retro))


def day_of(whom: Colleague, now: datetime) -> date:
    return now.astimezone(whom.calendar.zone).date()


def tomorrow(whom: Colleague, now: datetime) -> datetime:
    """When their next working day begins."""
    after = day_of(whom, now) + timedelta(days=1)
    return whom.calendar.next_opening(datetime.combine(after, time(), tzinfo=whom.calendar.zone))
