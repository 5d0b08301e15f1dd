"""The control API: what a test of whole processes says over HTTP; and the program that runs it alone."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.clock import FileClock
from playground.server import Playground
from tests.playground.office import Office, actions, button, section
from tests.playground.showcase import options
from tests.program import free_port

WORKSPACE = """
team_name: Acme
bot_handle: helper
people:
  - {handle: amy, email: amy@acme.test}
  - {handle: zoe, deactivated: true}
channels: [{name: leads}]
"""


class Remote:
    """The control API from outside."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self.session = url, session

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
        async with self.session.post(f"{self.url}/control/{path}", json=body, headers=headers) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.text())

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.url}/control/{path}") as answer:
            return await answer.json()


@pytest.fixture
async def remote(slack: Playground) -> AsyncIterator[Remote]:
    async with aiohttp.ClientSession() as session:
        yield Remote(slack.url, session)


async def test_a_person_speaks_presses_and_looks_over_http(office: Office, remote: Remote) -> None:
    @office.app.action("accept")
    async def accept(ack: Any) -> None:
        await ack()

    ts = await office.post("A lead", blocks=[actions(button())])
    said = await remote.post("do/says", {"person": "amy", "channel": "leads", "text": "Morning"})
    pressed = await remote.post("do/click", {"person": "amy", "where": ts, "what": "Accept"})
    seen = await remote.get("see/messages?channel=leads")

    assert said[1]["result"]["message"]["text"] == "Morning"
    assert pressed[1]["result"]["status"] == 200
    assert [one["buttons"] for one in seen["result"]] == [["Accept"], []]
    assert (await remote.get("see/calls?method=chat.postMessage"))["result"][0]["ok"] is True


async def test_what_cannot_be_done_is_said_in_words(office: Office, remote: Remote) -> None:
    ts = await office.post("A lead")

    status, answer = await remote.post("do/click", {"person": "amy", "where": ts, "what": "Accept"})
    assert (status, answer["ok"]) == (409, False)
    assert "Accept" in answer["error"]
    assert (await remote.post("do/says", {"person": "nobody", "channel": "leads", "text": "x"}))[0] == 409
    assert (await remote.post("do/says", {"person": "amy"}))[0] == 400
    assert (await remote.post("do/dance", {}))[0] == 400


async def test_a_field_is_filled_and_chosen_over_http(office: Office, remote: Remote) -> None:
    offered = {"type": "static_select", "action_id": "s", "options": options("Budget", "Time")}
    ts = await office.post("Why?", blocks=[section("Reason"), actions(offered)])
    chosen = {"person": "amy", "where": ts, "field": "s", "options": ["Time"]}

    status, answer = await remote.post("do/choose", chosen)

    assert (status, answer["ok"]) == (200, True)
    [pressed] = office.slack.answers("interactive")
    assert pressed.payload["actions"][0]["selected_option"]["value"] == "Time"


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("do/says", "{"),
        ("do/says", "[1]"),
        ("do/says", '{"person": "amy", "channel": "leads", "text": 5}'),
        ("do/drops", '{"person": "amy", "channel": "leads", "name": "a", "content_base64": "A"}'),
        ("trouble", "nonsense"),
        ("trouble", '{"history_lag": "long"}'),
        ("deliver", "7"),
    ],
)
async def test_nonsense_over_http_is_refused_in_words(remote: Remote, path: str, sent: str) -> None:
    async with remote.session.post(f"{remote.url}/control/{path}", data=sent) as answer:
        told = await answer.json()

    assert (answer.status, told["ok"]) == (400, False)
    assert told["error"]


@pytest.mark.parametrize(
    "sent", [{"seconds": "soon"}, {"to": "Monday"}, {"to": "2026-11-23T09:00:00"}, {"seconds": 1e30}]
)
async def test_a_clock_goes_only_where_there_is_a_time(sent: dict[str, Any]) -> None:
    clock = FileClock(None)
    async with Playground.running(now=clock) as slack, aiohttp.ClientSession() as session:
        status, told = await Remote(slack.url, session).post("clock", sent)

    assert (status, told["ok"]) == (400, False)
    assert clock.offset == 0


async def test_a_number_that_is_none_is_said_to_be(remote: Remote) -> None:
    assert (await remote.get("traffic?last=few"))["error"] == "last is a whole number, not 'few'"


async def test_other_sites_and_other_names_for_this_machine_are_refused(remote: Remote) -> None:
    body = {"person": "amy", "channel": "leads", "text": "x"}

    assert (await remote.post("do/says", body, Origin="https://evil.test"))[0] == 403
    assert (await remote.post("do/says", body, Host="evil.test:80"))[0] == 403
    assert (await remote.post("do/says", body, Origin=remote.url))[0] == 200


async def test_trouble_is_made_and_taken_back_over_http(office: Office, remote: Remote) -> None:
    fault = {"method": "chat.postMessage", "times": 2, "error": "internal_error", "history_lag": 3}
    _, answer = await remote.post("trouble", fault)
    assert answer["result"]["faults"][0]["times"] == 2
    with pytest.raises(Exception, match="internal_error"):
        await office.post("x")

    async with remote.session.delete(f"{remote.url}/control/trouble") as calmed:
        assert (await calmed.json())["result"] == {"faults": [], "history_lag": 0.0}
    await office.post("x")
    assert (await remote.post("trouble", {"lose": "everything"}))[0] == 400


async def test_a_reset_makes_everything_as_it_was(office: Office, remote: Remote) -> None:
    before = await remote.get("screen?as=amy")
    first = await office.post("A lead")
    await remote.post("do/changes", {"person": "amy", "status": "On holiday"})
    await remote.post("do/arrives", {"handle": "kim"})
    await remote.post("trouble", {"error": "internal_error", "times": 9})
    await remote.post("do/uninstalls", {})
    await remote.post("reset", {})
    after = await remote.get("screen?as=amy")

    assert after.keys() == before.keys()
    for name in after.keys() - {"version", "clock"}:
        assert after[name] == before[name], name
    assert (await remote.get("traffic"))["result"] == []
    assert await office.post("Another") > first


async def test_a_screen_shows_a_person_what_they_may_see(office: Office, remote: Remote) -> None:
    await office.client.chat_postEphemeral(
        channel=office.leads, user=office.slack.person_id("amy"), text="Psst"
    )
    amy, ben, gus = [await remote.get(f"screen?as={one}") for one in ("amy", "ben", "gus")]

    assert [one["text"] for one in amy["whispers"]] == ["Psst"]
    assert ben["whispers"] == []
    assert {one["name"] for one in amy["channels"]} == {"leads", "random", "old", "board", ""}
    assert {one["name"] for one in ben["channels"]} == {"leads", "random", "old", ""}
    assert {one["name"] for one in gus["channels"]} == {"leads", ""}


async def told(stream: aiohttp.ClientResponse, kind: str) -> int:
    """Read on until an event of this kind comes, and give its number."""
    while True:
        event = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 30)
        lines = event.decode().split()
        if ("wire" in lines) == (kind == "wire"):
            return int(lines[-1])


async def test_the_stream_speaks_up_when_something_happens(slack: Playground, remote: Remote) -> None:
    async with remote.session.get(f"{slack.url}/control/stream") as stream:
        first = await told(stream, "message")
        await slack.says("amy", "leads", "Morning")
        second = await told(stream, "message")

    assert second > first


async def test_the_stream_tells_of_a_call_that_changes_nothing_on_the_screen(
    office: Office, remote: Remote
) -> None:
    async with remote.session.get(f"{office.slack.url}/control/stream") as stream:
        first = await told(stream, "wire")
        await office.client.auth_test()
        second = await told(stream, "wire")

    assert second > first


async def test_the_page_and_its_parts_are_served_and_nothing_else(slack: Playground, remote: Remote) -> None:
    async def status(path: str) -> int:
        async with remote.session.get(f"{slack.url}{path}") as answer:
            return answer.status

    assert await status("/") == 200
    assert await status("/page/app.js") == 200
    assert await status("/page/..%2Fserver.py") == 404
    async with remote.session.get(f"{slack.url}/") as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_the_program_runs_alone_moves_its_clock_file_and_ends_on_a_signal(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "acme.yaml").write_text(WORKSPACE)
    (tmp_path / "manifest.json").write_text(json.dumps({"oauth_config": {"scopes": {"bot": ["chat:write"]}}}))
    options = ["--port", str(port), "--workspace", "acme.yaml", "--manifest", "manifest.json"]
    repository = Path(__file__).parents[2]
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "playground", *options, "--clock", "clock"),
        cwd=tmp_path,
        env={"PYTHONPATH": str(repository)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    first = (await program.stdout.readline()).decode()
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        remote = Remote(url, session)
        before = await remote.get("clock")
        await remote.post("clock", {"seconds": 3600})
        client = AsyncWebClient(token="xoxb-playground", base_url=f"{url}/api/", session=session)
        posted = await client.chat_postMessage(channel="#leads", text="Hello")
        with pytest.raises(Exception, match="missing_scope"):
            await client.users_list()
    program.send_signal(signal.SIGTERM)
    _, code = await program.stdout.read(), await program.wait()

    assert url in first
    assert float(str(posted["ts"])) >= before["now"] + 3600
    assert float((tmp_path / "clock").read_text()) == 3600
    assert code == 0
