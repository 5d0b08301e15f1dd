"""Attribution: which touches a deal is owed to, by six models. Exact: the credits of a deal sum to 1. Pure.

Sales' own contacts are no touches here, nor is anything after the close. A deal without touches is owed to
UNKNOWN, which stands in a row of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bot.money import Money

UNKNOWN: Final = "unknown"
HALF_LIFE: Final = timedelta(days=7)
_DAY_PART: Final = timedelta(microseconds=1)


class Model(StrEnum):
    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    U = "u"
    W = "w"
    DECAY = "decay"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Met:
    """One touch: its campaign, or the source of its lead where there is none; and that source."""

    at: datetime
    line: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A deal, and the touches of all its leads up to its close, the earliest first."""

    met: tuple[Met, ...]
    handed_at: datetime | None = None  # the first offer of any of its leads
    opened_at: datetime | None = None
    closed_at: datetime
    money: Money | None = None


@dataclass(slots=True)
class Credited:
    """What is owed to one campaign or source: deals, in parts of them, and money by currency."""

    deals: Fraction = Fraction()
    money: dict[str, int] = field(default_factory=dict)  # in ten-thousandths


def owed(model: Model, journey: Journey) -> list[Fraction]:
    """For each touch its part of the deal; together exactly 1, or nothing where there is no touch."""
    weights = _weights(model, journey) if journey.met else []
    whole = sum(weights)
    return [weight / whole for weight in weights]


def _weights(model: Model, journey: Journey) -> list[Fraction]:
    number = len(journey.met)
    match model:
        case Model.FIRST:
            return _anchored(number, [(0, 1)], 0)
        case Model.LAST:
            return _anchored(number, [(number - 1, 1)], 0)
        case Model.LINEAR:
            return [Fraction(1)] * number
        case Model.U:
            return _anchored(number, [(0, 40), (number - 1, 40)], 20)
        case Model.W:
            led = [_last_by(journey, moment) for moment in (journey.handed_at, journey.opened_at)]
            return _anchored(number, [(0, 30), *((place, 30) for place in led)], 10)
        case Model.DECAY:
            return [_decayed(journey.closed_at - each.at) for each in journey.met]


def shared(amount: int, parts: Sequence[Fraction]) -> list[int]:
    """A whole amount in these parts, to the last ten-thousandth: what rounding leaves goes to the largest rests."""
    exact = [amount * part for part in parts]
    whole = [int(each) for each in exact]
    rests = sorted(range(len(parts)), key=lambda place: (whole[place] - exact[place], place))
    for place in rests[: amount - sum(whole)]:
        whole[place] += 1
    return whole


def credited(model: Model, journeys: Iterable[Journey], key: Callable[[Met], str]) -> Mapping[str, Credited]:
    """Deals and money by what `key` names of a touch; those of most deals first."""
    found: dict[str, Credited] = {}
    for journey in journeys:
        parts, names = owed(model, journey), [key(each) for each in journey.met]
        if not parts:
            parts, names = [Fraction(1)], [UNKNOWN]
        amounts = shared(0 if journey.money is None else journey.money.amount, parts)
        for name, part, amount in zip(names, parts, amounts, strict=True):
            if not part:
                continue
            row = found.setdefault(name, Credited())
            row.deals += part
            if journey.money is not None:
                currency = journey.money.currency
                row.money[currency] = row.money.get(currency, 0) + amount
    return {name: found[name] for name in sorted(found, key=lambda name: (-found[name].deals, name))}


def _anchored(number: int, anchors: Sequence[tuple[int | None, int]], rest: int) -> list[Fraction]:
    """Each anchor its share, the others together `rest`; of what is missing nothing is kept back."""
    weights = [Fraction()] * number
    for place, share in anchors:
        if place is not None:
            weights[place] += share
    others = [place for place in range(number) if place not in {anchor for anchor, _ in anchors}]
    for place in others:
        weights[place] += Fraction(rest, len(others))
    return weights


def _last_by(journey: Journey, moment: datetime | None) -> int | None:
    """The last touch up to then: what led to it."""
    if moment is None:
        return None
    places = [place for place, each in enumerate(journey.met) if each.at <= moment]
    return places[-1] if places else None


def _decayed(before: timedelta) -> Fraction:
    """Half of it for each seven days, to 28 digits."""
    halvings = Decimal(max(before, timedelta()) // _DAY_PART) / Decimal(HALF_LIFE // _DAY_PART)
    return Fraction(Decimal(2) ** -halvings)
