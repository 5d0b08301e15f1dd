"""How payloads get out: signed HTTP with retries, Socket Mode with acks, and only what the app subscribed to."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import freezegun
import pytest
from aiohttp import web
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from playground.errors import NotOnScreen
from playground.outbound import Deliver
from playground.server import Playground
from tests.playground.office import Clock, Office, actions, button, office_workspace, section

Seen = list[tuple[bytes, dict[str, str]]]


def answering(seen: Seen, *statuses: int) -> Deliver:
    """Make an app that notes what it gets and answers with these statuses, then with 200."""
    answers = iter(statuses)

    async def receive(body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        seen.append((body, headers))
        return next(answers, 200), "text/plain", b""

    return receive


async def test_a_request_over_http_carries_slacks_signature(slack: Playground, clock: Clock) -> None:
    seen: Seen = []

    async def receive(request: web.Request) -> web.Response:
        seen.append((await request.read(), {name.lower(): value for name, value in request.headers.items()}))
        return web.json_response({"text": "Hello *Amy*"})

    app = web.Application()
    app.router.add_post("/slack/events", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    slack.deliver_to(f"http://127.0.0.1:{port}/slack/events", signing_secret="shared")
    answer = await slack.command("amy", "leads", "/truce help me")
    await runner.cleanup()
    gone = await slack.command("amy", "leads", "/truce help")

    [(body, headers)] = seen

    class Then(SignatureClock):
        def now(self) -> float:
            return clock().timestamp()

    assert SignatureVerifier("shared", Then()).is_valid_request(body, headers)
    assert headers["x-slack-request-timestamp"] == str(int(clock().timestamp()))
    form = {name: value[0] for name, value in parse_qs(body.decode()).items()}
    assert (form["command"], form["text"], form["user_name"]) == ("/truce", "help me", "amy")
    assert answer.body == {"text": "Hello *Amy*"}
    assert (gone.status, gone.error) == (0, "connection_failed")
    assert [one.text for one in slack.ephemerals("amy")] == [
        "Hello *Amy*",
        '/truce failed with the error "operation_timeout"',
    ]


async def test_an_event_that_fails_comes_again_at_once_after_a_minute_and_after_five(
    slack: Playground, clock: Clock
) -> None:
    seen: Seen = []
    slack.deliver_to(answering(seen, 500, 500, 500, 500, 500))

    await slack.says("amy", "leads", "Morning")
    await slack.settle()
    assert len(seen) == 2
    clock.forward(seconds=60)
    await slack.settle()
    assert len(seen) == 3
    clock.forward(minutes=5)
    await slack.settle()
    clock.forward(hours=1)
    await slack.settle()

    assert [headers.get("x-slack-retry-num") for _, headers in seen] == [None, "1", "2", "3"]
    assert {headers.get("x-slack-retry-reason") for _, headers in seen[1:]} == {"http_error"}
    assert len({json.loads(body)["event_id"] for body, _ in seen}) == 1


async def test_a_press_that_fails_does_not_come_again(office: Office) -> None:
    seen: Seen = []
    ts = await office.post(blocks=[actions(button())])
    await office.slack.settle()
    office.slack.deliver_to(answering(seen, 500))

    answer = await office.slack.click("amy", office.slack.message("leads", ts), "Accept")
    await office.slack.settle()

    assert (answer.status, len(seen)) == (500, 1)


async def test_an_app_is_told_of_messages_where_it_is_a_member_and_of_mentions(slack: Playground) -> None:
    seen: Seen = []
    slack.deliver_to(answering(seen))

    await slack.says("amy", "leads", "@bot look at <this> & #random")
    await slack.says("amy", "random", "not here")
    await slack.says("amy", "dm", "only us")

    events = [json.loads(body)["event"] for body, _ in seen]
    assert [(one["type"], one.get("channel_type")) for one in events] == [
        ("message", "channel"),
        ("app_mention", None),  # so Slack has it
        ("message", "im"),
    ]
    channel = slack.channel_id("random")
    assert events[0]["text"] == f"<@U0BOT0000> look at &lt;this&gt; &amp; <#{channel}|random>"
    assert events[0]["ts"] == events[1]["ts"]


async def test_an_app_is_told_of_its_own_posts_and_changes_too(office: Office) -> None:
    seen: Seen = []
    office.slack.deliver_to(answering(seen))

    ts = await office.post("One")
    await office.client.chat_update(channel=office.leads, ts=ts, text="Two")
    await office.client.chat_delete(channel=office.leads, ts=ts)
    await office.slack.settle()

    events = [json.loads(body)["event"] for body, _ in seen]
    assert [one.get("subtype") for one in events] == [None, "message_changed", "message_deleted"]
    assert events[0]["bot_id"] == "B0BOT0000"
    assert (events[1]["message"]["text"], events[1]["previous_message"]["text"]) == ("Two", "One")


async def test_an_app_gets_only_the_events_of_its_manifest(clock: Clock) -> None:
    seen: Seen = []
    manifest = {"settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.im"]}}}
    async with Playground.running(office_workspace(), now=clock, manifest=manifest) as slack:
        slack.deliver_to(answering(seen))
        await slack.says("amy", "leads", "not this")
        await slack.says("amy", "dm", "this")
        await slack.opens_home("amy")
        await slack.joins("hal", "leads")

    types = [json.loads(body)["event"]["type"] for body, _ in seen]
    assert types == ["message", "app_home_opened"]


async def test_coming_going_reacting_and_changing_are_told(office: Office) -> None:
    seen: Seen = []
    said = await office.slack.says("amy", "leads", "Hello")
    await office.slack.settle()
    office.slack.deliver_to(answering(seen))

    await office.slack.joins("hal", "leads")
    await office.slack.reacts("amy", said.message, "eyes")
    await office.slack.changes("amy", status="On holiday", deactivated=True)
    await office.slack.changes_channel("leads", shared=True)

    events = [json.loads(body)["event"] for body, _ in seen]
    assert [one["type"] for one in events] == [
        "member_joined_channel",
        "reaction_added",
        "user_change",
        "channel_shared",
    ]
    assert events[2]["user"]["deleted"] is True


async def test_a_response_url_is_good_for_five_answers_in_thirty_minutes(
    office: Office, clock: Clock
) -> None:
    urls: list[str] = []

    @office.app.action("accept")
    async def accept(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack()

    ts = await office.post(blocks=[actions(button())])
    for _ in range(2):
        await office.slack.click("amy", office.slack.message("leads", ts), "Accept")

    async with aiohttp.ClientSession() as session:

        async def post(url: str, **body: Any) -> int:
            async with session.post(url, json=body) as answer:
                return answer.status

        statuses = [await post(urls[0], text=f"Answer {n}") for n in range(6)]
        assert statuses == [200] * 5 + [404]
        assert [one.text for one in office.slack.ephemerals("amy")] == [f"Answer {n}" for n in range(5)]
        assert await post(urls[1], replace_original=True, text="Taken", blocks=[section("Taken")]) == 200
        assert office.slack.message("leads", ts).words == "Taken"
        assert await post(urls[1], response_type="in_channel", text="For all") == 200
        assert await post(urls[1], delete_original=True) == 200
        clock.forward(minutes=31)
        assert await post(urls[1], text="Too late") == 404
    assert [one.text for one in office.slack.messages("leads")] == ["For all"]


async def test_a_slow_call_can_lose_its_answer_after_the_work_or_before(office: Office) -> None:
    office.slack.fail("chat.postMessage", lose="answer")
    office.slack.fail("chat.postMessage", lose="request")
    for text in ("kept", "lost"):
        with pytest.raises(aiohttp.ClientError):
            await office.post(text)
    office.slack.fail("chat.postMessage", error="internal_error")
    office.slack.fail("*", status=503)
    office.slack.fail("chat.postMessage", retry_after=30)
    for words in ("internal_error", "503", "ratelimited"):
        with pytest.raises(Exception, match=words):
            await office.post("refused")
    await office.post("fine")

    assert [one.text for one in office.slack.messages("leads")] == ["kept", "fine"]
    calls = office.slack.calls("chat.postMessage")
    assert [(call.status, call.ok) for call in calls] == [
        (0, True),
        (0, False),
        (200, False),
        (503, False),
        (429, False),
        (200, True),
    ]


async def test_history_can_lag(office: Office, clock: Clock) -> None:
    office.slack.lag(10)
    await office.post("new")
    before = (await office.client.conversations_history(channel=office.leads))["messages"]
    clock.forward(seconds=10)
    after = (await office.client.conversations_history(channel=office.leads))["messages"]

    assert (len(before), len(after)) == (0, 1)


async def test_nobody_listening_is_said_so(slack: Playground) -> None:
    answer = await slack.command("amy", "leads", "/truce")

    assert (answer.status, answer.error) == (0, "nobody_listens")


async def test_all_of_it_works_while_a_test_has_frozen_the_time() -> None:
    with freezegun.freeze_time("2026-11-23T09:00:00Z", real_asyncio=True) as frozen:
        async with (
            Playground.running(office_workspace(), now=lambda: datetime.now(UTC)) as slack,  # noqa: TID251 - frozen
            Office.running(slack) as office,
        ):
            ts = await office.post("Hello", blocks=[section(), actions(button())])
            await office.post("Again")
            frozen.tick(3600)
            later = await office.post("Later")
            said = await slack.says("amy", "leads", "Morning")

    assert float(later) - float(ts) >= 3600
    assert said.answers[0].payload["event_time"] == int(float(later))


async def test_an_app_that_wants_no_more_tries_of_an_event_gets_none(slack: Playground) -> None:
    tries: list[str] = []

    async def receive(request: web.Request) -> web.Response:
        tries.append(request.path)
        return web.Response(status=500, headers={"x-slack-no-retry": "1"})

    app = web.Application()
    app.router.add_post("/slack/events", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    await slack.says("amy", "leads", "Morning")
    await slack.settle()
    await runner.cleanup()

    assert len(tries) == 1


async def test_who_fetches_a_file_without_the_bots_token_gets_a_page(office: Office) -> None:
    seen: Seen = []
    office.slack.deliver_to(answering(seen))
    said = await office.slack.drops("amy", "dm", "leads.csv", b"name,email\n", text="Here")
    url = said.message.files[0]["url_private"]

    async with aiohttp.ClientSession() as session:

        async def fetch(**headers: str) -> bytes:
            async with session.get(url, headers=headers) as answer:
                return await answer.read()

        assert await fetch(Authorization="Bearer xoxb-playground") == b"name,email\n"
        assert b"<!doctype html>" in await fetch(Authorization="Bearer xoxb-other")
        assert b"<!doctype html>" in await fetch()
    events = [json.loads(body)["event"] for body, _ in seen]
    assert [(one["type"], one.get("subtype")) for one in events] == [
        ("message", "file_share"),
        ("file_shared", None),
    ]


async def test_a_shortcut_goes_by_the_name_that_people_see(clock: Clock) -> None:
    seen: Seen = []
    shortcuts = [
        {"name": "Make a lead of this", "type": "message", "callback_id": "make"},
        {"name": "New lead", "type": "global", "callback_id": "new"},
    ]
    manifest = {"features": {"shortcuts": shortcuts}}
    async with Playground.running(office_workspace(), now=clock, manifest=manifest) as slack:
        slack.deliver_to(answering(seen))
        said = await slack.says("amy", "leads", "Pat Doe wants a demo")
        await slack.shortcut("ben", "Make a lead of this", said.message)
        await slack.shortcut("ben", "New lead")
        with pytest.raises(NotOnScreen):
            await slack.shortcut("ben", "Dance")

    first, second = [json.loads(parse_qs(body.decode())["payload"][0]) for body, _ in seen]
    assert (first["type"], first["callback_id"]) == ("message_action", "make")
    assert first["message"]["text"] == "Pat Doe wants a demo"
    assert (second["type"], second["callback_id"]) == ("shortcut", "new")
