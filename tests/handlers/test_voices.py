"""Stories of what customers said: kept in their words, and found again by theme."""

import pytest

from tests.world import WITH_ROLES, World

WORDS = "Your price is fine, but <!channel> the setup takes three months."


async def hears(world: World, person: str, theme: str, words: str = WORDS, kind: str = "") -> None:
    await world.says(person, "/truce heard")
    if kind:
        await world.chooses(person, "What was it?", kind)
    await world.types(person, "About what, or which competitor?", theme)
    await world.types(person, "In the customer's words", words)


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_what_a_customer_said_is_found_again_by_its_theme(world: World) -> None:
    await world.offers()
    await hears(world, "amy", "Setup time")
    await world.chooses("amy", "Who said it?", "Pat Doe at Globex", typed="globex")
    await world.sends_the_form("amy")
    await hears(world, "ben", "Initech", "Initech gave us a trial.", "A competitor")
    await world.sends_the_form("ben")

    told = await world.says("eva", "/truce heard setup")

    assert told.startswith("1 voice about “setup”.")
    assert "the setup takes three months." in told
    assert "<!channel>" not in told
    assert "Objection: Setup time, Pat Doe at Globex, heard by Amy 23 Nov" in told
    assert "Competitor: Initech, heard by Ben" in await world.says("eva", "/truce heard INITECH trial")


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_the_same_is_kept_once_and_what_is_not_there_names_what_is(world: World) -> None:
    for _ in range(2):
        await hears(world, "amy", "Setup time")
        await world.sends_the_form("amy")

    told = await world.says("eva", "/truce heard price of oil")

    assert told == "Nothing is kept about “price of oil” yet. These themes are kept: setup time 1."


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_nothing_said_is_told_under_its_field(world: World) -> None:
    await hears(world, "amy", "Setup time", "  ")

    await world.sends_the_form("amy")

    assert world.form("amy").errors == {"words": "Please write what they said, as they said it."}
