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
def test_so_it_is_with_five_hundred_leads_of_a_quarter_though_the_process_dies(database_url: str) -> None:
    history, faults = simulated(database_url, reps=50, leads=500, days=92, seed=1, kills=30)

    assert faults == []
    assert len(history.nudges) > 500


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_so_it_is_with_two_processes_on_one_database_that_die(database_url: str) -> None:
    history, faults = simulated(database_url, reps=12, leads=60, days=20, seed=1, kills=30, processes=2)

    assert faults == []
    assert len(history.nudges) > 60
