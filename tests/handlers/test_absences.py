"""Stories of who is away or gone: their manager is told once, what is open is given, and cover goes back by itself."""

import pytest

from playground.things import Message
from tests.world import PEOPLE, WITH_ROLES, World, person_called, settings_with

ROLES = pytest.mark.parametrize("settings", [WITH_ROLES])
NO_MANAGERS = pytest.mark.parametrize(
    "settings", [settings_with(people={**PEOPLE, "managers": [], "admins": ["eva@acme.test"]})]
)


async def amy_has_two(world: World) -> None:
    await world.crm_sends(person_called("Pat Doe"), person_called("Robin Roe", 2))
    for card in world.cards():
        await world.clicks("amy", "Accept", card)


def notes(world: World, person: str = "hal") -> list[Message]:
    """What a manager was told of absences."""
    told = ("Amy is away", "Amy is here again", "Amy has left")
    return [each for each in world.dms(person) if each.text.startswith(told)]


async def gives_all(world: World, to: str) -> None:
    await world.clicks("hal", "Give all to...", notes(world)[0])
    await world.chooses("hal", "Give all to", to)
    await world.sends_the_form("hal")


@ROLES
@pytest.mark.postgres
async def test_the_manager_is_told_once_of_all_that_is_open(world: World) -> None:
    await amy_has_two(world)

    await world.says("amy", "/truce away until Friday")
    await world.says("amy", "/truce hours mon-fri 8-16")
    await world.time_passes(hours=1)

    [note] = notes(world)
    assert "Amy is away until" in note.text
    assert "2 leads are open with them. Who looks after them until then?" in note.text
    assert "Pat Doe at Initech: waits for a first contact" in note.text
    assert "Robin Roe" in note.text
    assert note.buttons == ["Give all to...", "Share out", "One by one"]


@ROLES
async def test_what_is_due_first_comes_first(world: World) -> None:
    await amy_has_two(world)
    first = next(each for each in world.dms("amy") if "Pat Doe" in each.text)
    await world.clicks("amy", "Contacted", first)

    await world.says("amy", "/truce away until Friday")

    [note] = notes(world)
    assert note.text.index("Robin Roe") < note.text.index("Pat Doe at Initech: in touch")


@ROLES
async def test_nobody_is_told_of_an_absence_with_nothing_open(world: World) -> None:
    await world.says("amy", "/truce away until Friday")

    assert notes(world) == []


@ROLES
async def test_the_next_absence_is_another_message(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away today")
    await world.it_becomes("2026-11-24T10:00:00+00:00")
    assert "Amy is here again." in notes(world)[0].text

    await world.says("amy", "/truce away today")

    assert len(notes(world)) == 2


@ROLES
async def test_a_planned_absence_is_told_of_when_it_begins(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away tomorrow")
    assert notes(world) == []

    await world.it_becomes("2026-11-24T00:00:00+00:00")
    assert notes(world) == []  # it is night where the manager is
    await world.it_becomes("2026-11-24T09:00:00+00:00")

    assert len(notes(world)) == 1


@ROLES
@pytest.mark.postgres
async def test_an_absence_planned_while_another_lasts_is_told_of_when_it_begins(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away until tomorrow")
    await world.says("amy", "/truce away 26 Nov")
    await world.it_becomes("2026-11-24T10:00:00+00:00")
    assert [note.text for note in notes(world)] == ["Amy is here again."]
    await world.it_becomes("2026-11-26T10:00:00+00:00")

    assert len(notes(world)) == 2
    assert notes(world)[1].text.startswith("Amy is away")


@NO_MANAGERS
async def test_without_a_manager_the_admins_are_told(world: World) -> None:
    await amy_has_two(world)

    await world.says("amy", "/truce away until Friday")

    assert len(notes(world, "eva")) == 1
    await world.clicks("eva", "Give all to...", notes(world, "eva")[0])
    await world.chooses("eva", "Give all to", "ben")
    await world.sends_the_form("eva")
    assert all("Eva gave it to Ben until Amy is back" in card.text for card in world.cards())


@ROLES
@pytest.mark.postgres
async def test_all_is_given_to_a_colleague_and_goes_back_by_itself(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away until Wednesday")

    await gives_all(world, "ben")

    assert all("gave it to Ben until Amy is back" in card.text for card in world.cards())
    assert "Nothing is open with them" in notes(world)[0].text
    assert notes(world)[0].buttons == []
    await world.it_becomes("2026-11-25T09:00:00+00:00")
    assert all(card.text.count("Ben") == 0 for card in world.cards())
    assert [each.text for each in world.dms("amy") if "is yours" in each.text]
    assert "Amy is here again." in notes(world)[0].text


@ROLES
async def test_one_by_one_each_lead_has_its_own_colleague(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away until Friday")

    await world.clicks("hal", "One by one", notes(world)[0])
    await world.chooses("hal", "Pat Doe at Initech", "ben")
    await world.sends_the_form("hal")

    said = " ".join(card.text for card in world.cards())
    assert said.count("gave it to Ben") == 1
    [note] = notes(world)
    assert "1 lead is open with them" in note.text
    assert "Robin Roe" in note.text
    assert "Pat Doe" not in note.text


@ROLES
async def test_giving_to_somebody_who_takes_no_leads_is_said_under_the_field(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away until Friday")
    await world.clicks("hal", "Give all to...", notes(world)[0])
    await world.chooses("hal", "Give all to", "eva")

    answer = await world.sends_the_form("hal")

    words = {"whom": "Eva does not take leads here."}
    assert answer.body == {"response_action": "errors", "errors": words}
    assert all("Amy took this" in card.text for card in world.cards())


@ROLES
async def test_a_late_click_is_answered_kindly(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away until Friday")
    old = notes(world)[0]
    await gives_all(world, "ben")

    await world.slack.click_old(
        "hal", old.channel, old.ts, "absence.give_all", world.slack.desk.store.person("amy").id
    )
    await world.settles()

    assert "Nothing is open with them any more" in world.told("hal")[-1]


# Gone.


@ROLES
@pytest.mark.postgres
async def test_of_who_has_left_the_manager_is_told_once_and_nothing_goes_back(world: World) -> None:
    await amy_has_two(world)

    await world.slack.changes("amy", deactivated=True)
    await world.settles()

    [note] = notes(world)
    assert note.text.startswith("Amy has left. 2 leads are open with them. Who takes over?")
    await gives_all(world, "ben")
    assert all(
        "Amy (left) took this" in card.text and "gave it to Ben" in card.text for card in world.cards()
    )
    assert "is back" not in " ".join(card.text for card in world.cards())
    await world.slack.changes("amy", deactivated=False)
    await world.settles()
    assert all("gave it to Ben" in card.text for card in world.cards())


async def amy_leaves_a_deal(world: World) -> None:
    told = {"id": "opp-9", "name": "Hooli rollout", "stage": "proposal", "owner": "amy@acme.test"}
    await world.crm_sends({"deal": told}, feed="crm")
    await world.slack.changes("amy", deactivated=True)
    await world.settles()


@ROLES
@pytest.mark.postgres
async def test_the_deals_of_who_has_left_are_given_as_well(world: World) -> None:
    await amy_leaves_a_deal(world)
    [note] = notes(world)
    assert note.text.startswith("Amy has left. 1 deal is open with them. Who takes over?")
    assert "• Hooli rollout: an open deal" in note.text

    await gives_all(world, "ben")

    assert world.told("hal")[-1] == "They get 1 deal of Amy now."
    assert "Nothing is open with them." in notes(world)[0].text
    await world.slack.changes("ben", deactivated=True)
    await world.settles()
    assert world.dm("hal").text.startswith("Ben has left. 1 deal is open with them.")


@ROLES
async def test_a_lead_goes_with_its_deal_to_who_gets_all_of_who_has_left(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.crm_sends(
        {"deal": {"id": "opp-9", "stage": "proposal", "owner": "amy@acme.test", "leads": ["crm-991"]}}
    )
    assert "Amy has this: there is a deal." in world.card().text
    await world.slack.changes("amy", deactivated=True)
    await world.settles()

    await gives_all(world, "ben")

    assert "Ben has this: there is a deal." in world.card().text
    assert "Pat Doe at Globex is yours." in world.dm("ben").text


@ROLES
async def test_leads_and_deals_of_who_has_left_are_shared_out_together(world: World) -> None:
    await amy_has_two(world)
    await amy_leaves_a_deal(world)
    assert "2 leads and 1 deal are open with them." in notes(world)[0].text

    await world.clicks("hal", "Share out", notes(world)[0])

    assert world.told("hal")[-1] == "2 leads and 1 deal of Amy: shared out among who is here."
    assert "Nothing is open with them." in notes(world)[0].text


@ROLES
async def test_one_by_one_a_deal_of_who_has_left_has_a_colleague_of_its_own(world: World) -> None:
    await amy_has_two(world)
    await amy_leaves_a_deal(world)

    await world.clicks("hal", "One by one", notes(world)[0])
    await world.chooses("hal", "Hooli rollout (an open deal)", "eva")
    await world.sends_the_form("hal")
    assert "Eva does not take leads here." in str(world.form("hal").errors)
    await world.chooses("hal", "Hooli rollout (an open deal)", "chi")
    await world.sends_the_form("hal")

    assert "2 leads are open with them." in notes(world)[0].text


@ROLES
async def test_who_has_left_unnoticed_is_noticed_the_next_day(world: World) -> None:
    await amy_has_two(world)
    world.slack.desk.store.person("amy").deactivated = True

    for day in ("24", "25"):
        await world.it_becomes(f"2026-11-{day}T10:00:00+00:00")
        await world.truce.recurring.ensure()
        await world.settles()

    assert len(notes(world)) == 1


# Shared out, offered on.


@ROLES
@pytest.mark.postgres
async def test_what_is_open_is_shared_out_among_who_is_at_work(world: World) -> None:
    await world.slack.changes("chi", tz="Europe/London")
    await amy_has_two(world)
    await world.says("amy", "/truce away until Wednesday")

    await world.clicks("hal", "Share out", notes(world)[0])

    said = " ".join(card.text for card in world.cards())
    assert said.count("gave it to Ben until Amy is back") == 1
    assert said.count("gave it to Chi until Amy is back") == 1
    assert world.told("hal") == ["2 leads of Amy: shared out among who is here."]


@ROLES
async def test_in_the_evening_what_is_shared_out_does_not_all_go_to_who_starts_first(world: World) -> None:
    await amy_has_two(world)
    await world.says("amy", "/truce away until Friday")
    await world.it_becomes("2026-11-23T18:30:00+00:00")

    await world.clicks("hal", "Share out", notes(world)[0])

    said = " ".join(card.text for card in world.cards())
    assert said.count("gave it to Ben until Amy is back") == 1
    assert said.count("gave it to Chi until Amy is back") == 1


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"cap": 2})])
async def test_what_nobody_has_room_for_stays_in_the_message_and_who_shared_it_out_is_told_so(
    world: World,
) -> None:
    await amy_has_two(world)
    for number, rep in enumerate(("ben", "chi", "chi")):
        await world.crm_sends(person_called(f"Lead{number} Lee"))
        await world.clicks(rep, "Accept", world.cards()[-1])
    await world.says("amy", "/truce away until Wednesday")

    await world.clicks("hal", "Share out", notes(world)[0])

    said = " ".join(card.text for card in world.cards())
    assert said.count("gave it to Ben until Amy is back") == 1
    assert "1 lead is open with them." in notes(world)[0].text
    assert world.told("hal") == [
        "2 leads of Amy: shared out among who is here and has room. What nobody has room for stays in the message."
    ]
    assert world.count("job", "ended_at IS NOT NULL") == 0  # nothing for who runs Truce to look at


@pytest.mark.parametrize(
    "settings",
    [settings_with(people={**PEOPLE, "reps": ["amy@acme.test", "ben@acme.test"]}, leads={"cap": 2})],
)
async def test_after_many_leads_that_nobody_has_room_for_the_deals_are_shared_out_as_well(
    world: World,
) -> None:
    theirs = {"owner": "amy@acme.test", "status": "working"}
    await world.crm_sends(*(person_called("Lou Lee", number, **theirs) for number in range(20)))
    for number, rep in enumerate(("ben", "amy", "amy")):
        await world.crm_sends(person_called(f"Lead{number} Lee", source="demo_request"))
        await world.clicks(rep, "Accept", world.cards()[-1])
    await amy_leaves_a_deal(world)
    assert "22 leads and 1 deal are open with them." in notes(world)[0].text

    await world.clicks("hal", "Share out", notes(world)[0])

    assert "21 leads are open with them." in notes(world)[0].text


@ROLES
async def test_with_nobody_else_there_sharing_out_says_so(world: World) -> None:
    await amy_has_two(world)
    for handle in ("ben", "chi", "amy"):
        await world.says(handle, "/truce away until Wednesday")

    await world.clicks("hal", "Share out", notes(world)[0])

    assert "Nobody else who takes leads is here now" in world.told("hal")[-1]
    assert all("Amy took this" in card.text for card in world.cards())


@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE, leads={"offer": "rotation"})])
@pytest.mark.parametrize("gone", [False, True])
async def test_what_is_offered_to_somebody_alone_goes_on_when_they_are_not_there(
    world: World,
    gone: bool,  # noqa: FBT001 - the two ways of a story
) -> None:
    await world.slack.changes("chi", tz="Europe/London")
    await world.crm_sends(person_called("Pat Doe"))
    first = next(name for name in ("Amy", "Ben", "Chi") if f"{name}'s turn" in world.card().text)

    if gone:
        await world.slack.changes(first.lower(), deactivated=True)
        await world.settles()
    else:
        await world.says(first.lower(), "/truce away until Friday")

    assert "turn" in world.card().text
    assert f"{first}'s turn" not in world.card().text


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_comes_back_sooner_than_they_said_is_reminded_sooner(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers(source="demo_request"))
    await world.says("amy", "/truce away until Friday")
    await world.time_passes(hours=2)

    await world.it_becomes("2026-11-24T10:00:00+00:00")
    await world.says("amy", "/truce back")
    await world.time_passes(minutes=61)

    assert "Still yours?" in world.dm("amy").text
