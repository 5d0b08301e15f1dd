"""Stories of looking back together: who is asked, what they say, what comes of it."""

from datetime import timedelta
from typing import Any

import pytest

from playground.things import Message
from tests.handlers.test_retros import closes, deal, head, looks_back
from tests.world import WITH_ROLES, World, settings_with


@pytest.fixture
def settings() -> dict[str, Any]:
    return WITH_ROLES


LOST = {"How did it end?": "A competitor", "Main reason": "Price and value"}


async def answers(
    world: World,
    person: str,
    *,
    chosen: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    where: Message | None = None,
) -> Any:
    """Answer a lost deal in the form, from the direct message."""
    await world.clicks(person, "Answer", where or world.dm(person))
    for question, answer in {**(chosen or {}), **LOST, **(chosen or {})}.items():
        await world.chooses(person, question, answer)
    said = {"Which competitor?": "Initech", **(typed or {})}
    for question, words in said.items():
        await world.types(person, question, words)
    return await world.sends_the_form(person)


def thread(world: World) -> list[str]:
    return [each.text for each in world.under(head(world))]


def summary(world: World) -> Message:
    return next(each for each in world.under(head(world)) if "What we take from" in each.text)


async def days_go_by(world: World, days: int) -> None:
    for _ in range(days * 2):
        await world.time_passes(hours=12)


@pytest.mark.slow
@pytest.mark.postgres
async def test_three_look_back_from_the_invitation_to_the_change_that_was_made(world: World) -> None:
    await closes(world, people=["ben@acme.test"])
    assert "What happened here?: 1 deal, 90 seconds each. Globex rollout: lost" in world.dm("amy").text
    assert "Asked: Amy, Eva, Hal, Ben." in head(world).text

    await answers(
        world, "amy", typed={"One thing to change": "Show prices earlier", "What went well?": "Fast"}
    )
    await answers(
        world,
        "eva",
        chosen={"Main reason": "Timing", "Should this lead have been handed over?": "Too early"},
        typed={"One thing to change": "Ask for the budget"},
    )
    await answers(world, "ben")
    assert thread(world) == []
    assert "Thank you for your answer." in world.dm("amy").text

    await answers(world, "hal")

    told = thread(world)
    assert len(told) == 4
    assert any(each.startswith("Amy. Ended with: A competitor. Competitor: Initech.") for each in told)

    await days_go_by(world, 4)

    said = summary(world)
    assert "4 of 4 people answered." in said.text
    assert "Main reason: price and value 3, timing 1." in said.text
    assert "Sales and marketing disagree: sales says price and value, marketing says timing." in said.text
    assert "Should this lead have been handed over: too early 1. It was handed over" in said.text
    assert said.buttons == ["This one", "This one", "Recycle..."]

    await world.clicks("amy", "This one", said)
    await world.chooses("amy", "Who does it?", "ben")
    await world.sends_the_form("amy")

    assert "The one change:" in summary(world).text
    assert "Ben, until Thu 17 Dec 2026." in summary(world).text
    await world.it_becomes("2026-12-15T09:30:00+00:00")
    assert world.dm("ben").text.startswith("You said you would change this after Globex rollout")

    await world.clicks("ben", "Done", world.dm("ben"))

    assert summary(world).text.endswith("Done.")
    assert world.dm("ben").text.endswith("Done.")


@pytest.mark.slow
async def test_named_answers_wait_a_working_day_for_the_others_and_then_go_together(world: World) -> None:
    await closes(world)
    await answers(world, "amy")
    assert thread(world) == []

    await world.time_passes(hours=23)
    assert thread(world) == []
    await world.time_passes(hours=2)

    [told] = thread(world)
    assert told.startswith("Amy. ")
    await answers(world, "eva")
    assert len(thread(world)) == 2


async def test_only_who_has_not_answered_is_reminded_and_then_it_closes(world: World) -> None:
    await closes(world)
    await answers(world, "amy")
    before = len(world.dms("amy"))

    await days_go_by(world, 2)

    asked = [each.text for each in world.dms("eva") if "Globex rollout" in each.text]
    assert len([each for each in asked if each.startswith("Still open")]) == 2
    assert len(world.dms("amy")) == before

    await days_go_by(world, 3)

    assert "1 of 2 people answered." in summary(world).text
    assert "This look back is over." in world.dm("eva").text


@pytest.mark.slow
async def test_a_late_answer_stands_in_the_thread_and_in_the_summary(world: World) -> None:
    await closes(world)
    await answers(world, "amy")
    late = world.dm("eva")
    await days_go_by(world, 4)

    await answers(world, "eva", where=late)

    assert thread(world)[-1].startswith("Eva. ")
    assert "2 of 2 people answered." in summary(world).text


async def test_the_form_asks_what_follows_from_an_answer_and_its_draft_is_kept(world: World) -> None:
    await closes(world)
    await world.clicks("amy", "Answer", world.dm("amy"))
    assert "Your team will see your name." in world.form("amy").words
    assert "Which competitor?" not in world.form("amy").words
    assert "Had the price been equal" not in world.form("amy").words

    await world.chooses("amy", "How did it end?", "A competitor")
    await world.types("amy", "Which competitor?", "Initech")
    await world.chooses("amy", "Main reason", "Price and value")
    assert "Had the price been equal, what else?" in world.form("amy").words
    await world.types("amy", "What went well?", "They liked us")
    await world.slack.close_modal("amy")

    await world.clicks("amy", "Answer", world.dm("amy"))

    assert "Which competitor?" in world.form("amy").words
    await world.sends_the_form("amy")
    await world.time_passes(hours=25)
    assert "Competitor: Initech. Main reason: Price and value. Went well: They liked us." in thread(world)[0]


@pytest.mark.parametrize("stage", ["won"])
async def test_of_a_won_deal_other_things_are_asked(world: World, stage: str) -> None:
    await closes(world, stage=stage, reason=None, competitor=None)
    await world.clicks("amy", "Answer", world.dm("amy"))

    for words in ("What decided it?", "When did the customer see it?", "What almost stopped it?"):
        assert words in world.form("amy").words
    assert "handed over?" not in world.form("amy").words
    await world.chooses("amy", "What decided it?", "Product fit")
    await world.chooses("amy", "What else? Up to two", "Timing", "Trust and risk")
    await world.chooses("amy", "Which marketing touch helped?", "webinar")
    await world.sends_the_form("amy")
    await world.time_passes(hours=25)

    words = "Amy. Decided by: Product fit. And by: Timing, Trust and risk. Touch that helped: webinar."
    assert thread(world) == [words]


async def test_who_was_not_asked_and_who_has_answered_are_told_so(world: World) -> None:
    await closes(world)
    await answers(world, "amy")

    await world.clicks("chi", "Answer", head(world))
    await world.clicks("amy", "Answer", head(world))

    assert "You were not asked about this one." in world.told("chi")[-1]
    assert world.told("amy")[-1] == "You have answered this one already. Thank you."


@pytest.mark.slow
async def test_a_deal_that_goes_on_keeps_drafts_and_answers(world: World) -> None:
    await closes(world)
    await world.clicks("eva", "Answer", world.dm("eva"))
    await world.chooses("eva", "How did it end?", "No decision")
    await world.slack.close_modal("eva")
    await answers(world, "amy")

    await world.crm_sends(deal(stage="Proposal"))
    assert "open again: nothing to answer for now" in world.dm("eva").text
    await world.crm_sends(deal())
    await world.clicks("eva", "Answer", head(world))
    await world.chooses("eva", "Main reason", "Timing")
    await world.sends_the_form("eva")

    assert any(each.startswith("Eva. Ended with: No decision. Main reason: Timing") for each in thread(world))


@pytest.mark.slow
async def test_nobody_chooses_within_three_working_days_and_there_is_no_change(world: World) -> None:
    await closes(world)
    await answers(world, "amy", typed={"One thing to change": "Call sooner"})
    await days_go_by(world, 4)
    said = summary(world)
    await world.clicks("ben", "This one", said)
    assert "The deal's owner or a manager chooses." in world.told("ben")[-1]

    await days_go_by(world, 6)

    assert "Nobody chose a change within three working days, so there is none." in summary(world).text
    await world.clicks("amy", "This one", said)
    assert "No change was chosen within three working days." in world.told("amy")[-1]


@pytest.mark.slow
async def test_several_deals_are_one_message_a_day_three_at_a_time_and_biggest_first(world: World) -> None:
    amounts = (100, 500, 300, 200)
    await world.crm_sends(
        *(deal(id=f"opp-{each}", name=f"D{each}", amount=f"{each}", leads=[]) for each in amounts)
    )
    await looks_back(world)

    [first] = [each for each in world.dms("amy") if "90 seconds" in each.text]
    assert "D500" in first.text.split("D300")[0]
    assert "D200" in first.text
    assert "D100" not in first.text

    await world.time_passes(days=1)

    assert "D100" in world.dm("amy").text


@pytest.mark.slow
@pytest.mark.postgres
async def test_sixty_closes_of_one_owner_in_ten_minutes_are_one_message_and_each_can_be_looked_back_at(
    world: World,
) -> None:
    before = len(world.dms("amy"))
    for first in range(1, 61, 12):
        await world.crm_sends(
            *(deal(id=f"opp-{each}", name=f"D{each}", leads=[]) for each in range(first, first + 12))
        )
        await world.time_passes(minutes=2)
    assert world.cards() == []

    for _ in range(3):  # an hour and more, in which each of them would have started
        await looks_back(world)

    [heap] = world.cards()
    assert heap.text.startswith("60 closed deals of Amy at once, or from a while ago")
    assert heap.buttons == ["Look back at this one"] * 25
    assert len(world.dms("amy")) == before

    await world.clicks("ben", "Look back at this one", heap)
    await world.time_passes(minutes=2)

    assert head(world).text.startswith("We look at what happened")
    assert world.cards()[0].text.startswith("59 closed deals")
    assert "90 seconds" in world.dm("amy").text


async def test_a_close_that_is_told_weeks_later_is_looked_back_at_only_if_somebody_wants(
    world: World,
) -> None:
    await world.crm_sends(deal(closed_at=(world.now() - timedelta(days=15)).isoformat()))
    await looks_back(world)

    [heap] = world.cards()
    assert "1 closed deal of Amy" in heap.text
    await world.clicks("amy", "Look back at this one", heap)
    assert "all of them are looked back at" in world.cards()[0].text


@pytest.mark.postgres
async def test_what_deals_taught_is_found_by_words_and_amount_with_counts_and_honest_words(
    world: World,
) -> None:
    await closes(world)
    await answers(world, "amy", chosen={"Should this lead have been handed over?": "Too early"})
    await days_go_by(world, 4)

    told = await world.says("ben", "/truce retros initech over 10000")

    assert told.startswith("1 look back found (signal).\nMain reason: Price and value 1 (signal).")
    assert "Competitor: Initech 1 (signal).\nCampaign: Autumn webinar 1 (signal).\nSegment: GB 1" in told
    assert "Amount: 10,000 to 100,000 EUR 1 (signal).\nHanded over too early: Autumn webinar 1" in told
    assert "• Globex rollout: lost: competitor, Initech, 12,000 EUR" in told
    assert "1 look back found" in await world.says("ben", "/truce retros too early autumn logistics")
    assert "No look back has all of this." in await world.says("ben", "/truce retros initech under 10000")
    assert "1 look back found" in await world.says("ben", "/truce retros competitor: init segment: gb")
    assert "No look back has all of this." in await world.says("ben", "/truce retros campaign: initech")
    assert "Which campaign?" in await world.says("ben", "/truce retros campaign:")
    assert "is no amount I know" in await world.says("ben", "/truce retros over much")
    assert "1 look back so far." in await world.says("ben", "/truce retros")


@pytest.mark.postgres
async def test_what_is_said_in_the_thread_is_kept_with_edits_and_deletions(world: World) -> None:
    await closes(world)
    above = head(world)
    await world.slack.says("ben", "leads", "The pricing page was down", above.ts)
    second = await world.slack.says("chi", "leads", "I disagree", above.ts)
    await world.slack.says("chi", "leads", "Lunch?")
    await world.time_passes(minutes=1)
    assert world.count("retro_reply") == 2

    await world.slack.deletes("chi", second.message)
    [first] = [each for each in world.under(above) if "pricing" in each.text]
    await world.slack.edits("ben", first, "The status page was down")
    await days_go_by(world, 4)

    assert world.count("retro_reply", "words = 'The status page was down'") == 1
    assert world.count("retro_reply") == 1
    assert "1 reply in the thread." in summary(world).text
    assert "1 look back found" in await world.says("eva", "/truce retros status page")


@pytest.mark.postgres
async def test_who_would_rather_meet_has_an_agenda_and_one_writes_the_result(world: World) -> None:
    await closes(world)
    await answers(world, "eva")
    await world.clicks("amy", "We meet instead", head(world))
    await world.chooses("amy", "When?", "2026-12-03")
    await world.sends_the_form("amy")

    [agenda] = world.under(head(world))
    assert agenda.text.startswith(
        "We meet on Thu 3 Dec 2026 instead of writing. Agenda: The timeline above; How did"
    )
    assert "You meet about it on Thu 3 Dec 2026 instead." in world.dm("amy").text
    before = len(world.dms("amy"))
    await days_go_by(world, 9)
    assert len(world.dms("amy")) == before
    assert not [each for each in world.under(head(world)) if "What we take from" in each.text]

    await world.clicks("amy", "Write the result", agenda)
    await world.chooses("amy", "How did it end?", "No decision")
    await world.chooses("amy", "Main reason", "Timing")
    await world.types("amy", "One thing to change", "Call sooner")
    await world.sends_the_form("amy")

    assert "We met on Thu 3 Dec 2026." in summary(world).text
    assert summary(world).buttons == ["This one", "Recycle..."]


@pytest.mark.parametrize(
    ("day", "sentence"), [("2026-11-20", "This day has passed."), ("2999-01-01", "more than a year away")]
)
async def test_a_day_that_has_passed_or_is_years_away_is_no_day_to_meet(
    world: World, day: str, sentence: str
) -> None:
    await closes(world)
    await world.clicks("amy", "We meet instead", head(world))
    await world.chooses("amy", "When?", day)
    await world.sends_the_form("amy")

    assert sentence in str(world.form("amy").errors)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        settings_with(people={**WITH_ROLES["people"], "success": [who]})
        for who in ("ben@acme.test", "@sales")  # a person, and a user group that they are in
    ],
    ids=["a person", "a group"],
)
async def test_a_won_deal_is_handed_to_those_who_keep_customers(
    world: World, settings: dict[str, Any]
) -> None:
    await closes(world, stage="won", facts={"promised": "Ready by May"})
    await world.clicks("amy", "Answer", world.dm("amy"))
    await world.chooses("amy", "What decided it?", "Product fit")
    await world.types("amy", "What almost stopped it?", "Their lawyers")
    await world.sends_the_form("amy")

    await days_go_by(world, 4)

    words = "Sold by: Amy. Promised: Ready by May. Decided by: Product fit. Almost stopped by: Their lawyers."
    assert world.dm("ben").text.startswith("A new customer: Globex rollout, won, 12,000 EUR.")
    assert words in world.dm("ben").text
