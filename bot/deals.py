"""A deal: the sale that leads grew into, and what a feed's news does to it. Pure.

A deal is known by its feed and its id there. Its state follows from its stage; DEAL_TRANSITIONS names what
each change is. The same news twice changes nothing, and a fact yields only to a later one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.arrivals import DealArrival, Problem, Value
from bot.money import Money

Told = Value | tuple[str, ...]


class DealState(StrEnum):
    OPEN = "open"  # whatever its stage is called
    WON = "won"
    LOST = "lost"


class Turn(StrEnum):
    """What has become of a deal when its state changed."""

    WON = "won"
    LOST = "lost"
    REOPENED = "reopened"
    CORRECTED = "corrected"  # closed the other way round: the first word was a slip


# Every change of state there is; a deal that arrives closed was open for no time at all.
DEAL_TRANSITIONS: Final[Mapping[tuple[DealState, DealState], Turn]] = {
    (DealState.OPEN, DealState.WON): Turn.WON,
    (DealState.OPEN, DealState.LOST): Turn.LOST,
    (DealState.WON, DealState.OPEN): Turn.REOPENED,
    (DealState.LOST, DealState.OPEN): Turn.REOPENED,
    (DealState.WON, DealState.LOST): Turn.CORRECTED,
    (DealState.LOST, DealState.WON): Turn.CORRECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """`fields` are as in DealArrival; what was told of each last is in `fields_at`."""

    id: str
    feed: str
    external_id: str
    state: DealState = DealState.OPEN
    fields: Mapping[str, Told] = field(default_factory=dict)
    fields_at: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def money(self) -> Money | None:
        amount, currency = self.fields.get("amount"), self.fields.get("currency")
        if not isinstance(amount, int) or not isinstance(currency, str):
            return None
        return Money(amount=amount, currency=currency)

    @property
    def leads(self) -> tuple[str, ...]:
        """The leads it grew from, as the feed names them: ids there, or e-mails."""
        return leads_told(self.fields)

    @property
    def owner(self) -> str | None:
        """The e-mail of who has it."""
        told = self.fields.get("owner")
        return told if isinstance(told, str) else None

    def moment(self, path: str) -> datetime | None:
        """When it was opened_at or closed_at, in UTC."""
        told = self.fields.get(path)
        return datetime.fromisoformat(told) if isinstance(told, str) else None


def take_news(deal: Deal, arrival: DealArrival, now: datetime) -> Deal | Problem:
    """The deal with what is later in this arrival than what we know, or why the two make no sense together.

    Without a time of its own an arrival is as late as it comes; that it says the same again is no news.
    """
    timed, at = arrival.occurred_at is not None, arrival.occurred_at or now
    fields, fields_at = dict(deal.fields), dict(deal.fields_at)
    for path, value in arrival.fields.items():
        if path in fields_at:
            told_before = at <= fields_at[path] if timed else at < fields_at[path]
            if told_before or (not timed and fields.get(path) == value):
                continue
        fields_at[path] = at
        if value is None:
            fields.pop(path, None)
        else:
            fields[path] = value
    after = replace(deal, fields=fields, fields_at=fields_at, state=state_of(fields))
    if after.state is not deal.state and (deal.state, after.state) not in DEAL_TRANSITIONS:
        raise AssertionError(f"a deal went from {deal.state} to {after.state}")
    if closes_early(after.moment("opened_at"), after.moment("closed_at")):
        return Problem(path="deal.closed_at", words=EARLY)
    return after


def leads_told(fields: Mapping[str, Told]) -> tuple[str, ...]:
    told = fields.get("leads")
    return told if isinstance(told, tuple) else ()


EARLY: Final = "A deal closes on the day it opens, or later."


def closes_early(opened_at: datetime | None, closed_at: datetime | None) -> bool:
    """Whether it closes before it opens. By days: one of the two may be a bare date."""
    return opened_at is not None and closed_at is not None and closed_at.date() < opened_at.date()


def state_of(fields: Mapping[str, Told]) -> DealState:
    stage = fields.get("stage")
    return DealState(stage) if stage in (DealState.WON, DealState.LOST) else DealState.OPEN
