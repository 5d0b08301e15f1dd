"""Stories of leads of one company that wait at the same time: they share one card, and each is answered by itself."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from playground.things import Message
from storage.db import Database
from tests.removals import is_removed
from tests.world import PEOPLE, WITH_ROLES, World, lead, person_called, settings_with

NAMES = ["Pat Doe", "Robin Roe", "Kim Poe", "Lee Fox", "Sam Ray"]


def of_globex(name: str, **changes: Any) -> dict[str, Any]:
    first = name.split(maxsplit=1)[0].lower()
    contact = {"name": name, "email": f"{first}@globex.test", "title": "Buyer"}
    return lead(**{"id": f"crm-{first}", "contact": contact, **changes})


async def send(world: World, *names: str, **changes: Any) -> Message:
    """They arrive one after another; answers the newest card."""
    for name in names:
        await world.crm_sends(of_globex(name, **changes))
        await world.time_passes(seconds=1)
    return world.cards()[-1]


def menu(card: Message) -> list[str]:
    """The names on a card, as its lines have them."""
    lines = [each for each in card.blocks if each.get("accessory")]
    return [each["text"]["text"].partition("*")[2].partition("*")[0] for each in lines]


def buttons(card: Message) -> list[str]:
    return [
        each["text"]["text"]
        for block in card.blocks
        for each in block.get("elements", ())
        if "action_id" in each and each["type"] == "button"
    ]


@pytest.mark.postgres
async def test_leads_of_one_company_that_wait_share_one_card(world: World) -> None:
    await send(world, *NAMES)

    card = world.card()
    assert card.text.startswith(
        "Pat Doe and 4 others at Globex. Logistics, 250 people, GB. All wait for an answer."
    )
    assert menu(card) == NAMES
    assert buttons(card) == ["Accept all", "Reject..."]
    assert world.count("handoff", "shown_at IS NULL") == 0


async def test_what_comes_in_one_delivery_is_one_card(world: World) -> None:
    await world.crm_sends(*(of_globex(name) for name in NAMES))

    assert sorted(menu(world.card())) == sorted(NAMES)


@pytest.mark.postgres
async def test_all_that_wait_are_accepted_with_one_click(world: World) -> None:
    card = await send(world, *NAMES[:3])

    await world.clicks("ben", "Accept all", card)

    assert world.card().text.count("Ben took this") == 3
    assert buttons(world.card()) == []
    assert [each.text.partition(" is yours")[0] for each in world.dms("ben")] == [
        f"{name} at Globex" for name in NAMES[:3]
    ]
    await world.clicks("amy", "Accept all", card)
    assert world.told("amy") == ["All of these were answered. Nothing for you to do."]


async def chooses(world: World, person: str, what: str, card: Message, name: str) -> None:
    """From the "..." in this one's line."""
    await world.clicks(person, choice(card, what, name), card)


def choice(card: Message, what: str, name: str) -> str:
    line = next(each for each in card.blocks if each.get("accessory") and f"*{name}*" in each["text"]["text"])
    options = line["accessory"]["options"]
    [value] = [each["value"] for each in options if each["text"]["text"] == what]
    return f"{line['block_id']}/{line['accessory']['action_id']}/{value}"


async def rejects(world: World, person: str, which: str, reason: str) -> None:
    await world.clicks(person, "Reject...", world.cards()[-1])
    await world.chooses(person, "Which one?", which)
    await world.chooses(person, "Reason", reason)
    await world.sends_the_form(person)


async def test_one_of_them_is_accepted_and_the_last_one_has_buttons_of_its_own(world: World) -> None:
    card = await send(world, *NAMES[:3])

    await chooses(world, "ben", "Accept this one", card, "Robin Roe")
    assert "2 of 3 wait for an answer. Accept or reject?" in world.card().text
    await chooses(world, "amy", "Accept this one", world.card(), "Pat Doe")

    assert "1 of 3 waits for an answer." in world.card().text
    assert buttons(world.card()) == ["Accept Kim Poe", "Reject Kim Poe"]
    await world.clicks("ben", "Accept Kim Poe", world.card())
    assert "All of them are answered." in world.card().text


@pytest.mark.postgres
async def test_all_of_them_are_rejected_for_the_same_reason(world: World) -> None:
    await send(world, *NAMES[:3])

    await rejects(world, "ben", "All 3, for the same reason", "No budget")

    assert world.card().text.count("Ben passed on this") == 3
    assert world.count("rejection", "reason = 'no_budget'") == 3


async def test_one_of_them_is_rejected_and_the_others_wait_on(world: World) -> None:
    await send(world, *NAMES[:3])

    await rejects(world, "ben", "Robin Roe at Globex", "No budget")

    assert "Robin Roe, Buyer; webinar: Ben passed on this" in world.card().text
    assert "2 of 3 wait for an answer." in world.card().text
    await chooses(world, "amy", "I will take it", world.card(), "Robin Roe")
    assert "Amy took this" in world.card().text


async def test_the_limit_holds_for_those_beyond_it(db: Database, time: FrozenDateTimeFactory) -> None:
    async with World.at(db, time, settings_with(people=PEOPLE, leads={"cap": 2})) as world:
        card = await send(world, *NAMES[:3])

        await world.clicks("ben", "Accept all", card)

        assert "1 of 3 waits for an answer." in world.card().text
        assert world.told("ben")[0].startswith(
            "2 are yours. 1 stays as it is: You have 2 leads that wait for"
        )


async def test_who_comes_an_hour_later_is_on_a_new_card_and_the_others_follow(world: World) -> None:
    await send(world, *NAMES[:2])
    await rejects(world, "ben", "Robin Roe at Globex", "No budget")
    await world.time_passes(minutes=61)

    await send(world, "Kim Poe")

    old, new = world.cards()
    assert sorted(menu(new)) == ["Kim Poe", "Pat Doe"]
    assert "Pat Doe: moved down, see the newer card." in old.text
    assert "Ben passed on this" in old.text
    await world.clicks("amy", "Accept all", new)
    assert world.cards()[-1].text.count("Amy took this") == 2


async def test_who_asks_for_us_does_not_wait_on_a_card_that_was_read(world: World) -> None:
    await send(world, "Pat Doe")
    await world.time_passes(minutes=6)

    await send(world, "Robin Roe", source="demo_request")

    old, new = world.cards()
    assert old.text == "Pat Doe at Globex: moved down, see the newer card."
    assert "Hot. Both wait for an answer." in new.text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_rep_is_asked_once_in_the_thread_for_all_of_a_card(world: World) -> None:
    card = await send(world, *NAMES[:3])

    await world.time_passes(hours=2)

    [line] = world.under(card)
    assert "could you look at these 3? Anyone may still take them." in line.text
    await chooses(world, "ben", "Accept this one", world.card(), "Pat Doe")
    [line] = world.under(card)
    assert "could you look at these 2?" in line.text
    await world.clicks("ben", "Accept all", world.card())
    assert world.under(card)[0].text.count("took this") == 3


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_unanswered_they_move_down_together_once(world: World) -> None:
    old = await send(world, *NAMES[:3], source="demo_request")

    for minutes in (5, 10, 30, 15):
        await world.time_passes(minutes=minutes)

    assert len(world.cards()) == 2
    assert world.cards()[0].text == "Pat Doe and 2 others at Globex: moved down, see the newer card."
    assert sorted(menu(world.cards()[1])) == sorted(NAMES[:3])
    assert world.count("handoff", "offers = 2 AND wait IS NOT NULL") == 3
    await world.clicks("ben", "Accept all", old)
    assert world.told("ben") == ["All of these were answered. Nothing for you to do."]


async def test_who_is_handed_back_waits_on_the_same_card(world: World) -> None:
    card = await send(world, *NAMES[:2])
    await world.clicks("ben", "Accept all", card)

    await world.clicks("ben", "Hand back", world.dm("ben"))
    await world.chooses("ben", "Why?", "I have too much")
    await world.sends_the_form("ben")

    assert "1 of 2 waits for an answer." in world.card().text
    assert buttons(world.card()) == [f"{verb} Robin Roe" for verb in ("Accept", "Reject")]


async def test_what_is_not_for_one_rep_is_not_among_all_that_they_accept(world: World) -> None:
    card = await send(world, *NAMES[:2])
    await chooses(world, "ben", "Not for me", card, "Pat Doe")

    await world.clicks("ben", "Accept all", world.card())

    assert world.card().text.count("Ben took this") == 1
    assert buttons(world.card()) == ["Accept Pat Doe", "Reject Pat Doe"]


@pytest.mark.postgres
async def test_the_card_of_who_is_removed_lives_on_for_the_others(world: World) -> None:
    await send(world, *NAMES[:3])

    await is_removed(world, "pat@globex.test")
    await world.time_passes(minutes=2)

    assert menu(world.card()) == NAMES[1:3]
    assert "Pat Doe" not in f"{world.card().text} {world.card().blocks}"
    await world.clicks("ben", "Accept all", world.card())
    assert world.card().text.count("Ben took this") == 2


async def test_of_who_is_removed_nothing_stays_on_the_card_of_another(world: World) -> None:
    await send(world, *NAMES[:3])

    await is_removed(world, "robin@globex.test")
    await world.time_passes(minutes=2)

    assert menu(world.card()) == ["Pat Doe", "Kim Poe"]
    assert "Robin" not in f"{world.card().text} {world.card().blocks}"


async def test_a_card_that_nobody_shares_is_as_before_and_a_deleted_one_comes_back_with_all(
    world: World,
) -> None:
    card = await send(world, "Pat Doe")
    assert buttons(card) == ["Accept", "Reject"]
    await world.slack.deletes("hal", card)

    await send(world, "Robin Roe")

    assert menu(world.card()) == ["Pat Doe", "Robin Roe"]


async def test_what_waited_for_a_closed_channel_is_one_card_when_it_is_back(world: World) -> None:
    await world.slack.changes_channel("leads", shared=True)
    await world.settles()
    await send_unseen(world, *NAMES[:3])
    assert world.count("handoff", "shown_at IS NOT NULL") == 0

    await world.slack.changes_channel("leads", shared=False)
    await world.time_passes(seconds=5)

    assert menu(world.card()) == NAMES[:3]
    assert world.count("handoff", "shown_at IS NOT NULL") == 3


async def send_unseen(world: World, *names: str) -> None:
    for name in names:
        await world.crm_sends(of_globex(name))


@pytest.mark.parametrize("settings", [settings_with(leads={"flood": {"offers": 1}})])
async def test_who_joins_a_card_is_no_message_more(world: World) -> None:
    await send(world, *NAMES)
    await world.crm_sends(person_called("Zoe Zed"))

    card, hold = world.cards()
    assert menu(card) == NAMES
    assert "waits to be offered" in hold.text


async def test_a_card_holds_twenty_and_the_next_begins_another(world: World) -> None:
    await world.crm_sends(*(of_globex(f"Lead{number:02} Doe") for number in range(23)))

    assert sorted(len(menu(each)) for each in world.cards()) == [3, 20]
    assert all(len(each.blocks) <= 50 for each in world.cards())


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation", "cap": 1})])
async def test_by_turns_the_same_rep_is_asked_about_all_of_them_beyond_the_limit(world: World) -> None:
    card = await send(world, *NAMES[:3])

    assert "Amy's turn" in card.text
    assert card.text.count("Amy is asked about the others at Globex, too.") == 2
    await world.clicks("ben", "Accept all", card)
    assert "This one is offered to <@UAMY00000>" in world.told("ben")[0]
    await world.clicks("amy", "Accept all", card)
    assert world.card().text.count("Amy took this") == 3
    assert "Ben's turn" in (await world.offers(id="x", contact={"name": "Zed", "email": "z@other.test"})).text


async def is_clicked_twice_while_a_runner_dies(world: World, person: str, what: str, card: Message) -> None:
    """Slack delivers the click two times; what followed from the first is in the hands of a runner that is no more."""
    await world.slack.click(person, card, what)
    assert await world.truce.jobs.take(world.now(), limit=100, lease=timedelta(minutes=1))
    await world.clicks(person, what, card)
    await world.time_passes(minutes=2)
    await world.settles(within=timedelta(minutes=2))


@pytest.mark.postgres
@pytest.mark.parametrize("trouble", [{"lose": "answer"}, {"lose": "request"}, {"status": 500}], ids=str)
async def test_clicks_that_come_twice_dead_runners_and_lost_answers_leave_one_card_and_each_to_one_rep(
    world: World, trouble: dict[str, Any]
) -> None:
    world.slack.fail("chat.postMessage", **trouble)
    await world.crm_sends(of_globex(NAMES[0]), of_globex(NAMES[1]))
    await world.settles(within=timedelta(minutes=2))
    card = world.card()
    first = menu(card)[0]

    world.slack.fail("chat.update", **trouble)
    one = choice(card, "Accept this one", first)
    await is_clicked_twice_while_a_runner_dies(world, "ben", one, card)
    world.slack.fail("chat.postMessage", **trouble)
    await is_clicked_twice_while_a_runner_dies(world, "amy", "Accept all", card)

    assert sorted(menu(world.card())) == sorted(NAMES[:2])
    assert "All of them are answered." in world.card().text
    assert world.card().text.count("Ben took this") == 1
    assert world.card().text.count("Amy took this") == 1
    assert [len(world.dms(person)) for person in ("ben", "amy")] == [1, 1]
    assert world.count("log", "what = 'accept'") == 2
