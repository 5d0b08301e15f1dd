"""Whose turn it is: fair shares by weight, whoever is there; a turn that is kept moves nobody."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.people import Person
from bot.rota import LEAD, after, kept, next_rep, rejected, spent
from bot.teams import Colleague, Presence, TeamNow
from bot.working_time import Calendar, Week
from tests.bot.examples import ACME, MINUTE, NOW

LONDON, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")
WEEK = Week.parse({"mon-fri": "09:00-17:30"})
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


def rep(name: str, zone: ZoneInfo = LONDON, **changes: Any) -> Colleague:
    person = Person(slack_id=f"U{name.upper()}", name=name)
    return Colleague(person=person, calendar=Calendar(zone, WEEK, frozenset()), **changes)


def away(whom: Colleague) -> Colleague:
    return replace(whom, presence=Presence(away_from=NOW - MINUTE))


def back(whom: Colleague) -> Colleague:
    return replace(whom, presence=Presence())


def team(*reps: Colleague) -> TeamNow:
    first = ACME.settings.teams_in_force[0]
    return TeamNow(team=first, calendar=ACME.calendar, reps=reps)


def offered(team: TeamNow, now: datetime = NOW, but: Collection[str] = ()) -> tuple[str, TeamNow]:
    """Who is offered a lead, and the team afterwards."""
    pick = next_rep(team, now, cap=None, but=but)
    assert pick.rep is not None
    assert pick.shares is not None
    return pick.rep.id, after(team, spent("all", pick.rep.id, pick.shares))


def who_has(team: TeamNow, leads: int) -> list[str]:
    had = []
    for minute in range(leads):
        whom, team = offered(team, NOW + minute * MINUTE)
        had.append(whom)
    return had


def test_equals_go_round_one_after_another() -> None:
    had = who_has(team(rep("amy"), rep("ben"), rep("chi")), 6)

    assert had == ["UAMY", "UBEN", "UCHI"] * 2


def test_first_comes_who_is_longest_without_a_lead() -> None:
    lately = NOW - 5 * MINUTE
    both = team(rep("amy", last_lead_at=lately), rep("ben", last_lead_at=lately - MINUTE), rep("chi"))

    assert who_has(both, 3) == ["UCHI", "UBEN", "UAMY"]


@pytest.mark.parametrize(
    "weights", [(1, 1), (2, 1), (3, 2, 1), (10, *[1] * 10), (5, 5, 3, 2, 1, 1, 1), (1, 7, 9, 16)]
)
def test_nobody_is_ever_a_whole_lead_away_from_what_their_weight_gives(weights: Sequence[int]) -> None:
    everyone = team(*(rep(f"r{place:02}", weight=weight) for place, weight in enumerate(weights)))

    had: Counter[str] = Counter()
    for leads, whom in enumerate(who_has(everyone, 300), start=1):
        had[whom] += 1
        for each in everyone.reps:
            assert abs(had[each.id] - leads * each.weight / sum(weights)) < 1


def test_who_comes_and_goes_has_their_share_of_what_came_while_they_were_there() -> None:
    random = Random(7)  # noqa: S311 - the same every time is what is wanted
    now = team(*(rep(f"r{place}", weight=1 + place % 2) for place in range(6)))
    fair: Counter[str] = Counter()
    had: Counter[str] = Counter()
    for lead in range(600):
        if lead % 20 == 0:
            gone = {each.id for each in now.reps if random.random() < 0.4} - {"UR0"}
            now = replace(now, reps=tuple(away(each) if each.id in gone else back(each) for each in now.reps))
        there = [each for each in now.reps if each.is_here(NOW)]
        weights = sum(each.weight for each in there)
        fair.update({each.id: LEAD * each.weight // weights for each in there})
        whom, now = offered(now)
        had[whom] += 1

    assert all(abs(had[each.id] - fair[each.id] / LEAD) <= 1 for each in now.reps)


def test_who_comes_back_does_not_catch_up_on_what_came_meanwhile() -> None:
    now = team(rep("amy"), away(rep("ben")))
    for _ in range(20):
        _, now = offered(now)
    now = replace(now, reps=tuple(map(back, now.reps)))

    assert Counter(who_has(now, 10)) == {"UAMY": 5, "UBEN": 5}


def test_who_is_full_away_or_has_passed_is_left_out() -> None:
    three = team(rep("amy", load=3), rep("ben", presence=Presence(away_from=NOW)), rep("chi"))

    assert next_rep(three, NOW, cap=3).rep == three.reps[2]
    assert next_rep(three, NOW, cap=3, but={"UCHI"}).rep is None
    assert next_rep(three, NOW, cap=3, but={"UCHI"}).at is None


def test_by_night_the_lead_waits_for_the_first_to_start() -> None:
    pick = next_rep(team(rep("amy"), rep("chi", TOKYO)), NIGHT, cap=None)

    assert pick.rep is not None
    assert pick.rep.id == "UCHI"
    assert pick.at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert pick.shares is None


def test_where_several_start_together_nobody_is_named_before() -> None:
    pick = next_rep(team(rep("amy"), rep("ben")), NIGHT, cap=None)

    assert (pick.rep, pick.at) == (None, datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


def test_a_turn_that_is_kept_moves_nobody() -> None:
    before = team(rep("amy", weight=2), rep("ben"), rep("chi"))
    pick = next_rep(before, NOW, cap=None)
    assert pick.rep is not None
    assert pick.shares is not None

    offered = after(before, spent("all", pick.rep.id, pick.shares))
    again = after(offered, kept("all", pick.rep.id, pick.shares))

    assert [(each.credit, each.turns) for each in again.reps] == [(0, 0)] * 3


def test_after_three_rejections_in_a_row_the_turn_passes() -> None:
    now, had = team(rep("amy"), rep("ben")), []
    for _ in range(4):
        pick = next_rep(now, NOW, cap=None)
        assert pick.rep is not None
        assert pick.shares is not None
        had.append(pick.rep.id)
        now = after(now, spent("all", pick.rep.id, pick.shares))
        now = after(now, rejected(now, pick.rep.id, pick.shares))

    assert had[:3] == ["UAMY"] * 3
    assert had[3] == "UBEN"
