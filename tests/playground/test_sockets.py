"""Socket Mode, with Bolt's own handler and with a bare WebSocket."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from playground.server import Playground
from tests.playground.office import bolt, web_client


@pytest.fixture
async def connected(slack: Playground) -> AsyncIterator[tuple[Playground, AsyncApp]]:
    """A Bolt app on a Socket Mode connection."""
    async with aiohttp.ClientSession() as session:
        app = bolt(slack, web_client(slack, session))
        handler: Any = AsyncSocketModeHandler(app, slack.permission()["app_token"])
        await handler.connect_async()
        await slack.connected()
        yield slack, app
        await handler.close_async()


async def test_a_command_goes_over_a_socket_and_its_ack_brings_the_answer(
    connected: tuple[Playground, AsyncApp],
) -> None:
    slack, app = connected

    @app.command("/truce")
    async def truce(ack: Any, body: dict[str, Any]) -> None:
        await ack(f"You said {body['text']}")

    answer = await slack.command("amy", "leads", "/truce help")

    assert (answer.status, [one.text for one in slack.ephemerals("amy")]) == (200, ["You said help"])


async def test_each_payload_goes_to_one_connection(
    connected: tuple[Playground, AsyncApp],
) -> None:
    slack, app = connected
    second: Any = AsyncSocketModeHandler(app, slack.permission()["app_token"])
    await second.connect_async()
    await slack.connected(2)
    seen: list[str] = []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    for text in ("one", "two", "three"):
        await slack.says("amy", "leads", text)
    await second.close_async()

    assert seen == ["one", "two", "three"]


async def test_an_app_that_is_asked_to_come_back_comes_back(
    connected: tuple[Playground, AsyncApp],
) -> None:
    slack, app = connected

    @app.command("/truce")
    async def truce(ack: Any) -> None:
        await ack("still here")

    await slack.refresh_sockets()
    await slack.connected()
    await slack.command("amy", "leads", "/truce")

    assert [one.text for one in slack.ephemerals("amy")] == ["still here"]


async def link(slack: Playground, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """Open a connection as an app does, without Bolt."""
    headers = {"Authorization": f"Bearer {slack.permission()['app_token']}"}
    async with session.post(f"{slack.url}/api/apps.connections.open", headers=headers) as answer:
        url = (await answer.json())["url"]
    return await session.ws_connect(url)


async def test_the_hello_counts_the_connections_and_the_eleventh_is_sent_away(slack: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        links = [await link(slack, session) for _ in range(11)]
        first = [await one.receive_json() for one in links]
        for one in links:
            await one.close()

    assert [one.get("num_connections") for one in first[:10]] == list(range(1, 11))
    assert (first[10]["type"], first[10]["reason"]) == ("disconnect", "too_many_websockets")


async def test_a_ticket_for_a_connection_is_good_once(slack: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        opened = await link(slack, session)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(str(opened._response.url))
        await opened.close()


async def test_a_refused_connection_has_used_its_ticket_up(slack: Playground) -> None:
    slack.refuse_sockets()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await link(slack, session)
        with pytest.raises(aiohttp.WSServerHandshakeError) as again:
            await session.ws_connect(str(refused.value.request_info.real_url))

    assert (refused.value.status, again.value.status) == (503, 404)


async def test_an_event_without_an_ack_comes_again(slack: Playground) -> None:
    slack.desk.outbound.patience = 0.01
    async with aiohttp.ClientSession() as session:
        opened = await link(slack, session)
        await opened.receive_json()
        said = await slack.says("amy", "leads", "Morning")
        await slack.settle()
        envelopes = [await opened.receive_json() for _ in range(2)]
        await opened.close()

    assert said.answers[0].error == "timeout"
    assert [one["retry_attempt"] for one in envelopes] == [0, 1]
    assert len({one["payload"]["event_id"] for one in envelopes}) == 1
    assert len({one["envelope_id"] for one in envelopes}) == 2
