"""Settings key by key: what the file says, what was changed in Slack, and which of them holds."""

from pathlib import Path
from typing import Any

import pytest

from bot.setting_changes import amended, moved_up, with_team, without_team
from bot.setting_fields import PAGES, read, said, shown, team_fields
from bot.settings import Settings, Unfit, load, settings_of, written
from bot.settings.written import defaults, taken_from_file
from tests.bot.test_settings import everything

LEADS: dict[str, Any] = {"channels.leads": "#leads"}
TEAMS: dict[str, Any] = {
    **LEADS,
    "teams": ["dach", "all"],
    "teams.dach.channel": "#leads-dach",
    "teams.dach.when": {"company.country": ["DE"]},
    "teams.all.channel": "#leads",
}


@pytest.fixture
def full(tmp_path: Path) -> Settings:
    path = tmp_path / "app.yaml"
    path.write_text(everything(), "utf-8")
    return load(path)


def test_what_is_written_makes_the_same_settings_again(full: Settings) -> None:
    assert settings_of(written(full)) == full
    assert written(settings_of(written(full))) == written(full)


def test_writing_a_default_down_changes_nothing() -> None:
    told = {"channels": {"leads": "#leads"}, "ladder": {"hot": {"remind": "5m"}}, "teams": [], "reasons": {}}

    assert written(Settings.model_validate(told)) == LEADS
    assert defaults()["ladder.hot.remind"] == "5m"


@pytest.mark.parametrize(
    ("last", "file", "in_force", "in_slack", "holds"),
    [
        ({}, {}, {"most": 3}, {"most"}, {"most": 3}),  # the file as it was: Slack's value stays
        ({"most": 4}, {"most": 5}, {"most": 4}, set(), {"most": 5}),  # the file was changed
        ({"most": 4}, {"most": 5}, {"most": 3}, {"most"}, {"most": 3}),  # both were: Slack's stays
        (
            {"most": 4},
            {"most": 5},
            {"most": 3},
            set(),
            {"most": 5},
        ),  # Slack's change is older than the last reading
        ({"most": 4}, {}, {"most": 4}, set(), {}),  # the line was taken out
        ({}, {"undo": "5m"}, {"most": 3}, {"most"}, {"most": 3, "undo": "5m"}),  # each changed something else
    ],
)
def test_the_file_counts_where_it_differs_from_the_file_last_read(
    last: dict[str, Any],
    file: dict[str, Any],
    in_force: dict[str, Any],
    in_slack: set[str],
    holds: dict[str, Any],
) -> None:
    assert taken_from_file(last, file, in_force, in_slack) == holds


def test_a_team_that_the_file_adds_comes_beside_what_slack_changed_in_another() -> None:
    file = {**TEAMS, "teams": ["dach", "nordics", "all"], "teams.nordics.channel": "#n"}
    in_force = {**TEAMS, "teams.dach.offer": "rotation"}

    holds = taken_from_file(TEAMS, file, in_force, {"teams.dach.offer"})

    assert holds == {**file, "teams.dach.offer": "rotation"}


def test_a_team_that_the_file_no_longer_has_leaves_nothing_behind() -> None:
    file = {**LEADS, "teams": ["all"], "teams.all.channel": "#leads"}

    assert (
        taken_from_file(TEAMS, file, {**TEAMS, "teams.dach.offer": "rotation"}, {"teams.dach.offer"}) == file
    )


def test_every_field_shows_what_holds_and_reads_it_again(full: Settings) -> None:
    for field in [each for page in PAGES.values() for each in page.fields] + list(team_fields("dach")):
        value = read(field, shown(field, full))
        if value is not None:
            assert written(settings_of(amended(written(full), {field.key: value}))) == written(full), (
                field.key
            )


def test_a_team_more_comes_before_the_last() -> None:
    changes = {"channel": "#n", "when": {"country": ["NO"]}}

    assert with_team(LEADS, {"name": "nordics", **changes})["teams"] == ["nordics", "all"]
    assert with_team(TEAMS, {"name": "nordics", **changes})["teams"] == ["dach", "nordics", "all"]
    with pytest.raises(Unfit, match="'dach' is there twice"):
        with_team(TEAMS, {"name": "dach", **changes})
    with pytest.raises(Unfit, match="a name of a-z"):
        with_team(TEAMS, {"name": "The Nordics", **changes})


def test_the_last_team_takes_all_that_is_left_wherever_the_others_go() -> None:
    assert without_team(TEAMS, "dach")["teams"] == ["all"]
    for change in (without_team, moved_up):
        with pytest.raises(Unfit, match="teams"):
            change(TEAMS, "all")


def test_of_an_address_that_is_told_both_sides_read_the_host_alone() -> None:
    words = said("out", [{"url": "https://crm.test/a-secret", "events": ["owner"], "feed": None}])

    assert words.startswith("crm.test/")
    assert words.endswith(" (owner)")
    assert "a-secret" not in words
