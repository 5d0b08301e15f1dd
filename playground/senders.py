"""Systems outside Slack that post webhooks to the bot's side, signed as Standard Webhooks has it.

In a body, "{n}" becomes a number never used before, "{now}" the playground's time and "{now-12d}" that of twelve days
before (or m, h), so that a template can be sent a hundred times and each is another thing.
"""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import logging
import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from playground.clock import Now
from playground.errors import NotOnScreen
from playground.things import Json
from playground.workspace import Sender

AGAIN_AFTER = 1.0  # seconds, while the receiver does not answer yet
PATIENCE = 30.0


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One webhook and its answer; status 0 means that nobody answered."""

    webhook_id: str
    status: int
    body: str


class Senders:
    """All senders of the workspace; `secrets` is where their secrets are looked up by name."""

    def __init__(self, senders: list[Sender], now: Now, secrets: Mapping[str, str] = os.environ) -> None:
        self.senders = {one.name: one for one in senders}
        self.now = now
        self.secrets = secrets
        self.again_after = AGAIN_AFTER
        self.log: asyncio.Queue[Sent] = asyncio.Queue()  # what became of each scheduled try
        self._numbers = itertools.count(1)
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE))
        for sender in self.senders.values():
            if sender.schedule and not self._secret(sender):
                logging.getLogger(__name__).warning("%s: %s is not set", sender.name, sender.secret_env)
                continue
            for entry in sender.schedule:
                work = self._later(entry.after, sender, entry.body)
                self._tasks.append(asyncio.get_running_loop().create_task(work))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def scheduled(self) -> None:
        """Wait until everything on the schedules was answered."""
        await asyncio.gather(*self._tasks)

    async def post(self, name: str, body: Any = None, *, template: str = "", times: int = 1) -> list[Sent]:
        """Post a body, or a template, once or more often; each is its own webhook."""
        sender = self._known(name)
        if body is None:
            if template not in sender.templates:
                raise NotOnScreen(f"{name} has no template {template!r}, only {list(sender.templates)}")
            body = sender.templates[template]
        return [await self._post(sender, str(uuid.uuid4()), self._filled(body)) for _ in range(times)]

    def payload(self) -> list[Json]:
        return [
            {"name": one.name, "url": one.url, "templates": one.templates, "ready": bool(self._secret(one))}
            for one in self.senders.values()
        ]

    def _known(self, name: str) -> Sender:
        if name not in self.senders:
            raise NotOnScreen(f"there is no sender {name!r}, only {list(self.senders)}")
        sender = self.senders[name]
        if not self._secret(sender):
            raise NotOnScreen(f"{sender.secret_env} is not set")
        return sender

    def _secret(self, sender: Sender) -> bytes:
        given = self.secrets.get(sender.secret_env, "").partition(" ")[0]
        return base64.b64decode(given.removeprefix("whsec_"))

    async def _later(self, after: float, sender: Sender, body: Any) -> None:
        await asyncio.sleep(after)
        number, filled = str(uuid.uuid4()), self._filled(body)
        while True:
            sent = await self._post(self._known(sender.name), number, filled)
            self.log.put_nowait(sent)
            if sent.status:
                return
            await asyncio.sleep(self.again_after)

    async def _post(self, sender: Sender, number: str, body: Any) -> Sent:
        assert self._session is not None  # noqa: S101 - `start` has made it
        raw = json.dumps(body)
        headers = {"content-type": "application/json", **self._signed(sender, number, raw)}
        try:
            async with self._session.post(sender.url, data=raw.encode(), headers=headers) as reply:
                return Sent(webhook_id=number, status=reply.status, body=await reply.text())
        except (aiohttp.ClientError, TimeoutError) as error:
            return Sent(webhook_id=number, status=0, body=str(error))

    def _signed(self, sender: Sender, number: str, raw: str) -> dict[str, str]:
        stamp = str(int(self.now().timestamp()))
        signed = f"{number}.{stamp}.{raw}".encode()
        digest = base64.b64encode(hmac.new(self._secret(sender), signed, hashlib.sha256).digest()).decode()
        return {"webhook-id": number, "webhook-timestamp": stamp, "webhook-signature": f"v1,{digest}"}

    def _filled(self, body: Any) -> Any:
        return filled(body, next(self._numbers), self.now())


UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def filled(body: Any, number: int, now: datetime) -> Any:
    """Give a template's body with its placeholders filled in."""

    def moment(found: re.Match[str]) -> str:
        count, unit = found.groups(default="0")
        return (now - timedelta(**{UNITS.get(unit, "days"): int(count)})).isoformat()

    text = json.dumps(body).replace("{n}", str(number))
    return json.loads(re.sub(r"\{now(?:-(\d{1,4})([mhd]))?\}", moment, text))
