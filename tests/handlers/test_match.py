"""Stories of a lead whose company a colleague knows already: they are asked before it is anybody's turn."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from playground.things import Message
from storage.db import Database
from tests.world import PEOPLE, World, lead, settings_with

ROTATION: dict[str, Any] = {"offer": "rotation", "cap": 1}


async def from_globex(world: World, name: str, **changes: Any) -> Message:
    """Another person there."""
    first = name.split(maxsplit=1)[0].lower()
    contact = {"name": name, "email": f"{first}@globex.test", **changes}
    await world.crm_sends(
        {"id": first, "source": "webinar", "contact": contact, "company": {"name": "Globex"}}
    )
    return world.cards()[-1]


async def ben_owns_the_first(world: World) -> None:
    await world.clicks("ben", "Accept", await world.offers())


@pytest.mark.postgres
async def test_who_owns_the_other_lead_there_is_asked_alone(world: World) -> None:
    await ben_owns_the_first(world)

    card = await from_globex(world, "Robin Roe")

    assert "Ben owns the other lead at Globex." in card.text
    assert "You own the other lead at this company." in world.dm("ben").text
    await world.clicks("amy", "Accept", card)
    assert "This one is offered to <@UBEN00000>" in world.told("amy")[0]
    await world.clicks("ben", "Accept", card)
    assert "Ben took this" in world.cards()[-1].text


async def test_it_is_no_turn_and_the_limit_does_not_hold(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, settings_with(people=PEOPLE, leads=ROTATION)) as world:
        await world.clicks("amy", "Accept", await world.offers())

        card = await from_globex(world, "Robin Roe")

        assert "Amy owns the other lead at Globex." in card.text
        await world.clicks("amy", "Accept", card)
        assert "Amy took this" in world.cards()[-1].text
        elsewhere = await from_globex(world, "Kim Poe", email="kim@initech.test")
        assert "Ben's turn." in elsewhere.text


async def test_who_passed_on_this_one_is_passed_over(world: World) -> None:
    await ben_owns_the_first(world)
    card = await from_globex(world, "Robin Roe")

    await world.rejects("ben", card, "I cannot take it now")

    assert "Waiting for an answer" in world.cards()[-1].text


async def test_an_address_at_a_public_mail_service_is_no_company(world: World) -> None:
    await world.clicks("ben", "Accept", await world.offers(contact={"email": "robin@gmail.com"}, company={}))

    await world.crm_sends(lead(id="kim", contact={"email": "kim@gmail.com"}, company={}))

    assert "Waiting for an answer" in world.cards()[-1].text


async def test_who_has_left_is_passed_over(world: World) -> None:
    await ben_owns_the_first(world)
    await world.slack.changes("ben", deactivated=True)

    card = await from_globex(world, "Robin Roe")

    assert "Waiting for an answer" in card.text


async def test_after_their_time_anybody_may_take_it(world: World) -> None:
    await ben_owns_the_first(world)
    await from_globex(world, "Robin Roe")

    for day in (24, 25, 26):
        for hour in (10, 12, 17):
            await world.it_becomes(f"2026-11-{day}T{hour}:00:00+00:00")

    assert "Waiting for an answer" in world.cards()[-1].text


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "theirs"),
    [("GLOBEX Inc.", True), ("Globex Media", False)],
)
async def test_where_no_address_says_the_company_its_name_does_whatever_its_form(
    world: World, name: str, *, theirs: bool
) -> None:
    await ben_owns_the_first(world)

    robin = {"name": "Robin Roe", "email": "robin@gmail.com"}
    await world.crm_sends({"id": "robin", "source": "webinar", "contact": robin, "company": {"name": name}})

    assert (f"Ben owns the other lead at {name.removesuffix('.')}" in world.cards()[-1].text) == theirs
