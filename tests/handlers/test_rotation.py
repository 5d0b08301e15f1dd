"""Stories of `offer: rotation`: one rep at a time, fairly; who is away, off shift or full is left out."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from playground.things import Message
from storage.db import Database
from tests.world import PEOPLE, World, lead, leads, person_called, settings_with

ROTATION: dict[str, Any] = {"offer": "rotation"}


def rotating(**changes: Any) -> dict[str, Any]:
    return settings_with(people=PEOPLE, leads={**ROTATION, **changes})


@pytest.fixture
async def turns(db: Database, time: FrozenDateTimeFactory) -> AsyncIterator[World]:
    """Amy and Ben are at work, and Chi, in Tokyo, is not."""
    async with World.at(db, time, rotating()) as world:
        yield world


def asked(world: World, person: str) -> list[Message]:
    """The questions to this rep that wait for an answer."""
    return [each for each in world.dms(person) if "Could you take it?" in each.text]


async def another(world: World, name: str) -> Message:
    await world.crm_sends(person_called(name, company={"name": name.split()[1]}))
    return world.cards()[-1]


@pytest.mark.postgres
async def test_one_rep_after_another_is_asked_and_the_card_says_whose_turn_it_is(turns: World) -> None:
    first = await turns.offers()
    second = await another(turns, "Robin Roe")

    assert "Amy's turn." in first.text
    assert "Ben's turn." in second.text
    assert "It is your turn" in asked(turns, "amy")[0].text
    assert len(asked(turns, "amy")) == len(asked(turns, "ben")) == 1
    assert asked(turns, "chi") == []


async def test_only_who_is_asked_takes_it(turns: World) -> None:
    card = await turns.offers()

    await turns.clicks("ben", "Accept", card)

    assert "This one is offered to <@UAMY00000> until" in turns.told("ben")[0]
    await turns.clicks("amy", "Accept", card)
    assert "Amy took this" in turns.card().text


async def test_a_manager_gives_it_to_another_and_the_turn_is_kept(turns: World) -> None:
    card = await turns.offers()

    await turns.clicks("hal", "Give to...", card)
    await turns.chooses("hal", "Give to", "ben")
    await turns.sends_the_form("hal")

    assert "Hal gave this to Ben" in turns.card().text
    assert "Amy's turn." in (await another(turns, "Robin Roe")).text


async def test_a_rejection_keeps_the_turn(turns: World) -> None:
    await turns.rejects("amy", await turns.offers(), "No budget")

    assert "Amy's turn." in (await another(turns, "Robin Roe")).text


async def test_a_rejection_that_is_undone_does_not(turns: World) -> None:
    card = await turns.offers()
    await turns.rejects("amy", card, "No budget")
    await turns.clicks("amy", "Undo", turns.card())

    assert "Ben's turn." in (await another(turns, "Robin Roe")).text


async def test_what_somebody_takes_back_and_is_not_there_for_goes_on_to_the_next(turns: World) -> None:
    await turns.clicks("amy", "Accept", await turns.offers())
    await turns.says("amy", "/truce away until Friday")

    await turns.clicks("amy", "Undo", turns.card())

    assert "Ben's turn." in turns.card().text
    assert "It is your turn" in asked(turns, "ben")[0].text


async def test_who_cannot_take_it_now_has_had_their_turn(turns: World) -> None:
    await turns.rejects("amy", await turns.offers(), "I cannot take it now")

    assert "Ben's turn." in turns.card().text
    assert "It is your turn" in asked(turns, "ben")[0].text
    assert asked(turns, "amy") == []
    assert "Amy's turn." in (await another(turns, "Robin Roe")).text


async def test_who_passes_it_on_in_turn_is_told_to_whom_it_is_offered_now(turns: World) -> None:
    await turns.rejects("amy", await turns.offers(), "I cannot take it now")

    assert (
        "You will not be asked about Pat Doe at Globex again. It is offered to <@UBEN" in turns.told("amy")[0]
    )
    assert "Anyone else may still take it" not in turns.told("amy")[0]


async def test_a_lead_that_turns_hot_says_until_when_it_is_offered_by_the_hot_ladder(turns: World) -> None:
    card = await turns.offers()
    asked = {"lead": "crm-991", "kind": "demo_request", "at": "2026-11-23T09:30:30Z"}
    await turns.crm_sends({"touch": asked})

    await turns.clicks("ben", "Accept", card)

    assert "This one is offered to <@UAMY00000> until" in turns.told("ben")[0]
    assert "|10:30 UTC>" in turns.told("ben")[0]


async def test_not_mine_keeps_the_turn_and_goes_on_to_the_next(turns: World) -> None:
    await turns.clicks("amy", "Not for me", await turns.offers())

    assert "Ben's turn." in turns.card().text
    assert "Amy's turn." in (await another(turns, "Robin Roe")).text


async def test_who_is_full_is_left_out(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, rotating(cap=1)) as world:
        await world.clicks("amy", "Accept", await world.offers())

        for name in ("Robin Roe", "Kim Poe"):
            assert "Ben's turn." in (await another(world, name)).text


@pytest.mark.postgres
async def test_when_all_are_full_the_manager_is_asked_at_once(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test"]}
    async with World.at(db, time, settings_with(people=people, leads={**ROTATION, "cap": 1})) as world:
        await world.clicks("amy", "Accept", await world.offers())

        card = await another(world, "Robin Roe")

        assert "Nobody could be asked, so Hal may give it to somebody." in card.text
        assert "Robin Roe at Roe needs somebody." in world.dm("hal").text
        await world.clicks("hal", "Give to...", world.dm("hal"))
        await world.chooses("hal", "Give to", "amy")
        await world.sends_the_form("hal")
        assert "Hal gave this to Amy" in world.cards()[-1].text


async def test_by_night_it_waits_for_the_first_to_start(turns: World) -> None:
    await turns.it_becomes("2026-11-23T20:00:00+00:00")

    card = await turns.offers()

    assert "Chi starts work first." in card.text
    assert asked(turns, "chi") == []
    await turns.it_becomes("2026-11-24T00:00:01+00:00")
    assert "Chi's turn." in turns.card().text
    assert "It is your turn" in asked(turns, "chi")[0].text


async def test_by_night_a_hot_lead_is_offered_to_who_said_that_it_may_reach_them(turns: World) -> None:
    await turns.it_becomes("2026-11-23T18:00:00+00:00")
    await turns.says("ben", "/truce hot until 21:00")

    waits = await turns.offers(source="webinar")
    hot = await turns.offers(
        id="crm-2", source="demo_request", contact={"name": "Ann Doe", "email": "a@initech.test"}
    )

    assert "Chi starts work first." in waits.text
    assert "Ben's turn." in hot.text
    assert "Ann Doe" in asked(turns, "ben")[0].text
    await turns.it_becomes("2026-11-24T08:59:00+00:00")
    assert "Ben's turn." in turns.cards()[-1].text  # his clock runs in his hours
    assert len(turns.dms("ben")) == 1


async def test_where_all_start_together_nobody_is_named_before(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test", "ben@acme.test"]}
    async with World.at(db, time, settings_with(people=people, leads=ROTATION)) as world:
        await world.it_becomes("2026-11-23T20:00:00+00:00")

        card = await world.offers()

        assert "Nobody is free now: offered when work begins." in card.text
        await world.clicks("ben", "Accept", card)
        assert "is offered when work begins, on <!date" in world.told("ben")[0]
        await world.it_becomes("2026-11-24T09:00:01+00:00")
        assert "Amy's turn." in world.card().text


async def test_leads_released_together_are_shared_out(turns: World) -> None:
    await turns.crm_sends(*leads(6, occurred_at="2026-10-01T09:00:00Z"))

    await turns.clicks("eva", "Offer the next 6", turns.card())

    assert [len(asked(turns, person)) for person in ("amy", "ben", "chi")] == [3, 3, 0]


async def test_leads_that_come_together_are_shared_out(turns: World) -> None:
    await turns.crm_sends(*leads(6))

    assert [len(asked(turns, person)) for person in ("amy", "ben", "chi")] == [3, 3, 0]


async def test_by_weight_one_has_twice_as_many(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, rotating(weights={"ben@acme.test": 2})) as world:
        await world.crm_sends(*leads(6))

        assert [len(asked(world, person)) for person in ("amy", "ben")] == [2, 4]


async def test_who_refused_the_lead_before_is_not_asked_again(turns: World) -> None:
    await turns.rejects("amy", await turns.offers(), "No budget")

    await turns.crm_sends(lead(source="demo_request", occurred_at=turns.now().isoformat()))

    assert "Ben's turn." in turns.cards()[-1].text


async def an_hour_of_silence(world: World) -> None:
    """Every rung in its time."""
    for minutes in (6, 10, 30, 15):
        await world.time_passes(minutes=minutes)


async def test_silence_goes_to_the_next_and_does_not_keep_the_turn(turns: World) -> None:
    await turns.offers(source="demo_request")

    await an_hour_of_silence(turns)

    assert "Ben's turn." in turns.card().text
    assert "It is your turn" in asked(turns, "ben")[0].text
    assert asked(turns, "amy") == []
    assert "Amy's turn." in (await another(turns, "Robin Roe")).text


@pytest.mark.postgres
async def test_the_offer_of_somebody_who_is_not_to_be_disturbed_goes_on_to_the_next(turns: World) -> None:
    until = turns.now() + timedelta(hours=5)
    await turns.slack.changes("amy", dnd_until=int(until.timestamp()))
    await turns.offers(source="demo_request")

    await an_hour_of_silence(turns)

    assert "Ben's turn." in turns.card().text
    assert asked(turns, "amy") == []
    assert "It is your turn" in asked(turns, "ben")[0].text


async def test_where_everybody_was_silent_the_managers_are_asked(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test"]}
    async with World.at(db, time, settings_with(people=people, leads=ROTATION)) as world:
        await world.offers(source="demo_request")

        await an_hour_of_silence(world)

        assert "Nobody could be asked, so Hal may give it to somebody." in world.card().text
        assert any("needs somebody" in each.text for each in world.dms("hal"))


@pytest.mark.postgres
async def test_while_it_waits_for_who_starts_nobody_is_reminded_of_it_and_it_is_not_offered_again(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test", "ben@acme.test", "eva@acme.test"]}
    async with World.at(db, time, settings_with(people=people, leads=ROTATION)) as world:
        await world.says("ben", "/truce hours mon-fri 15:00-18:00")
        await world.says("eva", "/truce hours mon-fri 16:00-19:00")  # in Berlin: they start together
        await world.offers(source="demo_request")
        await an_hour_of_silence(world)
        assert "Nobody is free now: offered when work begins." in world.card().text
        before = (world.card().text, world.under(world.card()), world.dms("hal"), world.dms("amy"))

        await world.minutes_go_by(150, step=10)

        assert (world.card().text, world.under(world.card()), world.dms("hal"), world.dms("amy")) == before
        await world.it_becomes("2026-11-23T15:00:01+00:00")
        assert "Ben's turn." in world.card().text


async def test_who_was_to_start_first_and_was_away_for_the_evening_is_asked_all_the_same(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test", "eva@acme.test"]}
    async with World.at(db, time, settings_with(people=people, leads=ROTATION)) as world:
        await world.it_becomes("2026-11-23T20:00:00+00:00")
        await world.offers()
        for each in ("eva", "amy"):  # Eva starts an hour earlier, in Berlin
            await world.says(each, "/truce away until Friday")
            await world.says(each, "/truce back")

        await world.it_becomes("2026-11-24T08:00:30+00:00")

        assert "Eva's turn." in world.card().text
        assert world.dms("hal") == []


async def test_that_the_managers_know_already_is_said_once_however_often_it_goes_on(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": [f"{each}@acme.test" for each in ("amy", "ben", "eva", "hal")]}
    async with World.at(db, time, settings_with(people=people, leads=ROTATION)) as world:
        await world.offers(source="demo_request")

        for _ in range(3):
            await an_hour_of_silence(world)

        assert [each.text for each in world.under(world.card())] == [
            "Pat Doe at Globex has waited 46 working minutes for an answer. Who can help?"
        ]


@pytest.mark.postgres
async def test_the_rota_says_who_is_next_and_what_each_has_had(turns: World) -> None:
    await turns.clicks("amy", "Accept", await turns.offers())

    said = await turns.says("amy", "/truce rota")

    assert "next is Ben." in said
    assert "Amy: 1 this week, 1 in all. At work." in said
    assert "Chi: 0 this week, 0 in all. Starts" in said


async def test_the_rota_is_for_those_who_take_leads_and_their_managers(turns: World) -> None:
    assert "Sales takes leads here" in await turns.says("eva", "/truce rota")


async def test_the_rota_says_who_is_full_and_that_a_manager_is_asked(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    people = {**PEOPLE, "reps": ["amy@acme.test"]}
    async with World.at(db, time, settings_with(people=people, leads={**ROTATION, "cap": 1})) as world:
        await world.clicks("amy", "Accept", await world.offers())

        said = await world.says("hal", "/truce rota")

        assert "nobody can be offered a lead now; a manager is asked." in said
        assert "Full: 1 lead without a first contact." in said
