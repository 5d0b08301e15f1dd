"""Stories of leads that marketing sends again: on a day, at once, corrected; and of what comes back by itself."""

import pytest

from playground.things import Message
from tests.world import WITH_ROLES, World, settings_with

ROTATION = {**WITH_ROLES, "leads": {"offer": "rotation"}}
ANYONE = "Whose turn it is, or anyone of the team"


async def rejected(world: World, reason: str = "No budget", question: str = "", answer: str = "") -> Message:
    """Amy has said no; what marketing was told of it."""
    chosen = {question: answer} if question and question != "What is their role?" else None
    typed = {question: answer} if question == "What is their role?" else None
    await world.rejects("amy", await world.offers(), reason, chosen=chosen, typed=typed)
    return told_marketing(world)


def told_marketing(world: World) -> Message:
    return world.under(world.feedback()[0])[0]


async def recycles(world: World, note: Message, day: str = "", whom: str = "") -> None:
    await world.clicks("eva", "Recycle...", note)
    if day:
        await world.chooses("eva", "On which day?", day)
    if whom:
        await world.chooses("eva", "Who is asked?", whom)
    await world.sends_the_form("eva")


async def asks_for_a_demo(world: World) -> None:
    at = world.now().isoformat()
    await world.crm_sends({"touch": {"lead": "crm-991", "kind": "demo_request", "at": at}})


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_lead_recycled_to_a_day_comes_back_to_the_same_rep_with_its_history(world: World) -> None:
    await recycles(world, await rejected(world), "2026-12-07")

    assert "With marketing until" in world.card().text
    assert "Eva sends it again" in told_marketing(world).text
    assert "I will take it" not in world.card().buttons

    await world.it_becomes("2026-12-07T09:00:05+00:00")

    old, new = world.cards()
    assert "Back again: rejected 23 Nov by Amy, no budget; Eva sends it again" in new.text
    assert "First of all for Amy." in new.text
    assert "came back later" in old.text
    assert "You had it before" in world.dm("amy").words
    assert "Back again: rejected 23 Nov by Amy" in world.dm("amy").words
    assert "Eva sent it again." in told_marketing(world).text


@pytest.mark.parametrize("settings", [ROTATION])
async def test_in_turn_too_it_is_the_same_rep_who_is_asked_alone(world: World) -> None:
    await world.offers()
    [first] = [each for each in ("amy", "ben", "chi") if world.dms(each)]
    await world.rejects(first, world.card(), "No budget")

    await recycles(world, told_marketing(world))

    assert "You had it before" in world.dm(first).words


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_lead_recycled_now_to_anyone_is_offered_to_all(world: World) -> None:
    await recycles(world, await rejected(world), whom=ANYONE)

    new = world.cards()[-1]
    assert "Waiting for an answer" in new.text
    assert "Back again: rejected 23 Nov by Amy, no budget" in new.text
    assert "handed over 2" in world.feedback()[0].text.lower()


@pytest.mark.parametrize("settings", [WITH_ROLES])
@pytest.mark.parametrize("why", ["away", "gone"])
async def test_of_who_had_it_and_is_not_there_on_the_day_nobody_speaks_and_anyone_may_take_it(
    world: World, why: str
) -> None:
    await recycles(world, await rejected(world), "2026-12-07")
    if why == "away":
        await world.says("amy", "/truce away until 11 Dec")
    else:
        await world.slack.changes("amy", deactivated=True)
    before = len(world.dms("amy"))

    await world.it_becomes("2026-12-07T10:00:00+00:00")

    assert "Eva sends it again" in world.cards()[-1].text
    assert "First of all for" not in world.cards()[-1].text
    assert "Waiting for an answer" in world.cards()[-1].text
    assert len(world.dms("amy")) == before


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_what_is_asked_for_on_a_date_is_not_asked_of_who_has_left_by_then(world: World) -> None:
    later = {"When should it come back?": "January 2027"}
    await world.rejects("amy", await world.offers(), "Right fit, wrong time", chosen=later)
    await world.slack.changes("amy", deactivated=True)

    await world.it_becomes("2027-01-04T10:00:00+00:00")

    assert "Waiting for an answer" in world.cards()[-1].text
    assert world.dms("amy") == []


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_what_a_rep_has_just_accepted_again_is_not_recycled_away_from_them(world: World) -> None:
    note = await rejected(world)
    await world.clicks("eva", "Recycle...", note)
    await world.clicks("hal", "Recycle...", note)
    await world.sends_the_form("hal")
    await world.clicks("amy", "Accept", world.cards()[-1])

    await world.sends_the_form("eva")

    assert "took this" in world.form("eva").words
    assert len(world.cards()) == 2
    assert "Amy took this" in world.cards()[-1].text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_day_that_has_passed_is_said_under_its_field(world: World) -> None:
    await recycles(world, await rejected(world), "2026-11-02")

    said = "Please choose a day that is still to come. Without a day it is offered now."
    assert world.form("eva").errors == {"day": said}


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_asks_for_a_demo_meanwhile_does_not_wait_for_the_day(world: World) -> None:
    await recycles(world, await rejected(world), "2026-12-07")
    await world.time_passes(days=1)

    await asks_for_a_demo(world)

    assert "asked for a demo" in world.cards()[-1].text
    await world.it_becomes("2026-12-07T09:00:05+00:00")
    assert len(world.cards()) == 2


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_wrong_data_is_corrected_and_the_same_rep_sees_what(world: World) -> None:
    note = await rejected(world, "Contact data wrong", "Which field is wrong?", "Phone")
    assert note.buttons[:2] == ["Fix and send back", "Ask for a second look"]

    await world.clicks("eva", "Fix and send back", note)
    await world.types("eva", "Phone", "020 7946 0001")
    await world.types("eva", "E-mail", "Pat.Doe@globex.test")
    await world.sends_the_form("eva")

    new = world.cards()[-1]
    assert "contact data wrong; Eva corrected e-mail, phone" in new.text
    assert "7946" not in new.text
    assert "What you found wrong is corrected" in world.dm("amy").words
    assert "Eva corrected it and sent it back." in told_marketing(world).text
    await world.clicks("amy", "Accept", world.dm("amy"))
    assert "+442079460001" in world.dm("amy").words
    assert "pat.doe@globex.test" in world.dm("amy").words
    told = {"lead": "pat.doe@globex.test", "kind": "webinar", "at": "2026-11-23T12:00:00Z"}
    assert (await world.crm_sends({"touch": told}))[0] == 202


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_correction_that_corrects_nothing_and_one_nobody_can_read_are_said(world: World) -> None:
    note = await rejected(world, "Wrong person", "What is their role?", "Intern")
    await world.clicks("eva", "Fix and send back", note)

    await world.sends_the_form("eva")
    said = {"contact.name": "All is as it was: please correct what the rep named."}
    assert world.form("eva").errors == said
    await world.types("eva", "E-mail", "pat at globex")
    await world.sends_the_form("eva")

    said = {"contact.email": "This should be one e-mail address, like pat@globex.com."}
    assert world.form("eva").errors == said
    assert len(world.cards()) == 1


@pytest.mark.parametrize("settings", [settings_with(people=WITH_ROLES["people"])])
async def test_the_answers_that_a_reason_does_not_put_first_are_under_more(world: World) -> None:
    note = await rejected(world, "Contact data wrong", "Which field is wrong?", "Phone")
    more = ["Recycle...", "Thanks", "Tell me how this one goes", "Timeline"]
    assert note.buttons == ["Fix and send back", "Ask for a second look", *more]

    await world.clicks("eva", "Thanks", note)
    await world.clicks("eva", "Recycle...", note)

    assert "Eva: thanks, Amy." in told_marketing(world).text
    assert "Recycle" in world.form("eva").title
