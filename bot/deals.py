"""A deal: the sale that leads grew into, and what a feed's news does to it. Pure.

A deal is known by its feed and its id there. Its state follows from its stage; DEAL_TRANSITIONS names what
each change is. The same news twice changes nothing, and a fact yields only to a later one. The stages that it
went through are kept in the order of the news: what is told late finds its place among them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.arrivals import DealArrival, Problem, Value, latest
from bot.money import Money

Told = Value | tuple[str, ...]
BY_HAND: Final = "Slack"  # the feed of deals that are told in Slack; no feed can be called so
MOST_STAGES: Final = 200  # of one deal; beyond, those after the first are forgotten


class DealState(StrEnum):
    OPEN = "open"  # whatever its stage is called
    WON = "won"
    LOST = "lost"


CLOSED: Final = (DealState.WON.value, DealState.LOST.value)


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
class Stage:
    """A stage that a deal came to: `since` is when it did, as it was told; `at` is the news', and orders them.

    Why it was won or lost stands with that stage, so that it is still known of a deal that was reopened.
    """

    name: str  # won, lost, or what an open one is called
    at: datetime
    since: datetime
    reason: str | None = None
    competitor: str | None = None
    by: str | None = None  # who of us said so in Slack

    @property
    def state(self) -> DealState:
        return DealState(self.name) if self.name in (DealState.WON, DealState.LOST) else DealState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """`fields` are as in DealArrival; what was told of each last is in `fields_at`. `stages`: the oldest first."""

    id: str
    feed: str
    external_id: str
    state: DealState = DealState.OPEN
    fields: Mapping[str, Told] = field(default_factory=dict)
    fields_at: Mapping[str, datetime] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()

    @property
    def name(self) -> str | None:
        return self._text("name")

    @property
    def money(self) -> Money | None:
        amount, currency = self.fields.get("amount"), self.fields.get("currency")
        if not isinstance(amount, int) or not isinstance(currency, str):
            return None
        return Money(amount=amount, currency=currency)

    @property
    def leads(self) -> tuple[str, ...]:
        """The leads it grew from, as the feed names them: ids there, e-mails, or domains."""
        return leads_told(self.fields)

    @property
    def owner(self) -> str | None:
        """The e-mail of who has it."""
        return self._text("owner")

    @property
    def people(self) -> tuple[str, ...]:
        """Those of us who worked on it: e-mails, and Slack user ids of those who were chosen in Slack."""
        told = self.fields.get("people")
        return told if isinstance(told, tuple) else ()

    @property
    def opened_at(self) -> datetime | None:
        """When it was opened, as it was told, else when it came to the first stage that we know."""
        return self.moment("opened_at") or (self.stages[0].since if self.stages else None)

    @property
    def closed_at(self) -> datetime | None:
        """When it was won or lost for the last time; None while it is open."""
        return self.stages[-1].since if self.stages and self.state is not DealState.OPEN else None

    def _text(self, path: str) -> str | None:
        told = self.fields.get(path)
        return told if isinstance(told, str) else None

    def moment(self, path: str) -> datetime | None:
        """When it was opened_at or closed_at, in UTC."""
        told = self.fields.get(path)
        return datetime.fromisoformat(told) if isinstance(told, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A deal whose state has changed, as it is now: `at` is when that was, as it was told, `heard_at` when we heard."""

    deal: Deal
    turn: Turn
    at: datetime
    heard_at: datetime
    retros: bool  # whether a look back may follow: an import says so itself


def turn_of(before: Deal, after: Deal) -> Turn | None:
    """What has become of a deal; None: it is open, won or lost as it was."""
    return None if after.state is before.state else DEAL_TRANSITIONS[before.state, after.state]


def take_news(deal: Deal, arrival: DealArrival, now: datetime, stages: Sequence[str] = ()) -> Deal | Problem:
    """The deal with what is later in this arrival than what we know, or why that makes no sense.

    Without a time of its own an arrival is as late as it comes; that it says the same again is no news. Where
    `stages` are listed there are no other open ones.
    """
    told = _as_listed(arrival, stages)
    if isinstance(told, Problem):
        return told
    arrival = told
    at = arrival.occurred_at or now
    fields, fields_at = latest(deal.fields, deal.fields_at, arrival.fields, arrival.occurred_at, now)
    gone_through = _with_its_stage(deal, arrival, at, fields, fields_at)
    after = replace(deal, fields=fields, fields_at=fields_at, state=state_of(fields), stages=gone_through)
    if after.state is not deal.state and (deal.state, after.state) not in DEAL_TRANSITIONS:
        raise AssertionError(f"a deal went from {deal.state} to {after.state}")
    if closes_early(after.moment("opened_at"), after.moment("closed_at")):
        return Problem(path="deal.closed_at", words=EARLY)
    return after


def _as_listed(arrival: DealArrival, stages: Sequence[str]) -> DealArrival | Problem:
    """The arrival with its stage as it is written in the list, if there is one."""
    told = arrival.fields.get("stage")
    if not stages or not isinstance(told, str):
        return arrival
    listed = {stage.casefold(): stage for stage in (*stages, *CLOSED)}
    if told.casefold() in listed:
        return replace(arrival, fields={**arrival.fields, "stage": listed[told.casefold()]})
    words = f"There is no such stage here. This should be one of: {', '.join(listed.values())}."
    return Problem(path="deal.stage", words=words)


def _with_its_stage(
    deal: Deal,
    arrival: DealArrival,
    at: datetime,
    fields: Mapping[str, Told],
    fields_at: Mapping[str, datetime],
) -> tuple[Stage, ...]:
    """The stages with the one that is told, in its place; one that it was in already is none of its own."""
    stages = list(deal.stages)
    name = arrival.fields.get("stage")
    if isinstance(name, str):
        moments = [stage.at for stage in stages]
        # Of two with one moment the first stands, as with every fact; what has no moment comes as it comes.
        place = bisect_right(moments, at) if arrival.occurred_at is None else bisect_left(moments, at)
        stage = Stage(name=name, at=at, since=_since(arrival, at, first=not stages), by=arrival.by)
        if place < len(stages) and stages[place].name == name:  # it began earlier than we knew
            stages[place] = replace(stages[place], at=at, since=min(stage.since, stages[place].since))
        elif place == 0 or stages[place - 1].name != name:
            stages.insert(place, stage)
    if stages and stages[-1].state is not DealState.OPEN:
        stages[-1] = _closed(stages[-1], fields, fields_at, at)
    return (*stages[:1], *stages[1:][-MOST_STAGES + 1 :])


def _since(arrival: DealArrival, at: datetime, *, first: bool) -> datetime:
    """When the stage was come to: on the day that the same news says, else when the news is of."""
    is_open = state_of(arrival.fields) is DealState.OPEN
    told = arrival.fields.get("opened_at" if is_open else "closed_at")
    return datetime.fromisoformat(told) if isinstance(told, str) and (first or not is_open) else at


def _closed(
    stage: Stage, fields: Mapping[str, Told], fields_at: Mapping[str, datetime], at: datetime
) -> Stage:
    """The stage with what this news tells of the close; a reason and a day may come after it."""
    reason, competitor, day = (fields.get(path) for path in ("reason", "competitor", "closed_at"))
    told = {path: fields_at.get(path) == at for path in ("reason", "competitor", "closed_at")}
    return replace(
        stage,
        since=datetime.fromisoformat(day) if told["closed_at"] and isinstance(day, str) else stage.since,
        reason=_word(reason) if told["reason"] else stage.reason,
        competitor=_word(competitor) if told["competitor"] else stage.competitor,
    )


def _word(told: Told) -> str | None:
    return told if isinstance(told, str) else None


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
