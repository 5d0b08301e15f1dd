"""Stories of a reminder's buttons when somebody was quicker: refused kindly, and every message says what became of it."""

import pytest

from tests.handlers.test_ladder import a_settled_company
from tests.handlers.test_reminders import (
    ROLES,
    STILL_YOURS,
    a_rep_is_asked,
    as_it_is_now,
    the_manager_is_asked,
    the_owner_is_asked,
)
from tests.world import PEOPLE, WITH_ROLES, World, settings_with


@ROLES
@pytest.mark.parametrize("words", ["Accept", "Reject", "Not for me", "Remind me in 30 minutes"])
async def test_who_answers_after_a_colleague_took_it_is_told_so(world: World, words: str) -> None:
    asked, note = await a_rep_is_asked(world)
    other = "ben" if asked == "amy" else "amy"
    await world.clicks(other, "Accept", world.card())

    await world.clicks(asked, words, note)

    assert "took this at" in world.told(asked)[-1]
    assert world.told(asked)[-1].endswith("Nothing for you to do.")


@ROLES
@pytest.mark.parametrize("words", ["Contacted", "Hand back", "Reject..."])
async def test_who_answers_after_it_was_given_to_another_is_told_so(world: World, words: str) -> None:
    note = await the_owner_is_asked(world)
    await world.clicks("hal", "Give to...", world.card())
    await world.chooses("hal", "Give to", "ben")
    await world.sends_the_form("hal")

    await world.clicks("amy", words, note)

    assert world.told("amy")[-1].endswith("has this one. Nothing for you to do.")


@ROLES
async def test_an_hour_is_not_given_to_who_has_just_taken_it(world: World) -> None:
    note = await the_manager_is_asked(world)
    await world.clicks("amy", "Accept", world.card())

    await world.clicks("hal", "Give 1 more hour", note)

    assert "took this at" in world.told("hal")[-1]
    assert world.told("hal")[-1].endswith("Nothing for you to do.")


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_who_puts_off_what_has_gone_to_the_next_is_told_so(world: World) -> None:
    await world.offers(source="demo_request")
    await world.minutes_go_by(10)
    note = next(each for each in world.dms("amy") if "has waited" in each.text)
    await world.minutes_go_by(60)

    await world.clicks("amy", "Remind me in 30 minutes", note)

    assert "because it had waited an hour" in world.told("amy")[-1]


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_who_put_off_what_has_gone_to_the_next_hears_no_more_of_it(world: World) -> None:
    await world.offers(source="demo_request")
    await world.minutes_go_by(50)
    await world.clicks("amy", "Remind me in 30 minutes", world.dm("amy"))
    told = len(world.dms("amy"))

    await world.minutes_go_by(40)

    assert "Ben's turn" in world.card().text
    assert len(world.dms("amy")) == told


@ROLES
async def test_what_was_asked_about_its_owner_is_settled_when_it_is_given_to_another(world: World) -> None:
    await a_settled_company(world)
    await the_owner_is_asked(world)
    await world.minutes_go_by(45)
    note = world.dm("hal")
    assert note.buttons == STILL_YOURS

    await world.clicks("hal", "Give to...", note)
    assert "<@UAMY00000> has it now." in world.form("hal").words
    await world.chooses("hal", "Give to", "ben")
    await world.sends_the_form("hal")

    assert "Hal gave it to Ben" in as_it_is_now(world, "hal", note).text
    assert as_it_is_now(world, "hal", note).buttons == []


@ROLES
async def test_an_attempt_settles_the_question_and_begins_the_clock_anew(world: World) -> None:
    note = await the_owner_is_asked(world)

    await world.clicks("amy", "No answer", world.dms("amy")[0])

    settled = as_it_is_now(world, "amy", note)
    assert settled.text == "Pat Doe at Globex: Amy took this after less than a minute. 1 attempt so far."
    assert settled.buttons == []
    await world.time_passes(hours=1)
    assert "has waited 1 working hour for a first contact. Still yours?" in world.dm("amy").text


@ROLES
async def test_a_lead_that_is_taken_while_a_manager_chooses_is_not_given_away(world: World) -> None:
    note = await the_manager_is_asked(world)
    await world.clicks("hal", "Give to...", note)
    await world.chooses("hal", "Give to", "amy")
    await world.clicks("ben", "Accept", world.card())

    await world.sends_the_form("hal")

    assert world.form("hal").words.startswith("Give to\n<@UBEN00000> took this")
    assert "Ben took this" in world.card().text


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_who_has_just_been_asked_is_not_named_as_the_one_it_has_waited_on(world: World) -> None:
    await a_settled_company(world)
    card = await world.offers(source="demo_request")
    first, second = ("Amy", "Ben") if "Amy's turn" in card.text else ("Ben", "Amy")
    await world.minutes_go_by(45)
    asked = f"has waited 45 working minutes for an answer from {first}. Who should have it?"
    assert asked in world.dm("hal").text

    await world.minutes_go_by(20)

    assert f"{second}'s turn" in world.card().text
    said = world.dm("hal").text
    assert f"has waited 45 working minutes for an answer. It is offered to {second} until" in said
    assert "Give to..." in world.dm("hal").buttons


@pytest.mark.parametrize(
    "settings",
    [settings_with(people={**PEOPLE, "heads": {"sales": "eva@acme.test"}}, leads={"offer": "rotation"})],
)
async def test_the_last_call_says_how_long_it_has_waited_since_it_was_offered_first(world: World) -> None:
    await a_settled_company(world)
    for person in ("chi", "eva"):
        await world.slack.changes(person, tz="Europe/London")
    await world.offers(source="demo_request")

    await world.minutes_go_by(4 * 60 + 5)

    said = world.dm("eva").text
    assert "has waited 4 working hours for an answer. Nobody has it yet. Who should?" in said


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_two_lines_of_one_thread_do_not_settle_to_the_same_sentence(world: World) -> None:
    card = await world.offers(source="demo_request")
    await world.minutes_go_by(22)

    await world.clicks("ben", "Accept", card)

    first, second = (line.text for line in world.under(card))
    assert first == "Pat Doe at Globex: Ben took this after 20 minutes."
    assert second == "Ben took this."
