"""What is known of the company from outside: everybody's hours and absences, and what they had in hand."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.simulate.company import CAP, OFFICE, TEAM_HOLIDAYS
from tests.simulate.hours import Hours, Walls, Week, closed_days
from tests.simulate.run import Event, History

TEAM_ZONE: Final = "Europe/London"
NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Known:
    """Everybody's hours, and what they had in hand at any moment."""

    def __init__(self, history: History) -> None:
        plan, company = history.plan, history.company
        self.end = plan.end
        self.offer = company.offer
        self.walls = Walls(plan.begin, plan.end)
        closed = closed_days(TEAM_HOLIDAYS, range(plan.begin.year, plan.end.year + 2))
        self.down = [(each.at, each.until or each.at) for each in history.events if each.what == "down"]
        self.away = _absences(history.events)
        weeks: dict[str, Week] = {each.id: OFFICE for each in company.everyone}
        for each in history.events:
            if each.what == "hours":
                weeks[each.by] = next(one.week for one in company.everyone if one.id == each.by)
        alike: dict[tuple[str, str], Hours] = {}
        self.own = {}
        for one in company.everyone:
            if (one.zone, one.words) not in alike:
                minutes = self.walls.open(one.zone, weeks[one.id], closed)
                alike[one.zone, one.words] = Hours(self.walls, minutes)
            self.own[one.id] = alike[one.zone, one.words]
        self.open = {who: hours.without(self.down) for who, hours in self.own.items()}
        self.there = {who: hours.without([*self.away[who], *self.down]) for who, hours in self.own.items()}
        self.zones = {each.id: each.zone for each in company.everyone}
        self.reps = [each.id for each in company.reps]
        self.managers = [each.id for each in company.managers]
        self.heads = [each.id for each in company.heads]
        team = Hours(self.walls, self.walls.open(TEAM_ZONE, OFFICE, closed))
        self.team = team.without(self.down)
        anyone = Hours(self.walls, bytearray(self.walls.count))
        for rep in self.reps:
            anyone = anyone | self.own[rep].without(self.away[rep])
        self.anyone, self.anyone_running = anyone, anyone.without(self.down)
        self._loads = _loads(history.events)

    def load(self, rep: str, at: datetime) -> int:
        return sum(begin < at < end for begin, end in self._loads[rep])

    def takers(self, at: datetime) -> list[str]:
        """Who is here and not full, at work or not."""
        return [each for each in self.reps if self.is_here(each, at) and self.load(each, at) < CAP]

    def is_over(self, rep: str) -> bool:
        """Whether they ever had more accepted leads without a first contact than the cap allows."""
        return any(self.load(rep, begin + timedelta(milliseconds=1)) > CAP for begin, _ in self._loads[rep])

    def told_at(self, who: str, at: datetime) -> datetime:
        """When somebody may be told, by what is known at this moment of their absences."""
        known = [(begin, end) for begin, end in self.away[who] if begin <= at]
        moment = at
        while True:
            end = max((end for begin, end in known if begin <= moment < end), default=moment)
            later = self.open[who].opens(end)
            if later == moment:
                return moment
            moment = later

    def goes_away(self, who: str, after: datetime) -> datetime:
        return min((begin for begin, _ in self.away[who] if begin > after), default=NEVER)

    def is_here(self, who: str, at: datetime) -> bool:
        return not any(begin <= at < end for begin, end in self.away[who])

    def up(self, at: datetime) -> datetime:
        """The moment itself, else when Truce runs again."""
        return max((end for begin, end in self.down if begin <= at < end), default=at)

    def clock(self, owner: str | None) -> tuple[Hours, Hours, str]:
        """The hours of whom a lead waits on, those without what stopped the clock, and the zone of its days."""
        if owner is None:
            return self.anyone, self.anyone_running, TEAM_ZONE
        return self.own[owner], self.there[owner], self.zones[owner]


def _absences(events: Iterable[Event]) -> dict[str, list[tuple[datetime, datetime]]]:
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for each in events:
        if each.what == "away":
            found[each.by].append((each.at, each.until or NEVER))
        if each.what == "back" and found[each.by] and each.at < found[each.by][-1][1]:
            found[each.by][-1] = (found[each.by][-1][0], each.at)
    return found


def _loads(events: Iterable[Event]) -> dict[str, list[tuple[datetime, datetime]]]:
    """When each rep had an accepted lead without a first contact."""
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    owned: dict[str, tuple[str, datetime]] = {}
    for each in events:
        if each.what == "accept":
            owned[each.lead] = (each.by, each.at)
        elif each.what in {"contact", "undo", "reject", "convert"} and each.lead in owned:
            who, begin = owned.pop(each.lead)
            found[who].append((begin, each.at))
    for who, begin in owned.values():
        found[who].append((begin, NEVER))
    return found
