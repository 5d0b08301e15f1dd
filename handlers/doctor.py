"""The doctor: gathers facts of settings, Slack, database and ports, and changes nothing. What they mean is bot/health.py."""

import asyncio
import errno
import json
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import aiohttp
import click
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import health
from bot.environment import Environment, read_environment
from bot.health import Check, Finding, Place, Severity, Work
from bot.out.addresses import Address, host_of
from bot.settings import Settings, SettingsError, load, written
from storage.db import Database
from storage.health import Health
from storage.people import People
from storage.schema import look
from storage.versions import Versions

PAGE: Final = 1000  # the largest there is: Slack allows twenty pages a minute
TRIES: Final = 3
LONGEST_WAIT: Final = 60  # seconds that Slack may have us wait
OF_SLACK: Final = (Check.SCOPES, Check.CLOCK, Check.CHANNELS, Check.PEOPLE)
LOOPBACK: Final = "127.0.0.1"


HELP: Final = """Look whether Truce can work, and say how to mend what it cannot.

Settings, tokens, scopes, channels, people, clock, feeds, database and ports are looked at; nothing is changed, and a
running bot is not disturbed. The exit code is 0 where nothing has to be mended, else 3.
"""
REMAINS: Final = 3  # the exit code where something remains for a person, as with all commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database knows of a workspace: ids of channels by the settings' names, and how the work stands."""

    channels: Mapping[str, str] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    kept: Sequence[str] = ()  # where what was changed in Slack goes before app.yaml


Memory = Callable[[str, Settings], Awaitable[Known]]  # of a workspace, under the file's settings


class Web(Protocol):
    """How we speak to Slack: one session for every call."""

    @property
    def client(self) -> AsyncWebClient: ...
    @property
    def session(self) -> aiohttp.ClientSession: ...


log = logging.getLogger(__name__)


class No(Exception):
    """Slack said no; `code` is its word for it, or UNREACHABLE."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the operator wrote, as far as it can be used, and what is to be said of it."""

    environment: Environment | None
    settings: Settings | None
    findings: tuple[Finding, ...]


def doctor_command(examine: Callable[[], Sequence[Finding]]) -> click.Command:
    @click.command(name="doctor", help=HELP)
    @click.option("--json", "as_json", is_flag=True, help="Say it as JSON, for machines.")
    def doctor(*, as_json: bool) -> None:
        findings = examine()
        told = json.dumps(health.as_data(findings), indent=2) if as_json else health.report(findings)
        click.echo(told)
        sys.exit(REMAINS if any(each.to_be_mended for each in findings) else 0)

    return doctor


def warn(findings: Iterable[Finding]) -> None:
    """Log what does not work yet; raise Hopeless with what stops us."""
    for sentence in health.weigh(findings):
        log.warning("%s", sentence)


async def examine(
    dotenv: Path | None,
    clock: Callable[[Path | None], Callable[[], datetime]],
    speaking: Callable[[Environment], AbstractAsyncContextManager[Web]],
) -> list[Finding]:
    """All that the doctor finds. `clock` makes one of a file that moves it, `speaking` opens a way to Slack."""
    found = read_written(dotenv)
    environment, findings = found.environment, [*found.findings]
    if environment is None:
        return findings
    now, schema = clock(environment.clock), look(environment.database_url)
    findings.append(health.of_schema(schema))
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(speaking(environment))
        memory: Memory = _nothing_known
        if schema.usable:
            db = stack.enter_context(closing(Database(environment.database_url)))
            memory = memory_of(db, now)
        doctor = Doctor(environment=environment, settings=found.settings, web=web, now=now)
        return findings + await doctor.examine(memory)


def memory_of(db: Database, now: Callable[[], datetime]) -> Memory:
    async def known(workspace: str, settings: Settings) -> Known:
        space = db.of(workspace)
        work = await Health(space).work(now())
        kept = [each.sentence for each in await Versions(space).kept(written(settings))]
        return Known(channels=await People(space).channels(), work=work or Work(), kept=kept)

    return known


async def _nothing_known(_workspace: str, _settings: Settings) -> Known:
    return Known()


def read_written(dotenv: Path | None) -> Written:
    """Read .env and app.yaml; a mistake in one does not hide those in the other."""
    try:
        environment = read_environment(dotenv)
    except SettingsError as error:
        findings = (
            *health.of_environment(error.problems),
            *health.unseen(_all_but_written(), "that is mended"),
        )
        return Written(environment=None, settings=None, findings=findings)
    path = environment.config
    try:
        settings = load(path)
    except SettingsError as error:
        findings = tuple(health.of_settings(str(path), error.problems))
        return Written(environment=environment, settings=None, findings=findings)
    return Written(
        environment=environment, settings=settings, findings=tuple(health.of_settings(str(path), ()))
    )


def _all_but_written() -> Iterator[Check]:
    yield from (Check.SETTINGS, Check.DATABASE, Check.TOKENS, *OF_SLACK, Check.FEEDS, Check.OUT, Check.PORTS)


def of_ways_in(environment: Environment) -> list[Finding]:
    """What can be said of the tokens without asking Slack."""
    return list(
        health.of_ways_in(
            bot_token=_opened(environment.slack_bot_token),
            app_token=_opened(environment.slack_app_token),
            signed=environment.slack_signing_secret is not None,
        )
    )


def of_feeds(environment: Environment, settings: Settings) -> Iterator[Finding]:
    """Which feeds, and which addresses that are told, have a secret, and which have one that cannot be used."""
    has = {}
    for name, feed in settings.feeds.items():
        try:
            has[name] = bool(environment.secrets_of(name, feed.auth))
        except SettingsError as error:
            yield from health.of_environment(error.problems)
    yield from health.of_feeds(has)
    for out in map(Address.of, settings.out):
        try:
            signs = bool(environment.secrets_to(out.host))
        except SettingsError as error:
            yield from health.of_environment(error.problems)
        else:
            yield health.of_out(out.host, out.variable, signs=signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """`settings` None: they cannot be used, so nothing is known of channels and people."""

    environment: Environment
    settings: Settings | None
    web: Web
    now: Callable[[], datetime]

    async def examine(self, memory: Memory) -> list[Finding]:
        """All that can be looked at beside what is written and the database."""
        findings = of_ways_in(self.environment)
        if any(each.severity is Severity.STOPS and "BOT" in each.words for each in findings):
            findings += health.unseen(OF_SLACK, "SLACK_BOT_TOKEN is set right")
        else:
            findings += await self.of_slack(memory)
        if self.settings is not None:
            findings += of_feeds(self.environment, self.settings)
            findings += [
                await self._of_host(each) for each in sorted({host_of(out.url) for out in self.settings.out})
            ]
        return [*findings, *await self.of_ports()]

    async def _of_host(self, host: str) -> Finding:
        try:
            places = await asyncio.get_running_loop().getaddrinfo(host, None)
        except OSError:
            places = []
        private = host in self.environment.private_hosts
        return health.of_host(host, {str(place[0]) for *_, place in places}, private=private)

    async def of_slack(self, memory: Memory, *, at_start: bool = False) -> list[Finding]:
        """Ask Slack. At start channels are known already, and people are read by a job of their own."""
        findings = []
        token = self.environment.slack_app_token
        if token and not token.get_secret_value().startswith("xoxb-"):  # else that was said already
            findings.append(await self._of_app_token(token, at_start=at_start))
        sent = self.now()
        try:
            answer = await self._ask(self.web.client.auth_test)
        except No as no:
            first = _of_token("SLACK_BOT_TOKEN", no.code, at_start=at_start)
            return [first, *findings, *health.unseen(OF_SLACK, "Slack takes the token")]
        findings.insert(0, health.of_token("SLACK_BOT_TOKEN", ""))
        findings += health.of_scopes(health.scopes_told(answer.headers))
        findings += health.of_clock(health.skew(answer.headers, sent, self.now()))
        if self.settings is None:
            return [*findings, *health.unseen((Check.CHANNELS, Check.PEOPLE), "app.yaml can be used")]
        known = await memory(answer["team_id"], self.settings)
        findings += health.of_kept(known.kept)
        findings += await self._of_channels(self.settings, known.channels, search=not at_start)
        if not at_start:
            findings += await self._of_people(self.settings)
        return [*findings, *health.of_work(known.work)]

    async def of_ports(self) -> list[Finding]:
        told = self.environment
        ours = await self._answers_as_truce(told.ops_port)
        ports = (("PORT", told.port), ("OPS_PORT", told.ops_port))
        return [
            health.of_port(name, port, free=_free(port), ours=ours and not _free(port))
            for name, port in ports
        ]

    async def _of_app_token(self, token: SecretStr, *, at_start: bool) -> Finding:
        try:
            await self._ask(self.web.client.apps_connections_open, app_token=token.get_secret_value())
        except No as no:
            return _of_token("SLACK_APP_TOKEN", no.code, at_start=at_start)
        return health.of_token("SLACK_APP_TOKEN", "")

    async def _of_channels(
        self, settings: Settings, known: Mapping[str, str], *, search: bool
    ) -> list[Finding]:
        roles = _roles(settings)
        ids = {name: known[name] for name in roles if name in known}
        ids |= {name: name for name in roles if not name.startswith("#")}
        code = ""
        if search and (missing := roles.keys() - ids.keys()):
            try:
                ids |= await self._search(missing)
            except No as no:
                code = no.code
        places = [await self._place(name, roles[name], ids.get(name), code) for name in roles]
        return [finding for place in places for finding in health.of_place(place)]

    async def _place(self, name: str, roles: list[str], slack_id: str | None, code: str) -> Place:
        if slack_id is None:
            return Place(setting=name, roles=roles, found=bool(code), code=code)
        try:
            shown = (await self._ask(self.web.client.conversations_info, channel=slack_id))["channel"]
        except No as no:
            found = no.code != "channel_not_found"
            return Place(setting=name, roles=roles, found=found, code=no.code if found else "")
        place = Place(
            setting=name,
            roles=roles,
            member=bool(shown.get("is_member")),
            archived=bool(shown.get("is_archived")),
            shared=bool(shown.get("is_ext_shared")),
            soon_shared=bool(shown.get("is_pending_ext_shared")),
        )
        return replace(place, history=await self._history(slack_id)) if place.member else place

    async def _history(self, slack_id: str) -> str:
        """Slack's code where we may not look whether a post is there; "" where we may."""
        try:
            await self._ask(self.web.client.conversations_history, channel=slack_id, limit=1)
        except No as no:
            return no.code
        return ""

    async def _search(self, names: set[str]) -> dict[str, str]:
        found = {}
        types = "public_channel,private_channel"
        async for channel in self._pages(self.web.client.conversations_list, "channels", types=types):
            if (name := f"#{channel['name']}") in names:
                found[name] = channel["id"]
        return found

    async def _of_people(self, settings: Settings) -> list[Finding]:
        named = [each.name for each in settings.people.everyone()]
        present, gone = set[str](), set[str]()
        try:
            async for user in self._pages(self.web.client.users_list, "members"):
                email = (user.get("profile") or {}).get("email", "").lower()
                (gone if user.get("deleted") else present).update(filter(None, (user["id"], email)))
            if any(name.startswith(("@", "S")) for name in named):
                groups = await self._ask(self.web.client.usergroups_list)
                present |= {each["id"] for each in groups["usergroups"]}
                present |= {f"@{each['handle']}" for each in groups["usergroups"]}
        except No as no:
            return list(health.unseen([Check.PEOPLE], f"Slack shows people ({no.code})"))
        if not any("@" in name[1:] for name in present):
            return list(health.unseen([Check.PEOPLE], "the app has the scope users:read.email"))
        return list(health.of_people(named, present, gone))

    async def _pages(
        self, method: Callable[..., Awaitable[Any]], part: str, **how: Any
    ) -> AsyncIterator[Any]:
        cursor = None
        while True:
            page = await self._ask(method, limit=PAGE, cursor=cursor, **how)
            for each in page[part]:
                yield each
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _ask(self, method: Callable[..., Awaitable[Any]], **how: Any) -> Any:
        """Slack's answer; raise No with its code. Where it asks us to wait we do."""
        for _ in range(TRIES):
            try:
                return await method(**how)
            except SlackApiError as error:
                code = str(error.response.get("error") or "no answer")
                if code != "ratelimited":
                    raise No(code) from None
                wait = int(error.response.headers.get("Retry-After", 1))
            except (aiohttp.ClientError, TimeoutError):
                raise No(health.UNREACHABLE) from None
            await asyncio.sleep(min(wait, LONGEST_WAIT))
        raise No("ratelimited")

    async def _answers_as_truce(self, port: int) -> bool:
        """Whether a running Truce has this port for its operator."""
        try:
            async with self.web.session.get(f"http://{LOOPBACK}:{port}/healthz") as response:
                told = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False
        return isinstance(told, dict) and "truce" in told


def _of_token(name: str, code: str, *, at_start: bool) -> Finding:
    """A start does not end because Slack is away for a moment."""
    if at_start and code not in health.TOKEN_CODES:
        return next(health.unseen([Check.TOKENS], f"Slack answers ({code})"))
    return health.of_token(name, code)


def _roles(settings: Settings) -> dict[str, list[str]]:
    """The channels of the settings, by name, with what each is for."""
    roles: dict[str, list[str]] = {}
    for role, name in settings.channels.model_dump().items():
        roles.setdefault(name, []).append(role)
    for team in settings.teams:
        roles.setdefault(team.channel, []).append(f"team {team.name}")
    return roles


def _free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError as error:
        return error.errno != errno.EADDRINUSE
    return True


def _opened(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
