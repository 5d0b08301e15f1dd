"""A channel that is shared with another company, archived, or without Truce: nothing is lost, and nobody outside reads it."""

from typing import Any

import pytest

from tests.world import WITH_ROLES, World, lead, person_called


@pytest.fixture
def settings() -> dict[str, Any]:
    return WITH_ROLES


async def a_minute_later(world: World) -> None:
    await world.time_passes(minutes=1)
    await world.truce.recurring.ensure()
    await world.settles()


@pytest.mark.postgres
async def test_from_the_moment_a_channel_is_shared_nothing_about_people_is_posted_there(world: World) -> None:
    await world.slack.changes_channel("leads", shared=True)
    await world.settles()

    await world.crm_sends(lead())
    await a_minute_later(world)

    assert world.cards() == []
    assert "is shared with another company" in world.dm("hal").text
    assert "Pat" not in world.dm("hal").text


async def test_what_was_held_is_posted_when_the_sharing_ends_and_its_clock_starts_then(world: World) -> None:
    await world.slack.changes_channel("leads", shared=True)
    await world.settles()
    await world.crm_sends(lead(), person_called("Robin Roe"))
    await world.time_passes(hours=3)
    assert world.cards() == []
    assert not [each for each in world.dms("amy") if "Could you" in each.text]

    await world.slack.changes_channel("leads", shared=False)
    await world.time_passes(seconds=5)

    assert sorted(each.text.partition(".")[0].partition(",")[0] for each in world.cards()) == [
        "Pat Doe at Globex",
        "Robin Roe at Initech",
    ]
    await a_minute_later(world)
    assert not [each for each in world.dms("amy") if "waits" in each.text]


async def test_what_stands_in_a_channel_is_not_brought_up_to_date_while_it_is_shared(world: World) -> None:
    card = await world.offers()
    await world.slack.changes_channel("leads", shared=True)
    await world.settles()

    await world.clicks("amy", "Accept", card)
    assert world.card().text == card.text
    assert "pat@globex.test" in world.dm("amy").text

    await world.slack.changes_channel("leads", shared=False)
    await world.time_passes(minutes=1)
    assert "Amy took this" in world.card().text


async def test_people_of_the_other_company_get_nothing_by_clicking_on_what_stood_there(world: World) -> None:
    card = await world.offers()
    await world.slack.changes_channel("leads", shared=True)
    await world.settles()

    await world.clicks("sam", "Accept", card)

    assert world.told("sam") == ["Only people of this workspace take part in its handovers."]
    assert world.dms("sam") == []


@pytest.mark.parametrize("end", ["archived", "removed"])
async def test_the_admins_are_told_once_how_to_mend_a_closed_channel_and_all_is_posted_when_it_is_back(
    world: World, end: str
) -> None:
    if end == "archived":
        await world.slack.changes_channel("leads", archived=True)
    else:
        await world.slack.removes_bot("leads")
    await world.settles()
    await world.crm_sends(lead())
    for _ in range(3):
        await a_minute_later(world)

    [told] = [each for each in world.dms("hal") if "Truce needs a hand" in each.text]
    assert ("is archived" if end == "archived" else "type /invite @truce").lower() in told.text.lower()
    assert world.cards() == []

    if end == "archived":
        await world.slack.changes_channel("leads", archived=False)
    else:
        await world.slack.invites_bot("leads")
    await world.time_passes(seconds=10)
    assert len(world.cards()) == 1


async def test_another_channel_that_is_shared_is_none_of_ours(world: World) -> None:
    await world.slack.changes_channel("leads-dach", shared=True)
    await world.settles()

    await world.crm_sends(lead())

    assert len(world.cards()) == 1


async def test_that_the_sharing_has_ended_is_found_out_although_nobody_told_us(world: World) -> None:
    await world.slack.changes_channel("leads", shared=True)
    await world.settles()
    await world.crm_sends(lead())
    channel = world.slack.desk.store.place("leads")

    channel.shared = False
    await world.time_passes(minutes=5)
    await world.time_passes(minutes=5)

    assert len(world.cards()) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("shared", [True, False])
async def test_an_offer_that_stands_in_a_closed_channel_waits_without_a_clock(
    world: World, *, shared: bool
) -> None:
    await world.offers()
    await world.slack.changes_channel("leads", shared=shared, archived=not shared)
    await world.settles()
    for _ in range(4):
        await world.truce.recurring.ensure()
        await world.time_passes(minutes=50)
    assert reminded(world) == []

    await world.slack.changes_channel("leads", shared=False, archived=False)
    await world.settles()
    await world.truce.recurring.ensure()
    await world.time_passes(minutes=110)
    assert reminded(world) == []
    await world.time_passes(minutes=15)

    assert len(reminded(world)) == 1


def reminded(world: World) -> list[str]:
    """Whom somebody asked to look at the offer."""
    return [each.text for rep in ("amy", "ben", "chi") for each in world.dms(rep)]
