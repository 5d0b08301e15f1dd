"""A person is removed while people work with the lead; and comes again."""

from typing import Any

import pytest

from bot.erasing import REMOVED_WORDS
from tests.removals import is_removed
from tests.world import WITH_ROLES, World, lead


@pytest.fixture
def settings() -> dict[str, Any]:
    return WITH_ROLES


def all_that_stands(world: World) -> str:
    """What Slack shows by now, everywhere."""
    channels = [*world.slack.messages("leads"), *world.feedback()]
    threads = [each for message in channels for each in world.under(message)]
    dms = [each for person in ("amy", "ben", "chi", "eva", "hal") for each in world.dms(person)]
    return "\n".join(f"{each.text} {each.blocks}" for each in (*channels, *threads, *dms))


@pytest.mark.postgres
async def test_what_stood_in_slack_about_the_person_is_emptied(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    await world.offers(id="crm-2", contact={"name": "Kim Lee", "email": "kim@globex.test"})
    assert "pat@globex.test" in all_that_stands(world)

    await is_removed(world, "pat@globex.test")
    await world.time_passes(minutes=2)

    assert world.cards()[0].text == world.dms("amy")[0].text == REMOVED_WORDS
    assert not [each for each in ("Pat Doe", "pat@globex", "7946") if each in all_that_stands(world)]
    assert "Kim Lee" in all_that_stands(world)


async def test_a_rejection_and_its_words_are_emptied_too(world: World) -> None:
    card = await world.offers()
    await world.rejects("amy", card, "No budget", words="Pat Doe told me they have none.")
    await world.time_passes(minutes=1)

    await is_removed(world, "+442079460000")
    await world.time_passes(minutes=2)

    assert not [each for each in ("Pat Doe", "they have none") if each in all_that_stands(world)]
    assert "rejected 1 (No budget 1)" in world.feedback()[0].text


async def test_who_clicks_on_a_removed_lead_is_told_so_and_the_card_is_emptied(world: World) -> None:
    card = await world.offers()
    await is_removed(world, "crm-991")

    await world.clicks("amy", "Accept", card)

    assert "This person was removed from here on" in world.told("amy")[-1]
    assert world.card().text == REMOVED_WORDS


async def test_a_form_that_was_open_meanwhile_gives_back_what_was_typed_and_not_what_stood_in_it(
    world: World,
) -> None:
    card = await world.offers()
    await world.rejects("amy", card, "Contact data wrong", chosen={"Which field is wrong?": "Title"})
    await world.clicks("eva", "Fix and send back", world.under(world.feedback()[0])[0])
    await world.types("eva", "Title", "Head of Operations")
    await is_removed(world, "crm-991")

    await world.sends_the_form("eva")

    words = world.form("eva").words
    assert "This person was removed from here on" in words
    assert words.endswith("You wrote:\n> Head of Operations")


async def test_an_admin_is_asked_about_who_comes_again_and_takes_them_in(world: World) -> None:
    await world.offers()
    await is_removed(world, "pat@globex.test")

    status, told = await world.crm_sends(lead(source="demo_request"))
    assert (status, told["problems"][0]["words"][:29]) == (422, "This person was removed from ")
    asked = world.dm("hal")
    assert "came again on" in asked.text
    assert "Pat" not in asked.text
    await world.clicks("hal", "Take in", asked)
    await world.time_passes(minutes=1)

    assert "took them in" in world.dm("hal").text
    assert "Pat Doe at Globex" in world.cards()[-1].text


async def test_whom_an_admin_keeps_out_stays_out(world: World) -> None:
    await world.offers()
    await is_removed(world, "pat@globex.test")
    await world.crm_sends(lead(source="demo_request"))

    await world.clicks("hal", "Keep out", world.dm("hal"))
    await world.crm_sends(lead(source="contact_us"))
    await world.time_passes(minutes=1)

    assert "keeps them out" in world.dm("hal").text
    assert len(world.cards()) == 1
    assert world.count("quarantine") == 0


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{**WITH_ROLES, "leads": {"retention": {"closed": "30d"}}}])
async def test_what_is_kept_too_long_goes_by_itself(world: World, settings: dict[str, Any]) -> None:
    card = await world.offers()
    await world.rejects("amy", card, "Spam, student, vendor, competitor", chosen={"Which of them?": "Vendor"})
    await world.time_passes(days=8)

    for _ in range(31):
        await world.time_passes(days=1)
        await world.truce.recurring.ensure()
    await world.settles()

    assert settings["leads"]["retention"]["closed"] == "30d"
    assert "Pat Doe" not in all_that_stands(world)
    assert world.count("lead", "erased_at IS NOT NULL") == 1
