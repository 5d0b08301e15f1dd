"""Stories of reps who are asked by turns about several leads of one company: in one message, each answered by itself."""

import pytest

from playground.things import Message
from tests.handlers.test_company_card import buttons, of_globex, send
from tests.removals import is_removed
from tests.world import PEOPLE, World, settings_with

BY_TURNS = settings_with(people=PEOPLE, leads={"offer": "rotation"})
pytestmark = pytest.mark.parametrize("settings", [BY_TURNS])


def asks(world: World, person: str) -> list[Message]:
    return [each for each in world.dms(person) if "Could you take" in str(each.blocks)]


@pytest.mark.postgres
async def test_a_rep_is_asked_in_one_message_about_all_that_wait_at_a_company(world: World) -> None:
    await send(world, "Pat Doe", "Robin Roe", "Kim Poe")

    [asked] = asks(world, "amy")
    assert asked.text.startswith(
        "3 leads at Globex wait for your answer. Pat Doe at Globex: It is your turn."
    )
    assert "Robin Roe at Globex: You are asked about another lead at this company, too." in asked.text
    assert buttons(asked) == ["Accept", "Reject"] * 3
    assert world.dms("ben") == []


async def test_what_comes_in_one_delivery_is_asked_in_one_message(world: World) -> None:
    await world.crm_sends(*(of_globex(name) for name in ("Pat Doe", "Robin Roe", "Kim Poe")))

    [asked] = asks(world, "amy")
    assert "3 leads at Globex wait for your answer." in asked.text


async def test_each_of_them_is_answered_by_itself_there(world: World) -> None:
    await send(world, "Pat Doe", "Robin Roe", "Kim Poe")

    await presses(world, "amy", "Accept", nth=1)

    assert world.dm("amy").text.startswith("Robin Roe at Globex is yours.")
    [asked] = asks(world, "amy")
    assert asked.text.startswith("2 leads at Globex wait for your answer.")
    assert "Robin Roe at Globex: Amy took this" in asked.text
    await presses(world, "amy", "Accept")
    assert asks(world, "amy")[0].text.startswith("1 lead at Globex waits for your answer.")
    await presses(world, "amy", "Accept")
    assert asks(world, "amy") == []
    assert world.dms("amy")[0].text.count("Amy took this") == 3


async def presses(world: World, person: str, what: str, *, nth: int = 0) -> None:
    await world.slack.click(person, asks(world, person)[0], what, nth=nth)
    await world.settles()


async def test_who_comes_an_hour_later_is_a_message_of_its_own(world: World) -> None:
    await send(world, "Pat Doe")
    await world.time_passes(minutes=61)

    await send(world, "Robin Roe")

    first, second = asks(world, "amy")
    assert first.text.startswith("Pat Doe at Globex: It is your turn")
    assert second.text.startswith(
        "Robin Roe at Globex: You are asked about another lead at this company, too"
    )


async def test_unanswered_they_go_on_together_to_the_next_rep_and_the_first_is_told_why(world: World) -> None:
    await send(world, "Pat Doe", "Robin Roe", source="demo_request")

    for minutes in (5, 10, 30, 16):
        await world.time_passes(minutes=minutes)

    [asked] = asks(world, "ben")
    assert "2 leads at Globex wait for your answer." in asked.text
    assert asks(world, "amy") == []
    assert world.dms("amy")[0].text.count("This went to Ben at") == 2


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["pat", "robin"])
async def test_of_who_is_removed_nothing_stays_in_it_and_the_others_are_asked_on(
    world: World, who: str
) -> None:
    await send(world, "Pat Doe", "Robin Roe", "Kim Poe")

    await is_removed(world, f"{who}@globex.test")
    await world.time_passes(minutes=2)

    [asked] = asks(world, "amy")
    assert "2 leads at Globex wait for your answer." in asked.text
    assert who.title() not in f"{asked.text} {asked.blocks}"
    assert "Kim Poe" in asked.text


async def test_the_timeline_of_each_says_that_its_rep_was_asked(world: World) -> None:
    await send(world, "Pat Doe", "Robin Roe")

    for nth in (0, 1):
        await presses(world, "amy", "Timeline", nth=nth)
        assert str(world.form("amy").blocks).count("Asked by direct message: Amy") == 1
        await world.slack.close_modal("amy")


async def test_the_one_that_goes_elsewhere_is_asked_about_no_more(world: World) -> None:
    await send(world, "Pat Doe", "Robin Roe")

    await presses(world, "amy", "Not for me", nth=1)

    [asked] = asks(world, "amy")
    assert asked.text.startswith(
        "1 lead at Globex waits for your answer. Pat Doe at Globex: It is your turn."
    )
    assert asks(world, "ben")[0].text.startswith("Robin Roe at Globex: It is your turn.")
