"""What a feed tells us, read and checked, on its way to becoming a lead: the same from HTTP, CSV and Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One thing between the lead and us. `by` (an e-mail of one of us) makes it a contact of ours."""

    kind: str
    at: datetime
    campaign: str | None = None
    detail: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadArrival:
    """A lead as a feed tells it.

    `fields` are flat paths: source, campaign, score, url, contact.name, contact.email, contact.title,
    contact.phone, company.name, company.domain, company.industry, company.employees, company.country and
    facts.ANYTHING. A path that is not there says nothing; None erases what we had.
    """

    feed: str
    external_id: str | None
    occurred_at: datetime | None
    fields: Mapping[str, Value]
    touches: tuple[Touch, ...] = ()
    owner: str | None = None  # an e-mail; decided elsewhere (product.md 3.13)
    status: str | None = None
    reason: str | None = None
    raw: str = field(default="", repr=False, compare=False)  # as it came, JSON text


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchArrival:
    """A touch of a lead that we know already; `lead` is its id in the feed, or its e-mail."""

    feed: str
    lead: str
    touch: Touch
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealArrival:
    """A deal as a feed tells it.

    `fields`: name, stage (won, lost, or an open one's name), amount (in ten-thousandths of the currency), currency,
    opened_at and closed_at (ISO 8601, UTC), leads (ids in the feed, or e-mails), owner and people (e-mails), reason,
    competitor, url and facts.ANYTHING. A path that is not there says nothing; None erases what we had.
    """

    feed: str
    external_id: str
    occurred_at: datetime | None
    fields: Mapping[str, Value | tuple[str, ...]]
    by: str | None = None  # who of us said so in Slack
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, for the sender: `path` as they wrote it (contact.email, touches.0.at)."""

    path: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Senseless:
    """Well formed, but it makes no sense; kept in quarantine as it came (`raw`, JSON text)."""

    problems: tuple[Problem, ...]
    raw: str = field(repr=False)
    removed: str | None = None  # it is about this person, who was removed from here


Arrival = LeadArrival | TouchArrival | DealArrival


class Outcome(StrEnum):
    """What an arrival did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


Told = TypeVar("Told")


def latest(
    fields: Mapping[str, Told],
    fields_at: Mapping[str, datetime],
    told: Mapping[str, Told],
    occurred_at: datetime | None,
    now: datetime,
) -> tuple[dict[str, Told], dict[str, datetime]]:
    """The facts we have, with those just told that are later; and the moment that each is from. None erases.

    Without a time of its own what is told is as late as it comes; that it says the same again is no news.
    """
    at = occurred_at or now
    after, after_at = dict(fields), dict(fields_at)
    for path, value in told.items():
        if path in fields_at:
            told_before = at < fields_at[path] if occurred_at is None else at <= fields_at[path]
            if told_before or (occurred_at is None and fields.get(path) == value):
                continue
        after_at[path] = at
        if value is None:
            after.pop(path, None)
        else:
            after[path] = value
    return after, after_at
