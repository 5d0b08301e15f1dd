"""Stories of leads offered in a channel of which nobody can take one now: the manager is asked at once."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from storage.db import Database
from tests.handlers.test_ladder import a_settled_company
from tests.world import PEOPLE, World, person_called, settings_with

ALONE: dict[str, Any] = {**PEOPLE, "reps": ["amy@acme.test"]}
NEEDS_SOMEBODY = "Pat Doe at Globex needs somebody. Nobody can be offered it now. Who could take it?"


@pytest.mark.postgres
async def test_when_all_of_a_channel_are_full_the_manager_is_asked_at_once(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=ALONE, leads={"cap": 1})) as world:
        await world.crm_sends(person_called("Robin Roe"))
        await world.clicks("amy", "Accept", world.cards()[-1])

        card = await world.offers()

        assert "Nobody could be asked, so Hal may give it to somebody." in card.text
        assert world.dm("hal").text == NEEDS_SOMEBODY
        await world.clicks("amy", "Contacted", world.dm("amy"))
        await world.clicks("amy", "Accept", card)
        assert "Amy took this" in world.dm("hal").text


async def test_when_all_of_a_channel_are_away_the_manager_is_asked_at_once(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=ALONE)) as world:
        await world.says("amy", "/truce away until Friday")

        await world.offers()

        assert world.dm("hal").text == NEEDS_SOMEBODY
        await world.clicks("hal", "Give to...", world.dm("hal"))
        await world.chooses("hal", "Give to", "amy")
        await world.sends_the_form("hal")
        assert "Hal gave this to Amy" in world.card().text


@pytest.mark.postgres
async def test_what_needs_somebody_within_two_minutes_is_one_message_and_what_comes_later_waits_for_no_list(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=ALONE)) as world:
        await world.says("amy", "/truce away until Friday")
        await world.offers()
        await world.crm_sends(person_called("Robin Roe"), person_called("Kim Poe"))

        [one] = world.dms("hal")
        assert one.text.startswith("3 leads wait for you. ")
        for each in ("Pat Doe at Globex", "Robin Roe at Initech", "Kim Poe at Initech"):
            assert f"{each} needs somebody. " in one.text
        assert one.text.endswith("needs somebody. Nobody can be offered them now. Who could take them?")
        await world.clicks("amy", "Accept", world.cards()[-1])
        assert world.dm("hal").text.startswith("2 leads wait for you. ")
        assert "Amy took this" in world.dm("hal").text
        await world.time_passes(minutes=3)
        await world.crm_sends(person_called("Sam Low"))

        assert len(world.dms("hal")) == 2
        assert "Sam Low at Initech needs somebody." in world.dm("hal").text


async def test_what_comes_back_and_finds_nobody_again_is_told_anew(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=ALONE)) as world:
        await world.says("amy", "/truce away until Friday")
        await world.offers()
        await world.clicks("amy", "Accept", world.card())
        await world.time_passes(minutes=3)

        await world.clicks("amy", "Hand back", world.dm("amy"))
        await world.chooses("amy", "Why?", "I am away")
        await world.sends_the_form("amy")

        _first, second = world.dms("hal")
        assert "Amy passed it on: I am away. Who could take it?" in second.text
        assert "Give to..." in second.buttons


async def test_the_timeline_names_the_manager_who_was_asked(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=ALONE)) as world:
        await world.says("amy", "/truce away until Friday")
        await world.offers()

        await world.clicks("hal", "Timeline", world.dm("hal"))

        assert "Asked by direct message who is to have it: Hal (by itself)" in str(world.form("hal").blocks)


async def test_a_manager_who_is_away_is_not_the_one_who_is_asked(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people={**ALONE, "managers": ["ben@acme.test"]})) as world:
        await world.says("amy", "/truce away until Friday")
        await world.says("ben", "/truce away until Friday")

        await world.offers()

        assert world.dms("ben") == []
        assert world.dm("hal").text == NEEDS_SOMEBODY


async def test_by_night_it_waits_for_who_comes_to_work(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, settings_with(people=ALONE, leads={"cap": 1})) as world:
        await world.it_becomes("2026-11-23T20:00:00+00:00")

        card = await world.offers()

        assert "Waiting for an answer" in card.text
        await world.it_becomes("2026-11-24T09:05:00+00:00")
        assert world.dms("hal") == []


async def test_when_the_last_says_not_for_me_the_manager_is_asked(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test", "ben@acme.test"]}
    async with World.at(db, time, settings_with(people=people)) as world:
        card = await world.offers()

        await world.clicks("amy", "Not for me", card)
        assert world.dms("hal") == []
        await world.clicks("ben", "Not for me", card)

        assert world.dm("hal").text == NEEDS_SOMEBODY


@pytest.mark.parametrize("settings", [settings_with(people=ALONE, leads={"offer": "rotation"})])
async def test_a_manager_is_told_once_of_a_lead_that_has_waited_and_finds_nobody(world: World) -> None:
    await a_settled_company(world)
    await world.offers()

    for day in ("07T15:00", "08T15:00", "09T15:00", "10T15:00"):
        await world.it_becomes(f"2026-12-{day}:00+00:00")

    assert world.dm("hal").text == NEEDS_SOMEBODY
    assert world.dm("hal").buttons == ["Give to...", "Timeline"]


async def test_of_more_than_a_message_holds_those_that_still_need_somebody_come_first(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, settings_with(people=ALONE)) as world:
        await world.says("amy", "/truce away until Friday")
        await world.crm_sends(*(person_called(f"Robin{number} Roe") for number in range(13)))
        assert world.dm("hal").text.startswith("13 leads wait for you. ")
        assert world.dm("hal").text.endswith("And 3 more leads.")

        for card in world.cards()[:9]:
            await world.clicks("amy", "Accept", card)

        assert world.dm("hal").text.startswith("4 leads wait for you. ")
        assert world.dm("hal").text.count("needs somebody") == 4
        assert world.dm("hal").buttons.count("Give to...") == 4
        assert "more lead" not in world.dm("hal").text
