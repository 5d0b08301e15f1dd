"""Load from outside: signed requests over so many connections, and how long each waited."""

import asyncio
import json
import statistics
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import digest
from itertools import count
from time import perf_counter
from typing import Any
from urllib.parse import quote

import aiohttp

from bot import ids
from bot.__main__ import Clock
from tests.world import FEED_SECRET, SIGNING_SECRET

Request = tuple[bytes, dict[str, str]]
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Requests a second, and the waits in milliseconds."""

    rate: float
    p50: float
    p99: float


def click(lead: str, by: str) -> Request:
    """Accept, as Slack sends it."""
    payload = {
        "type": "block_actions",
        "user": {"id": by, "team_id": "T0ACME000"},
        "team": {"id": "T0ACME000"},
        "api_app_id": "A0BOT0000",
        "trigger_id": "1.1",
        "container": {"type": "message", "channel_id": "CLEADS000", "message_ts": "1.1"},
        "channel": {"id": "CLEADS000"},
        "message": {"ts": "1.1", "text": "a card"},
        "actions": [{"type": "button", "action_id": ids.ACCEPT, "block_id": "b", "value": lead}],
    }
    body = f"payload={quote(json.dumps(payload))}".encode()
    stamp = f"{Clock()().timestamp():.0f}"
    signature = digest(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, "sha256").hex()
    return body, {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signature}",
    }


def webhook(told: Any) -> Request:
    body = json.dumps(told).encode()
    message, stamp = f"bench_{next(_numbers)}", f"{Clock()().timestamp():.0f}"
    signature = digest(FEED_SECRET, f"{message}.{stamp}.".encode() + body, "sha256")
    return body, {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{b64encode(signature).decode()}",
    }


def a_lead(number: int) -> dict[str, Any]:
    return {
        "id": f"bench-{number}",
        "source": "webinar",
        "campaign": f"Campaign {number % 7}",
        "contact": {
            "name": f"Pat Doe {number}",
            "email": f"pat@globex{number}.test",
            "title": "VP Operations",
        },
        "company": {
            "name": f"Globex {number}",
            "industry": "Logistics",
            "employees": 250,
            "country": "GB",
        },
    }


async def fire(url: str, requests: Sequence[Request], connections: int, pause: float = 0) -> Measured:
    """Send them all, each connection one after another, with a pause in between; every answer has to be good."""
    waits: list[float] = []
    left = iter(requests)

    async def one(session: aiohttp.ClientSession) -> None:
        for body, headers in left:
            began = perf_counter()
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                assert answer.status in (200, 202), answer.status
            waits.append(perf_counter() - began)
            await asyncio.sleep(pause)

    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = perf_counter()
        await asyncio.gather(*(one(session) for _ in range(connections)))
        took = perf_counter() - began
    cuts = statistics.quantiles(waits, n=100)
    return Measured(rate=len(waits) / took, p50=cuts[49] * 1000, p99=cuts[98] * 1000)
