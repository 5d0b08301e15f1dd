"""The documentation's own apps run against the playground as they would against Slack."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from playground.errors import Invalid
from playground.server import Playground
from tests.playground.office import office_workspace
from tests.program import PATIENCE, free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    """A Slack that lives in real time, as the examples do."""
    async with Playground.running(office_workspace(), limits=False) as running:
        yield running


def environment(slack: Playground, **more: str) -> dict[str, str]:
    permission = slack.permission()
    given = {
        "SLACK_BOT_TOKEN": permission["bot_token"],
        "SLACK_APP_TOKEN": permission["app_token"],
        "SLACK_SIGNING_SECRET": permission["signing_secret"],
        "SLACK_API_URL": f"{slack.url}/api/",
        "PYTHONUNBUFFERED": "1",
    }
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", ""), **given, **more}


@asynccontextmanager
async def running(
    name: str, environment: dict[str, str], *more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", f"tests.playground.examples.{name}", *more]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.fixture
async def bolt(slack: Playground) -> AsyncIterator[Playground]:
    """The Bolt app over Socket Mode."""
    async with running("bolt_socket_mode", environment(slack)):
        await asyncio.wait_for(slack.connected(), PATIENCE)
        yield slack


async def shown(slack: Playground, channel: str, words: str) -> str:
    """Wait until somebody says this; gives its ts."""
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = slack.dms(channel) if channel in {"amy", "ben"} else slack.messages(channel)
            for one in rows:
                if words in f"{one.text}\n{one.words}":
                    return one.ts
            await slack_changes(slack)


async def whispered(slack: Playground, person: str, words: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any(words in one.text for one in slack.ephemerals(person)):
            await slack_changes(slack)


async def slack_changes(slack: Playground) -> None:
    changed = asyncio.Event()
    slack.desk.store.watchers.append(changed.set)
    try:
        await changed.wait()
    finally:
        slack.desk.store.watchers.remove(changed.set)


async def test_messages_and_actions(bolt: Playground) -> None:
    await bolt.says("amy", "leads", "hello")
    ts = await shown(bolt, "leads", "Hey there")
    await bolt.click("ben", ts, "Click Me")
    await shown(bolt, "leads", "clicked the button")
    await bolt.says("amy", "leads", "good morning")
    await shown(bolt, "leads", "morning, how are you?")
    said = await bolt.says("amy", "leads", "knock knock")
    async with asyncio.timeout(PATIENCE):
        while not bolt.thread("leads", said.ts):
            await slack_changes(bolt)
    await bolt.reacts("amy", said.message, "calendar")
    await shown(bolt, "leads", "Pick a date")

    assert [one.text for one in bolt.thread("leads", said.ts)] == ["_Who's there?_"]


async def test_commands_and_message_shortcuts(bolt: Playground) -> None:
    await bolt.command("amy", "leads", "/echo what was said")
    await whispered(bolt, "amy", "what was said")
    said = await bolt.says("ben", "leads", "Look")
    await bolt.shortcut("amy", "message_shortcut", said.message)
    await whispered(bolt, "amy", "You wrote: Look")


async def test_a_shortcut_opens_a_modal_that_is_updated_corrected_and_sent(bolt: Playground) -> None:
    await bolt.shortcut("amy", "open_modal")
    async with asyncio.timeout(PATIENCE):
        while bolt.modal("amy") is None:
            await slack_changes(bolt)
    await bolt.fill("amy", "What are your hopes and dreams?", "Tea")
    await bolt.click("amy", "modal", "Click me!")
    async with asyncio.timeout(PATIENCE):
        while (view := bolt.modal("amy")) is None or view.title != "Updated modal":
            await slack_changes(bolt)
    await bolt.choose("amy", "Topic", "Option 2", typed="Option")
    await bolt.submit("amy")
    refused = bolt.modal("amy")
    await bolt.fill("amy", "What are your hopes and dreams?", "A garden")
    await bolt.submit("amy")
    await shown(bolt, "amy", "Your submission of A garden was successful")

    assert refused is not None
    assert refused.errors == {"input_c": "The value must be longer than 5 characters"}
    assert refused.values["topic"]["external_action"]["selected_option"]["value"] == "1-2"
    assert bolt.modal("amy") is None


async def test_an_empty_modal_is_not_sent(bolt: Playground) -> None:
    await bolt.shortcut("amy", "open_modal")
    async with asyncio.timeout(PATIENCE):
        while bolt.modal("amy") is None:
            await slack_changes(bolt)
    with pytest.raises(Invalid):
        await bolt.submit("amy")


async def test_the_home_tab_is_published_when_it_is_opened(bolt: Playground) -> None:
    await bolt.opens_home("amy")
    async with asyncio.timeout(PATIENCE):
        while (home := bolt.home("amy")) is None:
            await slack_changes(bolt)

    assert "Welcome to your" in home.words
    assert home.buttons == ["Click me!"]


async def test_an_async_app_over_signed_http(slack: Playground) -> None:
    port = free_port()
    slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
    async with running("bolt_async_http", environment(slack, PORT=str(port))) as process:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            async for line in process.stdout:
                if b"Running on" in line:  # Bolt's own words come before it listens
                    break
        said = await slack.says("amy", "leads", "@bot are you there?")
        await shown(slack, "leads", "What's up?")
        answer = await slack.command("amy", "leads", "/hello-bolt-python")
        await slack.joins("hal", "leads")
        await shown(slack, "leads", "Welcome")

    assert f"Hi <@{slack.person_id('amy')}>!" in str(answer.body)
    assert slack.message("leads", said.ts).reactions == {"eyes": ["U0BOT0000"]}


async def test_the_web_client(slack: Playground) -> None:
    leads, amy = slack.channel_id("leads"), slack.person_id("amy")
    async with running("sdk", environment(slack), leads, amy) as process:
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    found = json.loads(out)

    assert process.returncode == 0
    assert found["channels"] == ["leads", "old", "random"]
    assert found["members"] == 4
    assert found["history"][-1] == "updates from your app! :tada:"
    assert found["replies"] == ["updates from your app! :tada:", "Hello from a thread!"]
    assert found["file"] == "My test text file"
    assert found["user"] == "Amy Jones"
    assert found["error"] == "no_text"
    assert re.search(r"/archives/C\w+/p\d+$", found["permalink"])
    assert [one.text for one in slack.ephemerals("amy")] == ["Hello silently!"]
    assert [one.text for one in slack.dms("amy")] == ["Just for you"]
