"""Stories of a lead's history: all that happened, who and from where, page by page, for who may see it."""

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, lead, settings_with

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])


async def history(world: World, person: str, card: Message) -> str:
    await world.clicks(person, "Timeline", card)
    return world.form(person).words


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
