"""The second count of the simulation finds what is wrong in a history: each of these was broken by hand."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest

from tests.simulate.__main__ import MINUTE, simulated
from tests.simulate.check import faults, offered
from tests.simulate.known import Known
from tests.simulate.run import History
from tests.simulate.turns import ahead

pytestmark = pytest.mark.slow
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def played(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    path = tmp_path_factory.mktemp("played") / "truce.db"
    copy(empty_sqlite, path)
    history, found = simulated(f"sqlite:///{path}", reps=6, leads=8, days=3, seed=3)
    assert found == []
    return history


@pytest.fixture
def history(played: History) -> History:
    """A play in which all was right, for one test to break."""
    return deepcopy(played)


def _a_minute_late(history: History) -> None:
    history.nudges[0]["at"] += MINUTE + SECOND


def _a_minute_early(history: History) -> None:
    history.nudges[0]["at"] -= MINUTE + SECOND


def _left_out(history: History) -> None:
    del history.nudges[0]


def _twice(history: History) -> None:
    history.nudges.append(dict(history.nudges[0]))


def _to_somebody_else(history: History) -> None:
    told = history.nudges[0]
    others = (each.id for each in history.company.everyone if each.id != told["person"])
    told["person"] = next(others)


@pytest.mark.parametrize(
    "broken",
    [_a_minute_late, _a_minute_early, _left_out, _twice, _to_somebody_else],
    ids=lambda it: it.__name__,
)
def test_a_reminder_that_is_not_as_it_should_be_is_found(
    history: History, broken: Callable[[History], None]
) -> None:
    history.nudges.sort(key=lambda row: (row["rung"] != "remind", row["at"]))
    lead = history.nudges[0]["lead"]
    broken(history)

    found = faults(history, MINUTE)

    assert any(each.startswith(lead) for each in found)


def test_an_offer_to_a_rep_who_was_not_at_work_is_found(history: History) -> None:
    company = Known(history)
    times = {each.post: each.at for each in history.posted if each.post}
    post = next(row for row in history.posts.values() if row["kind"] == "ask")
    asleep = next(each for each in company.reps if not company.own[each].is_open(times[post["id"]]))
    post["about"] = post["about"].partition("|")[0] + f"|{asleep}"

    found = faults(history, MINUTE)

    assert any("ask was sent" in each and asleep in each for each in found)


def test_an_offer_that_nobody_was_told_of_is_found(history: History) -> None:
    asked = next(row["id"] for row in history.posts.values() if row["kind"] == "ask")
    history.posted = [each for each in history.posted if each.post != asked]

    found = faults(history, MINUTE)

    assert any("ask was due" in each and "was not sent" in each for each in found)


def test_a_message_outside_the_hours_of_who_gets_it_is_found(history: History) -> None:
    kinds = {each.post: history.posts[each.post]["kind"] for each in history.posted if each.post}
    number = next(at for at, each in enumerate(history.posted) if kinds.get(each.post) == "reminder")
    message = history.posted[number]
    history.posted[number] = replace(message, at=message.at + timedelta(hours=12))

    found = faults(history, MINUTE)

    assert any("outside their hours" in each for each in found)


def test_one_rep_who_is_asked_again_and_again_is_found(history: History) -> None:
    company = Known(history)
    offers = offered(history, company, MINUTE)
    assert all(most < 1 for most, _ in ahead(history, company, offers).values())
    there = next(each for each in offers if each.to is not None)
    again = [replace(there, lead=f"again-{number}") for number in range(4)]

    turns = ahead(history, company, [*offers, *again])

    assert max(most for most, _ in turns.values()) >= 1
