"""Stories of what marketing hears: what became of each lead, and why, without chasing."""

import pytest

from playground.things import Message
from tests.world import ONE_CHANNEL, WITH_ROLES, World, lead, person_called, settings_with

WORDS = "They make toys. We sell cranes."
NOBODY = {"name": "Pat Doe"}  # neither an e-mail nor a phone: not reachable
PICKY = settings_with(leads={"score": {"touches": {"webinar": 10}, "threshold": 50}})


async def rejected(world: World, card: Message | None = None, person: str = "amy") -> None:
    card = card or await world.offers()
    await world.rejects(
        person, card, "Not our kind of customer", chosen={"What does not fit?": "Industry"}, words=WORDS
    )


async def test_a_campaigns_week_is_one_message_with_its_row(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"), person_called("Kim Poe", 2))

    [campaign] = world.feedback()

    assert campaign.text.startswith("Autumn webinar, week 48. ")
    assert (
        "Handed over 3, accepted 0, contacted 0, meetings 0, deals 0, won 0, rejected 0, waiting 3"
        in campaign.text
    )


async def test_the_row_follows_what_becomes_of_the_leads(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"), person_called("Kim Poe", 2))
    first, second, _ = world.cards()

    await world.clicks("amy", "Accept", first)
    await rejected(world, second, "ben")
    await world.clicks("amy", "Contacted", world.dm("amy"))

    [campaign] = world.feedback()
    assert "Handed over 3, accepted 1, contacted 1, meetings 0" in campaign.text
    assert "rejected 1 (Not our kind of customer 1), waiting 1" in campaign.text


async def test_a_meeting_told_by_a_feed_is_in_the_row(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    meeting = {"kind": "meeting", "at": world.now().isoformat(), "by": "amy@acme.test"}
    await world.crm_sends({"touch": {"lead": "crm-991", **meeting}})

    [campaign] = world.feedback()
    assert "contacted 1, meetings 1" in campaign.text


async def test_the_next_week_has_a_message_of_its_own(world: World) -> None:
    await world.offers()
    await world.it_becomes("2026-11-30T09:30:00+00:00")

    await world.crm_sends(person_called("Robin Roe"))

    assert [each.text.partition(".")[0] for each in world.feedback()] == [
        "Autumn webinar, week 48",
        "Autumn webinar, week 49",
    ]


async def test_a_rejection_is_a_reply_with_lead_reason_and_words(world: World) -> None:
    await rejected(world)

    [campaign] = world.feedback()
    [reply] = world.under(campaign)
    assert "Pat Doe at Globex" in reply.words
    assert "Amy passed on this.\nNot our kind of customer (Industry)." in reply.words
    assert f"> {WORDS}" in reply.words
    assert WORDS in reply.text
    assert reply.buttons == [
        "Ask for a second look",
        "Recycle...",
        "Thanks",
        "Tell me how this one goes",
        "Timeline",
    ]


async def test_a_lead_without_a_campaign_is_counted_by_its_source(world: World) -> None:
    await rejected(world, await world.offers(campaign=None))

    [source] = world.feedback()
    assert source.text.startswith("Source webinar, week 48.")
    assert len(world.under(source)) == 1


@pytest.mark.parametrize("settings", [ONE_CHANNEL])
async def test_with_one_channel_the_rejection_is_a_reply_on_the_card(world: World) -> None:
    await rejected(world)

    card = world.card()
    [reply] = world.under(card)
    assert WORDS in reply.words
    assert world.feedback() == []


async def test_an_undone_rejection_is_told_as_taken_back(world: World) -> None:
    await rejected(world)

    await world.clicks("amy", "Undo", world.card())

    [campaign] = world.feedback()
    [reply] = world.under(campaign)
    assert "taken back by Amy (it was: Not our kind of customer (Industry))" in reply.text
    assert "Thanks" not in reply.buttons
    assert "rejected 0, waiting 1" in campaign.text


async def test_a_lead_rejected_again_after_an_undo_is_told_again_once(world: World) -> None:
    await rejected(world)
    await world.clicks("amy", "Undo", world.card())

    await world.rejects("ben", world.card(), "No budget")

    [campaign] = world.feedback()
    first, second = world.under(campaign)
    assert "taken back by Amy" in first.text
    assert "Ben passed on this. No budget." in second.text
    assert "rejected 1 (No budget 1)" in campaign.text


async def test_thanks_reach_the_message_once(world: World) -> None:
    await rejected(world)
    [reply] = world.under(world.feedback()[0])

    await world.clicks("eva", "Thanks", reply)
    await world.clicks("eva", "Thanks", reply)

    [thanked] = world.under(world.feedback()[0])
    assert thanked.text.count("thanks") == 1
    assert "Eva: thanks, Amy." in thanked.words


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_thanks_are_marketings(world: World) -> None:
    await rejected(world)
    [reply] = world.under(world.feedback()[0])

    await world.clicks("amy", "Thanks", reply)

    assert world.told("amy")[0].startswith("Marketing decides this: eva@acme.test.")
    assert "thanks" not in world.under(world.feedback()[0])[0].text


async def test_a_lead_that_fails_the_gate_is_named_to_marketing_with_the_rule(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))

    assert world.cards() == []
    [campaign] = world.feedback()
    assert "not ready 1" in campaign.text
    [shelf] = world.under(campaign)
    assert "1 lead not ready for sales yet." in shelf.text
    assert "Pat Doe at Globex: no e-mail or phone" in shelf.text
    assert shelf.buttons == ["Hand over anyway"]


@pytest.mark.parametrize("settings", [PICKY])
async def test_a_score_under_the_threshold_is_named_with_its_number(world: World) -> None:
    await world.crm_sends(lead())

    [shelf] = world.under(world.feedback()[0])
    assert "score 10 is under 50" in shelf.text


@pytest.mark.parametrize("settings", [PICKY])
async def test_a_later_touch_lifts_the_lead_over_the_gate(world: World) -> None:
    await world.crm_sends(lead())

    for day in range(10, 16):
        touch = {"lead": "crm-991", "kind": "webinar", "at": f"2026-11-{day}T09:00:00Z"}
        await world.crm_sends({"touch": touch})

    assert len(world.cards()) == 1
    [shelf] = world.under(world.feedback()[0])
    assert "no lead is left here" in shelf.text


async def test_many_that_fail_are_one_message(world: World) -> None:
    await world.crm_sends(
        *(lead(id=f"n-{number}", contact={"name": f"Nobody {number}"}) for number in range(8))
    )

    [shelf] = world.under(world.feedback()[0])
    assert "8 leads not ready for sales yet." in shelf.text
    assert "and 3 more" in shelf.text


async def test_hand_over_anyway_shows_its_line_on_the_card(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))
    [shelf] = world.under(world.feedback()[0])

    await world.clicks("eva", "Hand over anyway", shelf)
    await world.types("eva", "One line for sales", "Met her at the fair: call reception")
    await world.sends_the_form("eva")

    assert "Handed over by Eva: Met her at the fair: call reception" in world.card().words
    assert world.card().buttons[:2] == ["Accept", "Reject"]
    [shelf] = world.under(world.feedback()[0])
    assert "no lead is left here" in shelf.text


async def test_a_blank_line_for_sales_is_said_under_its_field(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))
    [shelf] = world.under(world.feedback()[0])
    await world.clicks("eva", "Hand over anyway", shelf)
    await world.types("eva", "One line for sales", "   ")

    await world.sends_the_form("eva")

    assert world.form("eva").errors == {"note": "One line for sales is needed: why is it ready after all?"}
    assert world.cards() == []


async def test_of_several_the_marketer_chooses_one(world: World) -> None:
    await world.crm_sends(
        lead(id="n-1", contact={"name": "Ann One"}), lead(id="n-2", contact={"name": "Bob Two"})
    )
    [shelf] = world.under(world.feedback()[0])

    await world.clicks("eva", "Hand over anyway", shelf)
    await world.chooses("eva", "Lead", "Bob Two at Globex (no e-mail or phone)")
    await world.types("eva", "One line for sales", "He rang us")
    await world.sends_the_form("eva")

    assert "Bob Two" in world.card().text
    [shelf] = world.under(world.feedback()[0])
    assert "Ann One" in shelf.text
    assert "Bob Two" not in shelf.text


async def test_a_lead_handed_over_meanwhile_is_said_in_the_form_with_the_line_kept(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))
    [shelf] = world.under(world.feedback()[0])
    for person in ("eva", "hal"):
        await world.clicks(person, "Hand over anyway", shelf)
        await world.types(person, "One line for sales", f"A line by {person}")
    await world.sends_the_form("eva")

    await world.sends_the_form("hal")

    form = world.form("hal")
    assert "still waits for an answer" in form.words
    assert "A line by hal" in form.words
    assert len(world.cards()) == 1


async def test_an_empty_shelf_is_said(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))
    [shelf] = world.under(world.feedback()[0])
    await world.crm_sends(lead(), webhook_id="later")

    await world.clicks("eva", "Hand over anyway", shelf)

    assert len(world.cards()) == 1
    assert world.told("eva") == ["All of them have been handed over. Nothing for you to do."]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_handing_over_anyway_is_marketings(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))
    [shelf] = world.under(world.feedback()[0])

    await world.clicks("amy", "Hand over anyway", shelf)

    assert world.slack.modal("amy") is None
    assert world.told("amy")[0].startswith("Marketing decides this: eva@acme.test.")


@pytest.mark.parametrize("settings", [ONE_CHANNEL])
async def test_with_one_channel_what_fails_the_gate_is_a_message_there(world: World) -> None:
    await world.crm_sends(lead(contact=NOBODY))

    [shelf] = world.cards()
    assert "Pat Doe at Globex: no e-mail or phone" in shelf.text


async def test_nothing_is_told_twice(world: World) -> None:
    await rejected(world)
    posts = len(world.slack.calls("chat.postMessage"))

    await world.crm_sends(lead(), webhook_id="again")
    await world.time_passes(minutes=5)
    await world.time_passes(days=1)

    assert len(world.slack.calls("chat.postMessage")) == posts


async def test_a_week_after_the_rejection_the_lead_is_with_marketing(world: World) -> None:
    await rejected(world)

    await world.time_passes(days=8)

    assert "This one is closed." in world.card().text
    assert "I will take it" not in world.card().buttons


async def test_how_often_spam_has_asked_again_is_said_where_it_stands(world: World) -> None:
    card = await world.offers()
    await world.rejects("amy", card, "Spam, student, vendor, competitor", chosen={"Which of them?": "Vendor"})

    for number in (1, 2):
        await world.time_passes(hours=3)
        await world.crm_sends(
            lead(
                source="demo_request",
                occurred_at=world.now().isoformat(),
                touches=[],
                campaign=f"Demo {number}",
            )
        )

    [reply] = world.under(world.feedback()[0])
    assert len(world.cards()) == 1
    assert "Asked again 2 times since." in world.card().text
    assert "Asked again 2 times since." in reply.text
