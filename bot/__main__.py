"""Puts the parts together and starts them. Nothing imports this file but what starts the whole."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.agreement import Agreement
from bot.environment import Environment
from bot.jobs import Due, ForgetOld, LearnPeople, Redraw, Refresh, Show
from bot.settings import Settings
from handlers.feedback_jobs import FeedbackJobs
from handlers.holds import HoldHandlers
from handlers.intake import IntakeHandlers
from handlers.lead_jobs import LeadJobs
from handlers.leads import LeadHandlers
from handlers.payloads import Routes
from handlers.people import PeopleHandlers
from handlers.posts import Poster
from handlers.slack import SlackEdge
from handlers.web import SlackDoor, web_app
from handlers.worker import Worker
from handlers.workspace import Me, find_channels, find_zone, who_am_i
from storage.campaigns import Campaigns
from storage.db import Database
from storage.holds import Holds
from storage.intake import Intake
from storage.jobs import Jobs
from storage.leads import Leads
from storage.people import People
from storage.posts import Posts
from storage.schema import migrate
from storage.sights import Sights

log = logging.getLogger(__name__)
TICK: Final = 0.25  # seconds: how soon another process's commit is seen
SOCKETS: Final = 2  # one goes on while the other reconnects
Now = Callable[[], datetime]


@dataclass(slots=True)
class Clock:
    """The real time, plus the offset in seconds that the file says (for playing with time, and tests)."""

    file: Path | None = None
    _read_at: int = -1
    _offset: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._moved()

    def _moved(self) -> timedelta:
        if self.file is not None and self.file.exists():
            changed = self.file.stat().st_mtime_ns
            if changed != self._read_at:
                self._offset = timedelta(seconds=float(self.file.read_text() or 0))
                self._read_at = changed
        return self._offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How we speak to Slack: one session for every call."""

    client: AsyncWebClient
    session: aiohttp.ClientSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Truce:
    """The running parts of one workspace."""

    worker: Worker
    edge: SlackEdge
    slack: AsyncApp
    web: Starlette
    jobs: Jobs
    intake: Intake
    now: Now

    async def ensure_recurring(self) -> None:
        """Add what is due every day and was not added yet. Called every minute; a day is never lost."""
        today = f"{self.now():%Y-%m-%d}"
        at = self.now()
        for kind in (LearnPeople(), ForgetOld()):
            await self.jobs.add_once(f"{kind.kind}:{today}", [Due(job=kind, at=at)], at)

    async def forget_old(self, _job: ForgetOld, _until: datetime) -> None:
        await self.jobs.forget_old(self.now())


@asynccontextmanager
async def slack_web(environment: Environment) -> AsyncIterator[Web]:
    """One session for every call, each with a limit of time, and none repeated behind our back."""
    token = environment.slack_bot_token
    timeout = aiohttp.ClientTimeout(total=environment.call_timeout.total_seconds())
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=token.get_secret_value() if token else None,
            base_url=environment.slack_api_url,
            session=session,
            retry_handlers=[],
        )
        yield Web(client=client, session=session)


async def assemble(
    environment: Environment,
    settings: Settings,
    db: Database,
    web: Web,
    now: Now,
) -> Truce:
    """Meet the workspace and put the parts together. Raises Hopeless with what a person must mend."""
    client = web.client
    me = await who_am_i(client)
    space = db.of(me.workspace)
    people, jobs, posts = People(space), Jobs(space), Posts(space)
    channels = await find_channels(client, settings, people)
    agreement = Agreement.of(settings, channels, await find_zone(client, settings))
    leads, sights = Leads(space, agreement), Sights(space, agreement)
    intake = Intake(space, agreement)

    lead_handlers = LeadHandlers(leads, sights, agreement, now)
    lead_jobs = LeadJobs(leads, sights, posts, now)
    holds = HoldHandlers(Holds(space, leads, agreement), people, jobs, now)
    feedback = FeedbackJobs(leads, sights, Campaigns(space), posts, agreement)
    groups = frozenset(each.name for each in settings.people.everyone() if each.name.startswith("@"))
    faces = PeopleHandlers(people, jobs, client, me.workspace, groups, now)

    renderers = {**lead_jobs.renderers(), **holds.renderers(), **feedback.renderers()}
    poster = Poster(posts, client, renderers, now, environment.call_timeout)
    runners: dict[type, Any] = {
        Show: poster.show,
        Redraw: poster.redraw,
        Refresh: poster.refresh,
        **lead_jobs.runners(),
        **holds.runners(),
        **faces.runners(),
    }
    worker = Worker(jobs, runners, now, environment.lease)
    db.on_commit = worker.wake

    routes = Routes.together(lead_handlers.routes(), holds.routes(), faces.routes())
    edge = SlackEdge(routes, client, web.session, faces.know, channels.leads)
    slack = edge.app(_authorized(me, environment.slack_bot_token))
    secrets = {name: environment.secrets_of(name, feed.auth) for name, feed in settings.feeds.items()}
    intake_handlers = IntakeHandlers(intake, settings.feeds, secrets, now)
    signing = environment.slack_signing_secret
    door = None if signing is None else SlackDoor(slack, signing, now).receive
    truce = Truce(
        worker=worker,
        edge=edge,
        slack=slack,
        web=web_app(door, intake_handlers.receive),
        jobs=jobs,
        intake=intake,
        now=now,
    )
    runners[ForgetOld] = truce.forget_old
    return truce


async def run(environment: Environment, settings: Settings, stop: asyncio.Event) -> None:
    """Serve one workspace until `stop`: over HTTP, over Socket Mode, or both."""
    now = Clock(environment.clock)
    async with AsyncExitStack() as stack:
        db = stack.enter_context(opened(environment.database_url))
        web = await stack.enter_async_context(slack_web(environment))
        truce = await assemble(environment, settings, db, web, now)
        await stack.enter_async_context(_working(truce))
        await stack.enter_async_context(_listening(truce, environment.port))
        if environment.slack_app_token is not None:
            await stack.enter_async_context(_connected(truce, environment.slack_app_token, web.client))
        log.info("Truce is ready.")
        await stop.wait()
        log.info("Truce stops: what is under way is ended first.")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database, brought up to date."""
    db = Database(url)
    try:
        migrate(db.engine)
        yield db
    finally:
        db.close()


def _authorized(me: Me, token: SecretStr | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None,
        team_id=me.workspace,
        bot_id=me.bot_id,
        bot_user_id=me.user_id,
        bot_token=token.get_secret_value() if token else None,
    )


@asynccontextmanager
async def _working(truce: Truce) -> AsyncIterator[None]:
    """The worker, woken by commits and by the clock."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    options: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(truce.worker.wake, "interval", seconds=TICK, **options)
    scheduler.add_job(truce.ensure_recurring, "interval", minutes=1, **options)
    await truce.ensure_recurring()
    working = asyncio.create_task(truce.worker.run())
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        await truce.worker.stop()
        await working
        await truce.edge.stop()


class _Server(uvicorn.Server):
    """Signals are ours: the server stops in its turn, not first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _listening(truce: Truce, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(
        truce.web,
        host="0.0.0.0",  # noqa: S104 - Slack and feeds come from outside
        port=port,
        lifespan="off",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def _connected(truce: Truce, token: SecretStr, client: AsyncWebClient) -> AsyncIterator[None]:
    """Socket Mode, over two connections: one goes on while Slack renews the other."""
    handlers = [
        AsyncSocketModeHandler(truce.slack, token.get_secret_value(), web_client=client)
        for _ in range(SOCKETS)
    ]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    try:
        yield
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
