"""Stories of a lead that somebody passed on: asked of a colleague, taken after all, taken back, back on its date."""

from freezegun.api import FrozenDateTimeFactory

from storage.db import Database
from tests.world import WITH_ROLES, World, lead

WORDS = "They make toys. We sell cranes."


async def test_not_mine_with_a_colleague_asks_them_by_dm(world: World) -> None:
    card = await world.offers()

    await world.rejects("amy", card, "Wrong owner or territory", chosen={"Whose is it, if you know?": "ben"})

    assert "Amy thought of Ben. Anyone may still take it." in world.card().text
    assert world.told("amy") == [
        "You will not be asked about Pat Doe at Globex again. <@UBEN00000> is asked now."
    ]
    assert "Amy thought of you" in world.dm("ben").text
    await world.clicks("ben", "Accept", world.dm("ben"))
    assert "Ben took this" in world.card().text
    assert "Accept" not in world.dms("ben")[0].buttons


async def test_not_mine_with_a_colleague_is_no_rejection(world: World) -> None:
    await world.rejects(
        "amy", await world.offers(), "Wrong owner or territory", chosen={"Whose is it, if you know?": "ben"}
    )

    [campaign] = world.feedback()
    assert "rejected 0" in campaign.text
    assert world.under(campaign) == []


async def test_not_mine_without_a_colleague_leaves_the_card_to_the_others(world: World) -> None:
    await world.rejects("amy", await world.offers(), "Wrong owner or territory")

    assert "Accept" in world.card().buttons
    assert world.told("amy") == [
        "You will not be asked about Pat Doe at Globex again. Anyone else may still take it."
    ]


async def test_the_second_who_says_why_it_is_not_theirs_makes_it_a_managers_matter(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        card = await world.offers()
        await world.rejects("amy", card, "I cannot take it now")
        assert world.dms("hal") == []

        await world.rejects("ben", card, "Wrong owner or territory")

        assert "Ben passed it on: wrong owner or territory." in world.dm("hal").text
        assert "Amy passed it on: I cannot take it now." in world.dm("hal").text
        assert "Passed on twice, so Hal may give it to somebody." in world.card().text
        assert "A manager is asked who could take it." in world.told("ben")[0]
        await world.clicks("chi", "Accept", card)
        assert "Chi took this" in world.dm("hal").text


async def test_no_capacity_gives_an_accepted_lead_back(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    await world.rejects("amy", world.dm("amy"), "I cannot take it now")

    assert "Accept" in world.card().buttons
    assert "Contacted" not in world.dm("amy").buttons


async def test_a_colleague_takes_what_was_rejected(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget", words=WORDS)

    await world.clicks("ben", "I will take it", world.card())

    assert "Ben took this" in world.card().text
    assert "Contacted" in world.dm("ben").buttons
    [reply] = world.under(world.feedback()[0])
    assert "taken after all by Ben" in reply.text


async def test_what_was_taken_by_mistake_is_undone_and_the_no_stands_again(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget", words=WORDS)
    await world.clicks("ben", "I will take it", world.card())

    await world.clicks("ben", "Undo", world.card())

    assert "Amy passed on this" in world.card().text
    assert "I will take it" in world.card().buttons
    [reply] = world.under(world.feedback()[0])
    assert "taken after all" not in reply.text
    assert "Recycle..." in reply.buttons
    assert "rejected 1 (No budget 1)" in world.feedback()[0].text
    assert "Contacted" not in world.dm("ben").buttons


async def test_taking_it_ends_with_the_next_working_day(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget")
    rejected = world.card()

    await world.it_becomes("2026-11-24T17:29:00+00:00")
    assert "I will take it" in world.card().buttons
    await world.it_becomes("2026-11-24T17:31:00+00:00")

    assert "I will take it" not in world.card().buttons
    await world.clicks("ben", "I will take it", rejected)
    assert "It has gone back to marketing." in world.told("ben")[0]


async def test_what_a_feed_tells_of_a_lead_that_may_still_be_taken_is_shown(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget")

    await world.crm_sends(lead(company={"name": "Globex", "employees": 900}))

    assert "900 people" in world.card().text
    assert "I will take it" in world.card().buttons


async def test_a_rejection_can_be_undone_and_the_card_waits_again(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget")

    await world.clicks("amy", "Undo", world.card())

    assert "Waiting for an answer" in world.card().text
    assert world.card().buttons[:2] == ["Accept", "Reject"]


async def test_wrong_time_comes_back_on_its_month_to_the_same_rep(world: World) -> None:
    await world.rejects(
        "amy",
        await world.offers(),
        "Right fit, wrong time",
        chosen={"When should it come back?": "January 2027"},
    )

    await world.it_becomes("2026-12-31T12:00:00+00:00")
    assert len(world.cards()) == 1
    await world.it_becomes("2027-01-04T12:00:00+00:00")

    first, second = world.cards()
    assert "came back later" in first.text
    assert second.buttons[:2] == ["Accept", "Reject"]
    assert "It is back, as you asked" in world.dm("amy").text
