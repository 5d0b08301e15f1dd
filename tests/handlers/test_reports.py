"""Stories of /truce report: the figures, to who asks and may see them."""

import pytest

from tests.world import WITH_ROLES, World, person_called

pytestmark = pytest.mark.parametrize("settings", [WITH_ROLES])


async def a_morning(world: World) -> None:
    """Amy takes a lead and calls, Ben passes on one, a third waits."""
    await world.clicks("amy", "Accept", await world.offers())
    await world.time_passes(minutes=20)
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.crm_sends(person_called("Robin Roe"))
    await world.rejects("ben", world.cards()[-1], "No budget", words="Next year perhaps.")
    await world.crm_sends(person_called("Kim Poe", source="referral", campaign="Spring fair"))


@pytest.mark.postgres
async def test_a_manager_reads_the_week_and_only_they_see_it(world: World) -> None:
    await a_morning(world)

    told = await world.says("hal", "/truce report this week")

    assert "Handed over *3* (0) = accepted 1 + rejected 1 + waiting 1" in told
    assert "Acceptance: 1 of 2 (none yet)" in told
    assert "slowest 20 minutes, of 2; 1 still waiting" in told
    assert "Followed up in time: 1 of 1" in told
    assert "Rejected before first contact: No budget 1" in told
    assert "• Autumn webinar: 2 handed over, 1 accepted, 1 contacted, 1 rejected (No budget 1)" in told
    assert "System time, Truce's own" in told
    assert world.told("ben") == []


async def test_a_campaign_alone_whatever_its_capitals(world: World) -> None:
    await a_morning(world)

    told = await world.says("eva", "/truce report this week campaign: spring FAIR")

    assert "· campaign Spring fair" in told
    assert "Handed over *1* (0) = accepted 0 + rejected 0 + waiting 1" in told


async def test_a_rep_reads_their_own(world: World) -> None:
    await a_morning(world)

    told = await world.says("amy", "/truce report this week")

    assert "· Amy alone" in told
    assert "Handed over *1* (0) = accepted 1" in told


async def test_a_manager_reads_those_of_one_rep_and_a_colleague_does_not(world: World) -> None:
    await a_morning(world)

    assert "accepted 0 + rejected 1" in await world.says("hal", "/truce report this week rep: ben@acme.test")
    refused = "Figures of one person are seen by that person and their manager."
    assert await world.says("amy", "/truce report this week rep: Ben") == refused


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("yesteryear", "I do not know the period “yesteryear”. Say it like `last week`"),
        ("15 Nov..1 Nov", "That would end before it begins: please give the earlier day first."),
        ("campaign: Winter", "I know no campaign “Winter”."),
        ("team: emea", "I know no team “emea”."),
        ("rep: nobody", "I know nobody of that name"),
    ],
)
async def test_bad_input_gets_one_sentence(world: World, words: str, sentence: str) -> None:
    assert (await world.says("hal", f"/truce report {words}")).startswith(sentence)
