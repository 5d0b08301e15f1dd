"""Turns, counted anew: what each rep was offered, and what their weight gave them while they could be asked."""

from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from typing import Final

from tests.simulate.company import CAP
from tests.simulate.expected import asks
from tests.simulate.known import Known
from tests.simulate.run import Event, History

IN_A_ROW: Final = 3  # rejections, after which the turn passes
Debt = dict[str, Fraction]


class _Turns:
    """What each is owed: every lead is shared out among those who could be asked, and one of them has it."""

    def __init__(self, history: History, company: Known) -> None:
        self.company = company
        self.weights = {each.id: each.weight for each in history.company.reps}
        self.owed: Debt = defaultdict(Fraction)
        self.farthest: dict[str, tuple[Fraction, datetime]] = {}
        self.asked: dict[str, tuple[str, Debt]] = {}  # by lead: who, and what the turn moved
        self.refused: dict[str, int] = defaultdict(int)

    def is_asked(self, lead: str, rep: str, at: datetime) -> None:
        """Shared out among those who could have it: here, at work, not full.

        Also among those who passed on it: silence and no capacity do not keep the turn.
        """
        company = self.company
        there = [
            each
            for each in company.reps
            if company.is_here(each, at) and company.own[each].is_open(at) and company.load(each, at) < CAP
        ]
        whole = sum(self.weights[each] for each in there)
        moved = {each: Fraction(self.weights[each], whole) for each in there}
        moved[rep] = moved.get(rep, Fraction()) - 1
        self.asked[lead] = (rep, moved)
        self._move(moved, 1, at)

    def happens(self, event: Event) -> None:
        """A rejection keeps the turn, the third in a row does not; who goes away keeps theirs."""
        if event.what == "accept":
            self.refused[event.by] = 0
            self.asked.pop(event.lead, None)
        elif event.what == "reject" and event.lead in self.asked:
            rep, moved = self.asked.pop(event.lead)
            self.refused[rep] = (self.refused[rep] + 1) % IN_A_ROW
            if self.refused[rep]:
                self._move(moved, -1, event.at)
        elif event.what == "away":
            for lead in [lead for lead, (rep, _) in self.asked.items() if rep == event.by]:
                self._move(self.asked.pop(lead)[1], -1, event.at)

    def _move(self, moved: Debt, way: int, at: datetime) -> None:
        for each, part in moved.items():
            self.owed[each] += way * part
            if abs(self.owed[each]) > abs(self.farthest.get(each, (Fraction(), at))[0]):
                self.farthest[each] = (self.owed[each], at)


def owed(history: History, company: Known) -> dict[str, tuple[Fraction, datetime]]:
    """How far each rep was from their share at the worst, in leads, and when."""
    turns = _Turns(history, company)
    told = {row["at"]: row for row in asks(history)} if company.offer == "rotation" else {}
    happened = {event.at: event for event in history.events}
    for at in sorted({*told, *happened}):
        if at in happened:
            turns.happens(happened[at])
        if at in told:
            turns.is_asked(told[at]["lead"], told[at]["person"], at)
    return turns.farthest
