"""Stories of campaigns: how each stands over eight weeks, whose it is, and its line for sales."""

import pytest

from tests.world import PEOPLE, WITH_ROLES, World, lead, person_called, settings_with

LINE = "They were promised a trial of 30 days"


async def says_of_the_campaign(world: World) -> None:
    await world.says("eva", "/truce campaigns")
    await world.clicks("eva", "Edit...", world.slack.ephemerals("eva")[-1])
    await world.chooses("eva", "Whose is it?", "eva")
    await world.chooses("eva", "When did it begin?", "2026-11-02")
    await world.types("eva", "One line for sales", LINE)
    await world.sends_the_form("eva")


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_campaigns_show_the_whole_row_of_eight_weeks(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))
    first, second = world.cards()
    await world.clicks("amy", "Accept", first)
    await world.rejects("ben", second, "No budget")
    await world.it_becomes("2026-12-07T09:30:00+00:00")
    await world.crm_sends(person_called("Kim Poe", 2), person_called("Ann Loe", 3, campaign="Spring list"))

    told = await world.says("eva", "/truce campaigns")

    assert "Campaigns and sources of the last 8 weeks." in told
    assert "• Autumn webinar. Handed over 3, accepted 1, contacted 0, meetings 0, " in told
    assert "rejected 1 (No budget 1), waiting 1" in told
    assert "• Spring list. Handed over 1" in told
    assert "%" not in told

    await world.it_becomes("2027-02-15T09:30:00+00:00")
    assert "no lead was handed over" in await world.says("eva", "/truce campaigns")


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_one_campaign_of_many_is_found_by_a_word_of_its_name(world: World) -> None:
    names = [f"Spring list {letter}" for letter in "ABCDEFGHIJK"]
    some = [person_called(f"Kim{number} Poe", number, campaign=name) for number, name in enumerate(names)]
    await world.crm_sends(*some, person_called("Ann Loe", 31, campaign="Autumn fair"))

    assert "and 2 others with fewer leads" in await world.says("eva", "/truce campaigns")
    told = await world.says("eva", "/truce campaigns list k")
    assert "• Spring list K. Handed over 1" in told
    assert told.count("• ") == 1


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_what_marketing_says_of_a_campaign_is_on_its_cards_and_in_its_message(world: World) -> None:
    await world.offers()

    await says_of_the_campaign(world)

    assert f"For sales: {LINE}" in world.card().words
    assert f"For sales: {LINE}." in world.card().text
    assert world.feedback()[0].text.startswith("Autumn webinar, week 48, Eva. ")
    await world.crm_sends(person_called("Robin Roe"))
    assert f"For sales: {LINE}" in world.cards()[-1].words
    told = await world.says("hal", "/truce campaigns")
    assert "• Autumn webinar, Eva, since 2 Nov 2026. Handed over 2" in told


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_campaigns_are_marketings_and_managers(world: World) -> None:
    await world.offers()

    assert (await world.says("amy", "/truce campaigns")).startswith("Marketing decides this: eva@acme.test.")


TWO_MARKETERS = settings_with(people={**PEOPLE, "marketers": ["eva@acme.test", "chi@acme.test"]})


@pytest.mark.parametrize("settings", [TWO_MARKETERS])
async def test_a_marketer_sees_their_own_campaigns_and_those_of_nobody(world: World) -> None:
    await world.crm_sends(lead(), person_called("Ann Loe", 3, campaign="Spring list"))
    await world.says("eva", "/truce campaigns")
    await world.clicks("eva", "Edit...", world.slack.ephemerals("eva")[-1])
    await world.chooses("eva", "Whose is it?", "eva")
    await world.sends_the_form("eva")

    told = await world.says("chi", "/truce campaigns")
    hers = await world.says("eva", "/truce campaigns")
    await world.slack.opens_home("chi")
    await world.settles()

    assert hers.count("• ") == 2
    [line] = [each for each in told.splitlines() if each.startswith("• ")]
    assert "Eva" not in line
    assert "Autumn webinar" in told or "Spring list" in told
    name = "Autumn webinar" if "Autumn webinar" not in line else "Spring list"
    assert name not in str(world.slack.home("chi"))


@pytest.mark.parametrize("settings", [TWO_MARKETERS])
async def test_a_home_that_is_open_is_without_a_campaign_as_soon_as_another_marketer_owns_it(
    world: World,
) -> None:
    await world.offers()
    await world.slack.opens_home("chi")
    await world.settles()
    assert "Autumn webinar" in str(world.slack.home("chi"))

    await says_of_the_campaign(world)
    await world.time_passes(seconds=21)

    assert "Autumn webinar: handed over" not in str(world.slack.home("chi"))
