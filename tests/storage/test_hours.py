"""Whose hours count: a person's own zone and week, else the team's."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.people import Person
from bot.teams import USUAL, Presence
from bot.working_time import Calendar, Week
from storage.teams import calendar_for
from tests.bot.examples import agreement

TERMS = agreement(hours={"timezone": "Europe/London", "week": {"mon-fri": "09:00-17:30"}, "holidays": ["GB"]})


def hours_of(tz: str | None, presence: Presence = USUAL) -> Calendar:
    person = Person(slack_id="U1", name="Amy", tz=tz)
    return calendar_for(TERMS, TERMS.settings.teams_in_force[-1], person, presence)


@pytest.mark.parametrize("tz", [None, "", "Mars/Olympus", "Europe"])
def test_who_has_no_zone_that_is_known_works_by_the_teams(tz: str | None) -> None:
    assert hours_of(tz).next_opening(datetime(2026, 7, 1, 3, tzinfo=UTC)) == datetime(
        2026, 7, 1, 8, tzinfo=UTC
    )


def test_who_is_elsewhere_works_by_the_teams_week_on_their_own_clock() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")

    opening = hours_of("Asia/Tokyo").next_opening(datetime(2026, 7, 1, 20, tzinfo=tokyo))

    assert opening == datetime(2026, 7, 2, 9, tzinfo=tokyo)


def test_own_hours_and_days_off_count_besides_the_teams_holidays() -> None:
    said = Presence(week=Week.parse({"mon-wed": "9-15"}), days_off=(date(2026, 12, 29),))

    opening = hours_of(None, said).next_opening(datetime(2026, 12, 24, 9, tzinfo=UTC))

    assert opening == datetime(
        2026, 12, 30, 9, tzinfo=UTC
    )  # a Monday in lieu of Boxing Day, then the day off
