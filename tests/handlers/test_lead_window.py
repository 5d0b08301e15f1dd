"""Stories of the window of one lead: who opens it does there what its card and its messages let them do."""

import pytest

from tests.handlers.test_company_card import buttons
from tests.world import PEOPLE, WITH_ROLES, World, lead, settings_with

BY_TURNS = settings_with(people=PEOPLE, leads={"offer": "rotation"})
with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])


async def opens(world: World, person: str) -> list[str]:
    """Answers what there is to press."""
    await world.says(person, "/truce lead crm-991")
    return shown(world, person)


def shown(world: World, person: str) -> list[str]:
    return [
        element["text"]["text"]
        for block in world.form(person).blocks
        for element in block.get("elements", ())
        if element["type"] == "button"
    ]


@pytest.mark.postgres
@with_roles
async def test_a_rep_accepts_a_lead_that_they_found_and_the_window_shows_it(world: World) -> None:
    await world.offers()
    assert await opens(world, "ben") == ["Accept", "Reject", "Timeline"]

    await world.clicks("ben", "Accept", world.form("ben"))

    assert "Ben took this" in world.form("ben").words
    assert shown(world, "ben") == ["Contacted", "No answer", "Contact", "Timeline"]
    assert "Ben took this" in world.card().text
    await world.clicks("ben", "Contacted", world.form("ben"))
    assert "has been in touch" in world.form("ben").words


@with_roles
async def test_who_comes_too_late_is_told_in_the_window_what_happened(world: World) -> None:
    card = await world.offers()
    await opens(world, "ben")
    await world.clicks("amy", "Accept", card)

    await world.clicks("ben", "Accept", world.form("ben"))

    told, *_ = world.form("ben").blocks
    assert "took this at" in told["text"]["text"]
    assert "Nothing for you to do." in told["text"]["text"]
    assert shown(world, "ben") == ["Timeline"]
    assert world.told("ben") == []


@with_roles
async def test_it_is_rejected_in_the_form_that_takes_the_place_of_the_window(world: World) -> None:
    await world.offers()
    await opens(world, "ben")

    await world.clicks("ben", "Reject", world.form("ben"))
    await world.chooses("ben", "Reason", "No budget")
    await world.sends_the_form("ben")

    assert "Ben passed on this" in world.card().text
    assert await opens(world, "amy") == ["I will take it", "Timeline"]
    assert await opens(world, "eva") == ["Ask for a second look", "Recycle...", "Contact", "Timeline"]
    await world.clicks("eva", "Ask for a second look", world.form("eva"))
    await world.sends_the_form("eva")
    assert world.count("lead", "state = 'disputed'") == 1


@with_roles
async def test_a_manager_gives_it_to_somebody_from_there(world: World) -> None:
    await world.offers()
    assert await opens(world, "hal") == ["Give to...", "Contact", "Timeline"]

    await world.clicks("hal", "Give to...", world.form("hal"))
    await world.chooses("hal", "Give to", "amy")
    await world.sends_the_form("hal")

    assert "Hal gave this to Amy" in world.card().text


@pytest.mark.parametrize("settings", [BY_TURNS])
async def test_whose_turn_it_is_not_has_nothing_to_press_there(world: World) -> None:
    await world.crm_sends(lead())

    assert await opens(world, "amy") == ["Accept", "Reject", "Timeline"]
    assert "Accept" not in await opens(world, "ben")


@with_roles
async def test_the_owner_plans_the_next_step_from_there(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await opens(world, "amy")

    await world.clicks("amy", "Next step...", world.form("amy"))

    assert world.form("amy").body["callback_id"] == "next_step"
    assert buttons(world.card()) == []


@with_roles
async def test_the_owner_reads_what_they_wrote_and_not_the_name_of_the_forms_field(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(facts={"message": "When can we see it?"}))
    [owned] = [each for each in world.dms("amy") if "is yours" in each.text]
    await opens(world, "amy")
    await world.clicks("amy", "Contact", world.form("amy"))

    assert "They wrote: When can we see it?" in str(owned.blocks)
    assert "They wrote: When can we see it?" in world.form("amy").words
