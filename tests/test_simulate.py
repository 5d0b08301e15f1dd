"""Weeks of a company, played through the real jobs and held against a calculation that shares no code with them."""

import pytest

from tests.simulate.__main__ import simulated


@pytest.mark.parametrize("offer", ["rotation", "channel"])
def test_every_rung_is_sent_once_at_the_moment_that_a_count_of_minutes_names(
    database_url: str, offer: str
) -> None:
    history, faults = simulated(database_url, reps=6, leads=3, days=3, seed=3, offer=offer)

    assert faults == []
    assert len(history.nudges) > 1


@pytest.mark.slow
@pytest.mark.postgres
def test_with_processes_killed_at_random_the_same_is_sent_none_missing_and_none_twice(
    database_url: str,
) -> None:
    two = 2 if database_url.startswith("postgresql") else 1

    history, faults = simulated(database_url, reps=12, leads=30, days=10, seed=1, kills=30, processes=two)

    assert faults == []
    assert len(history.nudges) > 100
