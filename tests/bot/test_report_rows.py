"""Leads as rows of a spreadsheet: no cell of which runs."""

import csv
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.reports import rows

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def row(**changes: Any) -> SimpleNamespace:
    told = {
        "line": "campaign:Autumn webinar",
        "source": "webinar",
        "team": "all",
        "hot": False,
        "fields": {"contact.name": "Pat Doe", "company.name": "Globex"},
        "outcome": "accepted",
        "reason": None,
        "offered_at": AT,
        "decided_at": AT,
        "took": 5400,
        "late_at": None,
        "contacted_at": None,
        "contact_took": None,
        "contact_due": None,
    }
    return SimpleNamespace(**{**told, **changes})


def read(*told: SimpleNamespace) -> list[dict[str, str]]:
    text = rows.head() + rows.lines(told, ZoneInfo("Europe/London"))
    assert text.startswith("\ufeff")
    return [*csv.DictReader(StringIO(text.removeprefix("\ufeff")))]


def test_a_row_says_what_became_of_a_lead_by_the_teams_clock() -> None:
    [told] = read(row())

    assert told["handed_over_at"] == "2026-07-01 10:30"
    assert (told["campaign"], told["name"], told["outcome"]) == ("Autumn webinar", "Pat Doe", "accepted")
    assert (told["working_hours_to_decision"], told["within_the_clock"], told["contacted_at"]) == (
        "1.50",
        "yes",
        "",
    )


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x")',
        " =1",
        "\t=1",
        "\r=1",
        "\u200b=1",
        "\uff1d1",
        "|x",
        "%x",
    ],
)
def test_no_cell_begins_as_a_formula_does(words: str) -> None:
    told = read(row(line=f"campaign:{words}", source=words, team=words, fields={"contact.name": words}))

    for name in ("campaign", "source", "team", "name"):
        assert told[0][name].startswith("'"), told[0][name]


def test_commas_quotes_and_breaks_stay_in_their_cell() -> None:
    told = read(row(fields={"contact.name": 'Doe, "Pat"\nJr'}), row())

    assert told[0]["name"] == 'Doe, "Pat" Jr'
    assert len(told) == 2
