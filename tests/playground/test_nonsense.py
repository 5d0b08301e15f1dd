"""Whatever an app sends, the playground answers as Slack would: with a refusal, never with a stack trace."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import methods
from playground.checks import check_message, check_view
from playground.desk import METHODS
from playground.errors import SlackError
from playground.limits import BLOCKS, ELEMENTS
from playground.server import Playground

assert methods.__all__  # importing it has filled the table

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from([*BLOCKS, *ELEMENTS, "plain_text", "mrkdwn", "rich_text_section"])
NAMES = sorted(
    {name.removesuffix("!") for fields in (*BLOCKS.values(), *ELEMENTS.values()) for name in fields}
)


def near_blocks(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Things that look like blocks and elements, and are wrong somewhere."""
    some = st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    return st.lists(inner, max_size=3) | st.builds(lambda kind, rest: {**rest, "type": kind}, KINDS, some)


NEARLY = st.recursive(JSON, near_blocks, max_leaves=12)


@settings(deadline=None, max_examples=200)
@given(blocks=st.lists(NEARLY, max_size=4))
def test_blocks_are_taken_or_refused(blocks: list[Any]) -> None:
    with suppress(SlackError):
        check_message(blocks)
    with suppress(SlackError):
        check_view({"type": "modal", "title": blocks[:1] or None, "blocks": blocks})
    with suppress(SlackError):
        check_view({"type": "home", "blocks": blocks})


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as one:
        yield one


ARGUMENTS: dict[str, list[Any]] = {
    "channel": ["leads", "DAMY00000", 7, None, {"id": 1}],
    "blocks": ["{", "[]", [1], {"a": 1}, [{"type": "rich_text", "elements": ["x"]}]],
    "view": ["{", [], {"type": "modal"}, {"type": "home", "blocks": 7}, {"blocks": [None]}],
    "metadata": ["x", [], {"event_type": 1, "event_payload": {}}],
    "limit": ["x", -1, 10**9],
    "cursor": ["x", "next:", "next:-4", "next:x"],
    "oldest": ["x", "NaN", "1e9"],
    "ts": ["", "x", 1],
    "users": [[], "x", ["x", "y"], 7],
    "files": ["[1]", [{}], [7], {"id": 1}],
    "attachments": [["x"], "[1]", {"a": 1}],
}


@pytest.mark.parametrize("name", sorted(METHODS))
async def test_a_method_answers_nonsense_with_a_refusal(
    slack: Playground, session: aiohttp.ClientSession, name: str
) -> None:
    leads, board = slack.channel_id("leads"), slack.channel_id("board")
    token = slack.permission()["app_token" if "app" in METHODS[name].by else "bot_token"]
    headers = {"Authorization": f"Bearer {token}"}
    good = {
        "channel": leads,
        "channel_id": board,
        "user": slack.person_id("amy"),
        "text": "x",
        "filename": "x",
    }
    for argument, values in ARGUMENTS.items():
        for value in values:
            body = {**good, "trigger_id": slack.desk.tickets.trigger(slack.person_id("amy")), argument: value}
            async with session.post(f"{slack.url}/api/{name}", json=body, headers=headers) as answer:
                told = await answer.json()
            assert (answer.status, type(told["ok"])) == (200, bool), (body, told)


async def test_what_is_not_json_is_said_to_be_none(slack: Playground, session: aiohttp.ClientSession) -> None:
    async def code(data: bytes) -> str:
        kind = {"Content-Type": "application/json"}
        async with session.post(f"{slack.url}/api/auth.test", data=data, headers=kind) as answer:
            return str((await answer.json())["error"])

    assert await code(b"{") == "invalid_json"
    assert await code(b"[]") == "json_not_object"
    assert await code(b"\xff") == "invalid_json"
