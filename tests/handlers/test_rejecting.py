"""Stories of saying no: the form, its twelve reasons, and what becomes of the lead."""

from typing import Any

import pytest

from playground.errors import Invalid
from playground.things import Message, View
from tests.world import WITH_ROLES, World, person_called

WORDS = "They make toys. We sell cranes."
SIMPLE = [  # reason, what its second question gets, what the card then says
    ("Not our kind of customer", {"What does not fit?": "Industry"}, "not our kind of customer (Industry)"),
    ("No need or interest", {}, "no need or interest"),
    ("No budget", {}, "no budget"),
    ("Contact data wrong", {"Which field is wrong?": "Phone"}, "contact data wrong (Phone)"),
    (
        "Spam, student, vendor, competitor",
        {"Which of them?": "Vendor"},
        "spam, student, vendor, competitor (Vendor)",
    ),
    ("Right fit, wrong time", {"When should it come back?": "March 2027"}, "right fit, wrong time"),
]


def field_labels(view: View) -> list[str]:
    return [block["label"]["text"] for block in view.blocks if block["type"] == "input"]


def groups(view: View) -> dict[str, list[str]]:
    [select] = [block["element"] for block in view.blocks if block.get("block_id") == "reason"]
    return {
        group["label"]["text"]: [option["text"]["text"] for option in group["options"]]
        for group in select["option_groups"]
    }


async def opened(world: World, person: str = "amy") -> Message:
    """The lead's card, with the form of this person open."""
    card = await world.offers()
    await world.clicks(person, "Reject", card)
    return card


async def accepted(world: World, person: str = "amy") -> Message:
    """The owner's direct message."""
    await world.clicks(person, "Accept", await world.offers())
    return world.dm(person)


async def test_the_form_asks_for_one_of_twelve_reasons_in_their_groups(world: World) -> None:
    await opened(world)

    form = world.form("amy")
    assert form.title == "Not this one?"
    assert field_labels(form) == ["Reason", "What should marketing know?"]
    assert "One fact helps more than an adjective." in form.words
    found = groups(form)
    assert list(found) == ["Not a good lead", "Good, but later", "Good, but not for me", "Other"]
    assert sum(len(reasons) for reasons in found.values()) == 12


@pytest.mark.parametrize(
    ("reason", "question"),
    [
        ("Not our kind of customer", "What does not fit?"),
        ("Wrong person", "What is their role?"),
        ("Contact data wrong", "Which field is wrong?"),
        ("Spam, student, vendor, competitor", "Which of them?"),
        ("Could not reach", "Attempt 1: day"),
        ("Already known", "Which record is it?"),
        ("Right fit, wrong time", "When should it come back?"),
        ("Wrong owner or territory", "Whose is it, if you know?"),
    ],
)
async def test_a_reasons_second_question_appears_and_the_words_typed_stay(
    world: World, reason: str, question: str
) -> None:
    await opened(world)
    await world.types("amy", "What should marketing know?", WORDS)

    await world.chooses("amy", "Reason", reason)

    form = world.form("amy")
    assert question in field_labels(form)
    assert form.values["words"]["words"]["value"] == WORDS


async def test_another_reason_takes_its_question_along(world: World) -> None:
    await opened(world)
    await world.chooses("amy", "Reason", "Wrong person")
    await world.types("amy", "What is their role?", "Buyer of paper")

    await world.chooses("amy", "Reason", "Contact data wrong")
    assert "What is their role?" not in field_labels(world.form("amy"))

    await world.chooses("amy", "Reason", "No budget")
    assert field_labels(world.form("amy")) == ["Reason", "What should marketing know?"]


async def test_closing_the_form_changes_nothing(world: World) -> None:
    card = await opened(world)
    await world.chooses("amy", "Reason", "No budget")

    await world.slack.close_modal("amy")
    await world.settles()

    assert world.card() == card
    assert len(world.feedback()) == 1


@pytest.mark.parametrize(("reason", "chosen", "told"), SIMPLE)
async def test_a_rejection_shows_on_the_card_with_its_reason(
    world: World, reason: str, chosen: dict[str, str], told: str
) -> None:
    card = await world.offers()

    answer = await world.rejects("amy", card, reason, chosen=chosen, words=WORDS)

    assert answer.status == 200
    assert world.slack.modal("amy") is None
    assert f"Amy passed on this after less than a minute: {told}" in world.card().text
    assert "Accept" not in world.card().buttons
    assert "I will take it" in world.card().buttons
    [reply] = world.under(world.feedback()[0])
    assert WORDS in reply.words


async def test_the_wrong_person_is_rejected_with_their_role(world: World) -> None:
    await world.rejects(
        "amy", await world.offers(), "Wrong person", typed={"What is their role?": "Buyer of paper"}
    )

    assert "wrong person (Buyer of paper)" in world.card().text


async def test_no_reason_at_all_is_not_sent(world: World) -> None:
    await opened(world)

    with pytest.raises(Invalid, match="reason"):
        await world.sends_the_form("amy")


async def test_a_second_question_left_out_is_not_sent(world: World) -> None:
    await opened(world)
    await world.chooses("amy", "Reason", "Contact data wrong")

    with pytest.raises(Invalid, match=r"answer\.bad_data"):
        await world.sends_the_form("amy")


async def test_other_needs_ten_characters_and_keeps_the_words(world: World) -> None:
    card = await opened(world)
    await world.chooses("amy", "Reason", "Other")
    await world.types("amy", "What should marketing know?", "Meh")

    await world.sends_the_form("amy")

    form = world.form("amy")
    assert form.errors == {"words": "Please say it in at least 10 characters."}
    assert form.values["words"]["words"]["value"] == "Meh"
    assert world.card() == card

    await world.types("amy", "What should marketing know?", "Meh, and ten more")
    await world.sends_the_form("amy")
    assert "Amy passed on this after less than a minute: other" in world.card().text


async def test_could_not_reach_stays_locked_below_five_attempts(world: World) -> None:
    card = await opened(world)
    await world.chooses("amy", "Reason", "Could not reach")

    await world.sends_the_form("amy")

    assert world.form("amy").errors == {
        "attempt.1.day": "0 attempts so far; “Could not reach” needs 5. Please add the missing ones."
    }
    assert world.card() == card


async def test_could_not_reach_counts_what_was_logged_and_takes_the_missing_ones(world: World) -> None:
    note = await accepted(world)
    for _ in range(3):
        await world.clicks("amy", "No answer", note)

    await world.clicks("amy", "Reject", world.dm("amy"))
    await world.chooses("amy", "Reason", "Could not reach")
    form = world.form("amy")
    assert "3 attempts logged, 2 to add." in form.words
    for number in (4, 5):
        await world.chooses("amy", f"Attempt {number}: day", "2026-11-20")
        await world.chooses("amy", f"Attempt {number}: kind", "Call")
    await world.sends_the_form("amy")

    assert world.slack.modal("amy") is None
    assert "could not reach" in world.card().text


async def test_one_attempt_too_few_is_said(world: World) -> None:
    await opened(world)
    await world.chooses("amy", "Reason", "Could not reach")
    for number in (1, 2, 3, 4):
        await world.chooses("amy", f"Attempt {number}: day", f"2026-11-{15 + number}")
        await world.chooses("amy", f"Attempt {number}: kind", "E-mail")

    await world.sends_the_form("amy")

    assert "4 attempts so far" in world.form("amy").errors["attempt.1.day"]


async def test_a_duplicate_names_the_record_found_by_a_search(world: World) -> None:
    await world.crm_sends(person_called("Robin Roe"))
    card = await world.offers()
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "Already known")

    await world.chooses("amy", "Which record is it?", "Robin Roe at Initech", typed="initech rob")
    await world.sends_the_form("amy")

    assert "already known" in world.cards()[-1].text


async def test_the_search_finds_by_any_words_and_never_the_lead_itself(world: World) -> None:
    await world.crm_sends(person_called("Robin Roe"), person_called("Kim Poe", 2))
    await world.clicks("amy", "Reject", await world.offers())
    await world.chooses("amy", "Reason", "Already known")

    async def found(words: str) -> list[str]:
        offered = await world.slack.suggestions("amy", "Which record is it?", words)
        return sorted(option["text"]["text"] for option in offered)

    assert await found("INITECH") == ["Kim Poe at Initech", "Robin Roe at Initech"]
    assert await found("kim@initech") == ["Kim Poe at Initech"]
    assert await found("roe initech") == ["Robin Roe at Initech"]
    assert await found("globex") == []
    assert await found("100%") == []


@pytest.mark.parametrize("settings", [WITH_ROLES])
@pytest.mark.parametrize(
    ("colleague", "words"),
    [
        ("eva", "Eva does not take leads here."),
        ("amy", "That is you. Please name somebody else, or leave it empty."),
    ],
)
async def test_a_colleague_who_cannot_take_it_is_said_under_the_question(
    world: World, colleague: str, words: str
) -> None:
    card = await opened(world)
    await world.chooses("amy", "Reason", "Wrong owner or territory")
    await world.chooses("amy", "Whose is it, if you know?", colleague)
    await world.types("amy", "What should marketing know?", WORDS)

    await world.sends_the_form("amy")

    form = world.form("amy")
    assert form.errors == {"answer.not_mine": words}
    assert form.values["words"]["words"]["value"] == WORDS
    assert world.card() == card


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_takes_no_leads_gets_no_form(world: World) -> None:
    await opened(world, "eva")

    assert world.slack.modal("eva") is None
    assert "Sales takes leads here" in world.told("eva")[0]


async def test_who_comes_late_gets_no_form_but_a_sentence(world: World) -> None:
    card = await world.offers()
    await world.clicks("ben", "Accept", card)

    await world.clicks("amy", "Reject", card)

    assert world.slack.modal("amy") is None
    assert world.told("amy")[0].startswith("<@UBEN00000> took this at ")


async def test_a_form_sent_after_somebody_accepted_shows_the_sentence_and_the_words(world: World) -> None:
    card = await opened(world)
    await world.chooses("amy", "Reason", "No budget")
    await world.types("amy", "What should marketing know?", WORDS)
    await world.clicks("ben", "Accept", card)

    await world.sends_the_form("amy")

    form = world.form("amy")
    assert "<@UBEN00000> took this at " in form.words
    assert WORDS in form.words
    assert not form.body.get("submit")
    assert "Ben took this" in world.card().text


async def test_the_owner_rejects_from_the_dm(world: World) -> None:
    note = await accepted(world)

    await world.rejects("amy", note, "No budget", words=WORDS)

    assert "Amy passed on this" in world.card().text
    assert "Contacted" not in world.dm("amy").buttons
    [reply] = world.under(world.feedback()[0])
    assert WORDS in reply.words


async def test_a_lead_in_work_can_still_be_rejected(world: World) -> None:
    note = await accepted(world)
    await world.clicks("amy", "Contacted", note)

    await world.rejects("amy", world.dm("amy"), "No need or interest")

    assert "Amy passed on this" in world.card().text


async def test_a_reason_chosen_after_slack_lost_its_question_is_said_under_the_reason(world: World) -> None:
    card = await opened(world)
    world.slack.fail("views.update", error="internal_error")
    await world.chooses("amy", "Reason", "Contact data wrong")
    assert "Which field is wrong?" not in field_labels(world.form("amy"))

    answer = await world.sends_the_form("amy")

    assert answer.body == {"response_action": "errors", "errors": {"reason": "Please answer this too."}}
    assert world.form("amy").trouble == ""
    assert world.card() == card


def options(view: View, block: str) -> list[Any]:
    [element] = [each["element"] for each in view.blocks if each["block_id"] == block]
    return [option["text"]["text"] for option in element["options"]]


async def test_the_months_offered_are_still_to_come(world: World) -> None:
    await opened(world)
    await world.chooses("amy", "Reason", "Right fit, wrong time")

    months = options(world.form("amy"), "answer.not_now")

    assert months[0] == "December 2026"
    assert len(months) == len(set(months)) == 18


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_was_known_already_is_nobody_elses_to_take_and_the_card_takes_the_two_apart(
    world: World,
) -> None:
    await world.crm_sends(person_called("Robin Roe"))
    await world.clicks("ben", "Accept", world.cards()[-1])
    card = await world.offers()
    await world.rejects("amy", card, "No budget")
    rejected = world.cards()[-1]
    assert "I will take it" in rejected.buttons
    await world.clicks("amy", "Undo", rejected)
    await world.clicks("amy", "Reject", world.cards()[-1])
    await world.chooses("amy", "Reason", "Already known")
    await world.chooses("amy", "Which record is it?", "Robin Roe at Initech", typed="initech rob")
    await world.sends_the_form("amy")

    assert [each for each in world.cards()[-1].buttons if each not in ("Timeline", "Undo")] == [
        "Not the same..."
    ]
    await world.clicks("chi", "I will take it", rejected)
    assert world.told("chi") == [
        "<@UAMY00000> passed on this: already known. It is one with that record; marketing can take them apart."
    ]
    await world.clicks("eva", "Not the same...", world.cards()[-1])
    await world.sends_the_form("eva")
    assert "Accept" in world.cards()[-1].buttons


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_marketing_takes_two_apart_that_were_no_one_person(world: World) -> None:
    await world.crm_sends(person_called("Robin Roe"))
    await world.clicks("ben", "Accept", world.cards()[-1])
    card = await world.offers(source="demo_request")
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "Already known")
    await world.chooses("amy", "Which record is it?", "Robin Roe at Initech", typed="initech rob")
    await world.sends_the_form("amy")
    assert "asks to hear from us: demo request" in world.dm("ben").text
    [told] = [each for line in world.feedback() for each in world.under(line) if "Already known" in each.text]

    await world.clicks("eva", "Not the same...", told)
    await world.sends_the_form("eva")

    assert "Pat Doe at Globex" in world.cards()[-1].text
    assert "Accept" in world.cards()[-1].buttons
