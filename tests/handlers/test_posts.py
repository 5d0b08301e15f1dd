"""Stories of messages: each is there exactly once, shows what is true, and comes through all of Slack's trouble."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import Later
from bot.jobs import Show
from handlers.posts import Poster
from playground.things import Message
from storage.tables import POST
from tests.world import ONE_CHANNEL, World, acme, lead, person_called

A_MOMENT = timedelta(seconds=0.2)
QUICKLY = pytest.mark.parametrize("how", [{"patience": timedelta(seconds=0.5)}], ids=[""])
LOST = (POST.c.workspace == acme().team_id) & POST.c.sending_at.is_not(None)
A_WHILE = timedelta(minutes=2)

TROUBLE: dict[str, dict[str, Any]] = {
    "429": {"retry_after": 7},
    "429 again and again": {"retry_after": 3, "times": 4},
    "500": {"status": 500},
    "503 twice": {"status": 503, "times": 2},
    "internal_error": {"error": "internal_error"},
    "fatal_error": {"error": "fatal_error"},
    "the answer is lost": {"lose": "answer"},
    "the request is lost": {"lose": "request"},
}
UNCERTAIN = {why: TROUBLE[why] for why in ("the answer is lost", "the request is lost", "internal_error")}


async def comes_through(world: World) -> Message:
    """The one card, after all that was put off has been done."""
    await world.crm_sends(lead())
    await world.settles(within=A_WHILE)
    return world.card()


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def ids(world: World) -> list[str]:
    """Which of our posts the messages in #leads are."""
    return [each.metadata["event_payload"]["id"] for each in world.cards() if each.metadata]


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
async def test_a_card_is_there_exactly_once(world: World, trouble: dict[str, Any]) -> None:
    world.slack.fail("chat.postMessage", **trouble)

    card = await comes_through(world)

    await world.clicks("amy", "Accept", card)
    assert "Amy took this" in world.card().text


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
async def test_a_direct_message_is_there_exactly_once(world: World, trouble: dict[str, Any]) -> None:
    card = await world.offers()
    world.slack.fail("chat.postMessage", **trouble)

    await world.clicks("amy", "Accept", card)
    await world.settles(within=A_WHILE)

    assert len(world.dms("amy")) == 1
    await world.clicks("amy", "Contacted", world.dm("amy"))
    assert "You have been in touch" in world.dm("amy").text


@pytest.mark.parametrize("trouble", UNCERTAIN.values(), ids=UNCERTAIN.keys())
async def test_a_reply_is_there_exactly_once(world: World, trouble: dict[str, Any]) -> None:
    card = await world.offers()
    world.slack.fail("chat.postMessage", **trouble)

    await world.rejects("amy", card, "No budget")
    await world.settles(within=A_WHILE)

    [campaign] = world.feedback()
    assert len(world.under(campaign)) == 1


@QUICKLY
async def test_a_post_that_takes_too_long_is_there_exactly_once(world: World) -> None:
    world.slack.fail("chat.postMessage", slow=1.0)

    await comes_through(world)

    assert len(world.slack.calls("chat.postMessage")) >= 1


@pytest.mark.parametrize("trouble", UNCERTAIN.values(), ids=UNCERTAIN.keys())
async def test_a_history_that_lags_does_not_make_two_of_one(world: World, trouble: dict[str, Any]) -> None:
    world.slack.lag(12)
    world.slack.fail("chat.postMessage", **trouble)

    await comes_through(world)

    assert len(set(ids(world))) == 1


@pytest.mark.parametrize("seconds", [-10, 10])
async def test_clocks_that_differ_do_not_make_two_of_one(world: World, seconds: int) -> None:
    ours = world.slack.desk.store.now
    world.slack.desk.store.now = lambda: ours() + timedelta(seconds=seconds)
    world.slack.fail("chat.postMessage", lose="answer")

    await comes_through(world)


async def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(world: World) -> None:
    world.slack.fail("chat.postMessage", lose="answer")

    await comes_through(world)

    to_leads = [
        call
        for call in world.slack.calls("chat.postMessage")
        if call.args["channel"] == world.slack.channel_id("leads")
    ]
    assert len(to_leads) == 1
    assert len(world.slack.calls("conversations.history")) >= 1


async def test_only_after_the_third_look_it_is_sent_again(world: World) -> None:
    world.slack.fail("chat.postMessage", lose="request")

    await comes_through(world)

    assert len(world.slack.calls("conversations.history")) == 3


async def test_who_lost_the_job_while_it_looked_leaves_the_sending_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.slack.fail("chat.postMessage", lose="request")
    await world.crm_sends(lead())
    poster: Poster = world.truce.worker.table[Show].__self__  # type: ignore[attr-defined]  # a bound method
    posted, looked = (
        len(world.slack.calls("chat.postMessage")),
        len(world.slack.calls("conversations.history")),
    )
    took_long = looked + 2

    def now() -> datetime:
        return world.now() + (
            A_WHILE if len(world.slack.calls("conversations.history")) == took_long else A_MOMENT
        )

    monkeypatch.setattr(poster, "now", now)
    lost = select(POST.c.kind, POST.c.about).where(LOST)
    [(sight, about)] = await world.db.read(lambda session: session.execute(lost).all())
    for _ in range(2):
        with pytest.raises(Later):
            await poster.show(Show(sight=sight, about=about), world.now() + timedelta(minutes=1))

    assert len(world.slack.calls("conversations.history")) == took_long
    assert len(world.slack.calls("chat.postMessage")) == posted


@pytest.mark.parametrize(
    ("takes", "pause"),
    [(0.0, 1.0), (0.7, 0.3), (5.0, 0.0), (-3600.0, 1.0)],
    ids=["at once", "0.7 s", "long", "a clock set back"],
)
async def test_the_next_post_of_a_channel_may_begin_a_second_after_this_one_began(
    world: World, monkeypatch: pytest.MonkeyPatch, takes: float, pause: float
) -> None:
    world.slack.fail("chat.postMessage", retry_after=900)
    await world.crm_sends(lead())
    poster: Poster = world.truce.worker.table[Show].__self__  # type: ignore[attr-defined]  # a bound method
    posted = len(world.slack.calls("chat.postMessage"))

    def now() -> datetime:
        over = len(world.slack.calls("chat.postMessage")) > posted
        return world.now() + (timedelta(seconds=takes) if over else timedelta())

    monkeypatch.setattr(poster, "now", now)
    unsent = (POST.c.workspace == acme().team_id) & POST.c.ts.is_(None)
    query = select(POST.c.kind, POST.c.about).where(unsent)
    [(sight, about)] = await world.db.read(lambda session: session.execute(query).all())

    paused = await poster.show(Show(sight=sight, about=about), world.now() + timedelta(minutes=1))

    assert paused == timedelta(seconds=pause)


async def test_history_that_fails_is_asked_again(world: World) -> None:
    world.slack.fail("chat.postMessage", lose="answer")
    world.slack.fail("conversations.history", status=500)
    world.slack.fail("conversations.history", retry_after=4)

    await comes_through(world)


async def test_what_was_found_again_is_brought_up_to_date(world: World) -> None:
    world.slack.fail("chat.postMessage", lose="answer")
    await world.crm_sends(lead())
    posted = world.card()

    await world.slack.click("amy", posted, "Accept")
    await world.settles(within=A_WHILE)

    assert "Amy took this" in world.card().text


@pytest.mark.parametrize("settings", [ONE_CHANNEL])
@pytest.mark.parametrize("trouble", UNCERTAIN.values(), ids=UNCERTAIN.keys())
@pytest.mark.postgres
async def test_the_next_cards_wait_for_one_whose_answer_was_lost(
    world: World, trouble: dict[str, Any]
) -> None:
    world.slack.lag(12)
    world.slack.fail("chat.postMessage", **trouble)

    await world.crm_sends(lead())
    await world.crm_sends(person_called("Robin Roe"))
    await world.settles(within=A_WHILE)

    assert ["Pat Doe" in each.text for each in world.cards()] == [True, False]


@pytest.mark.parametrize("code", ["unknown_method", "missing_scope", "no_permission"])
@pytest.mark.parametrize("trouble", UNCERTAIN.values(), ids=UNCERTAIN.keys())
async def test_where_history_may_not_be_read_a_card_is_there_at_most_once(
    world: World, caplog: pytest.LogCaptureFixture, trouble: dict[str, Any], code: str
) -> None:
    world.slack.fail("chat.postMessage", **trouble)
    world.slack.fail("conversations.history", error=code, times=50)

    await world.crm_sends(lead())
    await world.crm_sends(person_called("Robin Roe"))
    await world.settles(within=A_WHILE)

    pats = [each for each in world.cards() if "Pat Doe" in each.text]
    assert len(pats) <= 1
    assert len([each for each in world.cards() if "Robin Roe" in each.text]) == 1
    assert "history may not be read" in caplog.text


# Redraws.


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
async def test_a_redraw_is_never_lost(world: World, trouble: dict[str, Any]) -> None:
    card = await world.offers()
    world.slack.fail("chat.update", **trouble)

    await world.clicks("amy", "Accept", card)
    await world.settles(within=A_WHILE)

    assert "Amy took this" in world.card().text


async def test_a_redraw_never_overtakes_another(world: World) -> None:
    card = await world.offers()
    world.slack.fail("chat.update", lose="answer")
    world.slack.fail("chat.update", retry_after=9)

    await world.clicks("amy", "Accept", card)
    await world.settles(within=A_WHILE)
    await world.clicks("amy", "Undo", world.card())
    await world.clicks("ben", "Accept", world.card())
    await world.settles(within=A_WHILE)

    assert "Ben took this" in world.card().text


async def test_many_changes_at_once_are_few_redraws(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Accept", card)
    before = len(world.slack.calls("chat.update"))

    for _ in range(10):
        await world.slack.click("ben", card, "Accept")
    await world.settles()

    assert len(world.slack.calls("chat.update")) - before <= 2


async def test_a_card_accepted_while_it_is_being_posted_shows_it(world: World) -> None:
    await world.crm_sends(lead())
    card = world.card()
    await world.crm_sends(lead(owner="ben@acme.test"))

    assert "Ben took this" in world.card().text
    assert card.ts == world.card().ts


# What people do to our messages.


async def test_a_card_deleted_by_a_person_comes_back_once_while_it_waits(world: World) -> None:
    card = await world.offers()
    await world.slack.deletes("hal", card)
    assert world.cards() == []

    await world.crm_sends(lead(company={"name": "Globex", "employees": 300}))  # something to redraw
    again = world.card()
    assert again.buttons[:2] == ["Accept", "Reject"]

    await world.slack.deletes("hal", again)
    await world.crm_sends(lead(company={"name": "Globex", "employees": 400}))
    assert world.cards() == []


async def test_a_card_deleted_after_the_decision_stays_away(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.slack.deletes("hal", world.card())

    await world.clicks("amy", "Contacted", world.dm("amy"))

    assert world.cards() == []


@pytest.mark.parametrize("settings", [ONE_CHANNEL])
async def test_a_rejection_of_a_card_that_was_deleted_does_not_stop_the_channel(world: World) -> None:
    card = await world.offers()
    await world.slack.deletes("hal", card)
    await world.rejects("amy", card, "No budget")

    await world.crm_sends(person_called("Robin Roe"))

    assert any("Robin Roe" in each.text for each in world.cards())


# Channels that are closed to us.


@pytest.mark.parametrize("end", ["archived", "removed"])
async def test_a_channel_that_is_closed_waits_with_one_alert_and_goes_on_when_mended(
    world: World, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    if end == "archived":
        await world.slack.changes_channel("leads", archived=True)
    else:
        await world.slack.removes_bot("leads")

    await world.crm_sends(lead())
    await world.crm_sends(person_called("Robin Roe"))
    for _ in range(3):
        await world.time_passes(minutes=6)

    assert world.cards() == []
    [alert] = errors(caplog)
    assert "bring it back" in alert or "type /invite @truce there" in alert

    if end == "archived":
        await world.slack.changes_channel("leads", archived=False)
    else:
        await world.slack.invites_bot("leads")
    await world.time_passes(minutes=6)

    assert len(world.cards()) == 2


async def test_a_second_closing_is_a_second_alert(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("Ann Ames", "Bob Best"):
        await world.slack.changes_channel("leads", archived=True)
        await world.crm_sends(person_called(name))
        await world.slack.changes_channel("leads", archived=False)
        await world.time_passes(minutes=6)

    assert len(world.cards()) == 2
    assert len(errors(caplog)) == 2


async def test_one_closed_channel_holds_up_no_other(world: World) -> None:
    await world.slack.changes_channel("leads", archived=True)

    await world.crm_sends(lead())

    assert "Handed over 1" in world.feedback()[0].text


async def test_the_clock_starts_when_a_held_up_card_is_shown(world: World) -> None:
    await world.slack.changes_channel("leads", archived=True)
    await world.crm_sends(lead())
    assert world.count("handoff", "shown_at IS NULL") == 1

    await world.slack.changes_channel("leads", archived=False)
    await world.time_passes(minutes=6)

    assert world.count("handoff", "shown_at IS NOT NULL") == 1


async def test_somebody_whom_slack_does_not_reach_is_given_up(world: World) -> None:
    card = await world.offers()
    world.slack.fail("chat.postMessage", error="user_disabled")

    await world.clicks("amy", "Accept", card)

    assert world.dms("amy") == []
    assert world.count("job", "ended_at IS NOT NULL") == 1
    assert "Amy took this" in world.card().text
