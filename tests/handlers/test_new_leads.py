"""Stories of leads made by hand: from /truce new, a shortcut, or a message; and of what is one's own."""

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, lead

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])


async def fills(world: World, person: str, *, mine: bool = False, **answers: str) -> None:
    for question, words in answers.items():
        await world.types(person, {"email": "E-mail"}.get(question, question.capitalize()), words)
    if mine:
        await world.chooses(person, "Whose is it?", "It is mine")
    await world.sends_the_form(person)


async def writes(world: World, person: str, text: str) -> Message:
    await world.slack.says(person, "leads", text)
    await world.settles()
    return world.slack.messages("leads")[-1]


@pytest.mark.postgres
@with_roles
async def test_a_lead_made_by_hand_is_offered_as_others_are(world: World) -> None:
    await world.says("amy", "/truce new")
    await fills(world, "amy", name="Pat Doe", email="Pat@Globex.test", company="Globex")

    assert "Pat Doe at Globex" in world.card().text
    assert "Source: by hand" in world.card().words
    assert "Accept" in world.card().buttons
    assert "Pat Doe at Globex: Waiting for an answer" in world.told("amy")[-1]


@with_roles
async def test_what_is_mine_is_mine_at_once(world: World) -> None:
    await world.slack.shortcut("amy", "lead.new")
    await fills(world, "amy", mine=True, name="Pat Doe", phone="+44 20 7946 0000", company="Globex")

    assert "Amy took this" in world.card().text
    assert "Accept" not in world.card().buttons
    assert "Pat Doe at Globex is yours" in world.dm("amy").text
    assert "Contacted" in world.dm("amy").buttons


@with_roles
async def test_one_that_somebody_has_stays_theirs(world: World) -> None:
    await world.clicks("ben", "Accept", await world.offers())

    await world.says("amy", "/truce new")
    await fills(world, "amy", mine=True, name="Pat Doe", email="pat@globex.test")

    assert "Ben took this" in world.card().text
    assert "We know this one already. Pat Doe at Globex: Ben took this" in world.told("amy")[-1]


@with_roles
async def test_one_that_is_known_by_its_phone_alone_stays_with_who_has_it(world: World) -> None:
    pat = {"name": "Pat Doe", "phone": "+44 20 7946 0000"}
    await world.clicks("ben", "Accept", await world.offers(contact=pat))

    await world.says("amy", "/truce new")
    await fills(world, "amy", mine=True, name="Pat Doe", phone="+44 (20) 7946-0000")

    assert "Ben took this" in world.card().text
    assert "Amy" not in world.card().text
    assert "We know this one already" in world.told("amy")[-1]


@with_roles
async def test_a_marketer_cannot_say_that_it_is_theirs(world: World) -> None:
    await world.says("eva", "/truce new")
    await fills(world, "eva", mine=True, name="Pat Doe", email="pat@globex.test")

    assert world.cards() == []
    assert "Send it without, and one of them is asked" in str(world.form("eva").errors)


@with_roles
@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"name": "Pat"}, "An e-mail address or a phone number is needed"),
        ({"name": "Pat", "email": "pat at globex"}, "This should be one e-mail address"),
    ],
)
async def test_a_form_that_is_not_whole_stays_open_with_one_sentence(
    world: World, answers: dict[str, str], told: str
) -> None:
    await world.says("amy", "/truce new")
    await fills(world, "amy", mine=False, **answers)

    assert told in str(world.form("amy").errors)
    assert world.cards() == []


@with_roles
async def test_the_form_is_filled_in_from_a_message(world: World) -> None:
    text = "Met pat.doe@globex.test at the fair, call +44 20 7946 0000"
    message = await writes(world, "ben", text)

    await world.slack.shortcut("amy", "lead.from_message", message)
    await world.settles()
    await world.sends_the_form("amy")

    card = next(each for each in world.cards() if "Pat Doe at Globex" in each.text)
    await world.clicks("amy", "Accept", card)
    assert "pat.doe@globex.test" in world.dm("amy").text
    assert "at the fair" in world.dm("amy").words


@with_roles
async def test_words_behind_new_fill_in_the_form(world: World) -> None:
    await world.says("amy", "/truce new pat.doe@globex.test")
    await world.sends_the_form("amy")

    assert "Pat Doe at Globex" in world.card().text


@with_roles
async def test_who_takes_no_part_is_told_whom_to_ask(world: World) -> None:
    told = await world.says("gus", "/truce new")

    assert "Ask hal@acme.test" in told
    assert world.slack.modal("gus") is None


@pytest.mark.postgres
@with_roles
async def test_mine_lists_what_is_mine_with_its_buttons(world: World) -> None:
    assert await world.says("amy", "/truce mine") == "Nothing waits for you."
    await world.crm_sends(lead())

    told = await world.says("amy", "/truce my")
    await world.clicks("amy", "Accept", world.slack.ephemerals("amy")[-1])

    assert "• Pat Doe at Globex: Waiting for an answer" in told
    assert "Amy took this" in world.card().text
