"""Put off, stopped, an hour more, a next step: who is quiet by whose wish, and what goes on meanwhile."""

import pytest

from tests.handlers.test_ladder import a_settled_company, reminders
from tests.world import PEOPLE, WITH_ROLES, World, settings_with


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_an_offer_may_be_put_off_once_and_the_card_says_so(world: World) -> None:
    await world.offers(source="demo_request")
    await world.time_passes(minutes=5)
    [asked] = [person for person in ("amy", "ben") if reminders(world, person)]

    await world.clicks(asked, "Remind me in 30 minutes", world.dm(asked))

    assert "back to this at" in world.card().text
    count = len(world.dms(asked))
    await world.time_passes(minutes=29)
    assert len(world.dms(asked)) == count
    await world.time_passes(minutes=2)
    assert len(world.dms(asked)) == count + 1
    await world.clicks(asked, "Remind me in 30 minutes", world.dm(asked))
    assert "You have put Pat Doe at Globex off once." in world.told(asked)[-1]


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_what_is_said_of_an_offer_that_is_put_off_is_true(world: World) -> None:
    await a_settled_company(world)
    await world.it_becomes("2026-12-07T17:00:00+00:00")
    await world.offers(source="demo_request")
    [asked] = [person for person in ("amy", "ben", "chi") if world.dms(person)]
    await world.time_passes(minutes=10)

    await world.clicks(asked, "Remind me in 30 minutes", world.dms(asked)[-1])

    assert "|8 Dec at 09:00 UTC>. It is still yours to answer." in world.told(asked)[-1]
    assert "back to this on" in world.card().text
    count = len(reminders(world, asked))
    await world.it_becomes("2026-12-08T08:59:00+00:00")
    assert len(reminders(world, asked)) == count
    await world.it_becomes("2026-12-08T09:01:00+00:00")
    assert len(reminders(world, asked)) == count + 1


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_an_hour_more_is_an_hour_more_for_who_is_asked(world: World) -> None:
    await a_settled_company(world)
    card = await world.offers(source="demo_request")
    [asked] = [person for person in ("amy", "ben", "chi") if world.dms(person)]
    other = "ben" if asked == "amy" else "amy"
    await world.minutes_go_by(45)

    await world.clicks("hal", "Give 1 more hour", world.dm("hal"))
    await world.clicks(other, "Accept", card)

    assert "|11:30 UTC>" in world.told(other)[-1]
    await world.time_passes(minutes=70)
    assert world.dms(other) == []
    await world.time_passes(minutes=10)
    assert world.dms(other) != []


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_wants_no_more_reminders_of_a_lead_gets_none(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)

    await world.clicks("amy", "Stop reminding me of this one", world.dm("amy"))
    before = len(world.dms("amy"))
    await world.it_becomes("2026-12-20T12:00:00+00:00")

    assert len(world.dms("amy")) == before
    told = await world.says("hal", "/truce report 23 Nov..29 Nov")
    assert "stopped by request for 1 lead" in told


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_manager_may_give_an_hour_more_once(world: World) -> None:
    await a_settled_company(world)
    await world.offers(source="demo_request")
    await world.minutes_go_by(45)

    await world.clicks("hal", "Give 1 more hour", world.dm("hal"))

    assert world.card().text.startswith("Late.")
    await world.time_passes(minutes=70)
    assert len(world.cards()) == 1
    await world.time_passes(minutes=10)
    assert len(world.cards()) == 2


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_next_step_is_asked_about_on_its_day_and_nothing_stalls_before(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.clicks("amy", "Next step...", world.dm("amy"))
    await world.chooses("amy", "What comes next?", "Get in touch again")
    await world.chooses("amy", "On which day?", "2026-12-03")
    await world.sends_the_form("amy")
    before = len(world.dms("amy"))

    await world.it_becomes("2026-12-03T08:59:00+00:00")
    assert len(world.dms("amy")) == before
    await world.it_becomes("2026-12-03T09:01:00+00:00")

    assert "has its next step today. What is next?" in world.dm("amy").text


async def plans_the_next_step(world: World, day: str) -> None:
    """In the form of a reminder of a first contact."""
    await world.clicks("amy", "Remind me later...", world.dm("amy"))
    await world.chooses("amy", "When?", "On the day of the next step")
    await world.chooses("amy", "Next step on", day)
    await world.sends_the_form("amy")


@pytest.mark.parametrize("settings", [WITH_ROLES])
@pytest.mark.postgres
async def test_a_first_contact_that_is_planned_waits_for_its_day_and_is_asked_for_then(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)
    await plans_the_next_step(world, "2026-12-03")
    assert "Next step on" in world.dms("amy")[0].text
    told = len(world.dms("amy"))

    await world.it_becomes("2026-12-03T08:59:00+00:00")
    assert len(world.dms("amy")) == told
    assert world.dms("hal") == []
    await world.it_becomes("2026-12-03T09:01:00+00:00")
    assert "has its next step today. What is next?" in world.dm("amy").text
    await world.it_becomes("2026-12-03T17:00:00+00:00")
    assert len(world.dms("amy")) == told + 1  # the day is theirs, hot or not
    await world.it_becomes("2026-12-04T09:01:00+00:00")
    assert "for a first contact. Still yours?" in world.dm("amy").text
    await world.time_passes(minutes=45)

    assert "for a first contact from Amy. Who should have it?" in world.dm("hal").text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_an_attempt_before_the_day_of_the_next_step_leaves_it_at_that_day(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)
    await plans_the_next_step(world, "2026-12-03")
    await world.clicks("amy", "No answer", world.dms("amy")[0])
    told = len(world.dms("amy"))

    await world.it_becomes("2026-12-03T08:59:00+00:00")
    assert len(world.dms("amy")) == told
    await world.it_becomes("2026-12-03T09:01:00+00:00")

    assert "has its next step today." in world.dm("amy").text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_lead_that_asks_for_us_does_not_wait_for_the_day_of_the_next_step(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.it_becomes("2026-11-24T09:40:00+00:00")
    await plans_the_next_step(world, "2026-12-03")

    await world.crm_sends(
        {"touch": {"lead": "crm-991", "kind": "demo_request", "at": world.now().isoformat()}}
    )
    await world.time_passes(minutes=61)

    assert "has waited 1 working hour for a first contact. Still yours?" in world.dm("amy").text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_contact_ends_what_was_planned_as_the_first(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)
    await plans_the_next_step(world, "2026-12-03")
    await world.it_becomes("2026-12-03T09:01:00+00:00")
    await world.clicks("amy", "Contacted", world.dm("amy"))
    told = len(world.dms("amy"))

    await world.it_becomes("2026-12-07T17:00:00+00:00")

    assert len(world.dms("amy")) == told
    assert world.dms("hal") == []


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_meeting_agreed_on_is_a_contact_and_a_next_step(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.clicks("amy", "Next step...", world.dm("amy"))
    await world.chooses("amy", "What comes next?", "A meeting we agreed on")
    await world.chooses("amy", "On which day?", "2026-12-03")
    await world.sends_the_form("amy")

    assert "Next step on" in world.dms("amy")[0].text
    assert "meetings 1" in world.feedback()[0].text


@pytest.mark.parametrize("day", ["2026-12-03", "2026-12-05"])  # a Thursday, and a Saturday
async def test_a_meeting_is_on_the_day_that_was_chosen_wherever_that_day_begins(
    world: World, day: str
) -> None:
    await world.slack.changes("amy", tz="Pacific/Auckland")
    await world.clicks("amy", "Accept", await world.offers())
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.clicks("amy", "Next step...", world.dm("amy"))
    await world.chooses("amy", "What comes next?", "A meeting we agreed on")
    await world.chooses("amy", "On which day?", day)
    await world.sends_the_form("amy")

    await world.clicks("amy", "Timeline", world.dm("amy"))

    assert f"Meeting by Amy: on {int(day[-2:])} Dec" in str(world.form("amy").blocks)


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_begins_at_ten_on_mondays_is_told_that_it_will_be_ten(world: World) -> None:
    await world.says("amy", "/truce hours mon-wed 10-15")
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.it_becomes("2026-11-23T11:00:30+00:00")

    await world.clicks("amy", "Remind me later...", world.dm("amy"))
    await world.chooses("amy", "When?", "On Monday at 9:00")
    await world.sends_the_form("amy")

    assert "|30 Nov at 10:00 UTC>" in world.card().text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-20", "Please choose a day that is still to come, within a year."),
        ("2026-11-23", "Please choose a day that is still to come, within a year."),
        ("2029-11-20", "Please choose a day that is still to come, within a year."),
        ("9999-12-31", "That is more than a year away: please give a day within a year."),
        ("", "Please choose the day of the next step."),
    ],
)
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_ones_own_lead_is_put_off_until_a_day_that_can_be(world: World, day: str, words: str) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)
    await world.clicks("amy", "Remind me later...", world.dm("amy"))
    await world.chooses("amy", "When?", "On the day of the next step")
    if day:
        await world.chooses("amy", "Next step on", day)

    answer = await world.sends_the_form("amy")

    assert answer.body == {"response_action": "errors", "errors": {"day": words}}
    assert "back to this" not in world.card().text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_day_that_has_been_is_no_next_step(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.clicks("amy", "Next step...", world.dm("amy"))
    await world.chooses("amy", "What comes next?", "Get in touch again")
    await world.chooses("amy", "On which day?", "2026-11-20")

    answer = await world.sends_the_form("amy")

    words = "Please choose a day that is still to come, within a year."
    assert answer.body == {"response_action": "errors", "errors": {"day": words}}
    assert "Next step on" not in world.dms("amy")[0].text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_ones_own_lead_may_be_put_off_until_monday(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)
    await world.clicks("amy", "Remind me later...", world.dm("amy"))
    await world.chooses("amy", "When?", "On Monday at 9:00")
    await world.sends_the_form("amy")
    before = len(world.dms("amy"))

    await world.it_becomes("2026-11-30T08:59:00+00:00")
    assert len(world.dms("amy")) == before
    await world.it_becomes("2026-11-30T09:01:00+00:00")

    assert "Still yours?" in world.dm("amy").text
