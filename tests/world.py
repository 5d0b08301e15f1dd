"""The whole bot and the stand-in Slack, spoken to in the words of the people who use it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import digest
from itertools import count
from pathlib import Path
from typing import Any, Self

from freezegun.api import FrozenDateTimeFactory
from pydantic import SecretStr

from bot.__main__ import Clock, Truce, assemble, slack_web
from bot.environment import Environment
from bot.settings import Settings
from playground.server import Playground
from playground.things import Message, View
from playground.traffic import Answer
from playground.workspace import Channel, Person, UserGroup, Workspace
from storage.db import Database
from tests.asgi import post

SIGNING_SECRET = "the signing secret of tests"
FEED_SECRET = b"a feed's secret of some length!!"
MOST_ROUNDS = 400


def acme() -> Workspace:
    """An invented company: three reps, a marketer, a manager, a guest and a stranger."""
    return Workspace(
        signing_secret=SIGNING_SECRET,
        people=[
            Person(
                handle="amy", name="Amy", real_name="Amy Jones", email="amy@acme.test", tz="Europe/London"
            ),
            Person(
                handle="ben", name="Ben", real_name="Ben Okafor", email="ben@acme.test", tz="Europe/London"
            ),
            Person(
                handle="chi", name="Chi", real_name="Chi Nakamura", email="chi@acme.test", tz="Asia/Tokyo"
            ),
            Person(
                handle="eva", name="Eva", real_name="Eva Klein", email="eva@acme.test", tz="Europe/Berlin"
            ),
            Person(handle="hal", name="Hal", real_name="Hal Hart", email="hal@acme.test", admin=True),
            Person(handle="gus", name="Gus", email="gus@guest.test", guest=True),
            Person(handle="sam", name="Sam", email="sam@other.test", external=True),
        ],
        channels=[
            Channel(name="leads", members=["amy", "ben", "chi", "eva", "hal", "gus", "sam"]),
            Channel(name="marketing-feedback", members=["eva", "hal"]),
        ],
        groups=[UserGroup(handle="sales", members=["amy", "ben", "chi"])],
    )


def lead(**changes: Any) -> dict[str, Any]:
    """A lead that is ready for sales, as a feed sends it."""
    told: dict[str, Any] = {
        "id": "crm-991",
        "source": "webinar",
        "campaign": "Autumn webinar",
        "contact": {
            "name": "Pat Doe",
            "email": "pat@globex.test",
            "title": "VP Operations",
            "phone": "+44 20 7946 0000",
        },
        "company": {"name": "Globex", "industry": "Logistics", "employees": 250, "country": "GB"},
    }
    return {**told, **changes}


@dataclass
class World:
    """One company on one morning. What is sent and clicked goes the whole way; time is ours."""

    db: Database
    slack: Playground
    truce: Truce
    time: FrozenDateTimeFactory
    _messages: Any = field(default_factory=lambda: count(1))

    @classmethod
    @asynccontextmanager
    async def at(
        cls, db: Database, time: FrozenDateTimeFactory, settings: Mapping[str, Any], manifest: Any = None
    ) -> AsyncIterator[Self]:
        clock = Clock()
        async with Playground.running(acme(), now=clock, manifest=manifest, limits=False) as slack:
            environment = Environment(
                slack_bot_token=SecretStr(slack.desk.store.workspace.bot_token),
                slack_signing_secret=SecretStr(SIGNING_SECRET),
                slack_api_url=f"{slack.url}/api/",
            )
            environment._feed_secrets["TRUCE_SECRET_WEBSITE"] = SecretStr(
                f"whsec_{b64encode(FEED_SECRET).decode()}"
            )
            async with slack_web(environment) as web:
                truce = await assemble(environment, Settings.model_validate(settings), db, web, clock)
                world = cls(db=db, slack=slack, truce=truce, time=time)
                slack.deliver_to(world._deliver, signing_secret=SIGNING_SECRET)
                await truce.ensure_recurring()
                await world.settles()
                yield world
                await truce.worker.stop()
                await truce.edge.stop()

    def now(self) -> datetime:
        return self.truce.now()

    async def _deliver(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        status, answered, answer = await post(self.truce.web, "/slack/events", body, headers)
        return status, answered.get("content-type", ""), answer

    async def crm_sends(self, *told: Any, feed: str = "website", **headers: str) -> tuple[int, Any]:
        """A signed webhook: one object, or several as an array. Answers status and body."""
        body = json.dumps(told[0] if len(told) == 1 else list(told)).encode()
        return await self.feed_posts(body, feed=feed, **headers)

    async def feed_posts(self, body: bytes, *, feed: str = "website", **headers: str) -> tuple[int, Any]:
        message, stamp = f"msg_{next(self._messages)}", f"{self.now().timestamp():.0f}"
        message = headers.pop("webhook_id", message)
        signature = digest(FEED_SECRET, f"{message}.{stamp}.".encode() + body, "sha256")
        signed = {
            "webhook-id": message,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{b64encode(signature).decode()}",
            "content-length": str(len(body)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        status, _, answer = await post(self.truce.web, f"/intake/{feed}", body, signed)
        await self.settles()
        return status, json.loads(answer)

    async def clicks(self, person: str, words: str, where: Message | View | str | None) -> Answer:
        """Press a button, or choose from the "..." menu, by its words."""
        answer = await self.slack.click(person, where, words)
        await self.settles()
        return answer

    async def rejects(self, person: str, card: Message, reason: str, **told: Any) -> Answer:
        """Reject in the form: the reason, its second question (`answer`), and the `words` for marketing."""
        await self.slack.click(person, card, "Reject")
        await self.slack.choose(person, "Reason", reason)
        if words := told.pop("words", None):
            await self.slack.fill(person, "What should marketing know?", words)
        for question, answer in told.pop("answers", {}).items():
            await self.slack.choose(person, question, answer)
        answer = await self.slack.submit(person)
        await self.settles()
        return answer

    async def time_passes(self, **by: float) -> None:
        self.time.tick(timedelta(**by))
        await self.settles()

    async def settles(self) -> None:
        """Until nothing is left that is due within some seconds: lanes have their pace."""
        for _ in range(MOST_ROUNDS):
            await self.truce.worker.drain()
            await self.truce.edge.stop()
            await self.slack.settle()
            due = await self.truce.jobs.next_due()
            wait = None if due is None else due - self.now()
            if wait is None or wait > timedelta(seconds=5):
                return
            self.time.tick(max(wait, timedelta(milliseconds=1)))
        raise AssertionError("it never settles")

    def cards(self) -> list[Message]:
        """The lead cards in #leads, the oldest first."""
        return [each for each in self.slack.messages("leads") if each.thread_ts in (None, each.ts)]

    def card(self) -> Message:
        [card] = self.cards()
        return card

    def told(self, person: str) -> list[str]:
        """What only this person can see in channels, as words."""
        return [each.text for each in self.slack.ephemerals(person)]


SETTINGS: dict[str, Any] = {
    "channels": {"leads": "#leads", "feedback": "#marketing-feedback"},
    "hours": {"timezone": "Europe/London"},
}
ROOT = Path(__file__).parent.parent
