"""What Slack sends to the app: signed HTTP or Socket Mode, with Slack's retries for events.

Interactive payloads and commands go once. Events that fail go again at once, after a minute and after five,
by the playground's clock.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.clock import Now, pulse
from playground.sockets import Sockets
from playground.things import Json
from playground.traffic import Answer, Traffic
from playground.workspace import Workspace

PATIENCE = 3.0  # seconds that Slack waits for an answer
RETRY_AFTER = (0.0, 60.0, 300.0)
TICK = 0.02

# takes the body and the headers, gives the status, the content type and the body of the answer
Deliver = Callable[[bytes, dict[str, str]], Awaitable[tuple[int, str, bytes]]]


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One payload on its way: `kind` is that of the Socket Mode envelope."""

    kind: str
    payload: Json
    retry: int = 0
    reason: str = ""
    due: datetime | None = None


class Outbound:
    """Sends payloads and remembers how each was answered."""

    def __init__(self, workspace: Workspace, now: Now, traffic: Traffic) -> None:
        self.workspace = workspace
        self.now = now
        self.traffic = traffic
        self.sockets = Sockets(workspace.app_id)
        self.retry_after: tuple[float, ...] = RETRY_AFTER
        self.patience = PATIENCE
        self._to: str | Deliver | None = None
        self._secret = workspace.signing_secret
        self.chores: list[Callable[[], None]] = []  # what time alone brings about, besides retries
        self._waiting: list[Parcel] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._events = 0
        self._ticker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession()
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def stop(self) -> None:
        tasks = [*self._tasks, *filter(None, [self._ticker])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        """Say whether something is on its way to the app."""
        return bool(self._tasks)

    def deliver_to(self, where: str | Deliver | None, signing_secret: str | None = None) -> None:
        """Send to this URL (or function) from now on; None goes back to sockets."""
        self._to = where
        self._secret = signing_secret or self.workspace.signing_secret

    @property
    def link(self) -> Json:
        """Say how the app is reached: a URL, or so many sockets."""
        return {
            "url": self._to if isinstance(self._to, str) else None,
            "direct": callable(self._to),
            "sockets": len(self.sockets.links),
        }

    # --- sending

    async def send_event(self, event: Json, *, shared: bool = False) -> Answer:
        """Send an event; `shared` says that it comes from a channel shared with another company."""
        self._events += 1
        workspace = self.workspace
        payload: Json = {
            "token": "playground",
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self._events:09d}",
            "event_time": int(self.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared,
            "event_context": f"4-{self._events}",
        }
        return await self.send(Parcel(kind="events_api", payload=payload))

    async def send(self, parcel: Parcel) -> Answer:
        """Send once and give the answer; a failed event is put aside for its next try."""
        started = pulse()
        status, body, error = await (
            self._by_http(parcel) if self._to is not None else self._by_socket(parcel)
        )
        answer = Answer(
            kind=parcel.kind,
            status=status,
            body=body,
            seconds=round(pulse() - started, 4),
            error=error,
            payload=parcel.payload,
        )
        self.traffic.note(answer)
        if not answer.ok and parcel.kind == "events_api" and parcel.retry < len(self.retry_after):
            wait = timedelta(seconds=self.retry_after[parcel.retry])
            again = replace(parcel, retry=parcel.retry + 1, reason=error, due=self.now() + wait)
            if error != "no_retry":
                self._waiting.append(again)
        return answer

    async def _by_socket(self, parcel: Parcel) -> tuple[int, object, str]:
        retry = {"retry_attempt": parcel.retry, "retry_reason": parcel.reason}
        extra = retry if parcel.kind == "events_api" else {}
        envelope = {"type": parcel.kind, "payload": parcel.payload, **extra, "accepts_response_payload": True}
        try:
            return 200, await self.sockets.send(envelope, self.patience), ""
        except TimeoutError:
            return 0, "", "timeout"
        except ConnectionError:
            return 0, "", "nobody_listens"

    async def _by_http(self, parcel: Parcel) -> tuple[int, object, str]:
        body, headers = self.signed(parcel)
        try:
            status, kind, raw = await asyncio.wait_for(self._post(body, headers), self.patience)
        except TimeoutError:
            return 0, "", "http_timeout"
        except (aiohttp.ClientConnectionError, ConnectionError):
            return 0, "", "connection_failed"
        except aiohttp.TooManyRedirects:  # more than two
            return 0, "", "too_many_redirects"
        if status >= 300:  # noqa: PLR2004 - HTTP's own number
            return status, raw.decode(errors="replace"), "no_retry" if kind == "no_retry" else "http_error"
        return status, _read(kind, raw), ""

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        if callable(self._to):
            return await self._to(body, headers)
        assert self._session is not None  # noqa: S101 - `start` has made it
        async with self._session.post(str(self._to), data=body, headers=headers, max_redirects=2) as reply:
            stop = "x-slack-no-retry" in reply.headers
            return reply.status, "no_retry" if stop else reply.content_type, await reply.read()

    def signed(self, parcel: Parcel) -> tuple[bytes, dict[str, str]]:
        """Give the body and the headers as Slack sends them."""
        match parcel.kind:
            case "events_api":
                body, kind = json.dumps(parcel.payload), "application/json"
            case "slash_commands":
                body, kind = urlencode(parcel.payload), "application/x-www-form-urlencoded"
            case _:
                body = urlencode({"payload": json.dumps(parcel.payload)})
                kind = "application/x-www-form-urlencoded"
        stamp = str(int(self.now().timestamp()))
        digest = hmac.new(self._secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "content-type": kind,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest}",
            "user-agent": "Slackbot 1.0 (playground)",
        }
        if parcel.retry:
            headers |= {"x-slack-retry-num": str(parcel.retry), "x-slack-retry-reason": parcel.reason}
        return body.encode(), headers

    # --- trying again

    async def _tick(self) -> None:
        while True:
            for parcel in self._due():
                self.spawn(self.send(parcel))
            await asyncio.sleep(TICK)

    def forget(self) -> None:
        """Send nothing again of what failed."""
        self._waiting.clear()

    def _due(self) -> list[Parcel]:
        for chore in self.chores:
            chore()
        now = self.now()
        ready = [one for one in self._waiting if one.due is not None and one.due <= now]
        self._waiting = [one for one in self._waiting if one not in ready]
        return ready

    async def settle(self) -> None:
        """Wait until nothing is on its way, and what is due has been tried again."""
        while True:
            for parcel in self._due():
                self.spawn(self.send(parcel))
            if not self._tasks:
                return
            await asyncio.wait(list(self._tasks))


def _read(kind: str, raw: bytes) -> object:
    """Give the answer's body: JSON as such, anything else as text."""
    text = raw.decode(errors="replace")
    if kind.partition(";")[0].strip() != "application/json" or not text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
