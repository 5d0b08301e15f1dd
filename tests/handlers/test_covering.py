"""Stories of who looks after the leads of somebody who is away: what goes back by itself, and to whom."""

import pytest

from tests.handlers.test_absences import ROLES, gives_all
from tests.world import World, person_called


async def ben_looks_after_it_for_amy(world: World) -> None:
    """Until Wednesday."""
    await world.crm_sends(person_called("Pat Doe"))
    await world.clicks("amy", "Accept", world.card())
    await world.says("amy", "/truce away until Wednesday")
    await gives_all(world, "ben")


async def leaves(world: World, person: str) -> None:
    await world.slack.changes(person, deactivated=True)
    await world.settles()


async def hands_on(world: World, person: str, to: str) -> None:
    mine = next(each for each in world.dms(person) if "is yours" in each.text)
    await world.clicks(person, "Hand on...", mine)
    await world.chooses(person, "To whom?", to)
    await world.types(person, "What should they know?", "She wants a demo.")
    await world.sends_the_form(person)


@ROLES
async def test_what_the_cover_has_handed_back_for_good_does_not_return(world: World) -> None:
    await ben_looks_after_it_for_amy(world)
    mine = next(each for each in world.dms("ben") if "is yours" in each.text)
    await world.clicks("ben", "Hand back", mine)
    await world.chooses("ben", "Why?", "I have too much")
    await world.sends_the_form("ben")
    await world.clicks("chi", "Accept", world.card())

    await world.says("amy", "/truce back")

    assert "Chi took this" in world.card().text


@ROLES
async def test_what_somebody_looks_after_who_falls_ill_goes_back_to_whose_it_was_first(world: World) -> None:
    await ben_looks_after_it_for_amy(world)
    await world.says("ben", "/truce away until Friday")
    await world.clicks("hal", "Give all to...", world.dm("hal"))
    await world.chooses("hal", "Give all to", "chi")
    await world.sends_the_form("hal")
    assert "gave it to Chi until Amy is back" in world.card().text
    await world.it_becomes("2026-11-25T09:00:00+00:00")

    assert world.card().text.count("Chi") == 0
    await world.says("ben", "/truce back")

    assert "Amy took this" in world.card().text
    assert not {"Ben", "Chi"} & set(world.card().text.replace(".", " ").split())


@ROLES
async def test_what_the_cover_has_handed_on_does_not_return(world: World) -> None:
    await ben_looks_after_it_for_amy(world)
    await hands_on(world, "ben", to="chi")
    await world.clicks("chi", "Accept", world.card())

    await world.says("amy", "/truce back")

    assert "Chi took this" in world.card().text
    assert "Amy" not in world.card().text


@ROLES
@pytest.mark.postgres
@pytest.mark.parametrize("button", ["Give all to...", "Share out"])
async def test_what_somebody_looks_after_who_leaves_goes_back_to_whose_it_is(
    world: World, button: str
) -> None:
    await world.slack.changes("chi", tz="Europe/London")
    await ben_looks_after_it_for_amy(world)
    await leaves(world, "ben")
    assert world.dm("hal").text.startswith("Ben has left. 1 lead is open with them.")

    await world.clicks("hal", button, world.dm("hal"))
    if button == "Give all to...":
        await world.chooses("hal", "Give all to", "chi")
        await world.sends_the_form("hal")

    assert "gave it to Chi until Amy is back" in world.card().text
    await world.it_becomes("2026-11-25T09:00:00+00:00")
    assert "Amy took this" in world.card().text
    assert "Chi" not in world.card().text


@ROLES
@pytest.mark.parametrize("leaves_for_good", [True, False])
async def test_what_nobody_took_over_from_who_looked_after_it_goes_back_as_well(
    world: World,
    leaves_for_good: bool,  # noqa: FBT001 - the two ways of a story
) -> None:
    await ben_looks_after_it_for_amy(world)
    if leaves_for_good:
        await leaves(world, "ben")
    else:
        await world.says("ben", "/truce away until Friday")

    await world.it_becomes("2026-11-25T09:00:00+00:00")

    assert "Amy took this" in world.card().text
    assert "Ben" not in world.card().text
    assert "Nothing is open with them." in world.dm("hal").text


@ROLES
@pytest.mark.postgres
async def test_what_is_looked_after_for_somebody_who_leaves_stays_where_it_is(world: World) -> None:
    await ben_looks_after_it_for_amy(world)

    await leaves(world, "amy")

    assert "gave it to Ben" in world.card().text
    assert "is back" not in world.card().text
    await world.slack.changes("amy", deactivated=False)
    await world.settles()
    assert "gave it to Ben" in world.card().text


@ROLES
async def test_what_the_cover_handed_on_in_vain_goes_back_to_whose_it_is_and_who_is_here_again(
    world: World,
) -> None:
    await ben_looks_after_it_for_amy(world)
    await world.it_becomes("2026-11-24T16:00:00+00:00")
    await hands_on(world, "ben", to="chi")
    await world.it_becomes("2026-11-25T09:00:00+00:00")
    assert "hands this on to Chi" in world.card().text

    await world.it_becomes("2026-11-30T09:00:00+00:00")

    assert "Amy took this" in world.card().text
    assert "Ben" not in world.card().text


@ROLES
async def test_what_falls_back_to_somebody_who_has_left_is_shown_to_their_manager(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await hands_on(world, "amy", to="chi")
    await leaves(world, "amy")
    assert [each.text for each in world.dms("hal") if each.text.startswith("Amy has left")] == []

    await world.it_becomes("2026-11-30T09:00:00+00:00")

    assert "Amy has left. 1 lead is open with them. Who takes over?" in world.dm("hal").text


@ROLES
@pytest.mark.postgres
async def test_who_is_back_early_is_told_at_once_of_what_they_were_given_meanwhile(world: World) -> None:
    await world.says("amy", "/truce away until Friday")
    await world.clicks("hal", "Give to...", await world.offers())
    await world.chooses("hal", "Give to", "amy")
    await world.sends_the_form("hal")
    assert not [each for each in world.dms("amy") if "is yours" in each.text]

    await world.says("amy", "/truce back")
    await world.time_passes(minutes=1)

    assert world.dm("amy").text.startswith("Pat Doe at Globex is yours. Phone")


@ROLES
async def test_who_gives_a_lead_to_somebody_who_is_away_is_told_when_they_hear_of_it(world: World) -> None:
    await world.says("amy", "/truce away until Friday")
    await world.clicks("hal", "Give to...", await world.offers())
    await world.chooses("hal", "Give to", "amy")
    await world.sends_the_form("hal")

    assert world.told("hal") == ["<@UAMY00000> is away until Friday, 27 November: they hear of it then."]


@ROLES
async def test_who_gives_a_lead_by_night_is_told_that_the_morning_brings_it(world: World) -> None:
    await world.it_becomes("2026-11-23T12:00:00+00:00")
    await world.clicks("hal", "Give to...", await world.offers())
    await world.chooses("hal", "Give to", "chi")  # in Tokyo
    await world.sends_the_form("hal")

    [told] = world.told("hal")
    assert told.startswith("<@UCHI00000> hears of it on ")
    assert told.endswith("24 Nov at 00:00 UTC>, in their own hours.")


@ROLES
async def test_nothing_is_said_to_who_gives_a_lead_to_somebody_at_work(world: World) -> None:
    await world.clicks("hal", "Give to...", await world.offers())
    await world.chooses("hal", "Give to", "amy")
    await world.sends_the_form("hal")

    assert world.told("hal") == []


@ROLES
async def test_a_manager_reads_the_day_that_was_said_however_far_away(world: World) -> None:
    await world.clicks("chi", "Accept", await world.offers())

    said = await world.says("chi", "/truce away until Friday")  # which begins in Tokyo on Thursday afternoon

    assert "until Friday, 27 November" in said
    assert world.dm("hal").text.startswith("Chi is away until Friday, 27 November. 1 lead is open with them.")
