"""Weeks of a company, played through the real jobs and held against a calculation that shares no code with them."""

from datetime import UTC, datetime
from typing import Final

import pytest

from tests.simulate.__main__ import simulated

# A Thursday: Europe's clocks go back in the night to Sunday; the outages are on Monday and Tuesday.
BEFORE_WINTER: Final = datetime(2026, 10, 22, tzinfo=UTC)


@pytest.mark.parametrize("offer", ["rotation", "channel"])
def test_every_rung_is_sent_once_at_the_moment_that_a_count_of_minutes_names(
    database_url: str, offer: str
) -> None:
    history, faults = simulated(database_url, reps=6, leads=3, days=3, seed=3, offer=offer)

    assert faults == []
    assert len(history.nudges) > 1


@pytest.mark.slow  # two minutes of a core: dozens of offers at one moment, which few leads do not have
def test_five_hundred_leads_are_offered_and_reminded_of_as_counted_through_a_change_of_the_clocks(
    database_url: str,
) -> None:
    history, faults = simulated(database_url, reps=20, leads=500, days=8, seed=1, begin=BEFORE_WINTER)

    assert faults == []
    assert len(history.nudges) > 500
    assert sum(each.what == "arrive" for each in history.events) > 490


@pytest.mark.slow
@pytest.mark.postgres
def test_with_processes_killed_at_random_the_same_is_sent_none_missing_and_none_twice(
    database_url: str,
) -> None:
    two = 2 if database_url.startswith("postgresql") else 1

    history, faults = simulated(database_url, reps=12, leads=40, days=10, seed=1, kills=30, processes=two)

    assert faults == []
    assert len(history.nudges) > 50
