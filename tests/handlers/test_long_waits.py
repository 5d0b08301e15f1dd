"""Stories of leads that wait for days: without a first contact, let pass by one after the other, or handed back."""

import pytest

from tests.handlers.test_handing_on import hand_back, hand_on
from tests.handlers.test_ladder import a_settled_company
from tests.world import PEOPLE, World, settings_with

HEADS = {**PEOPLE, "heads": {"sales": "eva@acme.test"}}
ROTATION = settings_with(people=PEOPLE, leads={"offer": "rotation"})


async def in_london(world: World) -> None:
    for person in ("chi", "eva"):
        await world.slack.changes(person, tz="Europe/London")


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE)])
async def test_who_never_gets_in_touch_is_asked_again_after_days_and_then_with_a_manager(
    world: World,
) -> None:
    await a_settled_company(world)
    await in_london(world)
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.minutes_go_by(180, step=30)
    known = len(world.dms("amy")), len(world.dms("hal"))

    await world.it_becomes("2026-12-10T11:05:00+00:00")

    assert "has waited 3 working days for a first contact. Still yours?" in world.dm("amy").text
    assert (len(world.dms("amy")), len(world.dms("hal"))) == (known[0] + 1, known[1])
    await world.it_becomes("2026-12-16T11:05:00+00:00")
    assert "has waited 7 working days for a first contact. Still yours?" in world.dm("amy").text
    assert "has waited 7 working days for a first contact from Amy." in world.dm("hal").text
    assert "Give 1 more hour" not in world.dm("hal").buttons
    await world.clicks("amy", "Contacted", world.dm("amy"))
    assert "Contacted" not in world.dm("amy").buttons


@pytest.mark.parametrize("settings", [settings_with(people=HEADS)])
async def test_the_last_call_about_a_lead_that_came_back_says_how_long_nobody_has_had_it(
    world: World,
) -> None:
    await a_settled_company(world)
    await in_london(world)
    await world.clicks("amy", "Accept", await world.offers())
    await world.it_becomes("2026-12-11T10:00:00+00:00")
    await hand_back(world, "amy", "I have too much")

    await world.minutes_go_by(20)

    assert "for an answer. Nobody has it yet. Who should?" in world.dm("eva").text
    assert "working days" not in world.dm("eva").text


@pytest.mark.parametrize("settings", [settings_with(people=HEADS)])
async def test_nobody_is_called_about_what_a_colleague_hands_on(world: World) -> None:
    await a_settled_company(world)
    await in_london(world)
    await world.clicks("amy", "Accept", await world.offers())
    await world.it_becomes("2026-12-11T10:00:00+00:00")
    await hand_on(world, "amy", "ben")

    await world.minutes_go_by(60, step=30)

    assert world.dms("eva") == []


@pytest.mark.parametrize("settings", [ROTATION])
async def test_what_was_passed_on_at_once_is_late_when_its_first_offer_would_have_been(world: World) -> None:
    card = await world.offers(source="demo_request")
    first = "amy" if "Amy's turn" in card.text else "ben"
    await world.minutes_go_by(3, step=3)
    await world.clicks(first, "Not for me", world.card())

    await world.minutes_go_by(11, step=11)
    assert "Late." not in world.card().text
    await world.minutes_go_by(2, step=2)

    assert "Late." in world.card().text


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE)])
async def test_who_puts_it_off_again_after_days_is_reminded_then_as_well(world: World) -> None:
    await a_settled_company(world)
    await in_london(world)
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.minutes_go_by(61, step=1)
    await put_off(world, "amy")
    await world.minutes_go_by(120, step=10)
    await world.it_becomes("2026-12-10T11:05:00+00:00")
    known = len(world.dms("amy"))

    await put_off(world, "amy")
    await world.minutes_go_by(30, step=10)

    assert "has waited 3 working days for a first contact. Still yours?" in world.dm("amy").text
    assert len(world.dms("amy")) == known + 1


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE)])
async def test_a_manager_who_gives_the_owner_an_hour_more_is_asked_again_after_it(world: World) -> None:
    await a_settled_company(world)
    await in_london(world)
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.minutes_go_by(105, step=5)

    await world.clicks("hal", "Give 1 more hour", world.dm("hal"))
    await world.minutes_go_by(55, step=5)
    assert "has waited 1 working hour and 45 minutes" in world.dm("hal").text
    await world.minutes_go_by(5, step=5)

    assert "has waited 2 working hours and 45 minutes for a first contact from Amy." in world.dm("hal").text


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE)])
async def test_a_manager_may_still_put_off_what_its_owner_is_asked_about_again_after_days(
    world: World,
) -> None:
    await a_settled_company(world)
    await in_london(world)
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.minutes_go_by(120, step=5)
    await world.it_becomes("2026-12-10T11:05:00+00:00")
    known = len(world.dms("hal"))

    await put_off(world, "hal")
    await world.minutes_go_by(30, step=10)

    assert len(world.dms("hal")) == known + 1
    assert "has waited 3 working days for a first contact from Amy." in world.dm("hal").text


async def put_off(world: World, person: str) -> None:
    await world.clicks(person, "Remind me later...", world.dm(person))
    await world.chooses(person, "When?", "In 30 minutes")
    await world.sends_the_form(person)


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE)])
async def test_what_was_answered_in_time_and_comes_back_is_not_late(world: World) -> None:
    await a_settled_company(world)
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.minutes_go_by(120, step=30)
    await hand_back(world, "amy", "I have too much")

    await world.minutes_go_by(30)

    assert "Late." not in world.card().text
