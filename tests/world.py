"""The whole bot and the stand-in Slack, spoken to in the words of the people who use it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hmac import digest
from itertools import count
from pathlib import Path
from typing import Any, Self

from freezegun.api import FrozenDateTimeFactory
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from sqlalchemy import text, update

from bot.__main__ import Clock, Truce, assemble
from bot.environment import Environment
from bot.settings import Settings
from handlers.workspace import slack_web
from playground.server import Playground
from playground.things import Message, View
from playground.traffic import Answer
from playground.workspace import Channel, Person, UserGroup, Workspace
from storage.db import Database
from storage.tables import LIFE
from tests.asgi import post
from tests.receiver import WRITTEN as OUT_SECRET
from tests.rounds import made

ROOT = Path(__file__).parent.parent
SIGNING_SECRET = "the signing secret of tests"
FEED_SECRET = b"a feed's secret of some length!!"
BEARER = "a-bearer-token-of-some-length"
PATIENCE = timedelta(seconds=14)  # how long we wait for Slack, in real time; four of them fit into a lease
MOST_ROUNDS = 400
SOON = timedelta(seconds=5)
AN_OLD_FRIEND = timedelta(days=30)  # for how long Truce is here, unless a story is of its first days
SETTINGS: dict[str, Any] = {
    "channels": {"leads": "#leads", "feedback": "#marketing-feedback"},
    "hours": {"timezone": "Europe/London"},
    "feeds": {"website": {}, "crm": {}, "partner": {"auth": "bearer"}},
}
MORE_REPS = [f"rep{number:02}" for number in range(17)]
PEOPLE: dict[str, Any] = {
    "reps": ["amy@acme.test", "ben@acme.test", "chi@acme.test"],
    "marketers": ["eva@acme.test"],
    "managers": ["hal@acme.test"],
}


def settings_with(**changes: Any) -> dict[str, Any]:
    return {**SETTINGS, **changes}


ONE_CHANNEL = settings_with(channels={"leads": "#leads"})
WITH_ROLES = settings_with(people=PEOPLE)


def acme() -> Workspace:
    """An invented company: three reps, a marketer, a manager, a guest, a stranger, and one who has left."""
    return Workspace(
        signing_secret=SIGNING_SECRET,
        people=[
            Person(handle="amy", name="Amy", real_name="Amy Jones", email="amy@acme.test"),
            Person(handle="ben", name="Ben", real_name="Ben Okafor", email="ben@acme.test"),
            Person(
                handle="chi", name="Chi", real_name="Chi Nakamura", email="chi@acme.test", tz="Asia/Tokyo"
            ),
            Person(
                handle="eva", name="Eva", real_name="Eva Klein", email="eva@acme.test", tz="Europe/Berlin"
            ),
            Person(handle="hal", name="Hal", real_name="Hal Hart", email="hal@acme.test", admin=True),
            Person(handle="gus", name="Gus", email="gus@guest.test", guest=True),
            Person(handle="sam", name="Sam", email="sam@other.test", external=True),
            *(Person(handle=handle, name=handle) for handle in MORE_REPS),
        ],
        channels=[
            Channel(name="leads", members=["amy", "ben", "chi", "eva", "hal", "gus", "sam", *MORE_REPS]),
            Channel(name="marketing-feedback", members=["eva", "hal"]),
            Channel(name="leads-dach", members=["ben", "chi", "hal"]),
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


def person_called(name: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """Another lead than Pat Doe, at a company of their own."""
    first = name.split(maxsplit=1)[0].lower()
    told = {
        "id": f"crm-{first}-{number}",
        "contact": {"name": name, "email": f"{first}@initech{first}{number}.test"},
        "company": {"name": "Initech"},
    }
    return lead(**{**told, **changes})


def leads(number: int, **changes: Any) -> list[dict[str, Any]]:
    """So many leads, of as many companies: Lead 1, Lead 2 ..."""
    return [
        lead(id=f"many-{each}", contact={"name": f"Lead {each}", "email": f"l@many{each}.test"}, **changes)
        for each in range(1, number + 1)
    ]


@dataclass(repr=False)
class World:
    """One company on one morning. What is sent and clicked goes the whole way; time is ours."""

    db: Database
    slack: Playground
    truce: Truce
    time: FrozenDateTimeFactory
    settings: Settings
    _messages: Any = field(default_factory=lambda: count(1))

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        db: Database,
        time: FrozenDateTimeFactory,
        settings: Mapping[str, Any],
        *,
        manifest: Any = None,
        socket: bool = False,
        patience: timedelta = PATIENCE,
        new: bool = False,
        digests: bool = False,
    ) -> AsyncIterator[Self]:
        clock = Clock()
        async with AsyncExitStack() as stack:
            running = Playground.running(acme(), now=clock, manifest=manifest, limits=False)
            slack = await stack.enter_async_context(running)
            slack.desk.outbound.patience = PATIENCE.total_seconds()
            environment = environment_for(slack, patience)
            web = await stack.enter_async_context(slack_web(environment))
            written = Settings.model_validate(settings)
            truce = await assemble(environment, written, db, web, clock)
            world = cls(db=db, slack=slack, truce=truce, time=time, settings=written)
            if socket:
                await stack.enter_async_context(world._connected())
            else:
                slack.deliver_to(world._deliver, signing_secret=SIGNING_SECRET)
            await truce.recurring.begin()
            if not new:
                world.is_known_since(AN_OLD_FRIEND)
            recurring, ours = truce.recurring, acme().team_id
            await db.write(made(ours, recurring.agreement, clock(), digests=digests))
            await truce.recurring.ensure()
            await world.settles()
            try:
                yield world
            finally:
                await truce.worker.stop()
                await truce.edge.stop()

    # --- time

    def now(self) -> datetime:
        return self.truce.now()

    async def time_passes(self, **by: float) -> None:
        self.time.tick(timedelta(**by))
        await self.settles()

    async def minutes_go_by(self, minutes: int, step: int = 5) -> None:
        """Time passes as it does: what becomes due on the way is done on the way."""
        for _ in range(minutes // step):
            await self.time_passes(minutes=step)

    async def it_becomes(self, moment: str) -> None:
        """The time is now this; what was due until then is done then."""
        self.time.move_to(moment)
        await self.settles()

    async def settles(self, within: timedelta = SOON) -> None:
        """Until nothing is left that is due within some seconds: lanes have their pace."""
        for _ in range(MOST_ROUNDS):
            await self.truce.worker.drain()
            await self.truce.edge.stop()
            await self.slack.settle()
            due = await self.truce.jobs.next_due()
            wait = None if due is None else due - self.now()
            if wait is None or wait > within:
                return
            self.time.tick(max(wait, timedelta(milliseconds=1)))
        raise AssertionError("it never settles")

    # --- feeds

    async def crm_sends(self, *told: Any, feed: str = "website", **headers: str) -> tuple[int, Any]:
        """A signed webhook: one object, or several as an array. Answers status and body."""
        body = json.dumps(told[0] if len(told) == 1 else list(told)).encode()
        return await self.feed_posts(body, feed=feed, **headers)

    async def feed_posts(self, body: bytes, *, feed: str = "website", **headers: str) -> tuple[int, Any]:
        """Any bytes, signed; a header given by name (webhook_id) replaces ours, an empty one leaves it out."""
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
        present = {name: value for name, value in signed.items() if value}
        status, _, answer = await post(self.truce.web, f"/intake/{feed}", body, present)
        await self.settles()
        return status, json.loads(answer) if answer.startswith((b"{", b"[")) else answer.decode()

    async def offers(self, **changes: Any) -> Message:
        """A lead that is sent and shown; answers its card."""
        status, told = await self.crm_sends(lead(**changes))
        assert status == 202, told
        return self.cards()[-1]

    # --- people

    async def clicks(self, person: str, words: str, where: Message | View | str | None) -> Answer:
        """Press a button, or choose from the "..." menu, by its words."""
        answer = await self.slack.click(person, where, words)
        await self.settles()
        return answer

    async def says(self, person: str, line: str, channel: str = "leads") -> str:
        """Type a command there; answers what only this person is told of it."""
        before = len(self.told(person))
        answer = await self.slack.command(person, channel, line)
        await self.settles()
        assert (answer.status, answer.body) == (200, "")
        return "\n".join(self.told(person)[before:])

    async def chooses(self, person: str, question: str, *options: str, typed: str = "") -> None:
        await self.slack.choose(person, question, *options, typed=typed)
        await self.settles()

    async def types(self, person: str, question: str, words: str) -> None:
        await self.slack.fill(person, question, words)
        await self.settles()

    async def sends_the_form(self, person: str) -> Answer:
        answer = await self.slack.submit(person)
        await self.settles()
        return answer

    async def rejects(
        self,
        person: str,
        where: Message,
        reason: str,
        *,
        words: str = "",
        chosen: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Answer:
        """Reject in the form: the reason, what is chosen and typed by question, and the words for marketing."""
        await self.clicks(person, "Reject", where)
        await self.chooses(person, "Reason", reason)
        for question, answer in (chosen or {}).items():
            await self.chooses(person, question, answer)
        for question, answer in (typed or {}).items():
            await self.types(person, question, answer)
        if words:
            await self.types(person, "What should marketing know?", words)
        return await self.sends_the_form(person)

    # --- what is to be seen

    def cards(self) -> list[Message]:
        """The messages in #leads, the oldest first."""
        return [each for each in self.slack.messages("leads") if each.thread_ts in (None, each.ts)]

    def card(self) -> Message:
        [card] = self.cards()
        return card

    def under(self, message: Message) -> list[Message]:
        """The replies to a message."""
        return self.slack.thread(message.channel, message.ts)

    def feedback(self) -> list[Message]:
        """The messages in #marketing-feedback without the replies."""
        return self.slack.messages("marketing-feedback")

    def dms(self, person: str) -> list[Message]:
        return self.slack.dms(person)

    def dm(self, person: str) -> Message:
        """The newest direct message."""
        return self.slack.dms(person)[-1]

    def told(self, person: str) -> list[str]:
        """What only this person can see in channels, as words."""
        return [each.text for each in self.slack.ephemerals(person)]

    def form(self, person: str) -> View:
        """The modal that is open."""
        view = self.slack.modal(person)
        assert view is not None, f"{person} has no form open"
        return view

    def everything_given(self) -> list[Any]:
        """All that Slack was ever given by us to show, as it was given."""
        answered = [answer.body for answer in self.slack.answers()]
        return [*(call.args for call in self.slack.calls()), *answered]

    # --- trouble

    @asynccontextmanager
    async def without(self, table: str) -> AsyncIterator[None]:
        """Something is badly wrong with our memory: nothing can be read from this table."""
        self._in_sql(f'ALTER TABLE "{table}" RENAME TO "{table}_gone"')
        try:
            yield
        finally:
            self._in_sql(f'ALTER TABLE "{table}_gone" RENAME TO "{table}"')

    def count(self, table: str, where: str = "1 = 1") -> int:
        """How many rows there are: only for what nobody can see in Slack."""
        workspace = self.slack.desk.store.workspace.team_id
        query = text(f'SELECT count(*) FROM "{table}" WHERE "{table}".workspace = :workspace AND ({where})')  # noqa: S608 - a test's own words
        with self.db.engine.connect() as connection:
            return int(connection.execute(query, {"workspace": workspace}).scalar_one())

    def _in_sql(self, statement: str) -> None:
        with self.db.engine.begin() as connection:
            connection.execute(text(statement))

    def is_known_since(self, ago: timedelta) -> None:
        ours = LIFE.c.workspace == self.slack.desk.store.workspace.team_id
        with self.db.engine.begin() as connection:
            connection.execute(update(LIFE).where(ours).values(began_at=self.now() - ago))

    async def slack_sends(self, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Bytes in Slack's name, signed; a header given by name (x_slack_signature) replaces ours."""
        stamp = f"{self.now().timestamp():.0f}"
        signature = digest(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, "sha256").hex()
        signed = {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signature}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        status, _, answer = await post(self.truce.web, "/slack/events", body, signed)
        await self.settles()
        return status, answer

    # --- how

    async def _deliver(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        status, answered, answer = await post(self.truce.web, "/slack/events", body, headers)
        return status, answered.get("content-type", ""), answer

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[None]:
        """Over a socket, by the real handler."""
        token = self.slack.permission()["app_token"]
        handler = AsyncSocketModeHandler(self.truce.slack, token, web_client=self.truce.edge.client)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        await self.slack.connected()
        yield
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped


def environment_for(slack: Playground, patience: timedelta) -> Environment:
    api, token = f"{slack.url}/api/", SecretStr(slack.desk.store.workspace.bot_token)
    told = {"slack_api_url": api, "slack_bot_token": token, "call_timeout": patience}
    return _read_once().model_copy(update=told)


@cache
def _read_once() -> Environment:  # reading takes a quarter of the time of putting Truce together
    read = Environment(slack_signing_secret=SecretStr(SIGNING_SECRET))
    signing, of = SecretStr(f"whsec_{b64encode(FEED_SECRET).decode()}"), "TRUCE_SECRET_"
    feeds = {f"{of}WEBSITE": signing, f"{of}CRM": signing, f"{of}PARTNER": SecretStr(BEARER)}
    read._feed_secrets.update(feeds, TRUCE_OUT_SECRET_127_0_0_1=SecretStr(OUT_SECRET))
    return read.model_copy(update={"public_url": "https://truce.acme.test", "out_private": "127.0.0.1"})
