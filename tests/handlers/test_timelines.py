"""Stories of a lead's history: all that happened, who and from where, page by page, for who may see it."""

import pytest

from playground.things import Message
from tests.handlers.test_absences import gives_all
from tests.handlers.test_covering import hands_on
from tests.world import PEOPLE, WITH_ROLES, World, lead, settings_with

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])


async def history(world: World, person: str, card: Message) -> str:
    await world.clicks(person, "Timeline", card)
    return world.form(person).words


def whose_turn(card: Message) -> str:
    return next(name for name in ("Amy", "Ben", "Chi") if f"{name}'s turn" in card.text)


@with_roles
async def test_it_says_what_was_done_said_and_heard_by_whom_and_from_where(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    await world.clicks("amy", "Contacted", world.dm("amy"))

    words = await history(world, "amy", world.card())

    assert "Told of (website)" in words
    assert "Accepted, Amy (in Slack)" in words
    assert "Told by direct message that it is theirs: Amy" in words
    assert "Card shown (by itself)" in words


@with_roles
async def test_marketings_messages_stand_in_it_too(world: World) -> None:
    card = await world.offers()
    await world.rejects("amy", card, "No budget")

    words = await history(world, "eva", world.card())

    assert "Passed on: No budget, Amy (in Slack)" in words
    assert "Marketing was told of a rejection" in words


@with_roles
@pytest.mark.parametrize(("answer", "said"), [("It stands", "it stands"), ("Back to Amy", "back to the rep")])
async def test_a_second_look_stands_in_it_with_its_answer_and_who_was_asked_and_told(
    world: World, answer: str, said: str
) -> None:
    await world.rejects("amy", await world.offers(), "No budget")
    note = world.under(world.feedback()[0])[0]
    await world.clicks("eva", "Tell me how this one goes", note)
    await world.clicks("eva", "Ask for a second look", note)
    await world.sends_the_form("eva")
    await world.clicks("hal", answer, world.dm("hal"))

    words = await history(world, "hal", world.card())

    assert "Asked by direct message for a second look: Hal" in words
    assert f"Second look answered: {said}, Hal (in Slack)" in words
    assert "Told by direct message what came of the second look: Eva" in words
    assert "Told by direct message how it goes: Eva" in words


@with_roles
async def test_who_was_told_that_the_lead_asks_for_us_stands_in_it(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    asks = {"lead": "crm-991", "kind": "demo_request", "at": world.now().isoformat()}
    await world.crm_sends({"touch": asks})

    words = await history(world, "amy", card)

    assert "Told by direct message that the lead asks for us: Amy" in words


@pytest.mark.postgres
@with_roles
async def test_a_long_history_is_read_page_by_page(world: World) -> None:
    often = [{"kind": f"visit_{n:02}", "at": f"2026-11-20T10:{n % 60:02}:00Z"} for n in range(60)]
    card = await world.offers(touches=often)

    first = await history(world, "amy", card)
    await world.clicks("amy", "Earlier", world.form("amy"))
    second = world.form("amy").words

    assert "Visit 59" in first
    assert "Visit 05" not in first
    assert "Visit 00" in second
    assert "Visit 59" not in second
    await world.clicks("amy", "Newer", world.form("amy"))
    assert world.form("amy").words == first


@pytest.mark.parametrize(
    "settings",
    [
        settings_with(
            people={
                "marketers": ["eva@acme.test"],
                "managers": ["hal@acme.test"],
            },
            teams=[
                {
                    "name": "dach",
                    "channel": "#leads-dach",
                    "reps": ["ben@acme.test"],
                    "managers": ["chi@acme.test"],
                    "when": {"country": ["DE"]},
                },
                {"name": "all", "channel": "#leads", "reps": ["amy@acme.test"]},
            ],
        )
    ],
)
async def test_a_rep_of_another_team_does_not_see_it(world: World) -> None:
    await world.crm_sends(lead(company={"name": "Globex", "country": "DE", "employees": 250}))
    [card] = world.slack.messages("leads-dach")

    await world.clicks("amy", "Timeline", card)

    assert world.slack.modal("amy") is None
    assert world.told("amy")[-1].startswith("Who works with this lead sees it")
    for person in ("ben", "chi", "eva"):
        assert "Told of (website)" in await history(world, person, card)


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_it_says_from_whom_to_whom_a_lead_went_that_nobody_answered(world: World) -> None:
    await world.slack.changes("chi", tz="Europe/London")
    card = await world.offers(source="demo_request")
    first = whose_turn(card)

    await world.minutes_go_by(65)
    second = whose_turn(world.card())
    await world.says(second.lower(), "/truce away until Friday")
    third = whose_turn(world.card())

    words = await history(world, "amy", world.card())
    assert f"Offered on without an answer from {first}: {second} (by itself)" in words
    assert f"Offered on, as {second} is away: {third} (by itself)" in words
    assert {first, second, third} == {"Amy", "Ben", "Chi"}


async def test_it_says_that_a_card_was_posted_anew(world: World) -> None:
    await world.offers(source="demo_request")
    await world.minutes_go_by(65)

    words = await history(world, "amy", world.cards()[-1])

    assert "Card posted anew, without an answer so far (by itself)" in words


@with_roles
async def test_cover_is_told_with_who_has_the_lead(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.says("amy", "/truce away until Wednesday")
    await gives_all(world, "ben")
    assert "Given to a new owner: Ben, Hal (in Slack)" in await history(world, "ben", world.card())

    await world.says("amy", "/truce back")

    assert "Back with who had been away: Amy (by itself)" in await history(world, "amy", world.card())


@with_roles
async def test_a_pause_does_not_read_as_if_what_was_handed_on_was_back(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await hands_on(world, "amy", to="ben")
    await world.says("hal", "/truce pause until Wednesday")
    await world.it_becomes("2026-11-25T10:00:00+00:00")
    assert "Back with" not in await history(world, "amy", world.card())

    await world.minutes_go_by(5 * 24 * 60, step=240)

    assert "Back with who had handed it on: Amy (by itself)" in await history(world, "amy", world.card())
