"""Stories of the second look: marketing asks, a manager answers, and both sides hear of it."""

import asyncio

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, settings_with

MORE_MANAGERS = {**WITH_ROLES["people"], "managers": ["hal@acme.test", "ben@acme.test"]}
AMY_MANAGES = {**WITH_ROLES["people"], "managers": ["amy@acme.test"]}
WORDS = "They have a budget from January"


async def rejected(world: World, reason: str = "No budget") -> Message:
    """Amy has said no; what marketing was told of it."""
    await world.rejects("amy", await world.offers(), reason)
    return told_marketing(world)


def told_marketing(world: World) -> Message:
    [reply] = world.under(world.feedback()[0])
    return reply


async def asks_for_a_second_look(world: World, note: Message, words: str = WORDS) -> None:
    await world.clicks("eva", "Ask for a second look", note)
    if words:
        await world.types("eva", "What should they look at?", words)
    await world.sends_the_form("eva")


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_second_look_goes_to_the_manager_with_both_sides_words(world: World) -> None:
    await asks_for_a_second_look(world, await rejected(world))

    question = world.dm("hal")
    assert "Eva asks for a second look: Pat Doe at Globex. Amy passed on this: no budget." in question.text
    assert f"Eva: {WORDS}" in question.text
    assert question.buttons == ["It stands", "Back to Amy", "Timeline"]
    assert "Marketing has asked for a second look." in world.card().text
    assert f"Eva asked for a second look: {WORDS}." in told_marketing(world).text


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_back_to_the_rep_takes_the_rejection_out_of_the_figures(world: World) -> None:
    await asks_for_a_second_look(world, await rejected(world))

    await world.clicks("hal", "Back to Amy", world.dm("hal"))

    assert "Hal asks you to look again" in world.dm("amy").words
    assert f"Eva: {WORDS}" in world.dm("amy").words
    assert world.dm("eva").text == "Second look at Pat Doe at Globex: Hal has sent it back to Amy."
    assert "Second look: Hal asks Amy again" in world.card().text
    assert "rejected 0, waiting 1" in world.feedback()[0].text
    assert "back to Amy after a second look, by Hal (it was: No budget)" in told_marketing(world).text
    assert world.dm("hal").text == "Pat Doe at Globex: Hal has sent it back to Amy."
    assert world.dm("hal").buttons == []

    await world.clicks("amy", "Accept", world.dm("amy"))
    assert "Amy took this" in world.card().text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_what_stands_is_told_to_both_and_can_not_be_asked_again(world: World) -> None:
    await asks_for_a_second_look(world, await rejected(world))

    await world.clicks("hal", "It stands", world.dm("hal"))

    said = "Second look at Pat Doe at Globex: Hal says that it stands: no budget."
    assert (world.dm("eva").text, world.dm("amy").text) == (said, said)
    assert "rejected 1 (No budget 1), waiting 0" in world.feedback()[0].text
    assert "Ask for a second look" not in told_marketing(world).buttons
    assert "Answer: Hal says that it stands: no budget." in told_marketing(world).text
    assert "I will take it" not in world.card().buttons
    assert "Undo" not in world.card().buttons


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_nobody_answers_for_three_working_days_and_it_stands(world: World) -> None:
    await asks_for_a_second_look(world, await rejected(world), words="")
    question = world.dm("hal")

    await world.time_passes(days=3, hours=1)

    said = "nobody answered in three working days, so it stands: no budget."
    assert world.dm("eva").text == f"Second look at Pat Doe at Globex: {said}"
    assert world.dm("amy").text == f"Second look at Pat Doe at Globex: {said}"
    await world.clicks("hal", "It stands", question)
    assert world.told("hal") == ["Nobody answered in time, so the decision stands. Nothing for you to do."]


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [settings_with(people=MORE_MANAGERS)])
async def test_two_managers_answer_at_once_and_the_first_answer_holds(world: World) -> None:
    await asks_for_a_second_look(world, await rejected(world))
    by_hal, by_ben = world.dm("hal"), world.dm("ben")

    await asyncio.gather(
        world.slack.click("hal", by_hal, "It stands"), world.slack.click("ben", by_ben, "Back to Amy")
    )
    await world.settles()

    sorry = [*world.told("hal"), *world.told("ben")]
    assert len(sorry) == 1
    if world.told("ben"):
        assert "looked at it" in sorry[0]
        assert "it stands." in sorry[0]
    else:
        assert "has sent this back to" in sorry[0]
    assert world.dm("hal").text == world.dm("ben").text
    assert (world.dm("hal").buttons, world.dm("ben").buttons) == ([], [])


@pytest.mark.parametrize("settings", [settings_with(people=AMY_MANAGES)])
async def test_with_nobody_else_to_judge_there_is_no_button(world: World) -> None:
    note = await rejected(world)

    assert "Ask for a second look" not in note.buttons


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_reason_that_does_not_count_has_no_second_look(world: World) -> None:
    await world.rejects(
        "amy", await world.offers(), "Other", words="They merge with another company next month."
    )

    assert told_marketing(world).buttons == ["Recycle...", "Thanks", "Tell me how this one goes", "Timeline"]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_after_five_working_days_the_button_is_gone_and_an_old_click_is_told_so(world: World) -> None:
    note = await rejected(world)

    await world.time_passes(days=8)
    await world.clicks("eva", "Ask for a second look", note)

    assert "Ask for a second look" not in told_marketing(world).buttons
    assert world.slack.modal("eva") is None
    assert "A second look was possible until" in world.told("eva")[0]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_disputed_lead_that_asks_for_us_is_offered_and_the_question_is_settled(world: World) -> None:
    await asks_for_a_second_look(world, await rejected(world))
    await world.time_passes(minutes=5)

    await world.crm_sends(
        {"touch": {"lead": "crm-991", "kind": "demo_request", "at": world.now().isoformat()}}
    )

    assert len(world.cards()) == 2
    assert world.dm("hal").text == "Pat Doe at Globex: came back later."


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_follows_a_lead_hears_of_each_step(world: World) -> None:
    note = await rejected(world)

    await world.clicks("eva", "Tell me how this one goes", note)
    await world.clicks("ben", "I will take it", world.card())
    await world.clicks("ben", "Contacted", world.dm("ben"))

    assert world.told("eva") == ["You will be told by direct message how Pat Doe at Globex goes."]
    first, second = world.dms("eva")
    assert "Pat Doe at Globex: Ben took this" in first.text
    assert "has been in touch" in second.text
    assert "You asked to be told how this one goes." in second.words


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_follows_a_lead_hears_of_its_deal_and_how_that_ended(world: World) -> None:
    note = await rejected(world)
    await world.clicks("eva", "Tell me how this one goes", note)
    await world.clicks("ben", "I will take it", world.card())
    deal = {"id": "opp-7", "name": "Globex rollout", "leads": ["crm-991"], "owner": "ben@acme.test"}

    await world.crm_sends({"deal": {**deal, "stage": "Demo"}})
    assert world.dm("eva").text == "Pat Doe at Globex: Globex rollout: Demo."
    before = len(world.dms("eva"))
    await world.crm_sends({"deal": {**deal, "stage": "won", "amount": "12000.00", "currency": "EUR"}})

    assert len(world.dms("eva")) == before + 1
    assert world.dm("eva").text == "Pat Doe at Globex: Globex rollout: won, 12,000 EUR."


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_deal_that_comes_lost_already_is_told_once(world: World) -> None:
    note = await rejected(world)
    await world.clicks("eva", "Tell me how this one goes", note)
    await world.clicks("ben", "I will take it", world.card())
    before = len(world.dms("eva"))

    await world.crm_sends({"deal": {"id": "opp-7", "name": "Rollout", "stage": "lost", "leads": ["crm-991"]}})

    assert [each.text for each in world.dms("eva")[before:]] == ["Pat Doe at Globex: Rollout: lost."]
