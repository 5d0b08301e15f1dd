"""Stories of everybody's Home: what is theirs to do next, by role; drawn anew when something changes."""

from datetime import timedelta

import pytest

from bot.jobs import Due, ForgetOld
from tests.handlers.test_agreements import ONLY_HEADS
from tests.world import PEOPLE, WITH_ROLES, World, lead, leads, person_called, settings_with

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])
TO_SEE = 21  # seconds until everybody sees what somebody else did


async def home(world: World, person: str) -> str:
    """Open it, and read it."""
    await world.slack.opens_home(person)
    await world.settles()
    return seen(world, person)


def seen(world: World, person: str) -> str:
    view = world.slack.home(person)
    assert view is not None, f"{person} has no Home"
    return view.words


def buttons(world: World, person: str, _opened: str) -> list[str]:
    view = world.slack.home(person)
    assert view is not None
    return list(view.buttons)


def published(world: World, person: str) -> int:
    who = world.slack.desk.store.person(person).id
    return len([call for call in world.slack.calls("views.publish") if call.args["user_id"] == who])


@pytest.mark.postgres
@with_roles
async def test_a_rep_has_open_offers_and_own_leads_with_their_buttons(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))
    first, _ = world.cards()
    await world.clicks("amy", "Accept", first)

    words = await home(world, "amy")

    assert "Yours to do next" in words
    assert "Pat Doe at Globex" in words
    assert "Robin Roe at Initech" in words
    assert "This week you took 1 lead" in words
    assert "Campaigns this week" not in words
    assert "How Truce is" not in words


@with_roles
async def test_a_lead_is_accepted_from_home_and_home_shows_it(world: World) -> None:
    await world.crm_sends(lead())
    await home(world, "amy")

    await world.clicks("amy", "Accept", "home")

    assert "Amy took this" in seen(world, "amy")
    assert "Amy took this" in world.card().text
    await world.clicks("amy", "Contacted", "home")
    assert "has been in touch" in seen(world, "amy")


@with_roles
async def test_what_others_do_is_seen_a_little_later_in_one_redraw(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"), person_called("Kim Poe", 2))
    await home(world, "amy")
    before = published(world, "amy")

    for card in world.cards():
        await world.clicks("ben", "Accept", card)
    await world.time_passes(seconds=TO_SEE)

    assert "Nothing waits for you." in seen(world, "amy")
    assert published(world, "amy") == before + 1


@with_roles
async def test_who_never_opened_it_is_sent_none(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.time_passes(minutes=1)

    assert world.slack.calls("views.publish") == []


@with_roles
async def test_an_unchanged_home_is_not_sent_again(world: World) -> None:
    await world.crm_sends(lead())
    await home(world, "amy")

    await home(world, "amy")

    assert published(world, "amy") == 1


@with_roles
async def test_a_click_that_comes_too_late_is_answered_beside_home(world: World) -> None:
    await world.crm_sends(lead())
    await home(world, "amy")
    await world.clicks("ben", "Accept", world.card())

    await world.clicks("amy", "Accept", "home")

    assert "took this" in world.dm("amy").text
    assert world.told("amy") == []


@pytest.mark.postgres
@with_roles
async def test_a_marketer_has_campaigns_and_rejections(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe", campaign="Fair"))
    first, _ = world.cards()
    await world.rejects("amy", first, "No budget")

    words = await home(world, "eva")

    assert "Autumn webinar: handed over 1, accepted 0, rejected 1, waiting 0" in words
    assert "Fair: handed over 1, accepted 0, rejected 0, waiting 1" in words
    assert "Rejected lately" in words
    assert "Yours to do next" not in words


@pytest.mark.postgres
@with_roles
async def test_a_manager_has_what_is_stuck_and_what_each_rep_has_in_hand(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))
    await world.clicks("amy", "Accept", world.cards()[0])
    assert "Nothing is late." in await home(world, "hal")

    await world.minutes_go_by(9 * 60, step=60)
    await world.it_becomes("2026-11-24T11:00:00+00:00")
    words = await home(world, "hal")

    assert "Robin Roe at Initech\nLate." in words.replace("* ", "").replace("*", "")
    assert "Amy: 1 lead, 1 without a first contact" in words
    await world.clicks("hal", "Give to...", "home")
    assert world.form("hal").title == "Give to"


@pytest.mark.parametrize("settings", [ONLY_HEADS])
async def test_a_head_of_either_side_has_what_is_stuck_with_its_buttons(world: World) -> None:
    await world.crm_sends(lead())
    await world.it_becomes("2026-11-24T12:00:00+00:00")

    words = await home(world, "eva")
    await world.clicks("eva", "Give to...", "home")

    assert "Pat Doe at Globex" in words
    assert "Nobody has a lead in hand." in words
    assert world.form("eva").title == "Give to"
    assert "Campaigns this week" not in words


@pytest.mark.postgres
@with_roles
async def test_what_nobody_has_called_in_time_is_stuck_once_as_is_what_has_stalled(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))
    for card in world.cards():
        await world.clicks("amy", "Accept", card)
    await world.clicks("amy", "Contacted", world.dm("amy"))

    await world.it_becomes("2026-12-07T12:00:00+00:00")
    words = await home(world, "hal")

    assert words.count("Pat Doe at Globex") == 1
    assert "First contact was due" in words
    assert words.count("Robin Roe at Initech") == 1
    assert "Last contact" in words


@pytest.mark.postgres
@with_roles
async def test_marketing_answers_a_rejection_from_home_and_a_manager_a_second_look(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget", words="Frozen until April.")
    assert "“Frozen until April.”" in await home(world, "eva")

    await world.clicks("eva", "Ask for a second look", "home")
    await world.types("eva", "What should they look at?", "Their year begins in December.")
    await world.sends_the_form("eva")
    assert "Eva asked for a second look: Their year begins in December." in seen(world, "eva")

    assert "Their year begins in December." in await home(world, "hal")
    await world.clicks("hal", "Back to Amy", "home")
    assert "Second looks" not in seen(world, "hal")
    assert "Hal asks Amy again" in world.card().text


@with_roles
async def test_what_was_offered_weeks_ago_and_is_rejected_now_waits_for_marketing(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.it_becomes("2026-12-14T12:00:00+00:00")
    await world.rejects("amy", world.dms("amy")[0], "No budget")

    assert "Rejected lately" in await home(world, "eva")


@pytest.mark.parametrize("settings", [settings_with(people={**PEOPLE, "marketers": ["hal@acme.test"]})])
async def test_nobody_judges_their_own_question_from_home(world: World) -> None:
    await world.rejects("amy", await world.offers(), "No budget")

    assert "Ask for a second look" not in buttons(world, "hal", await home(world, "hal"))


@with_roles
async def test_what_a_rep_owes_stands_before_what_anybody_may_take(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.crm_sends(*(person_called(f"Robin{number} Roe", number) for number in range(1, 8)))

    words = await home(world, "amy")

    assert words.index("Pat Doe at Globex") < words.index("Roe at Initech")
    assert "First contact is due by" in words


@with_roles
async def test_who_runs_truce_has_its_health(world: World) -> None:
    await world.crm_sends({"id": "x", "source": 7})

    words = await home(world, "hal")

    assert "How Truce is" in words
    assert "Put aside, as it made no sense: 1" in words
    assert "Jobs that are due: 0\n" in words  # this Home is being drawn, and waits for nothing


@pytest.mark.postgres
@with_roles
async def test_who_runs_truce_sees_what_has_waited_for_a_minute(world: World) -> None:
    await home(world, "hal")
    late = [
        Due(job=ForgetOld(), at=world.now() - timedelta(minutes=2), lane="slow", key=f"{n}") for n in range(2)
    ]
    await world.truce.jobs.add(late)
    await world.truce.jobs.take(world.now(), limit=1, lease=timedelta(minutes=1))

    await world.slack.opens_home("hal")
    await world.settles()

    assert "Jobs that are due: 1, the oldest since" in seen(world, "hal")


@with_roles
@pytest.mark.parametrize("person", ["gus"])
async def test_who_takes_no_part_is_told_whom_to_ask(world: World, person: str) -> None:
    await world.crm_sends(lead())

    words = await home(world, person)

    assert "Ask hal@acme.test" in words
    assert "Pat Doe" not in words


@pytest.mark.postgres
@with_roles
async def test_many_leads_are_shown_page_by_page(world: World) -> None:
    await world.crm_sends(*leads(15))

    first = await home(world, "amy")
    await world.clicks("amy", "More", "home")
    second = seen(world, "amy")
    await world.clicks("amy", "More", "home")
    third = seen(world, "amy")

    names = [f"Lead {number} at Globex" for number in range(1, 16)]
    told = [name for page in (first, second, third) for name in names if f"{name}\n" in page.replace("*", "")]
    assert sorted(told) == sorted(names)
    assert "More" not in world.slack.home("amy").buttons  # type: ignore[union-attr]  # it was just read
    await world.clicks("amy", "Back", "home")
    assert seen(world, "amy") == second


@with_roles
async def test_what_somebody_passed_on_is_not_in_their_home(world: World) -> None:
    await world.clicks("amy", "Not for me", await world.offers())

    assert "Nothing waits for you." in await home(world, "amy")
    assert "Pat Doe" in await home(world, "ben")


@with_roles
@pytest.mark.parametrize("how", [{"socket": True}])
async def test_over_a_socket_it_opens_as_well(world: World) -> None:
    await world.crm_sends(lead())

    assert "Pat Doe" in await home(world, "amy")


async def test_in_a_small_company_everybody_sees_every_part(world: World) -> None:
    await world.crm_sends(lead())

    words = await home(world, "hal")

    for part in ("Yours to do next", "Campaigns this week", "Stuck now", "How Truce is"):
        assert part in words


@pytest.mark.postgres
@with_roles
async def test_an_older_home_never_takes_the_place_of_a_newer_one(world: World) -> None:
    await world.crm_sends(lead())
    await home(world, "amy")
    who = world.slack.desk.store.person("amy").id
    newer = world.slack.desk.store.views[world.slack.desk.store.homes[who]]
    newer.hash = "of a view that somebody else has drawn meanwhile"

    await world.clicks("ben", "Accept", world.card())
    await world.time_passes(seconds=TO_SEE)

    first, refused, again = world.slack.calls("views.publish")
    assert [bool(each.args.get("hash")) for each in (first, refused, again)] == [False, True, False]
    assert "Nothing waits for you." in seen(world, "amy")


@with_roles
async def test_a_lead_is_found_from_home(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))
    await home(world, "amy")

    await world.slack.fill("amy", "Find a lead", "glob", where="home")
    await world.settles()

    assert "1 lead found for “glob”" in world.form("amy").words
    await world.clicks("amy", "Open", world.form("amy"))
    assert "Industry: Logistics" in world.form("amy").words
