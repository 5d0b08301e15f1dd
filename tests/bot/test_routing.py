"""Which team has a lead: the first whose conditions it fits."""

from typing import Any

import pytest

from bot.routing import team_of
from tests.bot.examples import agreement

TEAMS = [
    {"name": "dach", "channel": "#dach", "when": {"country": ["DE", "AT"], "employees": ">=200"}},
    {"name": "banks", "channel": "#banks", "when": {"industry": "banking", "language": ["de", "fr"]}},
    {"name": "events", "channel": "#events", "when": {"source": ["exhibition", "webinar"]}},
    {"name": "all", "channel": "#leads"},
]


@pytest.mark.parametrize(
    ("fields", "team"),
    [
        ({"company.country": "DE", "company.employees": 200}, "dach"),
        ({"company.country": "de", "company.employees": "1200"}, "dach"),
        ({"company.country": "DE", "company.employees": 20}, "all"),
        ({"company.country": "DE"}, "all"),
        ({"company.industry": "Private banking", "facts.language": "fr"}, "banks"),
        ({"company.industry": "Banking"}, "all"),
        ({"source": "webinar", "company.country": "FR"}, "events"),
        ({"source": "webinar", "company.country": "AT", "company.employees": 900}, "dach"),
        ({}, "all"),
    ],
)
def test_the_first_team_that_fits_has_the_lead(fields: dict[str, Any], team: str) -> None:
    assert team_of(fields, agreement(teams=TEAMS)).name == team


def test_without_teams_there_is_one() -> None:
    assert team_of({"company.country": "DE"}, agreement()).name == "all"
