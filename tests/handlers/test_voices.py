"""Stories of what customers said: kept in their words, and found again by theme."""

import pytest

from bot import ids
from tests.handlers.test_new_leads import writes
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
    assert await world.says("eva", "/truce heard pat glob") == told.replace("“setup”", "“pat glob”")
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


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_the_words_of_a_message_are_kept_with_the_deal_they_are_about(world: World) -> None:
    await world.crm_sends(
        {"deal": {"id": "opp-7", "stage": "Demo", "name": "Globex rollout", "owner": "amy@acme.test"}}
    )
    message = await writes(world, "amy", "They want it in French.")
    await world.slack.shortcut("amy", ids.HEARD, message)
    await world.settles()
    assert "They want it in French." in str(world.form("amy"))
    await world.chooses("amy", "What was it?", "A wish")
    await world.types("amy", "About what, or which competitor?", "French")
    await world.chooses("amy", "Who said it?", "Deal: Globex rollout", typed="rollout glo")
    await world.sends_the_form("amy")

    told = await world.says("eva", "/truce heard french")

    assert "Wish: French, Globex rollout, heard by Amy" in told
    assert "They want it in French." in told
    assert "They want it in French." in await world.says("eva", "/truce heard globex rollout")


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_marketers_have_what_customers_said_by_theme_in_their_home(world: World) -> None:
    for person, theme in (("amy", "Setup time"), ("ben", "setup TIME"), ("chi", "Price")):
        await hears(world, person, theme, f"{theme} matters to {person}")
        await world.sends_the_form(person)
        await world.time_passes(minutes=1)

    await world.slack.opens_home("eva")
    await world.settles()

    home = str(world.slack.home("eva"))
    assert "*setup time* 2: “setup TIME matters to ben”" in home
    assert "*price* 1" in home
    await world.slack.opens_home("amy")
    await world.settles()
    assert "setup" not in str(world.slack.home("amy"))


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_home_that_is_open_shows_what_was_just_heard(world: World) -> None:
    await world.slack.opens_home("eva")
    await world.settles()

    await hears(world, "amy", "Price", "It costs too much")
    await world.sends_the_form("amy")
    await world.time_passes(seconds=21)

    assert "*price* 1" in str(world.slack.home("eva"))


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_takes_no_part_keeps_nothing(world: World) -> None:
    message = await writes(world, "gus", "Anything")
    await world.slack.shortcut("gus", ids.HEARD, message)
    await world.settles()

    assert world.slack.modal("gus") is None
