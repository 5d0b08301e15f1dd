"""Stories of who is who: read from Slack page by page, kept by events, looked up when somebody unknown clicks."""

import logging
import re
from itertools import pairwise
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

import handlers.people
from bot.leads.decision import UNKNOWN_YET
from playground.workspace import Person
from storage.db import Database
from tests.world import WITH_ROLES, World, settings_with


async def newcomer(world: World, **more: Any) -> None:
    """Zoe, who came into the channel; who she is was not told."""
    person = Person(handle="zoe", name="Zoe", email="zoe@acme.test", **more)
    world.slack.desk.store.people[person.id] = person
    if not person.external:
        await world.slack.joins("zoe", "leads")
        await world.settles()


async def test_all_people_are_read_page_by_page(
    db: Database, time: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.people, "PAGE", 10)

    async with World.at(db, time, WITH_ROLES) as world:
        people = len(world.slack.desk.store.people) + 1  # and the bot itself
        assert people > 20
        pages = [call for call in world.slack.calls("users.list") if call.args["limit"] == "10"]
        assert len(pages) == -(-people // 10)
        assert world.count("person") == people


async def test_pages_come_no_faster_than_slack_allows(
    db: Database, time: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.people, "PAGE", 5)

    async with World.at(db, time, WITH_ROLES) as world:
        moments = [call.at for call in world.slack.calls("users.list")]
        pauses = [(later - sooner).total_seconds() for sooner, later in pairwise(moments)]
        assert min(pauses) >= 3


async def test_a_page_that_slack_limits_is_asked_for_again(world: World) -> None:
    calls = len(world.slack.calls("users.list"))
    world.slack.fail("users.list", retry_after=20)
    await newcomer(world)

    await world.time_passes(days=1)
    await world.truce.recurring.ensure()
    await world.settles()
    assert world.count("person", "name = 'Zoe'") == 0
    await world.time_passes(seconds=20)

    assert world.count("person", "name = 'Zoe'") == 1
    assert len(world.slack.calls("users.list")) - calls >= 2


async def test_people_are_read_once_a_day(world: World) -> None:
    for _ in range(5):
        await world.truce.recurring.ensure()
        await world.settles()
    assert len(world.slack.calls("users.list")) == 1

    await world.time_passes(days=1)
    await world.truce.recurring.ensure()
    await world.settles()

    assert len(world.slack.calls("users.list")) == 2


async def test_a_change_of_a_person_is_kept(world: World) -> None:
    await world.slack.changes("amy", name="Amelia")

    await world.clicks("amy", "Accept", await world.offers())

    assert "Amelia took this" in world.card().text


@pytest.mark.parametrize("settings", [settings_with(people={"reps": ["@sales"]})])
async def test_a_change_of_a_person_does_not_take_their_groups(world: World) -> None:
    await world.slack.changes("amy", name="Amelia")

    await world.clicks("amy", "Accept", await world.offers())

    assert "Amelia took this" in world.card().text


async def test_somebody_unknown_costs_one_call(world: World) -> None:
    await newcomer(world)
    card = await world.offers()

    await world.clicks("zoe", "Accept", card)
    await world.clicks("zoe", "Timeline", world.card())

    assert "Zoe took this" in world.card().text
    assert len(world.slack.calls("users.info")) == 1


async def test_somebody_known_costs_none(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    assert world.slack.calls("users.info") == []


@pytest.mark.parametrize(
    ("what", "words"),
    [("guest", "Sales takes leads here"), ("external", "Only people of this workspace")],
)
async def test_somebody_unknown_is_taken_for_what_they_are(world: World, what: str, words: str) -> None:
    await newcomer(world, **{what: True})

    await world.clicks("zoe", "Accept", await world.offers())

    assert words in world.told("zoe")[0]
    assert "Accept" in world.card().buttons


async def test_while_slack_does_not_say_who_it_is_there_is_a_sentence(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await newcomer(world)
    card = await world.offers()
    world.slack.fail("users.info", status=500)

    answer = await world.clicks("zoe", "Accept", card)

    assert answer.status == 200
    assert world.told("zoe") == [UNKNOWN_YET]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "Slack did not say who somebody is: the next click asks again"
    ]


async def test_the_next_click_asks_slack_again(world: World) -> None:
    await newcomer(world)
    card = await world.offers()
    world.slack.fail("users.info", error="internal_error")
    await world.clicks("zoe", "Accept", card)

    await world.clicks("zoe", "Accept", card)

    assert "Zoe took this" in world.card().text


async def test_a_slow_slack_does_not_keep_somebody_unknown_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert handlers.people.LOOK_UP_WITHIN <= 1
    monkeypatch.setattr(handlers.people, "LOOK_UP_WITHIN", 0.1)
    await newcomer(world)
    card = await world.offers()
    world.slack.fail("users.info", slow=60)

    answer = await world.clicks("zoe", "Accept", card)

    assert 0.1 <= answer.seconds < 60
    assert world.told("zoe") == [UNKNOWN_YET]


async def test_nobody_is_ever_mentioned_as_an_error(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    await world.clicks("ben", "Accept", card)
    await world.clicks("ben", "Undo", world.card())
    await world.clicks("gus", "Accept", card)
    await world.clicks("sam", "Accept", card)

    said = " ".join(words for person in ("amy", "ben", "gus", "sam") for words in world.told(person))
    assert not re.search(r"\b(error|invalid|too late)\b", said, re.IGNORECASE)


async def test_a_workspace_without_user_groups_still_learns_its_people(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people={"reps": ["@sales", "amy@acme.test"]})) as world:
        known = world.count("person")
        world.slack.fail("usergroups.list", error="unknown_method")
        await newcomer(world)

        await world.time_passes(days=1)
        await world.truce.recurring.ensure()
        await world.settles()

        assert world.count("person") == known + 1


@pytest.mark.parametrize(
    "settings",
    [settings_with(people={"reps": ["amy@acme.test", "nobody@acme.test", "@sales", "@nix", "U0NOBODY"]})],
)
async def test_whom_slack_does_not_know_is_said_in_the_log_when_all_were_read(
    db: Database, time: FrozenDateTimeFactory, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with World.at(db, time, settings):
        pass

    warned = [each.getMessage().split()[0] for each in caplog.records if "of app.yaml" in each.getMessage()]
    assert warned == ["@nix", "U0NOBODY", "nobody@acme.test"]


async def test_who_has_left_keeps_their_name_where_they_acted(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)

    await world.slack.changes("amy", deactivated=True)
    await world.clicks("ben", "Accept", card)

    assert "Amy (left) took this" in world.card().text
