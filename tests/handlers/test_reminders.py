"""Stories of a reminder's buttons: each does what it says, is refused kindly when late, and settles every message."""

from datetime import timedelta

import pytest

from playground.things import Message
from tests.handlers.test_ladder import a_settled_company
from tests.world import PEOPLE, WITH_ROLES, World, lead, person_called, settings_with

ROLES = pytest.mark.parametrize("settings", [WITH_ROLES])
OFFERED = [
    "Accept",
    "Reject",
    "Remind me in 30 minutes",
    "Not for me",
    "Stop reminding me of this one",
    "Timeline",
]
OWNED = [
    "Contacted",
    "Hand back",
    "Remind me later...",
    "Reject...",
    "Stop reminding me of this one",
    "Timeline",
]
ASKED_WHO = [
    "Give to...",
    "Give 1 more hour",
    "Remind me in 30 minutes",
    "Stop reminding me of this one",
    "Timeline",
]
STILL_YOURS = [
    "Give to...",
    "Give 1 more hour",
    "Remind me later...",
    "Stop reminding me of this one",
    "Timeline",
]


async def a_rep_is_asked(world: World) -> tuple[str, Message]:
    """Who was asked whether they could take the lead, and the message."""
    await world.offers(source="demo_request")
    await world.time_passes(minutes=5)
    [(asked, note)] = [(each, note) for each in ("amy", "ben", "chi") for note in world.dms(each)]
    return asked, note


async def the_owner_is_asked(world: World) -> Message:
    """The message to Amy: is it still hers?"""
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(hours=1)
    return world.dm("amy")


async def the_manager_is_asked(world: World) -> Message:
    """The message to Hal about a lead that nobody has taken."""
    await a_settled_company(world)
    await world.offers(source="demo_request")
    await world.minutes_go_by(45)
    return world.dm("hal")


def as_it_is_now(world: World, person: str, note: Message) -> Message:
    [now] = [each for each in world.dms(person) if each.ts == note.ts]
    return now


@ROLES
async def test_who_is_asked_has_two_buttons_and_the_rest_under_three_dots(world: World) -> None:
    _, note = await a_rep_is_asked(world)

    assert note.buttons == OFFERED


@ROLES
async def test_an_owner_has_two_buttons_and_the_rest_under_three_dots(world: World) -> None:
    note = await the_owner_is_asked(world)

    assert note.buttons == OWNED


@ROLES
async def test_a_manager_has_two_buttons_and_the_rest_under_three_dots(world: World) -> None:
    note = await the_manager_is_asked(world)

    assert note.buttons == ASKED_WHO
    await world.clicks("amy", "Accept", world.card())
    await world.minutes_go_by(105, step=15)
    assert world.dm("hal").buttons == STILL_YOURS


@ROLES
async def test_a_lead_is_rejected_from_its_reminder(world: World) -> None:
    asked, note = await a_rep_is_asked(world)

    await world.rejects(asked, note, "No budget")

    assert f"{asked.title()} passed on this" in world.card().text
    assert f"{asked.title()} passed on this" in as_it_is_now(world, asked, note).text
    assert as_it_is_now(world, asked, note).buttons == []
    assert all("passed on this" in line.text for line in world.under(world.card()))


@ROLES
async def test_not_for_me_in_a_reminder_leaves_the_lead_to_the_others(world: World) -> None:
    asked, note = await a_rep_is_asked(world)

    await world.clicks(asked, "Not for me", note)

    assert "You will not be asked about Pat Doe at Globex again." in world.told(asked)[-1]
    assert "Accept" in world.card().buttons


@ROLES
async def test_a_first_contact_is_logged_from_the_reminder(world: World) -> None:
    note = await the_owner_is_asked(world)

    await world.clicks("amy", "Contacted", note)

    assert "has been in touch" in world.card().text
    assert "has been in touch" in as_it_is_now(world, "amy", note).text
    assert as_it_is_now(world, "amy", note).buttons == []


@ROLES
async def test_a_lead_is_handed_back_from_the_reminder(world: World) -> None:
    note = await the_owner_is_asked(world)

    await world.clicks("amy", "Hand back", note)
    await world.chooses("amy", "Why?", "I have too much")
    await world.sends_the_form("amy")

    assert "Accept" in world.card().buttons
    assert as_it_is_now(world, "amy", note).buttons == []


@ROLES
async def test_a_manager_gives_it_from_the_reminder_and_every_message_says_so(world: World) -> None:
    note = await the_manager_is_asked(world)

    await world.clicks("hal", "Give to...", note)
    await world.chooses("hal", "Give to", "amy")
    await world.sends_the_form("hal")

    asked = [
        each
        for person in ("amy", "ben", "chi", "hal")
        for each in world.dms(person)
        if "is yours" not in each.text
    ]
    assert len(asked) == 3
    for each in (world.card(), *world.under(world.card()), *asked):
        assert "Hal gave this to Amy" in each.text
        assert not {"Accept", "Reject", "Give to...", "Give 1 more hour"} & set(each.buttons) - {"Give to..."}
    assert [each.buttons for each in asked] == [[], [], []]


@pytest.mark.postgres
@ROLES
async def test_a_manager_who_puts_it_off_is_asked_again_then_and_nothing_else_waits(world: World) -> None:
    note = await the_manager_is_asked(world)

    await world.clicks("hal", "Remind me in 30 minutes", note)

    assert "I will remind you" in world.told("hal")[-1]
    assert "Hal: back to this at" in world.card().text
    told = len(world.dms("hal"))
    await world.time_passes(minutes=29)
    assert len(world.cards()) == 2  # it is offered anew meanwhile
    assert len(world.dms("hal")) == told
    await world.time_passes(minutes=2)
    assert len(world.dms("hal")) == told + 1
    assert "Who should have it?" in world.dm("hal").text
    assert world.dm("hal").buttons == ASKED_WHO


@ROLES
async def test_a_manager_puts_off_what_somebody_owns_and_plans_no_step_for_them(world: World) -> None:
    await a_settled_company(world)
    await the_owner_is_asked(world)
    await world.time_passes(minutes=45)
    note = world.dm("hal")

    await world.clicks("hal", "Remind me later...", note)
    assert "Next step on" not in world.form("hal").words
    await world.chooses("hal", "When?", "In 2 hours")
    await world.sends_the_form("hal")

    told = len(world.dms("hal"))
    await world.time_passes(minutes=119)
    assert len(world.dms("hal")) == told
    await world.time_passes(minutes=2)
    assert len(world.dms("hal")) == told + 1
    assert "for a first contact from Amy. Who should have it?" in world.dm("hal").text


@pytest.mark.parametrize(
    "settings", [settings_with(people={**PEOPLE, "heads": {"marketing": "gus@guest.test"}})], ids=["head"]
)
async def test_a_head_who_is_nothing_else_ends_their_reminders_of_it(world: World) -> None:
    await a_settled_company(world)
    await world.offers(source="demo_request")
    await world.minutes_go_by(300, step=15)

    await world.clicks("gus", "Stop reminding me of this one", world.dm("gus"))

    assert world.told("gus") == ["You will not be reminded of this one again."]


# Undone, put off, and after an outage.


@ROLES
async def test_what_is_taken_back_is_asked_again_in_the_message_that_was_sent(world: World) -> None:
    asked, note = await a_rep_is_asked(world)
    await world.clicks(asked, "Accept", note)
    await world.time_passes(minutes=2)

    await world.clicks(asked, "Undo", world.card())

    assert as_it_is_now(world, asked, note).buttons == OFFERED
    [line] = world.under(world.card())
    assert "could you look at this one?" in line.text
    await world.time_passes(minutes=9)
    assert len(world.under(world.card())) == 2  # the breach, fifteen minutes after the card
    assert len([each for each in world.dms(asked) if "has waited" in each.text]) == 1


@ROLES
async def test_a_rejection_that_is_taken_back_asks_again_as_well(world: World) -> None:
    asked, note = await a_rep_is_asked(world)
    await world.rejects(asked, note, "No budget")

    await world.clicks(asked, "Undo", world.card())

    assert as_it_is_now(world, asked, note).buttons == OFFERED


@ROLES
async def test_the_third_time_that_one_lead_is_put_off_a_reason_is_asked_for(world: World) -> None:
    await the_owner_is_asked(world)
    for _ in range(2):
        await world.clicks("amy", "Remind me later...", world.dm("amy"))
        await world.chooses("amy", "When?", "In 30 minutes")
        await world.sends_the_form("amy")
        await world.time_passes(minutes=31)

    await world.clicks("amy", "Remind me later...", world.dm("amy"))
    await world.chooses("amy", "When?", "In my next working hours")
    assert "This is the third time for this lead: why?" in world.form("amy").words
    await world.types("amy", "This is the third time for this lead: why?", "They are at a fair.")
    await world.sends_the_form("amy")

    assert "Amy: back to this on" in world.card().text
    told = len(world.dms("amy"))
    await world.it_becomes("2026-11-24T08:59:00+00:00")
    assert len(world.dms("amy")) == told
    await world.it_becomes("2026-11-24T09:01:00+00:00")
    assert len(world.dms("amy")) == told + 1


@pytest.mark.postgres
@ROLES
async def test_after_an_outage_of_hours_each_person_gets_one_list_by_the_time_that_is_left(
    world: World,
) -> None:
    for number in range(3):
        await world.offers(
            id=f"crm-{number}",
            contact={"name": f"Lead {number}", "email": f"l{number}@x{number}.test"},
            source="demo_request",
        )
        await world.clicks("amy", "Accept", world.cards()[-1])
    await world.time_passes(minutes=40)
    await world.truce.recurring.ensure()
    told = len(world.dms("amy"))

    world.time.tick(timedelta(hours=4))  # Truce does not run
    await world.truce.recurring.begin()
    await world.settles()
    await world.time_passes(minutes=15)
    assert len(world.dms("amy")) == told
    await world.time_passes(minutes=6)

    assert len(world.dms("amy")) == told + 1
    assert world.dm("amy").text.startswith("3 leads wait for you.")
    assert world.dm("amy").text.count("has waited 1 working hour for a first contact.") == 3
    assert world.dm("amy").text.endswith("Still yours?")
    assert world.dm("amy").text.count("Still yours?") == 1


@ROLES
async def test_what_the_lead_does_resets_no_clock_and_what_any_of_us_does_resets_it(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.time_passes(minutes=50)
    await world.crm_sends(
        {"touch": {"lead": "crm-991", "kind": "pricing_page", "at": world.now().isoformat()}}
    )
    await world.time_passes(minutes=11)
    assert "has waited 1 working hour for a first contact." in world.dm("amy").text

    tried = {"lead": "crm-991", "kind": "no_answer", "at": world.now().isoformat(), "by": "ben@acme.test"}
    await world.crm_sends({"touch": tried})
    told = len(world.dms("amy")) + len(world.dms("hal"))
    await world.time_passes(minutes=50)
    assert len(world.dms("amy")) + len(world.dms("hal")) == told
    await world.time_passes(minutes=11)
    assert len(world.dms("amy")) == told + 1


@ROLES
async def test_a_manager_has_what_is_not_hot_in_one_list_every_two_working_hours(world: World) -> None:
    await a_settled_company(world)
    for name, clock in (("Ann", "09:40"), ("Bob", "10:10"), ("Cy", "10:40")):
        await world.it_becomes(f"2026-12-07T{clock}:00+00:00")
        address = f"{name.lower()}@{name.lower()}.test"
        told = {"contact": {"name": f"{name} Doe", "email": address}, "company": {"name": f"{name} Ltd"}}
        await world.crm_sends(lead(id=name, **told))

    for clock in ("07T13:00", "08T11:00", "09T09:55", "09T10:25", "09T10:55"):
        await world.it_becomes(f"2026-12-{clock}:00+00:00")
    assert [each.text[:7] for each in world.dms("hal")] == ["Ann Doe"]
    await world.it_becomes("2026-12-09T12:20:00+00:00")

    _, rest = world.dms("hal")
    assert rest.text.startswith("2 leads wait for you. Bob Doe")
    assert rest.text.index("Bob Doe") < rest.text.index("Cy Doe")


@pytest.mark.parametrize(
    "settings",
    [
        settings_with(
            people=PEOPLE,
            ladder={"standard": {"remind": "1h", "breach": "2h", "manager": "3h", "reoffer": "8h"}},
            teams=[
                {"name": "dach", "channel": "#leads", "when": {"company.country": "DE"}},
                {"name": "rest", "channel": "#leads"},
            ],
        )
    ],
)
async def test_what_is_told_at_once_of_one_team_holds_up_no_list_of_another(world: World) -> None:
    await a_settled_company(world)
    await world.slack.changes("hal", tz="Europe/London")
    await world.crm_sends(person_called("Robin Roe", company={"name": "Initrode", "country": "GB"}))

    for number in range(3):  # each comes to the manager 45 minutes later, before two hours of rest are over
        company = {"name": f"Firma {number}", "country": "DE"}
        await world.crm_sends(person_called(f"Pat{number} Doe", company=company, source="demo_request"))
        await world.minutes_go_by(90, step=15)

    assert "Robin Roe at Initrode has waited" in " ".join(each.text for each in world.dms("hal"))
