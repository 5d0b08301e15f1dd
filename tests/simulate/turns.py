"""Turns, counted anew: what each rep was offered, and what their weight gave them while they could be asked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from tests.simulate.company import CAP
from tests.simulate.expected import asks
from tests.simulate.known import Known
from tests.simulate.run import Event, History, Row

TOGETHER: Final = timedelta(
    seconds=30
)  # dozens are offered at the minute at which work begins, told one by one
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

    def are_asked(self, rows: Sequence[Row]) -> None:
        """Told of in one moment: their decisions had an order that is not known, so the one that explains most."""
        left = list(rows)
        while left:
            first = min(left, key=self._before_others)
            left.remove(first)
            self._is_asked(first)

    def _is_asked(self, row: Row) -> None:
        lead, rep, at = row["lead"], row["person"], row["at"]
        by = self._before_others(row)
        self.ahead[rep] = max(self.ahead.get(rep, (by, at)), (by, at))
        moved = self._shares(at)
        moved[rep] = moved.get(rep, Fraction()) - 1
        self.before[lead].add(rep)
        self.asked[lead] = (rep, moved)
        self._move(moved, 1)

    def _before_others(self, row: Row) -> Fraction:
        """How much less is owed to who is asked than to another who could have been."""
        shares, rep = self._shares(row["at"]), row["person"]
        owed = {each: self.owed[each] + share for each, share in shares.items()}
        could = [each for each in owed if each not in self.before[row["lead"]]]
        if rep not in owed or not could:
            return (
                Fraction()
            )  # they have just left, or became full: that they could be asked is another question
        return max(owed[each] for each in could) - owed[rep]

    def _shares(self, at: datetime) -> Debt:
        """A lead is shared out among those who could have it: here, at work, not full.

        Also among those who passed on it: silence and no capacity do not keep the turn. They cannot be asked again.
        """
        company = self.company
        there = [
            each
            for each in company.reps
            if company.is_here(each, at) and company.own[each].is_open(at) and company.load(each, at) < CAP
        ]
        whole = sum(self.weights[each] for each in there)
        return {each: Fraction(self.weights[each], whole) for each in there}

    def happens(self, event: Event) -> None:
        """A rejection keeps the turn, the third in a row does not; who goes away keeps theirs."""
        if event.what == "accept":
            self.refused[event.by] = 0
            self.taken[event.lead] = self.asked.pop(event.lead, None)
        elif event.what == "undo" and (asked := self.taken.pop(event.lead, None)):
            self.asked[event.lead] = asked
        elif event.what == "reject" and event.lead in self.asked:
            rep, moved = self.asked.pop(event.lead)
            self.refused[rep] = (self.refused[rep] + 1) % IN_A_ROW
            if self.refused[rep]:
                self._move(moved, -1)
        elif event.what == "away":
            for lead in [lead for lead, (rep, _) in self.asked.items() if rep == event.by]:
                self._move(self.asked.pop(lead)[1], -1)

    def _move(self, moved: Debt, way: int) -> None:
        for each, part in moved.items():
            self.owed[each] += way * part


def ahead(history: History, company: Known) -> dict[str, tuple[Fraction, datetime]]:
    """By how much, in leads, each rep was asked before somebody who was owed more: at the worst, and when."""
    turns = _Turns(history, company)
    seen = asks(history) if company.offer == "rotation" else []
    told = {row["at"]: row for row in seen if row["at"] < history.plan.end - TOGETHER}  # the last are cut off
    happened = {event.at: event for event in history.events}
    together: list[Row] = []
    for at in sorted({*told, *happened}):
        if at in happened or (together and at - together[0]["at"] > TOGETHER):
            turns.are_asked(together)
            together = []
        if at in happened:
            turns.happens(happened[at])
        if at in told:
            together.append(told[at])
    turns.are_asked(together)
    return turns.ahead
