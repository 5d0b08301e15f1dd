"""Stories of many leads at once: no channel is flooded, nothing waits unseen."""

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, lead, leads, settings_with

FEW = settings_with(leads={"flood": {"offers": 3}})
OLD = {"occurred_at": "2026-11-10T09:00:00Z"}  # thirteen days before the morning of these stories


async def held(world: World, number: int = 3) -> Message:
    """So many old leads; answers the message behind which they wait."""
    await world.crm_sends(*leads(number, **OLD))
    return hold_of(world)


def offered(world: World) -> int:
    return len([each for each in world.cards() if "Accept" in each.buttons])


def hold_of(world: World) -> Message:
    return next(each for each in world.cards() if "Lead" not in each.text)


async def test_beyond_twenty_in_ten_minutes_they_wait_behind_one_message(world: World) -> None:
    await world.crm_sends(*leads(23))

    assert offered(world) == 20
    hold = hold_of(world)
    assert hold.text == "3 leads from Autumn webinar wait to be offered."
    assert hold.buttons == ["Offer the next 3", "Offer 10 a day", "Keep with marketing"]


@pytest.mark.parametrize("settings", [FEW])
async def test_as_many_as_the_agreement_allows_are_no_flood(world: World) -> None:
    await world.crm_sends(*leads(3))

    assert offered(world) == len(world.cards()) == 3


@pytest.mark.parametrize("settings", [FEW])
async def test_ten_minutes_later_there_is_room_again(world: World) -> None:
    await world.crm_sends(*leads(3))
    await world.time_passes(minutes=11)

    await world.offers()

    assert offered(world) == 4


async def test_old_leads_wait_however_few_they_are(world: World) -> None:
    await world.crm_sends(lead(**OLD))

    [hold] = world.cards()
    assert hold.text == "1 lead from Autumn webinar waits to be offered."
    assert hold.buttons == ["Offer the next 1", "Offer 10 a day", "Keep with marketing"]


async def test_more_that_come_are_counted_in_the_same_message(world: World) -> None:
    await world.crm_sends(lead(**OLD))

    await world.crm_sends(lead(id="other", contact={"email": "o@other.test"}, campaign="Fair", **OLD))

    [hold] = world.cards()
    assert hold.text == "2 leads from website wait to be offered."


@pytest.mark.parametrize("settings", [FEW])
async def test_who_asks_for_us_is_never_too_many(world: World) -> None:
    await world.crm_sends(*leads(4))

    await world.crm_sends(lead(source="demo_request"))

    assert offered(world) == 4
    assert "Asked for us" in world.cards()[-1].text


async def test_a_waiting_lead_that_asks_for_us_is_offered_at_once(world: World) -> None:
    await world.crm_sends(lead(**OLD))

    await world.crm_sends(
        {"touch": {"lead": "crm-991", "kind": "demo_request", "at": world.now().isoformat()}}
    )

    assert offered(world) == 1
    [hold] = [each for each in world.cards() if "Accept" not in each.buttons]
    assert "none waits any more" in hold.text


async def test_offer_the_next_ten(world: World) -> None:
    hold = await held(world, 13)

    await world.clicks("eva", "Offer the next 10", hold)

    assert offered(world) == 10
    assert hold_of(world).text == "3 leads from Autumn webinar wait to be offered. Eva had some offered."
    assert hold_of(world).buttons[0] == "Offer the next 3"


async def test_the_last_of_them_close_the_message(world: World) -> None:
    hold = await held(world)

    await world.clicks("eva", "Offer the next 3", hold)

    assert offered(world) == 3
    closed = hold_of(world)
    assert closed.text.startswith("3 leads")
    assert closed.text.endswith(": none waits any more. Eva had some offered.")
    assert closed.buttons == []


async def test_a_press_on_an_empty_message_gets_a_sentence(world: World) -> None:
    hold = await held(world)
    await world.clicks("eva", "Offer the next 3", hold)

    await world.clicks("hal", "Offer the next 3", hold)

    assert world.told("hal") == ["None of them waits any more. Nothing for you to do."]
    assert offered(world) == 3


@pytest.mark.slow
async def test_ten_a_day_come_on_working_days_only(world: World) -> None:
    await world.it_becomes("2026-11-26T16:00:00+00:00")  # a Thursday
    hold = await held(world, 32)
    shown: dict[str, int] = {}

    await world.clicks("eva", "Offer 10 a day", hold)
    shown["thu"] = offered(world)
    for day, date in (("fri", 27), ("sat", 28), ("sun", 29), ("mon", 30)):
        await world.it_becomes(f"2026-11-{date}T17:00:00+00:00")
        shown[day] = offered(world)
    await world.it_becomes("2026-12-01T17:00:00+00:00")
    shown["tue"] = offered(world)

    assert shown == {"thu": 10, "fri": 20, "sat": 20, "sun": 20, "mon": 30, "tue": 32}
    assert hold_of(world).buttons == []


async def test_ten_a_day_pressed_at_night_begin_when_work_begins(world: World) -> None:
    hold = await held(world, 12)
    await world.it_becomes("2026-11-23T21:00:00+00:00")

    await world.clicks("eva", "Offer 10 a day", hold)
    assert offered(world) == 0
    await world.it_becomes("2026-11-24T09:00:01+00:00")

    assert offered(world) == 10


@pytest.mark.slow
async def test_ten_a_day_pressed_twice_are_still_ten(world: World) -> None:
    hold = await held(world, 22)

    await world.clicks("eva", "Offer 10 a day", hold)
    await world.clicks("hal", "Offer 10 a day", hold)

    assert offered(world) == 10
    await world.it_becomes("2026-11-24T17:00:00+00:00")
    assert offered(world) == 20


@pytest.mark.slow
async def test_the_next_ten_can_be_had_on_top_of_ten_a_day(world: World) -> None:
    await world.clicks("eva", "Offer 10 a day", await held(world, 22))
    assert hold_of(world).buttons == ["Offer the next 10", "Keep with marketing"]

    await world.clicks("eva", "Offer the next 10", hold_of(world))

    assert offered(world) == 20


async def test_keep_with_marketing_offers_none_of_them(world: World) -> None:
    hold = await held(world)

    await world.clicks("eva", "Keep with marketing", hold)
    await world.time_passes(days=5)

    assert offered(world) == 0
    assert hold_of(world).text.endswith(": none waits any more. Eva keeps them with marketing.")


async def test_what_marketing_kept_comes_when_the_person_asks_for_us(world: World) -> None:
    await world.crm_sends(lead(**OLD))
    await world.clicks("eva", "Keep with marketing", world.card())

    await world.crm_sends(
        {"touch": {"lead": "crm-991", "kind": "demo_request", "at": world.now().isoformat()}}
    )

    assert offered(world) == 1


@pytest.mark.parametrize("settings", [WITH_ROLES])
@pytest.mark.parametrize("button", ["Offer the next 3", "Offer 10 a day", "Keep with marketing"])
class TestWhoMayPress:
    async def test_a_rep_may_not(self, world: World, button: str) -> None:
        hold = await held(world)

        await world.clicks("amy", button, hold)

        assert world.told("amy")[0].startswith("Marketing decides this: eva@acme.test.")
        assert offered(world) == 0

    @pytest.mark.parametrize("person", ["eva", "hal"])
    async def test_marketers_and_managers_may(self, world: World, button: str, person: str) -> None:
        hold = await held(world)

        await world.clicks(person, button, hold)

        assert world.told(person) == []


async def test_the_clock_starts_when_the_card_is_shown(world: World) -> None:
    await world.crm_sends(lead(**OLD))
    await world.time_passes(hours=3)
    await world.clicks("eva", "Offer the next 1", world.card())
    [card] = [each for each in world.cards() if "Accept" in each.buttons]

    await world.clicks("amy", "Accept", card)

    [card] = [each for each in world.cards() if "took this" in each.text]
    assert "after less than a minute" in card.text


@pytest.mark.postgres
async def test_two_who_press_in_one_moment_offer_no_lead_twice(world: World) -> None:
    hold = await held(world, 22)

    await world.slack.click("eva", hold, "Offer the next 10")
    await world.slack.click("hal", hold, "Offer the next 10")
    await world.settles()

    assert offered(world) == 20
    assert world.count("handoff") == 20


@pytest.mark.parametrize("action", ["hold.next", "hold.daily", "hold.keep"])
async def test_a_button_of_leads_that_are_nowhere_is_answered_with_a_sentence(
    world: World, action: str
) -> None:
    await world.crm_sends(lead(**OLD))
    [hold] = world.cards()

    await world.slack.click_old("eva", "leads", hold.ts, action, "CLEADS000.20010101000000")
    await world.settles()

    assert world.told("eva") == ["None of them waits any more. Nothing for you to do."]
