"""Stories of teams: each has its channel, its reps and managers, and its leads; a lead may change teams."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from playground.things import Message
from storage.db import Database
from tests.world import PEOPLE, World, lead, leads, settings_with

DACH: dict[str, Any] = {
    "name": "dach",
    "channel": "#leads-dach",
    "reps": ["ben@acme.test"],
    "managers": ["chi@acme.test"],
    "when": {"country": ["DE", "AT", "CH"]},
}
ALL: dict[str, Any] = {"name": "all", "channel": "#leads"}
GERMAN = {"name": "Globex", "country": "DE", "employees": 250}


def with_teams(**changes: Any) -> dict[str, Any]:
    return settings_with(people=PEOPLE, teams=[{**DACH, **changes}, ALL])


@pytest.fixture
async def teams(db: Database, time: FrozenDateTimeFactory) -> AsyncIterator[World]:
    """Ben takes what comes from Germany, Austria and Switzerland; Chi manages that."""
    async with World.at(db, time, with_teams()) as world:
        yield world


def dach(world: World) -> list[Message]:
    return world.slack.messages("leads-dach")


@pytest.mark.postgres
async def test_a_lead_goes_to_the_first_team_that_it_fits(teams: World) -> None:
    await teams.crm_sends(lead(company=GERMAN))
    await teams.crm_sends(lead(id="crm-2", contact={"name": "Kim Poe", "email": "kim@initech.test"}))

    [german] = dach(teams)
    assert "Pat Doe at Globex" in german.text
    assert "Kim Poe" in teams.card().text


async def test_a_team_tells_others_who_takes_its_leads_and_whom_to_ask(teams: World) -> None:
    await teams.crm_sends(lead(company=GERMAN))

    await teams.clicks("amy", "Accept", dach(teams)[0])

    assert teams.told("amy")[0] == ("Sales takes leads here: ben@acme.test. Ask chi@acme.test to add you.")
    await teams.clicks("ben", "Accept", dach(teams)[0])
    assert "Ben took this" in dach(teams)[0].text


async def test_a_teams_manager_gives_its_leads_and_no_others(teams: World) -> None:
    await teams.crm_sends(lead(company=GERMAN))
    other = await teams.offers(id="crm-2", contact={"name": "Kim Poe", "email": "kim@initech.test"})

    await teams.clicks("chi", "Give to...", other)
    assert "A manager decides this: hal@acme.test." in teams.told("chi")[0]
    await teams.clicks("chi", "Give to...", dach(teams)[0])
    await teams.chooses("chi", "Give to", "amy")
    await teams.sends_the_form("chi")

    assert "Chi gave this to Amy" in dach(teams)[0].text
    await teams.clicks("amy", "Contacted", teams.dm("amy"))
    assert "They have been in touch" in dach(teams)[0].text


async def test_who_is_asked_by_a_team_is_told_in_the_hours_of_that_team(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    late_shift = {"timezone": "Europe/London", "week": {"mon-fri": "12:00-20:00"}}
    async with World.at(db, time, with_teams(hours=late_shift)) as world:
        await world.it_becomes("2026-11-23T16:00:00+00:00")
        await world.crm_sends(lead(company=GERMAN))

        await world.it_becomes("2026-11-23T18:00:10+00:00")

        assert "has waited 2 working hours for an answer" in world.dm("ben").text


async def test_the_pause_of_one_team_holds_back_no_message_of_another(teams: World) -> None:
    await teams.crm_sends(lead(company=GERMAN))
    await teams.says("hal", "/truce pause all until Friday")

    await teams.time_passes(hours=2, seconds=5)

    assert "has waited 2 working hours for an answer" in teams.dm("ben").text


async def test_who_puts_a_lead_off_in_a_late_shift_is_asked_again_in_that_shift(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    late_shift = {"timezone": "Europe/London", "week": {"mon-fri": "12:00-20:00"}}
    async with World.at(db, time, with_teams(hours=late_shift)) as world:
        await world.it_becomes("2026-11-23T16:00:00+00:00")
        await world.crm_sends(lead(company=GERMAN, source="demo_request"))
        await world.clicks("ben", "Accept", dach(world)[0])
        await world.it_becomes("2026-11-23T17:00:10+00:00")

        await world.clicks("ben", "Remind me later...", world.dm("ben"))
        await world.chooses("ben", "When?", "In my next working hours")
        await world.sends_the_form("ben")

        assert "|24 Nov at 12:00 UTC>" in dach(world)[0].text


async def test_a_teams_manager_gives_an_hour_more(teams: World) -> None:
    await teams.it_becomes("2026-12-07T09:00:00+09:00")
    await teams.slack.changes("chi", tz="Europe/London")
    await teams.it_becomes("2026-12-07T09:30:00+00:00")
    await teams.crm_sends(lead(company=GERMAN, source="demo_request"))
    await teams.minutes_go_by(45)

    await teams.clicks("chi", "Give 1 more hour", teams.dm("chi"))

    assert teams.told("chi")[-1].startswith("Given")


async def test_a_teams_manager_gives_what_one_of_it_has_who_is_away(teams: World) -> None:
    await teams.slack.changes("chi", tz="Europe/London")
    await teams.crm_sends(lead(company=GERMAN))
    await teams.clicks("ben", "Accept", dach(teams)[0])
    other = await teams.offers(id="crm-2", contact={"name": "Kim Poe", "email": "kim@initech.test"})
    await teams.clicks("hal", "Give to...", other)
    await teams.chooses("hal", "Give to", "ben")
    await teams.sends_the_form("hal")

    await teams.says("ben", "/truce away until Friday")
    await teams.clicks("chi", "Give all to...", teams.dm("chi"))
    await teams.chooses("chi", "Give all to", "amy")
    await teams.sends_the_form("chi")

    assert "Chi gave it to Amy until Ben is back" in dach(teams)[0].text
    assert "Chi gave it to Amy until Ben is back" in teams.card().text


@pytest.mark.postgres
async def test_a_lead_that_turns_out_to_be_another_teams_moves_there(teams: World) -> None:
    await teams.offers()

    await teams.crm_sends(lead(company=GERMAN))

    left = teams.card()
    assert left.text == f"Pat Doe at Globex: moved to <#{dach(teams)[0].channel}>."
    assert left.buttons == []
    assert dach(teams)[0].buttons[:2] == ["Accept", "Reject"]
    await teams.clicks("ben", "Accept", dach(teams)[0])
    assert "Ben took this" in dach(teams)[0].text


async def test_those_of_a_company_who_move_to_another_team_share_a_card_there(teams: World) -> None:
    robin = {"id": "crm-2", "contact": {"name": "Robin Roe", "email": "robin@globex.test"}}
    await teams.crm_sends(lead(), lead(**robin))

    await teams.crm_sends(lead(**robin, company=GERMAN))
    there = dach(teams)[0].channel
    assert f"Robin Roe: moved to <#{there}>." in teams.card().text
    assert teams.card().text.startswith("Pat Doe at Globex.")
    await teams.crm_sends(lead(company=GERMAN))

    assert teams.card().text == f"Pat Doe and 1 other at Globex: moved to <#{there}>."
    [card] = dach(teams)
    assert card.text.startswith("Robin Roe and 1 other at Globex.")
    await teams.clicks("ben", "Accept all", card)
    assert dach(teams)[0].text.count("Ben took this") == 2


@pytest.mark.slow
async def test_a_flood_in_one_channel_holds_nothing_up_in_another(teams: World) -> None:
    await teams.crm_sends(*leads(21, company={"country": "AT"}))
    await teams.offers()

    assert "1 lead from" in dach(teams)[-1].text
    assert "Pat Doe" in teams.card().text
    await teams.clicks("chi", "Offer the next 1", dach(teams)[-1])
    assert len(dach(teams)) == 22


async def test_one_team_takes_turns_while_another_does_not(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, with_teams(offer="rotation")) as world:
        await world.crm_sends(lead(company=GERMAN))
        await world.offers(id="crm-2", contact={"name": "Kim Poe", "email": "kim@initech.test"})

        assert "Ben's turn." in dach(world)[0].text
        assert "Waiting for an answer" in world.card().text


async def test_a_team_whose_channel_is_not_there_has_its_leads_in_the_leads_channel(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, with_teams(channel="#leads-mars")) as world:
        await world.crm_sends(lead(company=GERMAN))

        assert "Pat Doe" in world.card().text
        await world.clicks("amy", "Accept", world.card())
        assert "Sales takes leads here: ben@acme.test." in world.told("amy")[0]
