"""Stories of the handover: what feeds and reps do, and what they see."""

import asyncio
from collections import Counter

import pytest

from playground.errors import NotOnScreen
from tests.world import MORE_REPS, WITH_ROLES, World, lead, person_called, settings_with

TWENTY = ["amy", "ben", "chi", *MORE_REPS]


@pytest.mark.postgres
async def test_a_lead_from_a_webhook_becomes_a_card_and_a_rep_accepts_it(world: World) -> None:
    status, _ = await world.crm_sends(lead())

    assert status == 202
    card = world.card()
    assert "Pat Doe" in card.text
    assert "Globex" in card.text

    await world.clicks("amy", "Accept", card)

    assert "Amy took this after" in world.card().text
    assert "Accept" not in world.card().buttons


async def test_the_channel_never_sees_a_phone_number_or_an_address(world: World) -> None:
    card = await world.offers(facts={"message": "Call me on 7946"}, url="https://crm.test/leads/991")

    for secret in ("7946", "pat@globex.test", "crm.test"):
        assert secret not in card.text
        assert secret not in card.words


async def test_the_owner_gets_phone_e_mail_and_link_by_dm(world: World) -> None:
    await world.offers(url="https://crm.test/leads/991", facts={"message": "Please call before noon"})

    await world.clicks("amy", "Accept", world.card())

    words = world.dm("amy").words
    assert "<tel:+442079460000|" in words
    assert "<mailto:pat@globex.test|pat@globex.test>" in words
    assert "https://crm.test/leads/991" in words
    assert "Please call before noon" in words
    assert world.dm("amy").buttons[:2] == ["Contacted", "No answer"]
    assert world.dms("ben") == []


async def test_a_lead_without_a_phone_is_still_handed_over(world: World) -> None:
    await world.offers(contact={"name": "Pat Doe", "email": "pat@globex.test"})

    await world.clicks("amy", "Accept", world.card())

    assert "Phone" not in world.dm("amy").words


async def test_a_late_click_gets_one_true_sentence(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)

    await world.clicks("ben", "Accept", card)

    [told] = world.told("ben")
    assert told.startswith("<@UAMY00000> took this at <!date^")
    assert told.endswith("Nothing for you to do.")
    assert world.told("amy") == []


async def test_a_second_click_of_the_owner_says_that_it_is_theirs(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)

    await world.clicks("amy", "Accept", card)

    assert world.told("amy") == ["This is already yours."]


async def test_a_stale_card_is_drawn_anew_when_it_is_clicked(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    before = len(world.slack.calls("chat.update"))

    await world.clicks("ben", "Accept", card)

    drawn = world.slack.calls("chat.update")[before:]
    assert [call.args["ts"] for call in drawn] == [card.ts]


async def test_the_same_delivery_twice_changes_nothing(world: World) -> None:
    await world.crm_sends(lead(), webhook_id="msg_1")
    calls = len(world.slack.calls())

    status, told = await world.crm_sends(lead(), webhook_id="msg_1")

    assert (status, told["status"]) == (202, "unchanged")
    assert len(world.slack.calls()) == calls
    assert len(world.cards()) == 1


async def test_the_same_lead_under_a_new_delivery_id_makes_no_second_card(world: World) -> None:
    await world.crm_sends(lead(), webhook_id="msg_1")
    calls = len(world.slack.calls())

    status, told = await world.crm_sends(lead(), webhook_id="msg_2")

    assert (status, told["status"]) == (202, "unchanged")
    assert len(world.slack.calls()) == calls
    assert len(world.cards()) == 1


async def test_the_same_person_by_another_feed_is_the_same_lead(world: World) -> None:
    await world.offers()

    status, told = await world.crm_sends(lead(id="other-7", facts={"budget": "yes"}), feed="crm")

    assert (status, told["status"]) == (202, "changed")
    assert len(world.cards()) == 1


@pytest.mark.slow
@pytest.mark.alone  # it measures real time
async def test_of_two_hundred_clicks_in_one_moment_exactly_one_wins(world: World) -> None:
    await all_click_at_once(world, times=10)


@pytest.mark.postgres
@pytest.mark.alone  # it measures real time
async def test_of_forty_clicks_exactly_one_wins_on_every_database(world: World) -> None:
    await all_click_at_once(world, times=2)


async def all_click_at_once(world: World, times: int) -> None:
    """Twenty reps press Accept so many times each: one is the owner, all others get one and the same truth."""
    card = await world.offers()

    clicks = [world.slack.click(person, card, "Accept") for person in TWENTY for _ in range(times)]
    answers = await asyncio.gather(*clicks)
    await world.settles()

    assert Counter(answer.status for answer in answers) == {200: 20 * times}
    assert max(answer.seconds for answer in answers) < 3
    [owner] = [person for person in TWENTY if world.dms(person)]
    told = {person: Counter(world.told(person)) for person in TWENTY}
    assert told.pop(owner) == {"This is already yours.": times - 1}
    assert all(each.total() == times for each in told.values())
    [sentence] = {words for each in told.values() for words in each}
    assert sentence.startswith(f"<@{world.slack.person_id(owner)}> took this at ")
    assert len(world.dms(owner)) == 1


@pytest.mark.parametrize("settings", [WITH_ROLES])
class TestWhoMayAccept:
    async def test_a_named_rep_may(self, world: World) -> None:
        await world.clicks("ben", "Accept", await world.offers())

        assert "Ben took this" in world.card().text

    @pytest.mark.parametrize("person", ["eva", "gus"])
    async def test_whoever_else_clicks_is_told_who_takes_leads_and_whom_to_ask(
        self, world: World, person: str
    ) -> None:
        await world.clicks(person, "Accept", await world.offers())

        [told] = world.told(person)
        assert told.startswith("Sales takes leads here: amy@acme.test, ben@acme.test, chi@acme.test.")
        assert "Ask hal@acme.test" in told
        assert "Accept" in world.card().buttons

    async def test_somebody_of_another_company_never_may(self, world: World) -> None:
        await world.clicks("sam", "Accept", await world.offers())

        assert world.told("sam") == ["Only people of this workspace take part in its handovers."]
        assert "Accept" in world.card().buttons

    async def test_somebody_of_another_company_does_not_see_a_leads_history(self, world: World) -> None:
        await world.clicks("sam", "Timeline", await world.offers())

        assert world.slack.modal("sam") is None
        assert world.told("sam") == ["Only people of this workspace take part in its handovers."]


async def test_without_roles_every_full_member_takes_leads(world: World) -> None:
    await world.clicks("eva", "Accept", await world.offers())

    assert "Eva took this" in world.card().text


async def test_without_roles_a_guest_takes_none(world: World) -> None:
    await world.clicks("gus", "Accept", await world.offers())

    assert "Sales takes leads here" in world.told("gus")[0]
    assert "Accept" in world.card().buttons


@pytest.mark.parametrize("settings", [settings_with(people={"reps": ["gus@guest.test"]})])
async def test_a_guest_who_is_named_takes_leads(world: World) -> None:
    await world.clicks("gus", "Accept", await world.offers())

    assert "Gus took this" in world.card().text


@pytest.mark.parametrize("settings", [settings_with(people={"reps": ["@sales"]})])
async def test_a_user_group_takes_leads(world: World) -> None:
    card = await world.offers()

    await world.clicks("eva", "Accept", card)
    await world.clicks("chi", "Accept", card)

    assert "Chi took this" in world.card().text
    assert "@sales" in world.told("eva")[0]


async def test_who_has_left_can_do_nothing(world: World) -> None:
    card = await world.offers()
    await world.slack.changes("ben", deactivated=True)

    with pytest.raises(NotOnScreen):
        await world.clicks("ben", "Accept", card)

    assert "Accept" in world.card().buttons


async def test_the_last_click_of_somebody_who_has_just_left_is_refused(world: World) -> None:
    card = await world.offers()
    await world.slack.changes("ben", deactivated=True)
    world.slack.desk.store.person("ben").deactivated = False  # the click was on its way already

    await world.clicks("ben", "Accept", card)

    assert "Accept" in world.card().buttons
    assert len(world.told("ben")) == 1


async def test_an_accept_can_be_undone_for_fifteen_minutes(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.time_passes(minutes=14)

    await world.clicks("amy", "Undo", world.card())

    assert "Waiting for an answer" in world.card().text
    assert "Accept" in world.card().buttons
    assert "Contacted" not in world.dm("amy").buttons


async def test_what_was_undone_can_be_taken_by_somebody_else(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.clicks("amy", "Undo", world.card())

    await world.clicks("ben", "Accept", world.card())

    assert "Ben took this" in world.card().text
    assert "Contacted" in world.dm("ben").buttons


async def test_after_fifteen_minutes_undo_is_gone_and_an_old_one_is_refused(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    accepted = world.card()
    assert "Undo" in accepted.buttons

    await world.time_passes(minutes=15, seconds=5)

    assert "Undo" not in world.card().buttons
    await world.clicks("amy", "Undo", accepted)
    assert world.told("amy")[0].startswith("Undo was possible until ")
    assert "Amy took this" in world.card().text


async def test_only_who_decided_can_undo(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    await world.clicks("ben", "Undo", world.card())

    assert world.told("ben")[0].startswith("Only who decided can undo it. <@UAMY00000> took this")
    assert "Amy took this" in world.card().text


async def test_what_was_acted_upon_is_not_undone(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    accepted = world.card()
    await world.clicks("amy", "Contacted", world.dm("amy"))

    await world.clicks("amy", "Undo", accepted)

    assert len(world.told("amy")) == 1
    assert "has been in touch" in world.card().text


async def test_contacted_shows_on_the_card_and_in_the_dm(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    await world.clicks("amy", "Contacted", world.dm("amy"))

    assert "has been in touch" in world.card().text
    assert "You have been in touch" in world.dm("amy").text


async def test_no_answer_is_counted(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    for _ in range(2):
        await world.clicks("amy", "No answer", world.dm("amy"))

    assert "2 attempts so far" in world.dm("amy").text
    assert "has been in touch" not in world.card().text


async def test_somebody_elses_contact_is_refused(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    note = world.dm("amy")
    value = next(
        each["value"]
        for block in note.blocks
        for each in block.get("elements", [])
        if each.get("action_id") == "lead.contacted"
    )

    await world.slack.click_old("ben", note.channel, note.ts, "lead.contacted", value)
    await world.settles()

    assert "has been in touch" not in world.card().text


async def test_the_timeline_says_what_was_done_and_by_whom(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    await world.clicks("ben", "Timeline", world.card())

    words = world.form("ben").words
    assert "Accepted, Amy" in words
    assert "Webinar (Autumn webinar)" in words
    assert "pat@globex.test" not in words


async def test_not_for_me_keeps_the_lead_open_for_the_others(world: World) -> None:
    await world.clicks("amy", "Not for me", await world.offers())

    assert "Accept" in world.card().buttons
    await world.clicks("ben", "Accept", world.card())
    assert "Ben took this" in world.card().text


async def test_two_leads_are_two_cards(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))

    assert len(world.cards()) == 2


async def test_cards_come_in_the_order_in_which_their_leads_arrived(world: World) -> None:
    names = [f"{letter}da Roe" for letter in "ABCDEF"]

    await world.crm_sends(*(person_called(name) for name in names))

    assert [each.text[: len(names[0])] for each in world.cards()] == names
