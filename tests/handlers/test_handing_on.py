"""Stories of a good lead that somebody else should have: handed back, handed on, given. None of it is a rejection."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from playground.things import Message
from storage.db import Database
from tests.world import WITH_ROLES, World

NOTE = "She wants a demo of the rollout."


def owned(world: World, person: str) -> Message:
    """The owner's message."""
    return next(each for each in world.dms(person) if "is yours" in each.text)


async def amy_accepts(world: World) -> Message:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    return owned(world, "amy")


async def hand_back(world: World, person: str, reason: str) -> None:
    await world.clicks(person, "Hand back", owned(world, person))
    await world.chooses(person, "Why?", reason)
    await world.sends_the_form(person)


async def hand_on(world: World, person: str, to: str, note: str = NOTE) -> None:
    await world.clicks(person, "Hand on...", owned(world, person))
    await world.chooses(person, "To whom?", to)
    await world.types(person, "What should they know?", note)
    await world.sends_the_form(person)


async def give(world: World, to: str, where: Message) -> None:
    await world.clicks("hal", "Give to...", where)
    await world.chooses("hal", "Give to", to)
    await world.sends_the_form("hal")


@pytest.mark.postgres
async def test_what_is_handed_back_is_offered_on_and_is_no_rejection(world: World) -> None:
    await amy_accepts(world)

    await hand_back(world, "amy", "I am away")

    assert world.card().buttons[:2] == ["Accept", "Reject"]
    assert "Contacted" not in world.dms("amy")[0].buttons
    [campaign] = world.feedback()
    assert "rejected 0" in campaign.text
    await world.clicks("ben", "Accept", world.card())
    assert "Ben took this" in world.card().text


async def test_the_timeline_tells_who_handed_it_back_and_why(world: World) -> None:
    await amy_accepts(world)
    await hand_back(world, "amy", "I have too much")

    await world.clicks("ben", "Timeline", world.card())

    assert "Handed back: I have too much, Amy" in str(world.form("ben").blocks)


async def test_the_second_who_passes_it_on_makes_it_a_managers_matter(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        await amy_accepts(world)
        await hand_back(world, "amy", "I am away")
        await world.clicks("ben", "Accept", world.card())
        await world.rejects("ben", owned(world, "ben"), "I cannot take it now")

        help_me = world.dm("hal")
        assert "needs somebody" in help_me.text
        assert "Amy passed it on: I am away. Ben passed it on: I cannot take it now." in help_me.text
        await give(world, "chi", help_me)

        assert "Hal gave this to Chi" in world.card().text
        assert "Give to..." not in world.dm("hal").buttons
        assert world.dms("chi") == []  # it is evening in Tokyo
        await world.it_becomes("2026-11-24T00:00:30+00:00")
        assert "Contacted" in owned(world, "chi").buttons


@pytest.mark.postgres
async def test_a_colleague_takes_what_was_handed_on_to_them_with_a_note(world: World) -> None:
    await amy_accepts(world)

    await hand_on(world, "amy", "ben")

    assert "Amy hands this on to Ben." in world.card().text
    assert NOTE not in world.card().text
    assert f"Amy hands this on to you. Amy: {NOTE}" in world.dm("ben").text
    await world.clicks("ben", "Accept", world.dm("ben"))
    assert "Ben took this" in world.card().text
    assert "Contacted" not in world.dms("amy")[0].buttons


async def test_what_is_handed_on_to_one_is_taken_by_no_other(world: World) -> None:
    await amy_accepts(world)
    await hand_on(world, "amy", "ben")

    await world.clicks("chi", "Accept", world.card())

    assert "This one is offered to <@UBEN00000> until" in world.told("chi")[0]
    assert "Amy hands this on to Ben." in world.card().text


async def test_what_nobody_takes_falls_back_to_who_handed_it_on(world: World) -> None:
    await amy_accepts(world)
    await hand_on(world, "amy", "ben")

    for moment in ("23T12:00", "24T10:00", "25T10:00"):
        await world.it_becomes(f"2026-11-{moment}:00+00:00")

    assert "Amy took this" in world.card().text
    assert "Contacted" in owned(world, "amy").buttons
    assert "Accept" not in world.dm("ben").buttons


async def test_a_pause_takes_nothing_from_the_time_of_who_it_is_handed_on_to(world: World) -> None:
    await amy_accepts(world)
    await hand_on(world, "amy", "ben")
    await world.says("hal", "/truce pause until Wednesday")

    await world.it_becomes("2026-11-25T10:00:00+00:00")
    assert "Amy hands this on to Ben." in world.card().text
    for moment in ("25T12:00", "26T10:00", "27T12:00"):
        await world.it_becomes(f"2026-11-{moment}:00+00:00")

    assert "Amy took this" in world.card().text


async def test_a_colleague_who_cannot_take_it_gives_it_back_at_once(world: World) -> None:
    await amy_accepts(world)
    await hand_on(world, "amy", "ben")

    await world.rejects("ben", world.dm("ben"), "I cannot take it now")

    assert "Amy took this" in world.card().text


async def test_a_note_is_needed_and_what_was_chosen_stays(world: World) -> None:
    await amy_accepts(world)

    await hand_on(world, "amy", "ben", note=" ")

    assert world.form("amy").errors == {"note": "A line for your colleague is needed: what should they know?"}


async def test_only_a_manager_gives_a_lead_to_somebody(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        card = await world.offers()

        await world.clicks("amy", "Give to...", card)

        assert "A manager decides this: hal@acme.test." in world.told("amy")[0]


async def test_who_is_given_a_lead_has_it_at_once_and_may_hand_it_back(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        await give(world, "ben", await world.offers())
        assert "Hal gave this to Ben" in world.card().text

        await hand_back(world, "ben", "Somebody else's territory")

        assert world.card().buttons[:2] == ["Accept", "Reject"]


async def test_who_had_it_is_told_that_it_was_given_to_another(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        await amy_accepts(world)

        await give(world, "ben", world.card())

        assert "Amy took this" in world.dms("amy")[0].text
        assert "Hal gave it to Ben" in world.dms("amy")[0].text
        assert "Contacted" not in world.dms("amy")[0].buttons


async def test_who_passes_back_what_was_handed_on_to_them_is_told_whose_it_is_again(world: World) -> None:
    await amy_accepts(world)
    await hand_on(world, "amy", "ben")

    await world.rejects("ben", world.dm("ben"), "I cannot take it now")

    assert world.told("ben") == [
        "You will not be asked about Pat Doe at Globex again. It is with <@UAMY00000> again."
    ]


async def test_what_the_lead_does_makes_no_hot_clock_of_the_standard_one_of_a_colleague(
    db: Database, time: FrozenDateTimeFactory
) -> None:
    async with World.at(db, time, WITH_ROLES) as world:
        await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
        await hand_on(world, "amy", "ben")

        await world.crm_sends({"touch": {"lead": "crm-991", "kind": "webinar", "at": "2026-11-23T09:30:30Z"}})
        await world.minutes_go_by(60)

        assert [each.text for each in world.dms("ben") if "has waited" in each.text] == []
        assert world.dms("hal") == []
