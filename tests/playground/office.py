"""An office to try the stand-in Slack with: four people, three channels, a Bolt app, a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground
from playground.workspace import Channel, Person, UserGroup, Workspace


@dataclass
class Clock:
    """Time as the test says."""

    time: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


def office_workspace() -> Workspace:
    return Workspace(
        people=[
            Person(handle="amy", real_name="Amy Jones", email="amy@acme.test", tz="Europe/London"),
            Person(handle="ben", real_name="Ben Okafor", email="ben@acme.test", tz="Europe/Berlin"),
            Person(handle="hal", real_name="Hal Hart", email="hal@acme.test", admin=True),
            Person(handle="gus", email="gus@guest.test", guest=True),
            Person(handle="zoe", email="zoe@gone.test", deactivated=True),
        ],
        channels=[
            Channel(name="leads", members=["amy", "ben", "gus"]),
            Channel(name="random", bot=False),
            Channel(name="secret", private=True, members=["hal"], bot=False),
            Channel(name="board", private=True, members=["hal", "amy"]),
            Channel(name="old", archived=True),
        ],
        groups=[UserGroup(handle="sales", members=["amy", "ben"])],
    )


def web_client(slack: Playground, session: aiohttp.ClientSession) -> AsyncWebClient:
    token = slack.desk.store.workspace.bot_token
    return AsyncWebClient(token=token, base_url=f"{slack.url}/api/", session=session, retry_handlers=[])


def bolt(slack: Playground, client: AsyncWebClient) -> AsyncApp:
    """Make a Bolt app that leaves the check of the signature's age to us: Bolt reads the real clock."""
    return AsyncApp(
        client=client,
        signing_secret=slack.desk.store.workspace.signing_secret,
        request_verification_enabled=False,
        process_before_response=True,
    )


@dataclass
class Office:
    slack: Playground
    client: AsyncWebClient
    app: AsyncApp

    @classmethod
    @asynccontextmanager
    async def running(cls, slack: Playground) -> AsyncIterator[Self]:
        async with aiohttp.ClientSession() as session:
            client = web_client(slack, session)
            office = cls(slack, client, bolt(slack, client))
            slack.deliver_to(office.receive)
            yield office

    async def receive(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        request = AsyncBoltRequest(body=body.decode(), headers=dict(headers))
        answer = await self.app.async_dispatch(request)
        kind = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
        return answer.status, kind, answer.body.encode()

    async def post(self, text: str = "Hello", **more: Any) -> str:
        answer = await self.client.chat_postMessage(**{"channel": self.leads, "text": text, **more})
        return str(answer["ts"])

    @property
    def leads(self) -> str:
        return self.slack.channel_id("leads")


def section(text: str = "Words", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Accept", action_id: str = "accept", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, **more}


def actions(*elements: dict[str, Any], block_id: str = "buttons") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field_block(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    words = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": label.lower(), "label": words, "element": element, **more}


def modal(*blocks: dict[str, Any], title: str = "Form", **more: Any) -> dict[str, Any]:
    submit = {"type": "plain_text", "text": "Send"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": title},
        "submit": submit,
        "blocks": list(blocks),
        **more,
    }
