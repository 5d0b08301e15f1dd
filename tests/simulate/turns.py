"""Turns, counted anew: what each rep was offered, and what their weight gave them while they could be asked."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from tests.simulate.known import NEVER, Known
from tests.simulate.run import Event, History
from tests.simulate.rungs import Offered

TOGETHER: Final = timedelta(milliseconds=50)  # dozens are offered at the moment at which work begins
IN_A_ROW: Final = 3  # rejections, after which the turn passes
Debt = dict[str, Fraction]


class _Turns:
    """What each is owed: every lead is shared out among those who could be asked, and one of them has it."""

    def __init__(self, history: History, company: Known) -> None:
        self.company = company
        self.weights = {each.id: each.weight for each in history.company.reps}
        self.owed: Debt = defaultdict(Fraction)
        self.before: dict[str, set[str]] = defaultdict(set)  # who was asked already, by lead
        self.ahead: dict[str, tuple[Fraction, datetime]] = {}
        self.asked: dict[str, tuple[str, Debt]] = {}  # by lead: who, and what the turn moved
        self.taken: dict[str, tuple[str, Debt] | None] = {}  # the same, for the time of an undo
        self.refused: dict[str, int] = defaultdict(int)

    def is_made(self, offer: Offered) -> None:
        self.asked.pop(offer.lead, None)
        if offer.to is None:
            return  # it waits for who starts next: nobody's turn
        by = self._before_others(offer)
        self.ahead[offer.to] = max(self.ahead.get(offer.to, (by, offer.at)), (by, offer.at))
        moved = self._shares(offer.at)
        moved[offer.to] = moved.get(offer.to, Fraction()) - 1
        self.before[offer.lead].add(offer.to)
        self.asked[offer.lead] = (offer.to, moved)
        self._move(moved, 1)

    def _before_others(self, offer: Offered) -> Fraction:
        """How much less is owed to who is asked than to another who could have been."""
        shares, rep = self._shares(offer.at), offer.to
        owed = {each: self.owed[each] + share for each, share in shares.items()}
        could = [each for each in owed if each not in self.before[offer.lead]]
        if rep not in owed or not could:
            return Fraction()
        return max(owed[each] for each in could) - owed[rep]

    def _shares(self, at: datetime) -> Debt:
        """A lead is shared out among those who could have it: here, at work, not full.

        Also among those who passed on it: silence and no capacity do not keep the turn. They cannot be asked again.
        """
        company = self.company
        there = [each for each in company.takers(at) if company.own[each].is_open(at)]
        whole = sum(self.weights[each] for each in there)
        return {each: Fraction(self.weights[each], whole) for each in there}

    def happens(self, event: Event) -> None:
        """A rejection keeps the turn, the third in a row does not; who goes away keeps theirs."""
        if event.what == "accept":
            self.refused[event.by] = 0
            self.taken[event.lead] = self.asked.pop(event.lead, None)
        elif event.what == "undo" and (asked := self.taken.pop(event.lead, None)):
            self.asked[event.lead] = asked
        elif event.what == "reject" and (
            asked := self.asked.pop(event.lead, None) or self.taken.pop(event.lead, None)
        ):
            rep, moved = asked  # also who had accepted it before
            self.refused[rep] = (self.refused[rep] + 1) % IN_A_ROW
            if self.refused[rep]:
                self._move(moved, -1)
        elif event.what == "away":
            for lead in [lead for lead, (rep, _) in self.asked.items() if rep == event.by]:
                self._move(self.asked.pop(lead)[1], -1)

    def _move(self, moved: Debt, way: int) -> None:
        for each, part in moved.items():
            self.owed[each] += way * part


def ahead(
    history: History, company: Known, offers: Sequence[Offered]
) -> dict[str, tuple[Fraction, datetime]]:
    """By how much, in leads, each rep was asked before somebody who was owed more: at the worst, and when.

    Each offer counts at the moment at which it was due, not when its message came: of dozens that are due when work
    begins the last ones are told half a minute later, and by then somebody else may be full.
    """
    turns = _Turns(history, company)
    happened = deque(sorted(history.events, key=lambda each: each.at))
    for offer in _in_order(history, offers):
        while happened and happened[0].at <= offer.at:
            turns.happens(happened.popleft())
        turns.is_made(offer)
    return turns.ahead


def _in_order(history: History, offers: Sequence[Offered]) -> Iterator[Offered]:
    """Of dozens that are due at one moment the program offers one after another: in which order, was noted.

    Of such a moment a lead may have several decisions, as its late card and its offer: the one that made the offer is
    the first after which this rep is asked. Some are offered as they arrive.
    """
    arrived = {each.lead: (each.at, n) for n, each in enumerate(history.events) if each.what == "arrive"}
    made: dict[tuple[str, str | None], list[datetime]] = defaultdict(list)
    for at, lead, to in history.decided:
        made[lead, to].append(at)
    first: datetime | None = None
    keys = []
    for offer in sorted(offers, key=lambda each: each.at):
        first = offer.at if first is None or offer.at - first > TOGETHER else first
        known = made[offer.lead, offer.to]
        place = bisect_left(known, offer.at - TOGETHER)
        decided = known[place] if place < len(known) else NEVER
        came, number = arrived.get(offer.lead, (NEVER, 0))
        keys.append((first, came if came == offer.at else decided, number, offer))
    yield from (each[-1] for each in sorted(keys, key=lambda each: each[:3]))
