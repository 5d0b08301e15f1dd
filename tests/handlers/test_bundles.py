"""The daily message to who owns a campaign."""

from typing import Any

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, lead, person_called


@pytest.fixture
def settings() -> dict[str, Any]:
    return WITH_ROLES


async def eva_owns_it(world: World) -> None:
    await world.says("eva", "/truce campaigns")
    await world.clicks("eva", "Edit...", world.slack.ephemerals("eva")[-1])
    await world.chooses("eva", "Whose is it?", "eva")
    await world.sends_the_form("eva")


async def the_morning_of(world: World, day: int) -> list[Message]:
    before = len(world.dms("eva"))
    await world.it_becomes(f"2026-11-{day}T00:05:00+00:00")
    await world.truce.recurring.ensure()
    await world.it_becomes(f"2026-11-{day}T09:00:10+00:00")
    return [each for each in world.dms("eva")[before:] if each.text.startswith("Your campaigns")]


@pytest.mark.postgres
async def test_who_owns_a_campaign_reads_in_the_morning_what_became_of_it(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"), person_called("Kim Poe", 2, campaign="Fair"))
    await eva_owns_it(world)
    await world.clicks("amy", "Accept", world.cards()[1])
    await world.rejects("ben", world.cards()[0], "No budget", words="Not this year.")

    [told] = await the_morning_of(world, 24)

    assert told.text == (
        "Your campaigns on Mon 23 Nov 2026. Autumn webinar: handed over 2, accepted 1, rejected 1 (No budget 1)."
        " Pat Doe at Globex: No budget, “Not this year.”"
    )
    assert await the_morning_of(world, 25) == []


@pytest.mark.slow
async def test_a_monday_tells_of_friday_and_the_weekend(world: World) -> None:
    await world.offers()
    await eva_owns_it(world)
    await world.it_becomes("2026-11-27T15:00:00+00:00")
    await world.crm_sends(person_called("Robin Roe"))

    assert await the_morning_of(world, 28) == []
    [told] = await the_morning_of(world, 30)

    assert told.text.startswith(
        "Your campaigns from Fri 27 Nov 2026 to Sun 29 Nov 2026. Autumn webinar: handed over 1"
    )


@pytest.mark.slow
async def test_who_wants_none_has_none_until_they_want_it_again(world: World) -> None:
    await world.offers()
    await eva_owns_it(world)

    assert "is off" in await world.says("eva", "/truce campaigns off")
    assert await the_morning_of(world, 24) == []
    assert "Every working day" in await world.says("eva", "/truce campaigns on")
    await world.crm_sends(person_called("Robin Roe"))
    assert len(await the_morning_of(world, 25)) == 1


async def test_what_is_no_switch_and_no_campaign_is_said_so(world: World) -> None:
    assert "/truce campaigns shows all" in await world.says("eva", "/truce campaigns sideways")
