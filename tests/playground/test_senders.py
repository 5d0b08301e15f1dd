"""Senders: webhooks signed as Standard Webhooks has it, on a schedule and by hand."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from playground.clock import real
from playground.errors import NotOnScreen
from playground.senders import Senders, filled
from playground.workspace import Workspace
from tests.playground.office import Clock

SECRET = "whsec_" + base64.b64encode(b"a secret of enough bytes").decode()


class Receiver:
    """A server that keeps what it gets; it can be started late."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> int:
        app = web.Application()
        app.router.add_post("/intake/website", self._receive)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        return int(self.runner.addresses[0][1])

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        return web.Response(status=202, text="thanks")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    yield one
    await one.stop()


def workspace(port: int, **more: Any) -> Workspace:
    sender = {"url": f"http://127.0.0.1:{port}/intake/website", "secret_env": "WEBSITE_SECRET", **more}
    return Workspace.from_dict({"senders": {"website": sender}})


async def test_a_template_is_posted_as_often_as_asked_each_time_as_another(receiver: Receiver) -> None:
    port = await receiver.start()
    body = {"id": "web-{n}", "at": "{now}"}
    senders = Senders(
        workspace(port, templates={"demo": body}).senders, now=real, secrets={"WEBSITE_SECRET": SECRET}
    )
    await senders.start()
    sent = await senders.post("website", template="demo", times=3)
    await senders.stop()

    assert [one.status for one in sent] == [202, 202, 202]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 3
    bodies = [Webhook(SECRET).verify(raw, headers) for headers, raw in receiver.got]
    assert [one["id"] for one in bodies] == ["web-1", "web-2", "web-3"]
    assert datetime.fromisoformat(bodies[0]["at"]).tzinfo == UTC


def test_a_template_may_tell_of_the_past(clock: Clock) -> None:
    body = {"at": ["{now}", "{now-24d}", "{now-90m}", "{now-soon}"], "id": "web-{n}"}
    now = clock()

    told = [(now - timedelta(minutes=minutes)).isoformat() for minutes in (0, 24 * 24 * 60, 90)]
    assert filled(body, 7, now) == {"at": [*told, "{now-soon}"], "id": "web-7"}


async def test_the_timestamp_is_the_playgrounds(receiver: Receiver, clock: Clock) -> None:
    port = await receiver.start()
    senders = Senders(workspace(port).senders, now=clock, secrets={"WEBSITE_SECRET": SECRET})
    await senders.start()
    await senders.post("website", {"id": "1"})
    await senders.stop()

    assert receiver.got[0][0]["webhook-timestamp"] == str(int(clock().timestamp()))


async def test_a_schedule_waits_for_a_receiver_that_starts_late_with_the_same_id(receiver: Receiver) -> None:
    port = await receiver.start()
    await receiver.stop()
    schedule = [{"after": 0, "body": {"id": "early"}}]
    senders = Senders(
        workspace(port, schedule=schedule).senders, now=real, secrets={"WEBSITE_SECRET": SECRET}
    )
    senders.again_after = 0.01
    await senders.start()
    first = await senders.log.get()
    await receiver.start(port)
    await senders.scheduled()
    await senders.stop()

    [(headers, raw)] = receiver.got
    assert first.status == 0
    assert headers["webhook-id"] == first.webhook_id
    assert json.loads(raw) == {"id": "early"}


async def test_a_sender_without_a_secret_says_which_one_is_missing() -> None:
    senders = Senders(workspace(1).senders, now=real, secrets={})
    with pytest.raises(NotOnScreen, match="WEBSITE_SECRET"):
        await senders.post("website", {"id": "1"})
    with pytest.raises(NotOnScreen, match="intranet"):
        await senders.post("intranet", {"id": "1"})
