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
