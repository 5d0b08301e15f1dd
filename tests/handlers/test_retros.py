"""Stories of retros: what both teams see, and are asked, after a deal has closed."""

from typing import Any

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, lead, settings_with

TOUCHES = [
    {"kind": "webinar", "at": "2026-09-01T15:00:00Z", "campaign": "Autumn webinar"},
    {"kind": "email_click", "at": "2026-09-10T08:00:00Z"},
]


def deal(**changes: Any) -> dict[str, Any]:
    told = {
        "id": "opp-7",
        "name": "Globex rollout",
        "stage": "lost",
        "amount": "12000.00",
        "currency": "EUR",
        "leads": ["crm-991"],
        "owner": "amy@acme.test",
        "reason": "competitor",
        "competitor": "Initech",
    }
    return {"deal": {**told, **changes}}


async def closes(world: World, **changes: Any) -> Message:
    """A lead is taken, called, and its deal closes; answers the retro's thread, half an hour later."""
    await world.crm_sends(lead(touches=TOUCHES))
    await world.clicks("amy", "Accept", world.cards()[-1])
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.crm_sends(deal(**changes))
    await looks_back(world)
    return head(world)


async def looks_back(world: World) -> None:
    """Half an hour later the threads are there, and two minutes after that people are asked."""
    await world.time_passes(minutes=31)
    await world.time_passes(minutes=2)


def head(world: World) -> Message:
    [found] = heads(world)
    return found


def heads(world: World) -> list[Message]:
    return [each for each in world.cards() if "not at who" in each.text]


@pytest.mark.postgres
async def test_half_an_hour_after_a_close_its_story_stands_in_the_retro_channel(world: World) -> None:
    thread = await closes(world)

    assert thread.text.startswith("We look at what happened, not at who. Globex rollout: lost: competitor")
    told = thread.words
    for words in (
        "Initech, 12,000 EUR",
        "From first touch to close: 83 days. Marketing 83 days, waiting 0 days, sales 0 days.",
        "First touch: webinar (Autumn webinar)",
        "Pat Doe: handed over",
        "Pat Doe: accepted by Amy",
        "First contact: contact by Amy",
        "Deal lost: competitor, Initech",
        "Touches: webinar 2, email click 1.",
        "Contacts of ours: Amy 1.",
        "Ready check: Webinar, 2 times (+11), Email click (+1), Came by webinar.",
    ):
        assert words in told, words


async def test_a_deal_that_is_open_again_within_the_half_hour_has_no_retro(world: World) -> None:
    await world.crm_sends(deal())
    await world.time_passes(minutes=20)
    await world.crm_sends(deal(stage="Proposal"))

    await world.time_passes(hours=3)

    assert heads(world) == []


async def test_closed_again_the_half_hour_begins_anew(world: World) -> None:
    await world.crm_sends(deal())
    await world.time_passes(minutes=20)
    await world.crm_sends(deal(stage="Proposal"))
    await world.crm_sends(deal(stage="won"))
    await world.time_passes(minutes=20)
    assert heads(world) == []

    await world.time_passes(minutes=11)

    assert "Globex rollout: won" in head(world).text


@pytest.mark.postgres
async def test_told_again_and_again_a_close_has_one_retro(world: World) -> None:
    await closes(world)

    await world.crm_sends(deal(), deal())
    await world.crm_sends(deal(amount="13000"))
    await world.time_passes(hours=3)

    assert "13,000 EUR" in head(world).text
    assert world.under(head(world)) == []


@pytest.mark.slow
async def test_a_deal_that_goes_on_stops_its_retro_with_a_word_and_closed_again_it_goes_on(
    world: World,
) -> None:
    await closes(world)

    await world.crm_sends(deal(stage="Proposal"))

    assert "Stopped: the deal is open again." in head(world).text
    [word] = world.under(head(world))
    assert word.text == "This deal is open again, so the look back stops here. What was said is kept."

    await world.crm_sends(deal(stage="won"))

    assert "Stopped" not in head(world).text
    assert "Globex rollout: won" in head(world).text
    assert world.under(head(world))[1].text == "This deal is won now. The look back goes on."


async def test_a_close_in_the_evening_starts_its_retro_in_the_morning(world: World) -> None:
    await world.it_becomes("2026-11-23T17:20:00+00:00")
    await world.crm_sends(deal())
    await world.time_passes(hours=3)
    assert heads(world) == []

    await world.it_becomes("2026-11-24T09:21:00+00:00")

    assert len(heads(world)) == 1


async def test_a_deal_of_which_nothing_is_known_has_a_short_story(world: World) -> None:
    await world.crm_sends({"deal": {"id": "opp-9", "stage": "won"}})
    await world.time_passes(minutes=31)

    assert "opp-9: won" in head(world).text
    assert "less than a day" in head(world).text


@pytest.mark.parametrize("settings", [settings_with(retro={"smallest_amount": 5000})])
async def test_the_agreement_says_from_which_amount_on_there_is_a_retro(world: World) -> None:
    await world.crm_sends(deal(amount="4999.99"), deal(id="opp-8", name="Big", amount="5000"))
    await world.time_passes(minutes=31)

    assert "Big: lost" in head(world).text


@pytest.mark.parametrize(
    "settings",
    [settings_with(channels={"leads": "#leads", "retros": "#leads-dach"}, people=WITH_ROLES["people"])],
)
async def test_the_retro_channel_is_the_one_of_the_settings(world: World) -> None:
    await world.crm_sends(deal())
    await world.time_passes(minutes=31)

    [thread] = world.slack.messages("leads-dach")
    assert "Globex rollout" in thread.text
