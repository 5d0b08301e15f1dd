"""Weeks of a company, played through the real jobs and held against a calculation that shares no code with them."""

from tests.simulate.__main__ import simulated


def test_every_rung_is_sent_once_at_the_moment_that_a_count_of_minutes_names(database_url: str) -> None:
    history, faults = simulated(database_url, reps=12, leads=3, days=8, seed=3)

    assert faults == []
    assert len(history.nudges) > 10
