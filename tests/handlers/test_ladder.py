"""Stories of leads that nobody answers: who is reminded, when, and of what. Nobody is woken at night."""

from datetime import datetime, timedelta

import pytest

from tests.world import PEOPLE, WITH_ROLES, World, settings_with

HEADS = {**PEOPLE, "heads": {"sales": "hal@acme.test", "marketing": "eva@acme.test"}}


def reminders(world: World, person: str) -> list[str]:
    """What a person was reminded of, as it reads now."""
    return [each.text for each in world.dms(person) if "waited" in each.text or "wait for you" in each.text]


async def a_settled_company(world: World) -> None:
    """Past its first week, in which managers are left alone."""
    await world.it_becomes("2026-12-07T09:30:00+00:00")


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_after_two_hours_one_rep_is_asked_in_the_thread_and_by_dm(world: World) -> None:
    card = await world.offers()

    await world.time_passes(hours=2)

    [line] = world.under(card)
    assert "could you look at this one? Anyone may still take it." in line.text
    [asked] = [person for person in ("amy", "ben", "chi") if reminders(world, person)]
    assert reminders(world, asked) == [
        "Pat Doe at Globex has waited 2 working hours for an answer. Could you take it? Anyone may still take it."
    ]
    assert world.dm(asked).buttons[:2] == ["Accept", "Reject"]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_what_is_taken_in_time_is_nobodys_reminder(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    await world.time_passes(hours=2)

    assert [reminders(world, person) for person in ("amy", "ben", "chi")] == [[], [], []]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_accepting_from_the_reminder_settles_every_message(world: World) -> None:
    card = await world.offers()
    await world.time_passes(hours=2)
    [asked] = [person for person in ("amy", "ben", "chi") if reminders(world, person)]
    note = world.dm(asked)

    await world.clicks(asked, "Accept", note)

    assert "took this" in world.card().text
    [settled] = [each for each in world.dms(asked) if each.ts == note.ts]
    assert "took this" in settled.text
    assert settled.buttons == []
    [line] = world.under(card)
    assert "took this" in line.text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_hot_lead_climbs_fast(world: World) -> None:
    await a_settled_company(world)
    card = await world.offers(source="demo_request")

    await world.time_passes(minutes=5)
    assert len(world.under(card)) == 1
    await world.time_passes(minutes=10)
    assert len(world.under(card)) == 2
    assert world.card().text.startswith("Late. Pat Doe at Globex")
    await world.time_passes(minutes=30)
    assert "has waited 45 working minutes for an answer. Who should have it?" in world.dm("hal").text
    await world.time_passes(minutes=15)

    first, second = world.cards()
    assert "moved down" in first.text
    assert second.buttons[:2] == ["Accept", "Reject"]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_card_that_was_moved_down_says_how_long_nobody_has_had_the_lead(world: World) -> None:
    await world.offers(source="demo_request")

    await world.minutes_go_by(75)

    line, *_ = world.under(world.cards()[-1])
    assert line.text == "Pat Doe at Globex has waited 65 working minutes for an answer. Who can help?"


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_second_reminder_goes_to_a_second_rep(world: World) -> None:
    card = await world.offers(source="demo_request")

    await world.minutes_go_by(20)

    first, second = (line.text.partition(",")[0] for line in world.under(card))
    assert first != second


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_nobody_is_reminded_at_night(world: World) -> None:
    await world.it_becomes("2026-11-23T17:00:00+00:00")
    await world.offers(source="demo_request")
    await world.it_becomes("2026-11-23T17:06:00+00:00")
    assert sum(len(reminders(world, person)) for person in ("amy", "ben")) == 1

    await world.it_becomes("2026-11-23T23:30:00+00:00")

    assert sum(len(reminders(world, person)) for person in ("amy", "ben")) <= 2
    assert reminders(world, "hal") == []


@pytest.mark.parametrize("settings", [settings_with(people={**PEOPLE, "reps": ["amy@acme.test"]})])
async def test_a_rung_that_falls_into_the_night_is_moved_and_never_used_up(world: World) -> None:
    await a_settled_company(world)
    await world.it_becomes("2026-12-07T16:00:00+00:00")
    await world.offers()

    await world.it_becomes("2026-12-07T23:00:00+00:00")
    assert reminders(world, "amy") == []
    await world.it_becomes("2026-12-08T09:29:00+00:00")
    assert reminders(world, "amy") == []
    await world.it_becomes("2026-12-08T09:31:00+00:00")

    assert "has waited 2 working hours" in reminders(world, "amy")[0]


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_in_its_first_week_a_workspace_reminds_reps_only(world: World) -> None:
    world.is_known_since(timedelta(days=1))
    await world.offers(source="demo_request")

    await world.minutes_go_by(180, step=15)

    assert reminders(world, "hal") == []


@pytest.mark.parametrize("settings", [settings_with(people=HEADS)])
async def test_the_heads_hear_of_it_once(world: World) -> None:
    await a_settled_company(world)
    await world.offers(source="demo_request")

    await world.minutes_go_by(360, step=15)

    assert len(reminders(world, "hal")) == 1  # as a manager: who was told is not told again
    assert sum("Nobody has it yet" in text for text in reminders(world, "eva")) == 1


@pytest.mark.parametrize("settings", [settings_with(people=HEADS)])
async def test_a_head_who_is_asked_gives_it_to_somebody(world: World) -> None:
    await a_settled_company(world)
    await world.offers(source="demo_request")
    await world.minutes_go_by(360, step=15)

    await world.clicks("eva", "Give to...", world.dm("eva"))
    await world.chooses("eva", "Give to", "amy")
    await world.sends_the_form("eva")

    assert "Eva gave this to Amy" in world.cards()[-1].text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_an_owner_is_asked_whether_it_is_still_theirs(world: World) -> None:
    await a_settled_company(world)
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))

    await world.time_passes(hours=1)

    assert "has waited 1 working hour for a first contact. Still yours?" in world.dm("amy").text
    await world.time_passes(minutes=45)
    assert "for a first contact from Amy. Who should have it?" in world.dm("hal").text


@pytest.mark.parametrize(
    ("settings", "told_at"),
    [
        (WITH_ROLES, "2026-12-08T09:00"),
        (
            settings_with(people=PEOPLE, hours={"timezone": "Europe/London", "disturb": "always"}),
            "2026-12-08T01:55",
        ),
    ],
    ids=["working-hours", "always"],
)
async def test_by_the_owners_clock_in_tokyo_a_manager_in_london_is_told_in_the_morning_or_at_any_hour(
    world: World, told_at: str
) -> None:
    await a_settled_company(world)
    await world.it_becomes("2026-12-08T00:10:00+00:00")
    await world.clicks("chi", "Accept", await world.offers(source="demo_request"))
    told: dict[str, datetime] = {}

    while world.now().hour < 10:
        await world.time_passes(minutes=5)
        told |= {
            person: world.now()
            for person in ("chi", "hal")
            if reminders(world, person) and person not in told
        }

    assert f"{told['chi']:%H:%M}" == "01:10"
    assert f"{told['hal']:%Y-%m-%dT%H:%M}" == told_at
    assert "for a first contact from Chi. Who should have it?" in world.dm("hal").text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_was_in_touch_is_left_alone_until_the_lead_stalls(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.clicks("amy", "Contacted", world.dm("amy"))

    await world.time_passes(hours=4)
    assert reminders(world, "amy") == []
    await world.it_becomes("2026-11-26T09:31:00+00:00")

    assert "has heard nothing for 3 working days." in world.dm("amy").text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_reminder_of_a_stalled_lead_is_settled_by_a_contact(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.it_becomes("2026-12-02T10:30:00+00:00")
    assert "has heard nothing for 7 working days." in world.dm("amy").text
    await world.time_passes(minutes=5)

    await world.clicks("amy", "Contacted", world.dm("amy"))

    assert "has been in touch" in world.dm("amy").text
    assert world.dm("amy").buttons == []


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_after_an_undo_the_clock_goes_on_as_if_nothing_had_been_decided(world: World) -> None:
    card = await world.offers(source="demo_request")
    await world.time_passes(minutes=2)
    await world.clicks("amy", "Accept", card)
    await world.time_passes(minutes=2)

    await world.clicks("amy", "Undo", world.card())
    assert world.under(card) == []
    await world.time_passes(minutes=1)

    assert len(world.under(card)) == 1


async def test_where_nobody_is_named_the_channel_is_asked(world: World) -> None:
    await a_settled_company(world)
    card = await world.offers(source="demo_request")

    await world.minutes_go_by(50)

    assert any("Who can help?" in line.text for line in world.under(card))


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_two_rungs_that_are_due_together_and_name_nobody_are_one_line(world: World) -> None:
    await a_settled_company(world)
    await world.offers()

    await world.minutes_go_by(3 * 24 * 60 + 60, step=60)

    said = [line.text for line in world.under(world.cards()[-1])]  # no heads: the last call, with the breach
    assert said.count("Pat Doe at Globex has waited 3 working days for an answer. Who can help?") == 1


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_of_several_rungs_due_together_the_lowest_goes_and_the_rest_keep_their_distance(
    world: World,
) -> None:
    card = await world.offers(source="demo_request")

    await world.time_passes(hours=3)
    assert len(world.under(card)) == 1
    await world.time_passes(minutes=9)
    assert len(world.under(card)) == 1
    await world.time_passes(minutes=2)

    assert len(world.under(card)) == 2


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_several_due_to_one_person_are_one_message(world: World) -> None:
    owned = [
        await world.offers(
            id=f"crm-{number}",
            contact={"name": f"Lead {number}", "email": f"l{number}@x{number}.test"},
            source="demo_request",
        )
        for number in range(3)
    ]
    for each in owned:
        await world.clicks("amy", "Accept", each)
    before = len(world.dms("amy"))

    await world.time_passes(hours=1, minutes=1)

    assert len(world.dms("amy")) == before + 1
    assert world.dm("amy").text.startswith("3 leads wait for you.")


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_the_timeline_names_who_was_reminded(world: World) -> None:
    card = await world.offers(source="demo_request")
    await world.time_passes(minutes=5)
    [asked] = [person for person in ("amy", "ben") if reminders(world, person)]

    await world.clicks("chi", "Timeline", card)

    assert f"Reminded: {asked.capitalize()}" in str(world.form("chi").blocks)


async def test_the_channels_own_line_is_settled_too(world: World) -> None:
    await a_settled_company(world)
    card = await world.offers(source="demo_request")
    await world.minutes_go_by(50)

    await world.clicks("ben", "Accept", card)

    assert all("Ben took this" in line.text for line in world.under(card))


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_silence_passes_the_turn_on_and_the_first_rep_is_told_why(world: World) -> None:
    await a_settled_company(world)
    await world.offers(source="demo_request")
    [first] = [person for person in ("amy", "ben", "chi") if world.dms(person)]

    await world.minutes_go_by(65)

    [second] = [person for person in ("amy", "ben", "chi") if world.dms(person) and person != first]
    assert all("Accept" not in each.buttons for each in world.dms(first))
    assert "Accept" in world.dm(second).buttons
    assert f"This went to {second.title()} at" in world.dms(first)[0].text
    assert world.dms(first)[0].text.endswith("because it had waited an hour.")
    await world.clicks(first, "Accept", world.card())
    assert world.told(first)[-1].endswith("because it had waited an hour. Nothing for you to do.")


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_who_let_a_lead_pass_long_ago_hears_of_no_later_offer_but_of_its_end(world: World) -> None:
    await a_settled_company(world)
    await world.offers(source="demo_request")
    await world.minutes_go_by(130)  # to Amy, to Ben, and then to whoever starts first
    reminded = world.dms("amy")[-1]
    await world.it_becomes("2026-12-08T00:10:00+00:00")  # Chi's morning

    passed = world.dms("amy")[-1].text
    await world.clicks("chi", "Accept", world.card())

    assert passed == reminded.text
    assert reminded.text.startswith("Pat Doe at Globex: This went on ")
    assert reminded.text.endswith("because it had waited an hour.")
    assert "Chi took this" in world.dms("amy")[-1].text


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
async def test_the_card_says_late_of_the_lead_and_never_beside_a_person(world: World) -> None:
    await world.offers(source="demo_request")

    await world.minutes_go_by(15)

    said = world.card().text
    assert said.startswith("Late. Pat Doe at Globex")
    assert "Hot. Amy's turn. Shown" in said
    assert said.count("Late") == 1


@pytest.mark.postgres
@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, ladder={"most": 2})])
async def test_who_was_reminded_as_often_as_anybody_is_stands_in_the_managers_list(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    for _ in range(2):
        await world.time_passes(hours=1)
        await world.clicks("amy", "No answer", world.dms("amy")[0])
    told = len(world.dms("amy"))

    await world.time_passes(hours=2)

    assert told == 3
    assert len(world.dms("amy")) == told
    await world.slack.opens_home("hal")
    await world.settles()
    stuck = world.slack.home("hal")
    assert stuck is not None
    assert "Pat Doe at Globex" in stuck.words
    assert "No longer reminded: Amy." in stuck.words
