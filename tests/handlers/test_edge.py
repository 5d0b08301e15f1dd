"""Stories of the edge to Slack: every payload is answered by who waits for it, whatever goes wrong."""

import asyncio
import json
import logging
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from playground.payloads import base
from tests.program import until
from tests.storage.desk import Pause, next_commit_cut_off
from tests.world import SIGNING_SECRET, World, lead

BOTH = pytest.mark.parametrize("how", [{}, {"socket": True}], ids=["http", "socket"])
FAULT = re.compile(
    r"Something went wrong on our side; nothing was changed\. Reference: (?P<reference>[0-9a-f]{4})"
)
UNSURE = re.compile(
    r"I cannot tell whether this was kept\. Please look in a moment, and press again if it was not\. "
    r"Reference: (?P<reference>[0-9a-f]{4})"
)
OUR_OWN = ("handlers", "bot", "storage", "slack_bolt")


def logged(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    """What we and Bolt logged from this level on, without traces."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= level and record.name.startswith(OUR_OWN)
    ]


def assert_no_payload(caplog: pytest.LogCaptureFixture) -> None:
    """Traces are in the log, what people wrote and who the lead is are not."""
    for secret in ("pat@globex.test", "Pat Doe", "trigger_id", "response_url", "xoxb-", "xapp-"):
        assert secret not in caplog.text


# Refused.


@BOTH
async def test_a_refused_click_is_acked_and_gets_a_sentence(world: World) -> None:
    card = await world.offers()
    await world.clicks("ben", "Accept", card)

    answer = await world.clicks("amy", "Accept", card)

    assert (answer.status, answer.body) == (200, "")
    assert len(world.told("amy")) == 1


@BOTH
async def test_a_refused_form_shows_its_sentence_under_the_field(world: World) -> None:
    await world.clicks("amy", "Reject", await world.offers())
    await world.chooses("amy", "Reason", "Other")
    await world.types("amy", "What should marketing know?", "Meh")

    answer = await world.sends_the_form("amy")

    assert answer.body == {
        "response_action": "errors",
        "errors": {"words": "Please say it in at least 10 characters."},
    }


@BOTH
async def test_a_form_that_comes_too_late_becomes_the_sentence(world: World) -> None:
    card = await world.offers()
    await world.clicks("amy", "Reject", card)
    await world.chooses("amy", "Reason", "No budget")
    await world.clicks("ben", "Accept", card)

    answer = await world.sends_the_form("amy")

    assert answer.status == 200
    assert "took this" in world.form("amy").words


# Faults of ours.


@BOTH
async def test_a_fault_in_a_click_is_acked_said_with_its_reference_and_logged_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    card = await world.offers()

    async with world.without("lead"):
        answer = await world.slack.click("amy", card, "Accept")
        await world.truce.edge.stop()

    assert answer.status == 200
    [told] = world.told("amy")
    found = FAULT.fullmatch(told)
    assert found is not None
    assert logged(caplog, logging.ERROR) == [f"a handler failed, reference {found['reference']}"]
    assert_no_payload(caplog)


@BOTH
async def test_a_fault_in_a_form_keeps_it_open_with_the_reference_and_the_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.clicks("amy", "Reject", await world.offers())
    await world.chooses("amy", "Reason", "No budget")
    await world.types("amy", "What should marketing know?", "Call me Ishmael")

    async with world.without("lead"):
        answer = await world.slack.submit("amy")

    assert answer.status == 200
    form = world.form("amy")
    assert FAULT.fullmatch(form.errors["reason"])
    assert form.values["words"]["words"]["value"] == "Call me Ishmael"
    assert len(logged(caplog, logging.ERROR)) == 1
    assert "Ishmael" not in caplog.text
    assert_no_payload(caplog)
    await world.sends_the_form("amy")
    assert "no budget" in world.card().text


@BOTH
async def test_a_fault_in_a_search_offers_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.clicks("amy", "Reject", await world.offers())
    await world.chooses("amy", "Reason", "Already known")

    async with world.without("lead"):
        found = await world.slack.suggestions("amy", "Which record is it?", "rob")

    assert found == []
    assert len(logged(caplog, logging.ERROR)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_whose_commit_is_cut_off_is_not_told_that_nothing_was_changed(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    card = await world.offers()

    with next_commit_cut_off(world.db):
        answer = await world.slack.click("amy", card, "Accept")
        await world.truce.edge.stop()

    assert answer.status == 200
    [told] = world.told("amy")
    assert (found := UNSURE.fullmatch(told))
    assert f"reference {found['reference']}" in caplog.text
    await world.clicks("amy", "Accept", card)
    assert "Amy took this" in world.card().text


@BOTH
async def test_who_waits_too_long_for_the_database_is_told_in_time_and_may_press_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, pause = await world.offers(), Pause()
    busy = asyncio.create_task(world.db.write(pause.after(lambda _: None)))
    await pause.reached()

    with monkeypatch.context() as hurry:
        hurry.setattr("handlers.slack.DECIDE_WITHIN", 0.1)
        answer = await world.slack.click("amy", card, "Accept")
    await world.truce.edge.stop()

    assert answer.status == 200
    assert UNSURE.fullmatch(world.told("amy")[0])
    pause.go()
    await busy
    await world.clicks("amy", "Accept", card)
    assert "Amy took this" in world.card().text


async def test_an_event_that_fails_over_http_gets_500_and_is_understood_when_sent_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with world.without("person"):
        [first] = await world.slack.changes("amy", name="Amelia")
    assert first.status == 500
    assert len(logged(caplog, logging.ERROR)) == 1
    assert_no_payload(caplog)

    await world.settles()

    assert [answer.status for answer in world.slack.answers("events_api")] == [500, 200]
    await world.clicks("amy", "Accept", await world.offers())
    assert "Amelia took this" in world.card().text


@pytest.mark.parametrize("how", [{"socket": True}], ids=["socket"])
async def test_an_event_that_fails_over_a_socket_is_not_acked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.slack.desk.outbound.patience = 0.2

    async with world.without("person"):
        [first] = await world.slack.changes("amy", name="Amelia")
        await until(lambda: logged(caplog, logging.ERROR))

    assert (first.status, first.error) == (0, "timeout")
    assert len(logged(caplog, logging.ERROR)) == 1


# What we do not know.


@BOTH
async def test_an_event_of_which_we_know_nothing_is_answered_and_logged_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            answer = await world.slack.sends_event({"type": "tide_turned", "event_ts": "1.2"})
            assert answer.status == 200

    assert logged(caplog, logging.INFO).count("nothing answers to event tide_turned") == 1


@BOTH
async def test_a_button_of_an_older_version_says_that_it_does_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    card = await world.offers()

    with caplog.at_level(logging.INFO):
        for _ in range(2):
            answer = await world.slack.click_old("amy", "leads", card.ts, "lead.of_old", "7")
            assert answer.status == 200
        await world.settles()

    assert world.told("amy") == ["This button does nothing any more."] * 2
    assert logged(caplog, logging.INFO).count("nothing answers to action lead.of_old") == 1


@BOTH
async def test_a_shortcut_that_we_do_not_know_gets_a_sentence(world: World) -> None:
    shortcut = await world.slack.shortcut("amy", "nonsense")
    await world.settles()

    assert shortcut.status == 200
    assert world.told("amy") == ["I do not know this one."]


PAYLOADS: list[dict[str, Any]] = [
    {"type": "dialog_submission", "callback_id": "x", "state": "", "submission": {}},
    {"type": "dialog_suggestion", "callback_id": "x", "name": "n", "value": "v"},
    {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "n", "value": "v"}]},
    {"type": "workflow_step_edit", "callback_id": "x", "workflow_step": {}},
    {"type": "something_new"},
]


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["type"])
async def test_a_payload_of_another_kind_is_answered_and_logged_once_without_its_body(
    world: World, caplog: pytest.LogCaptureFixture, payload: dict[str, Any]
) -> None:
    amy = world.slack.desk.store.person("amy")
    whole = {**base(world.slack.desk, amy, payload["type"]), **payload, "secret": "Pat Doe"}
    body = urlencode({"payload": json.dumps(whole)}).encode()

    with caplog.at_level(logging.INFO):
        for _ in range(2):
            status, _ = await world.slack_sends(body, content_type="application/x-www-form-urlencoded")
            assert status == 200

    assert len(logged(caplog, logging.INFO)) == 1
    assert_no_payload(caplog)


@BOTH
async def test_a_form_of_an_older_version_is_closed(world: World) -> None:
    await world.clicks("amy", "Reject", await world.offers())
    await world.chooses("amy", "Reason", "No budget")
    view = world.slack.desk.store.modal(world.slack.person_id("amy"))
    assert view is not None
    view.body["callback_id"] = "of_old"

    answer = await world.sends_the_form("amy")

    assert answer.status == 200
    assert world.slack.modal("amy") is None


# Raw bytes.

EVENT = json.dumps({"type": "event_callback", "event": {"type": "team_join"}}).encode()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (EVENT, {"x_slack_signature": "v0=0000"}, 401),
        (EVENT, {"x_slack_signature": "nonsense"}, 401),
        (EVENT, {"x_slack_signature": "v0=\u00e9"}, 401),
        (EVENT, {"x_slack_request_timestamp": "soon"}, 401),
        (EVENT, {"x_slack_request_timestamp": "-1"}, 401),
        (EVENT, {"x_slack_request_timestamp": "9" * 5000}, 401),
        (EVENT, {"x_slack_request_timestamp": "1795424000"}, 401),
        (b"x" * 2 * 1024 * 1024, {}, 413),
        (b"x" * 2 * 1024 * 1024, {"content_length": "3"}, 413),
        (b"{", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[]", {}, 400),
        (b"7", {}, 400),
        (b"null", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"payload=%7B", {"content_type": "application/x-www-form-urlencoded"}, 400),
        (b"payload=7", {"content_type": "application/x-www-form-urlencoded"}, 400),
    ],
)
async def test_bytes_are_verified_and_bounded_before_they_are_parsed(
    world: World, caplog: pytest.LogCaptureFixture, body: bytes, headers: dict[str, str], status: int
) -> None:
    answered, _ = await world.slack_sends(body, **headers)

    assert answered == status
    assert len(logged(caplog)) == 1
    assert logged(caplog)[0].startswith(f"a request in Slack's name was refused: {status} ")
    assert not any(record.exc_info for record in caplog.records)


async def test_an_old_request_is_not_taken_again(world: World) -> None:
    card = await world.offers()
    seen: list[tuple[bytes, dict[str, str]]] = []

    async def listen(body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        seen.append((body, headers))
        return 200, "", b""

    world.slack.deliver_to(listen, signing_secret=SIGNING_SECRET)
    await world.slack.click("amy", card, "Accept")
    await world.time_passes(minutes=6)
    [(body, headers)] = seen

    status, _ = await world.slack_sends(
        body, **{name.replace("-", "_"): value for name, value in headers.items()}
    )

    assert status == 401
    assert "Accept" in world.card().buttons


async def test_slacks_question_whether_it_is_us_is_answered(world: World) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()

    status, answer = await world.slack_sends(body)

    assert (status, json.loads(answer)) == (200, {"challenge": "3eZbrw1a"})


@pytest.mark.parametrize("how", [{"socket": True}], ids=["socket"])
async def test_the_whole_handover_runs_over_a_socket(world: World) -> None:
    await world.crm_sends(lead())
    await world.clicks("amy", "Accept", world.card())
    await world.clicks("amy", "Contacted", world.dm("amy"))
    await world.rejects("amy", world.dm("amy"), "No budget", words="They said so themselves")

    assert "no budget" in world.card().text
    assert "They said so themselves" in world.under(world.feedback()[0])[0].words


@pytest.mark.alone  # it measures real time
async def test_many_clicks_at_once_are_all_answered_in_time(world: World) -> None:
    card = await world.offers()
    world.slack.desk.outbound.patience = 3.0  # seconds, as Slack has it

    answers = await asyncio.gather(*(world.slack.click("amy", card, "Timeline") for _ in range(20)))

    assert {answer.status for answer in answers} == {200}
    assert world.form("amy").title == "Timeline"
