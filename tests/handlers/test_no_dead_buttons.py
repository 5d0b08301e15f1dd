"""Whatever can be pressed is answered: every id has a handler, and so has all that is ever shown."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot import ids
from handlers.payloads import Routes
from tests.handlers.test_agreements import WITH_HEADS
from tests.handlers.test_dropped import drops
from tests.handlers.test_report_pages import multiplied
from tests.handlers.test_settings import opens, presses_beside
from tests.removals import is_removed
from tests.world import WITH_ROLES, World, lead, leads, person_called

ANSWERED = {"button", "overflow", "external_select"}  # the fields of a form are answered when it is sent


def parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, list):
        for each in part:
            yield from parts(each)
    elif isinstance(part, dict):
        yield part
        for each in part.values():
            yield from parts(each)


def routes(world: World) -> Routes:
    return world.truce.edge.routes


async def test_every_id_has_a_handler(world: World) -> None:
    has = routes(world)

    assert set(has.actions) == {*ids.ACTIONS, *ids.FORMER, *ids.CHANGING} - {ids.MORE}
    assert set(has.choices) == set(ids.CHOICES)
    assert set(has.forms) == set(ids.FORMS)
    assert set(has.searches) == set(ids.SEARCHES)


def test_two_nouns_never_answer_to_one_id() -> None:
    async def answer(_: Any) -> None:
        pass

    with pytest.raises(ValueError, match=r"two handlers for lead\.accept"):
        Routes.together(Routes(actions={ids.ACCEPT: answer}), Routes(actions={ids.ACCEPT: answer}))


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("settings", [WITH_HEADS])
async def test_all_that_is_shown_in_a_day_has_a_handler(world: World) -> None:
    await live_a_day(world)
    await share_a_card(world)
    await change_the_agreement(world)
    await look_back_at_it(world)
    await look_home(world)
    await read_the_week(world)
    await take_a_file(world)
    await drop_files(world)
    await somebody_comes_again(world)
    has = routes(world)

    shown = [each for each in parts(world.everything_given()) if "action_id" in each]
    pressed = {each["action_id"] for each in shown if each["type"] in ANSWERED}
    told_at_once = {
        each["element"]["action_id"]
        for each in parts(world.everything_given())
        if each.get("dispatch_action") and each.get("type") == "input"
    }
    choices = {
        option["value"].partition(":")[0]
        for each in shown
        if each["type"] == "overflow"
        for option in each["options"]
    }
    forms = {each["callback_id"] for each in parts(world.everything_given()) if each.get("submit")}

    assert pressed | told_at_once <= {*has.actions, *has.searches, ids.MORE}
    assert {*ids.ACTIONS, *ids.SEARCHES} <= pressed
    assert choices == set(ids.CHOICES) == set(has.choices)
    assert forms == set(ids.FORMS) == set(has.forms)
    assert told_at_once == set(ids.CHANGING)


async def share_a_card(world: World) -> None:
    """Three of one company; one of them is rejected, and may be taken."""
    names = ["Umi Sato", "Uwe Lang", "Una Moss"]
    told = [{"id": each, "contact": {"name": each, "email": f"{each[:3]}@umbrella.test"}} for each in names]
    await world.crm_sends(*(lead(**each, source="demo_request") for each in told))
    await world.clicks("amy", "Reject...", world.cards()[-1])
    await world.chooses("amy", "Which one?", "Umi Sato at Globex")
    await world.chooses("amy", "Reason", "No budget")
    await world.sends_the_form("amy")


async def look_home(world: World) -> None:
    """A Home with more than a page of it; a lead made by hand."""
    await world.slack.shortcut("chi", ids.NEW_LEAD)
    await world.settles()
    await world.slack.close_modal("chi")
    await world.crm_sends(*leads(12, source="demo_request"))
    await world.slack.opens_home("chi")
    await world.settles()
    await world.clicks("chi", "More", "home")


async def change_the_agreement(world: World) -> None:
    """A team beside the one for all; then the agreement in words, which a head signs."""
    await opens(world, "Teams")
    await world.clicks("hal", "Add a team...", world.form("hal"))
    await world.types("hal", "Name", "dach")
    await world.chooses("hal", "Channel", "leads-dach")
    await world.types("hal", "Which leads are theirs", "country: [DE]")
    await world.sends_the_form("hal")
    await opens(world, "Teams")
    await presses_beside(world, "all", "Change...")
    await world.slack.close_modal("hal", everything=True)
    await world.says("eva", "/truce agreement")
    await world.clicks("eva", "Suggest a change...", world.form("eva"))
    await world.slack.close_modal("eva")


async def somebody_comes_again(world: World) -> None:
    """Who was removed; an admin is asked."""
    await world.crm_sends(person_called("Back Again", 9))
    await is_removed(world, "crm-back-9")
    await world.crm_sends(person_called("Back Again", 9))
    await world.time_passes(hours=1)


async def read_the_week(world: World) -> None:
    """A digest with more than ten leads that are late."""
    await world.it_becomes("2026-11-29T19:00:00+00:00")
    await world.truce.recurring.ensure()
    world.is_known_since(timedelta(days=3))  # in the first days managers are told on Monday alone
    await world.it_becomes("2026-11-30T09:00:10+00:00")


async def drop_files(world: World) -> None:
    """One whose dates can be read in two ways, and one so long that an admin has to allow it."""
    await drops(world, "eva", "Email,Created\npat@globex.test,03/04/2026\n")
    await world.clicks("eva", "Bring it in", await drops(world, "eva", "Email\n" + "-\n" * 1001))


async def take_a_file(world: World) -> None:
    """So many leads that an admin has to allow it."""
    multiplied(world, 1001)
    await world.says("eva", "/truce report last week")
    await world.clicks("eva", "CSV", world.slack.ephemerals("eva")[-1])
    asked = next(each for each in world.dms("hal") if "Allow" in each.buttons)
    await world.clicks("hal", "Allow", asked)


async def live_a_day(world: World) -> None:
    """A bit of everything that can be seen today."""
    often = [{"kind": "page_view", "at": f"2026-11-20T10:{minute:02}:00Z"} for minute in range(60)]
    told = (person_called("Robin Roe", touches=often), person_called("Kim Poe", 2, touches=often))
    await world.crm_sends(lead(touches=often), *told)
    first, second, third = world.cards()
    await world.clicks("amy", "Accept", first)
    await world.clicks("amy", "Timeline", world.dm("amy"))
    await world.clicks("ben", "Reject", second)
    await world.chooses("ben", "Reason", "Already known")
    await world.slack.close_modal("ben")
    await world.says("hal", "/truce lead crm-991")
    await world.slack.close_modal("hal")
    await world.says("chi", "/truce find robin")
    await world.clicks("chi", "Open", world.slack.ephemerals("chi")[-1])
    await world.clicks("chi", "Timeline", world.form("chi"))
    for words in ("Earlier", "Newer"):
        await world.clicks("chi", words, world.form("chi"))
    await world.slack.close_modal("chi")
    await world.rejects("ben", second, "No budget")
    no = next(
        reply
        for each in world.feedback()
        for reply in world.under(each)
        if "Ask for a second look" in reply.buttons
    )
    await world.clicks("eva", "Recycle...", no)
    await world.slack.close_modal("eva")
    await world.clicks("eva", "Ask for a second look", no)
    await world.sends_the_form("eva")
    await world.rejects("ben", third, "Wrong owner or territory", chosen={"Whose is it, if you know?": "chi"})
    await world.clicks("hal", "Give to...", first)
    await world.slack.close_modal("hal")
    await world.rejects("chi", third, "Wrong owner or territory", chosen={"Whose is it, if you know?": "amy"})
    owned = "crm-991" if "Pat Doe" in first.text else "crm-robin-1" if "Robin" in first.text else "crm-kim-2"
    await world.crm_sends({"touch": {"lead": owned, "kind": "demo_request", "at": world.now().isoformat()}})
    await world.clicks("amy", "Contacted", world.dm("amy"))
    for words in ("Hand on...", "Hand back", "Next step...", "Deal opened..."):
        await world.clicks("amy", words, next(each for each in world.dms("amy") if words in each.buttons))
        await world.slack.close_modal("amy")
    await deals_are_told(world)
    await world.crm_sends(lead(id="n-1", contact={"name": "Nobody"}, company={}))
    shelf = next(
        reply
        for each in world.feedback()
        for reply in world.under(each)
        if "Hand over anyway" in reply.buttons
    )
    await world.clicks("eva", "Hand over anyway", shelf)
    await world.crm_sends(*leads(2, occurred_at="2026-10-01T09:00:00Z"))
    await world.crm_sends(person_called("Hot Poe", source="demo_request"))
    await world.minutes_go_by(45, step=15)
    mine = person_called("Own Poe", source="demo_request", owner="amy@acme.test")
    await world.crm_sends(mine)
    await world.time_passes(hours=1)
    await world.clicks("amy", "Remind me later...", world.dm("amy"))
    await world.slack.close_modal("amy")
    await world.says("amy", "/truce away until Friday")
    absence = next(each for each in world.dms("hal") if "Amy is away" in each.text)
    for words in ("Give all to...", "One by one"):
        await world.clicks("hal", words, absence)
        await world.slack.close_modal("hal")
    await world.clicks("hal", "Share out", absence)
    await marketing_corrects(world)


async def marketing_corrects(world: World) -> None:
    """A lead with data that a rep finds wrong."""
    await world.crm_sends(person_called("Fix Poe", 3))
    named = {"Which field is wrong?": "Phone"}
    await world.rejects("ben", world.cards()[-1], "Contact data wrong", chosen=named)
    wrong = next(
        reply
        for each in world.feedback()
        for reply in world.under(each)
        if "Fix and send back" in reply.buttons
    )
    await world.says("eva", "/truce heard")
    await world.slack.close_modal("eva")
    await world.says("eva", "/truce campaigns")
    await world.clicks("eva", "Edit...", world.slack.ephemerals("eva")[-1])
    await world.slack.close_modal("eva")
    await world.clicks("eva", "Fix and send back", wrong)
    await world.slack.close_modal("eva")


async def look_back_at_it(world: World) -> None:
    """A deal is lost, one answers, one change is chosen; and an old deal waits behind a message."""
    await world.crm_sends(person_called("Lost Doe", 9, owner="ben@acme.test"))
    lost = {"id": "opp-1", "stage": "lost", "owner": "ben@acme.test", "leads": ["crm-lost-9"]}
    await world.crm_sends({"deal": lost}, {"deal": {**lost, "id": "opp-2", "closed_at": "2026-09-01"}})
    await world.time_passes(minutes=31)
    await world.time_passes(minutes=2)
    thread = next(each for each in world.cards() if "not at who" in each.text)
    await world.clicks("ben", "We meet instead", thread)
    await world.slack.close_modal("ben")
    await world.clicks("ben", "Answer", thread)
    await world.chooses("ben", "How did it end?", "No decision")
    await world.chooses("ben", "Main reason", "Timing")
    await world.types("ben", "One thing to change", "Call sooner")
    await world.sends_the_form("ben")
    await world.time_passes(days=4)
    await world.clicks("ben", "This one", world.under(thread)[-1])
    await world.chooses("ben", "Who does it?", "ben")
    await world.sends_the_form("ben")
    await world.clicks("ben", "Drop...", world.under(thread)[-1])
    await world.slack.close_modal("ben")
    await world.clicks("eva", "Recycle...", world.under(thread)[-1])
    await world.slack.close_modal("eva")


async def deals_are_told(world: World) -> None:
    """Of a lead that Amy has: one that is open, from its message and from its card."""
    await world.crm_sends(person_called("Deal Doe", 7, owner="amy@acme.test"))
    await world.crm_sends({"deal": {"id": "opp-7", "stage": "Demo", "leads": ["crm-deal-7"]}})
    note, card = world.dm("amy"), next(each for each in world.cards() if "Deal Doe" in each.text)
    for words, where in (("Won...", note), ("Lost...", note), ("Another deal...", note), ("Won...", card)):
        await world.clicks("amy", words, where)
        await world.slack.close_modal("amy")


@pytest.mark.slow
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_every_button_answers_who_presses_it(world: World) -> None:
    await live_a_day(world)
    pressed = 0

    for person, messages in (
        ("chi", [*world.cards(), *world.dms("chi")]),
        ("amy", world.dms("amy")),
        ("eva", [reply for each in world.feedback() for reply in world.under(each)]),
    ):
        for message in messages:
            for words in dict.fromkeys(message.buttons):
                before = len(world.slack.calls())
                answer = await world.clicks(person, words, message)
                assert answer.status == 200, words
                assert len(world.slack.calls()) > before, f"nothing followed from {words}"
                pressed += 1

    assert pressed > 15
    said = [words for person in ("amy", "ben", "chi", "eva") for words in world.told(person)]
    assert not [words for words in said if "does nothing" in words or "went wrong" in words]
