"""The windows and messages of the agreement: Slack takes every one of them, and a mistake is said at its own field."""

from typing import Any

import pytest

from bot.agreement import Agreement
from bot.setting_changes import NEW_TEAM, amending, mistakes, read_form
from bot.setting_fields import PAGES
from bot.setting_forms import EVERY_PAGE, window
from bot.settings import Settings, Unfit, settings_of
from bot.settings.written import TEAMS
from bot.signing import Side, Signature, Signed, Suggestion, agreement_view, suggest_form, suggestion_note
from bot.version_notes import changes_view, version_note
from bot.versions import Version
from tests.bot.examples import CHANNELS, NOW
from tests.bot.looks import HOSTILE, hold_to_slack, hold_view_to_slack, live

MANY = {f"kind{number}": number for number in range(400)}
TOLD: dict[str, Any] = {
    "channels.leads": "CLEADS",
    "people.heads.sales": "ben@acme.test",
    "people.reps": [f"rep{number}@acme.test" for number in range(60)],
    "leads.score.touches": MANY,
    "leads.disqualify.titles": [f"Title {number}" for number in range(200)],
    "reasons.no_budget": "<!channel> " * 20 + "x",
    "teams": ["dach", "all"],
    "teams.dach.channel": "CDACH",
    "teams.dach.when": {"company.country": ["DE"], "company.industry": ["a <!here>"]},
    "teams.dach.ladder.hot.remind": "3m",
    "teams.all.channel": "CLEADS",
}


def agreement(**told: Any) -> Agreement:
    return Agreement.of(settings_of({**TOLD, **told}), CHANNELS, "Europe/London", version=2)


@pytest.mark.parametrize("asked", [EVERY_PAGE, TEAMS, NEW_TEAM, "team:dach", "team:all", *PAGES])
def test_slack_takes_every_window_however_much_is_written(asked: str) -> None:
    hold_view_to_slack(window(asked, agreement()))


def so_many_teams(number: int) -> dict[str, Any]:
    names = [f"region{each}" for each in range(number - 1)]
    told: dict[str, Any] = {"teams": [*names, "all"]}
    for name in names:
        told[f"teams.{name}.channel"] = "CDACH"
        told[f"teams.{name}.when"] = {"company.country": ["DE"], "company.industry": [name]}
        told[f"teams.{name}.ladder.hot.remind"] = "3m"
    return told


def test_of_a_hundred_teams_each_stands_on_one_page_of_the_window() -> None:
    many, seen = agreement(**so_many_teams(100)), ""
    for page in range(4):
        view = window(f"{TEAMS}:{page}", many)
        hold_view_to_slack(view)
        seen += str(view["blocks"])

    assert [seen.count(f"*{team.name}* in") for team in many.settings.teams] == [1] * 100
    assert seen.count("'text': 'More'") == seen.count("'text': 'Back'") == 3


def test_the_agreement_of_a_hundred_teams_is_read_whole_and_of_more_as_much_as_a_window_takes() -> None:
    signed = Signed(version=Version(number=2, at=NOW, by=None, written=TOLD))

    whole = agreement_view(signed, agreement(**so_many_teams(100)))
    most = agreement_view(signed, agreement(**so_many_teams(400)))

    for view in (whole, most):
        hold_view_to_slack(view)
    assert "Any other lead of team region98: answered within" in str(whole)
    assert "Who is closed is forgotten after" in str(whole)
    assert "app.yaml has all of it" not in str(whole)
    assert "app.yaml has all of it" in str(most)


@pytest.mark.parametrize("said", HOSTILE)
def test_slack_takes_all_that_is_told_of_the_agreement_and_nothing_in_it_is_live(said: str) -> None:
    label = " ".join(said.split()) or "x"
    first = Version(number=1, at=NOW, by=None, written=TOLD)
    second = first.next(
        {**TOLD, "reasons.other": label, "feeds": {}, "leads.score.touches": {label: 3}}, "UHAL", NOW
    )
    signed = Signed(version=second, signatures=[Signature(side=Side.SALES, by="UBEN", at=NOW)])
    suggestion = Suggestion(by="UAMY", at=NOW, version=2, words=said or "x")
    terms = Agreement.of(
        Settings.model_validate({"channels": {"leads": "CLEADS"}, "reasons": {"other": label}}),
        CHANNELS,
        "UTC",
        2,
    )

    for message in (version_note(signed, terms), suggestion_note(suggestion)):
        hold_to_slack(message)
        assert not live(message.text)
    hold_view_to_slack(agreement_view(signed, agreement()))
    so_far = changes_view([signed, Signed(version=first)], terms)
    hold_view_to_slack(so_far)
    assert not live("\n".join(block["text"]["text"] for block in so_far["blocks"] if "text" in block))
    hold_view_to_slack(agreement_view(signed, terms))
    hold_view_to_slack(suggest_form("2"))


def test_a_value_too_long_for_a_window_is_left_as_it_is() -> None:
    before = settings_of(TOLD)

    assert read_form("score", {}, before) == ({}, [])
    assert "stands in app.yaml alone" in str(window("score", agreement()))


@pytest.mark.parametrize(
    ("asked", "changes", "field"),
    [
        ("hot", {"ladder.hot.breach": "1m"}, "ladder.hot.breach"),
        ("hot", {"ladder.hot.stalled": ["9d", "7d"]}, "ladder.hot.stalled"),
        ("gate", {"leads.disqualify.countries": ["Norway"]}, "leads.disqualify.countries"),
        ("team:dach", {"teams.dach.hours.week": {"someday": "9-17"}}, "teams.dach.hours.week"),
        ("team:dach", {"teams.dach.when": {"contry": ["DE"]}}, "teams.dach.when"),
        ("hours", {"ladder.hot.breach": "1m"}, ""),  # of another page
    ],
)
def test_a_mistake_is_said_at_the_field_that_it_is_in(
    asked: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        settings_of({**TOLD, **changes})

    [(block, words)] = mistakes(unfit.value, asked, settings_of(TOLD)).items()

    assert block == field
    assert "allowed: " in words


@pytest.mark.parametrize(
    ("asked", "changes", "told"),
    [
        ("hot", {"ladder.hot.manager": "1m"}, "1m comes before “Late” (15m)"),
        ("hours", {"ladder.hot.breach": "1m"}, "Hot leads, late: 1m comes before “Reminder” (5m)"),
        ("hot", {"teams.dach.hours.week": {"someday": "9-17"}}, "Team dach, hours of the week: 'someday'"),
    ],
)
def test_a_mistake_speaks_of_what_the_form_shows_and_of_no_key(
    asked: str, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        settings_of({**TOLD, **changes})

    [words] = mistakes(unfit.value, asked, settings_of(TOLD)).values()

    assert words.startswith(told)


def typed(asked: str, **texts: str) -> dict[str, str]:
    """By field, what is said there when a form is sent with these texts."""
    values = {block: {"field": {"value": text}} for block, text in texts.items()}
    with pytest.raises(Unfit) as unfit:
        amending(asked, values, settings_of(TOLD))(TOLD)
    return mistakes(unfit.value, asked, settings_of(TOLD))


def test_all_mistakes_of_a_form_are_said_at_once_each_at_its_field() -> None:
    texts = {"remind": "soon", "manager": "1m", "stalled": "9d, 7d", "first_contact": "later"}

    told = typed("hot", **{f"ladder.hot.{name}": text for name, text in texts.items()})

    assert list(told) == [f"ladder.hot.{name}" for name in ("remind", "first_contact", "manager", "stalled")]
    assert told["ladder.hot.manager"] == "1m comes before “Late” (15m); allowed: 15m or later"


def test_what_only_follows_from_another_mistake_of_the_form_is_not_said() -> None:
    assert list(typed("hot", **{"ladder.hot.breach": "soon", "ladder.hot.manager": "8m"})) == [
        "ladder.hot.breach"
    ]
    assert list(typed("team", name="nordics", channel="CN", when="[")) == ["when"]


def test_a_new_team_hears_all_that_is_wrong_with_it() -> None:
    told = typed(
        "team", name="The North.2", channel="CN", when="", reps="ben", **{"hours.week": "someday: 9-17"}
    )

    assert list(told) == ["name", "reps", "hours.week", "when"]
    assert "a name of a-z" in told["name"]
    assert told["when"].startswith("takes every lead")


def test_two_mistakes_in_one_field_are_two_sentences_there() -> None:
    told = typed("gate", **{"leads.disqualify.countries": "Norway, Sweden", "leads.score.threshold": "many"})

    assert list(told) == ["leads.disqualify.countries", "leads.score.threshold"]
    assert "'Norway'" in told["leads.disqualify.countries"]
    assert ". And 'Sweden'" in told["leads.disqualify.countries"]
