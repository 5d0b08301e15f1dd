"""Stories of what follows a click: a form that opens, or an answer that comes after the ack."""

import json
import logging
from typing import Any
from urllib.parse import urlencode

import pytest

import handlers.slack
from playground.payloads import base
from tests.asgi import post
from tests.handlers.test_retros import closes
from tests.handlers.test_settings import presses_beside
from tests.world import SIGNING_SECRET, WITH_ROLES, World

BOTH = pytest.mark.parametrize("how", [{}, {"socket": True}], ids=["http", "socket"])


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# Forms that do not open.


@BOTH
@pytest.mark.parametrize(
    ("trouble", "told", "line"),
    [
        ({"error": "expired_trigger_id"}, "too slow", "expired_trigger_id"),
        ({"error": "internal_error"}, "too slow", "internal_error"),
        ({"status": 503}, "too slow", "no answer"),
        ({"lose": "answer"}, "too slow", "ServerDisconnectedError"),
        ({"error": "unknown_method"}, "does not let me", "unknown_method"),
        ({"error": "missing_scope"}, "does not let me", "missing_scope"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value.replace(" ", "-"),
)
async def test_a_form_that_does_not_open_costs_a_sentence_and_a_line_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture, trouble: dict[str, Any], told: str, line: str
) -> None:
    card = await world.offers()
    world.slack.fail("views.open", **trouble)

    answer = await world.clicks("amy", "Reject", card)

    assert answer.status == 200
    assert told in world.told("amy")[0]
    assert [each for each in warnings(caplog) if line in each and "was not opened" in each]
    await world.clicks("amy", "Reject", card)
    assert world.form("amy").title == "Not this one?"


async def test_a_slow_slack_does_not_keep_the_click_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert handlers.slack.OPEN_WITHIN <= 2
    monkeypatch.setattr(handlers.slack, "OPEN_WITHIN", 0.1)
    card = await world.offers()
    world.slack.fail("views.open", slow=60)

    answer = await world.clicks("amy", "Reject", card)

    assert answer.status == 200
    assert 0.1 <= answer.seconds < 60
    assert "too slow" in world.told("amy")[0]


# The answer after the ack.


def every_address_is_used_up(world: World) -> None:
    """As after half an hour: where a form was opened nobody can be answered any more."""
    world.slack.desk.tickets._hooks.clear()


async def click_with_address(world: World, address: str) -> int:
    """A late click of Ben's that names an address of its own for the answer."""
    desk, ben = world.slack.desk, world.slack.desk.store.person("ben")
    action = {"action_id": "lead.accept", "block_id": "b", "type": "button", "value": lead_id(world)}
    payload = {**base(desk, ben, "block_actions"), "actions": [action], "response_url": address}
    status, _ = await world.slack_sends(
        urlencode({"payload": json.dumps(payload)}).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    return status


def lead_id(world: World) -> str:
    elements = (element for block in world.card().blocks for element in block.get("elements", []))
    return str(next(each["value"] for each in elements if each.get("action_id") == "lead.accept"))


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://hooks.slack.com/actions/1",
        "https://hooks.slack.com.evil.test/1",
        "https://evil.test/?https://hooks.slack.com/",
        "http://127.0.0.1:1/",
        "http://[evil",
        "file:///etc/passwd",
        "",
    ],
)
async def test_an_answer_goes_to_no_address_that_is_not_slacks(
    world: World, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    await world.offers()
    async with world.without("lead"):
        status = await click_with_address(world, address)

    assert status == 200
    assert world.slack.calls("response_url") == []
    assert len(world.told("ben")) == 1  # in the leads channel instead


async def test_the_ack_does_not_wait_for_the_answer(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "I cannot take it now")
    every_address_is_used_up(world)
    world.slack.fail("chat.postEphemeral", slow=0.5)

    answer = await world.slack.submit("amy")

    assert answer.status == 200
    assert world.told("amy") == []
    await world.settles()
    assert len(world.told("amy")) == 1


@BOTH
async def test_an_answer_that_fails_does_not_change_the_ack(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    card = await world.offers()
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "I cannot take it now")
    every_address_is_used_up(world)
    world.slack.fail("chat.postEphemeral", error="internal_error")
    world.slack.fail("chat.postMessage", lose="answer")

    answer = await world.sends_the_form("amy")

    assert answer.status == 200
    assert "Accept" in world.card().buttons
    assert "a person may not have been answered: ServerDisconnectedError" in warnings(caplog)


@BOTH
@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_who_sends_a_form_is_answered_where_they_opened_it(world: World) -> None:
    await world.says("eva", "/truce agreement", channel="marketing-feedback")
    await world.clicks("eva", "Suggest a change...", world.form("eva"))
    await world.types("eva", "What should change?", "Shorter reminders")
    await world.sends_the_form("eva")
    await world.slack.opens_home("hal")
    await world.settles()
    await world.clicks("hal", "Settings...", "home")
    await presses_beside(world, "Score", "Change...", "hal")
    await world.sends_the_form("hal")

    [said] = world.slack.ephemerals("eva")
    assert said.text == "The heads of both sides will read it."
    assert said.channel == world.slack.channel_id("marketing-feedback")
    assert world.dm("hal").text == "Nothing is changed."
    assert world.slack.ephemerals("hal") == []


async def test_a_person_whose_address_is_used_up_is_answered_in_the_channel(world: World) -> None:
    card = await world.offers()
    await world.clicks("ben", "Accept", card)

    async def deliver(body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        world.slack.desk.tickets._hooks.clear()
        return await world._deliver(body, headers)

    world.slack.deliver_to(deliver, signing_secret=SIGNING_SECRET)
    await world.clicks("amy", "Accept", card)

    assert len(world.told("amy")) == 1
    assert len(world.slack.calls("chat.postEphemeral")) == 1


@pytest.mark.parametrize("settings", [WITH_ROLES])
async def test_a_person_who_is_not_in_the_channel_is_answered_by_dm(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "I cannot take it now")
    every_address_is_used_up(world)
    await world.slack.leaves("amy", "leads")

    await world.sends_the_form("amy")

    assert "You will not be asked about Pat Doe" in world.dm("amy").text


async def test_stopping_waits_for_the_answers_under_way(world: World) -> None:
    card = await world.offers()
    await world.clicks("ben", "Accept", card)

    await world.slack.click("amy", card, "Accept")
    await world.truce.edge.stop()

    assert len(world.told("amy")) == 1


async def test_commit_comes_before_the_ack(world: World) -> None:
    card = await world.offers()

    await world.slack.click("amy", card, "Accept")

    assert world.count("lead", "state = 'accepted'") == 1


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the later one first"])
async def test_what_follows_from_two_quick_inputs_is_asked_whichever_comes_first(
    world: World, order: int
) -> None:
    sent: list[tuple[bytes, dict[str, str]]] = []

    async def hold(body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        sent.append((body, headers))
        return 200, "text/plain", b""

    await closes(world)
    await world.clicks("amy", "Answer", world.dm("amy"))
    world.slack.deliver_to(hold, signing_secret=SIGNING_SECRET)
    await world.slack.choose("amy", "How did it end?", "A competitor")
    await world.slack.choose("amy", "Main reason", "Price and value")

    for body, headers in sent[::order]:
        await post(world.truce.web, "/slack/events", body, headers)
        await world.settles()

    assert "Which competitor?" in world.form("amy").words
    assert "Had the price been equal, what else?" in world.form("amy").words
