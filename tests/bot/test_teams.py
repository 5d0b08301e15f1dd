"""When somebody may be told something that they did not ask for in that second."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.people import Person
from bot.teams import Colleague, Presence
from bot.working_time import Calendar, Stop, Week

CALENDAR = Calendar(ZoneInfo("Europe/Berlin"), Week.parse({"mon-fri": "09:00-17:30"}))
FRIDAY = "2026-11-27"
MONDAY = "2026-11-30"


def berlin(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def amy(*, always: bool = False, pauses: tuple[Stop, ...] = (), **told: Any) -> Colleague:
    return Colleague(
        person=Person(slack_id="UAMY", name="Amy"),
        calendar=CALENDAR,
        presence=Presence(**told),
        always=always,
        pauses=pauses,
    )


def test_at_work_they_may_be_told_at_once() -> None:
    assert amy().may_be_told(berlin(FRIDAY, "09:00")) == berlin(FRIDAY, "09:00")


def test_outside_their_hours_it_waits_for_the_next_working_moment() -> None:
    assert amy().may_be_told(berlin(FRIDAY, "17:30")) == berlin(MONDAY, "09:00")


def test_where_the_team_is_told_always_hours_hold_nothing_back() -> None:
    assert amy(always=True).may_be_told(berlin(FRIDAY, "23:00")) == berlin(FRIDAY, "23:00")


@pytest.mark.parametrize(
    ("clock", "hot", "day", "then"),
    [
        ("20:00", True, FRIDAY, "20:00"),
        ("20:00", False, MONDAY, "09:00"),
        ("21:00", True, MONDAY, "09:00"),
    ],
)
def test_hot_until_lets_hot_ones_through_and_nothing_else(clock: str, hot: bool, day: str, then: str) -> None:  # noqa: FBT001 - a row of the table
    late = amy(hot_until=berlin(FRIDAY, "21:00"))

    assert late.may_be_told(berlin(FRIDAY, clock), hot=hot) == berlin(day, then)


def test_an_absence_holds_back_hot_ones_too() -> None:
    ill = amy(
        away_from=berlin(FRIDAY, "08:00"),
        away_until=berlin(FRIDAY, "17:30"),
        hot_until=berlin(FRIDAY, "21:00"),
    )

    assert ill.may_be_told(berlin(FRIDAY, "10:00"), hot=True) == berlin(FRIDAY, "17:30")
    assert ill.may_be_told(berlin(FRIDAY, "10:00")) == berlin(MONDAY, "09:00")


def test_do_not_disturb_holds_back_until_it_ends_and_then_hours_count() -> None:
    busy = amy(quiet_from=berlin(FRIDAY, "10:00"), quiet_until=berlin(FRIDAY, "11:00"))
    busy_till_late = amy(quiet_from=berlin(FRIDAY, "10:00"), quiet_until=berlin(FRIDAY, "19:00"))

    assert busy.may_be_told(berlin(FRIDAY, "09:59")) == berlin(FRIDAY, "09:59")
    assert busy.may_be_told(berlin(FRIDAY, "10:00")) == berlin(FRIDAY, "11:00")
    assert busy_till_late.may_be_told(berlin(FRIDAY, "10:00")) == berlin(MONDAY, "09:00")


def test_what_lies_one_behind_the_other_is_waited_for_in_turn() -> None:
    busy_then_away = amy(
        quiet_from=berlin(MONDAY, "08:00"),
        quiet_until=berlin(MONDAY, "12:00"),
        away_from=berlin(MONDAY, "12:00"),
        away_until=berlin(MONDAY, "15:00"),
    )

    assert busy_then_away.may_be_told(berlin(FRIDAY, "20:00")) == berlin(MONDAY, "15:00")


def test_in_a_pause_of_their_team_nobody_is_told_anything() -> None:
    pause = Stop(berlin(FRIDAY, "10:00"), berlin(MONDAY, "12:00"))
    late = amy(always=True, pauses=(pause,), hot_until=berlin(FRIDAY, "21:00"))

    assert late.may_be_told(berlin(FRIDAY, "11:00"), hot=True) == berlin(MONDAY, "12:00")


def test_of_who_is_away_for_nobody_knows_how_long_we_ask_again_a_working_day_later() -> None:
    away = amy(away_from=berlin(FRIDAY, "08:00"))

    asked = away.may_be_told(berlin(FRIDAY, "10:00"))

    assert asked == berlin(MONDAY, "09:00")
    assert away.may_be_told(asked) - asked >= timedelta(days=1)
