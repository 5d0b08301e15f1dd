"""Puts the parts together and starts them. Nothing imports this file but what starts the whole."""

import asyncio
import json
import logging
import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
import uvloop
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from bot.agreement import Agreement
from bot.environment import Environment, read_environment
from bot.health import Finding
from bot.intake.schema import openapi
from bot.jobs import Redraw, Refresh, Show
from bot.settings import Settings, load
from handlers import logs
from handlers.absences import AbsenceHandlers
from handlers.agreements import AgreementHandlers
from handlers.alerts import AlertJobs
from handlers.campaigns import CampaignHandlers
from handlers.cli import NAME, command_line
from handlers.deals import DealHandlers
from handlers.digests import DigestHandlers
from handlers.disputes import DisputeHandlers
from handlers.doctor import Doctor, doctor_command, examine, memory_of, of_feeds, of_ways_in, warn
from handlers.erasures import ErasureHandlers, erasure_commands
from handlers.feedback_jobs import FeedbackJobs
from handlers.health import HealthHandlers
from handlers.holds import HoldHandlers
from handlers.home import HomeHandlers
from handlers.imports import import_command
from handlers.imports.dropped import DroppedHandlers
from handlers.imports.dropped_jobs import DroppedJobs
from handlers.intake import IntakeHandlers
from handlers.jobs import job_commands
from handlers.lead_jobs import LeadJobs
from handlers.leads import LeadHandlers
from handlers.members import MemberHandlers
from handlers.new_leads import NewLeadHandlers
from handlers.nudge_jobs import NudgeJobs
from handlers.nudges import NudgeHandlers
from handlers.out import OutJobs
from handlers.payloads import Routes
from handlers.people import PeopleHandlers
from handlers.pictures import PictureJobs
from handlers.posts import Poster, Refusals
from handlers.presence import PresenceHandlers
from handlers.quarantine import QuarantineJobs, quarantine_commands
from handlers.recurring import Recurring
from handlers.recycling import RecyclingHandlers
from handlers.reports import ReportHandlers, report_command
from handlers.retro_jobs import RetroJobs
from handlers.retro_replies import RetroReplyHandlers
from handlers.retros import RetroHandlers, retros_command
from handlers.rota import RotaHandlers
from handlers.searches import SearchHandlers
from handlers.serving import Offset, bound, connected, listening, ticking, until_stopped
from handlers.settings import SettingsHandlers, settings_command
from handlers.slack import SlackEdge
from handlers.voices import VoiceHandlers
from handlers.web import SlackDoor, ops_app, web_app
from handlers.worker import Worker, working
from handlers.workspace import Web, agreed, as_agreed, slack_web, who_am_i
from storage.db import Database, Space, only_runner
from storage.dropped import DroppedFiles
from storage.health import Health
from storage.homes import Homes
from storage.intake import Intake
from storage.jobs import Jobs
from storage.members import Members
from storage.people import People
from storage.pictures import Pictures
from storage.posts import Posts
from storage.presence import Presences
from storage.retro_replies import RetroReplies
from storage.schema import version as version_of
from storage.standstills import Standstills
from storage.versions import Versions
from storage.workspace import opened, opened_workspace, versions

log = logging.getLogger(__name__)
ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - Slack and feeds come from outside
LOOPBACK: Final = "127.0.0.1"
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Clock:
    """The real time, plus the offset in seconds that the file says (for playing with time, and tests)."""

    file: Path | None = None
    _offset: Offset = field(default_factory=Offset)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset.of(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """The parts that go by one version of the agreement: made anew for the next one, so that nothing knows two."""

    agreement: Agreement
    routes: Routes
    runners: Mapping[type, Any]
    faces: PeopleHandlers
    recurring: Recurring
    alerts: AlertJobs
    intake: Intake
    feeds: IntakeHandlers
    reports: ReportHandlers


@dataclass(slots=True, kw_only=True)
class Truce:
    """The running parts of one workspace; `wired` is exchanged whole, between two jobs or two clicks."""

    worker: Worker
    edge: SlackEdge
    slack: AsyncApp
    jobs: Jobs
    now: Now
    wired: Wired
    web: Starlette = field(init=False)
    ops: Starlette = field(init=False)

    def take(self, wired: Wired) -> None:
        """Go by this version from now on; what has been begun ends by the one before."""
        self.wired, self.worker.table = wired, wired.runners
        self.edge.routes, self.edge.know = wired.routes, wired.faces.know
        self.edge.channel = wired.agreement.channels.leads

    @property
    def recurring(self) -> Recurring:
        return self.wired.recurring

    async def ensure(self) -> None:
        await self.recurring.ensure()

    async def receive(self, asked: Request) -> Response:
        return await self.wired.feeds.receive(asked)

    async def show_page(self, asked: Request) -> Response:
        return await self.wired.reports.pages[asked.url.path](asked)


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
    jobs, posts, pictures, wait = Jobs(space), Posts(space), Pictures(space), environment.call_timeout
    refusals = Refusals(Standstills(space).note_refusal, now)
    poster = Poster(posts, client, {}, now, wait, refusals, pictures)
    rest = (environment, space, poster, web)
    wired = _wired(await agreed(space, settings, client, now), *rest)

    async def renew() -> None:
        newer = await kept.newer_than(truce.wired.agreement.version)
        if newer is not None:
            truce.take(_wired(newer, *rest))
            log.info("Version %s of the agreement holds.", newer.version)

    kept = Versions(space)
    worker = Worker(jobs, wired.runners, now, environment.lease, renew)
    db.on_commit = worker.wake
    edge = SlackEdge(wired.routes, client, web.session, wired.faces.know, wired.agreement.channels.leads)
    slack = edge.app(me.authorized(environment.slack_bot_token))
    signing = environment.slack_signing_secret
    door = None if signing is None else SlackDoor(slack, signing, now).receive
    ours = version("truce")  # read from the files of the installation each time
    pulse = HealthHandlers(health=Health(space), alive=worker.alive, now=now, version=ours)
    truce = Truce(worker=worker, edge=edge, slack=slack, jobs=jobs, now=now, wired=wired)
    truce.web = web_app(door, truce.receive, wired.feeds.schema)
    pages = dict.fromkeys(wired.reports.pages, truce.show_page)
    truce.ops = ops_app(pulse.tell, openapi(ours), pages, environment.links.host)
    return truce


def _wired(agreement: Agreement, environment: Environment, space: Space, poster: Poster, web: Web) -> Wired:
    """The parts for this version of the agreement; those that outlive it are given."""
    client, posts, pictures, now = web.client, poster.posts, poster.pictures, poster.now
    jobs, settings, standing = Jobs(space), agreement.settings, (space, agreement, now)
    presences, intake = Presences(space, agreement), Intake(space, agreement)
    named = frozenset(each.name for each in settings.people.everyone())
    faces = PeopleHandlers(People(space), presences, jobs, client, space.workspace, named, now)
    alerts = AlertJobs.of(*standing)
    recurring = Recurring(
        jobs=jobs, standstills=Standstills(space), agreement=agreement, look=alerts.look, now=now
    )
    reports = ReportHandlers.of(space, agreement, environment.links, now)
    dropped = DroppedFiles(space, agreement)
    nouns = (
        recurring,
        alerts,
        faces,
        reports,
        AgreementHandlers.of(*standing),
        DigestHandlers.of(*standing),
        MemberHandlers(Members(space), client, agreement),
        RotaHandlers.of(*standing),
        LeadHandlers.of(*standing),
        LeadJobs.of(*standing),
        HoldHandlers.of(*standing),
        FeedbackJobs.of(space, agreement),
        DisputeHandlers.of(*standing),
        CampaignHandlers.of(*standing),
        DroppedHandlers(dropped, now),
        VoiceHandlers.of(*standing),
        RecyclingHandlers.of(*standing),
        NudgeHandlers.of(*standing),
        NudgeJobs.of(*standing),
        PresenceHandlers.of(*standing),
        AbsenceHandlers.of(*standing),
        ErasureHandlers.of(*standing),
        QuarantineJobs.of(*standing),
        NewLeadHandlers.of(*standing),
        HomeHandlers(Homes(space, agreement), client, now),
        DealHandlers.of(*standing),
        SearchHandlers.of(*standing),
        SettingsHandlers.of(*standing),
        RetroHandlers.of(*standing),
        RetroJobs.of(*standing),
        RetroReplyHandlers(RetroReplies(space, agreement), posts, jobs, client, now),
        OutJobs.of(space, settings.out, environment, now),
    )
    renderers = _all(nouns, "renderers")
    showing = replace(poster, renderers=renderers)
    calling = (showing.call, client, web.session, now, showing.call_timeout)
    drawn = PictureJobs(pictures, posts, renderers, *calling)
    taken = DroppedJobs(dropped, intake, posts, *calling)
    runners = {
        Show: showing.show,
        Redraw: showing.redraw,
        Refresh: showing.refresh,
        **_all((*nouns, drawn, taken), "runners"),
    }
    feed_secrets = {name: environment.secrets_of(name, feed.auth) for name, feed in settings.feeds.items()}
    return Wired(
        agreement=agreement,
        routes=Routes.together(*(noun.routes() for noun in nouns if hasattr(noun, "routes"))),
        runners=runners,
        faces=faces,
        recurring=recurring,
        alerts=alerts,
        intake=intake,
        feeds=IntakeHandlers(intake, settings.feeds, feed_secrets, now),
        reports=reports,
    )


def _all(nouns: Iterable[object], part: str) -> dict[Any, Any]:
    """The runners, or the renderers, of all nouns that have some."""
    return {key: each for noun in nouns for key, each in getattr(noun, part, dict)().items()}


async def run(
    environment: Environment, settings: Settings, stop: asyncio.Event, door: socket | None = None
) -> None:
    """Serve one workspace until `stop`: over HTTP, through this door or that of PORT, over Socket Mode, or both."""
    now = Clock(environment.clock)
    warn([*of_ways_in(environment), *of_feeds(environment, settings)])
    async with AsyncExitStack() as stack:
        stack.enter_context(only_runner(environment.database_url))
        db = stack.enter_context(opened(environment.database_url))
        web = await stack.enter_async_context(slack_web(environment))
        truce = await assemble(environment, settings, db, web, now)
        doctor = Doctor(environment=environment, settings=settings, web=web, now=now)
        warn(await doctor.of_slack(memory_of(db, now), at_start=True))
        await truce.recurring.begin()
        await stack.enter_async_context(ticking(truce.worker.wake, truce.ensure, now))
        stack.push_async_callback(truce.edge.stop)
        await stack.enter_async_context(working(truce.worker))
        ops_door = bound(LOOPBACK, environment.ops_port, "OPS_PORT")
        await stack.enter_async_context(listening(truce.ops, [ops_door]))
        door = door or bound(ANYWHERE, environment.port, "PORT")
        await stack.enter_async_context(listening(truce.web, [door]))
        if (token := environment.slack_app_token) is not None:
            returned = partial(truce.edge.aside, truce.recurring.look_back)
            await stack.enter_async_context(connected(truce.slack, token, web.client, returned))
        log.info("Truce is ready.")
        await stop.wait()
        log.info("Truce stops: what is under way is ended first.")


async def _demo(port: int, stop: asyncio.Event) -> None:
    """The bot and a Slack for the desk, on loopback; all of it is gone afterwards."""
    from playground.clock import FileClock  # noqa: PLC0415 - only the demo knows the playground
    from playground.server import Playground  # noqa: PLC0415 - only the demo knows the playground
    from playground.workspace import Workspace  # noqa: PLC0415 - only the demo knows the playground

    here = Path(__file__).parent / "demo"
    workspace = Workspace.load(here / "workspace.yaml")
    manifest = json.loads((here.parent.parent / "manifest.json").read_text())
    bound(LOOPBACK, port, "--port").close()
    with TemporaryDirectory() as folder, closing(bound(LOOPBACK, 0)) as door:
        for sender in workspace.senders:
            sender.url = f"http://{LOOPBACK}:{door.getsockname()[1]}/intake/{sender.name}"
        os.environ["TRUCE_SECRET_WEBSITE"] = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        clock = Path(folder) / "clock"
        async with Playground.running(workspace, port, now=FileClock(clock), manifest=manifest) as slack:
            os.environ.update(
                SLACK_API_URL=f"{slack.url}/api/",
                SLACK_BOT_TOKEN=workspace.bot_token,
                SLACK_APP_TOKEN=workspace.app_token,
                DATABASE_URL=f"sqlite:///{folder}/truce.db",
                PORT="0",
                OPS_PORT="0",
                TRUCE_CLOCK=str(clock),
            )
            click.echo(f"Open {slack.url} in a browser: an invented company, and its leads of one minute.")
            click.echo("Be one of its reps and press Accept or Reject; then look at #marketing-feedback.")
            click.echo("Ctrl-C ends all of it.")
            await run(read_environment(None), load(here / "app.yaml"), stop, door)


def main() -> None:
    """The command `truce`."""
    dotenv = next(Path().glob(".env"), None)

    @cache
    def environment() -> Environment:
        read = read_environment(dotenv)
        logs.configure(read.log_level, read.log_format)
        return read

    def serve() -> None:
        read = environment()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            loop.run(until_stopped(lambda stop: run(read, load(read.config), stop)))

    def demo(port: int) -> None:
        logs.configure("WARNING", "text")
        asyncio.run(until_stopped(lambda stop: _demo(port, stop)))

    def bring_up_to_date() -> None:
        with opened(environment().database_url) as db:
            click.echo(f"The database has the newest version, {version_of(db.engine)[0]}.")

    def see_the_doctor() -> list[Finding]:
        logs.configure("ERROR", "text")
        return asyncio.run(examine(dotenv, Clock, slack_web))

    def beside(workspace: str | None) -> AbstractContextManager[Space]:
        return opened_workspace(environment().database_url, workspace)

    async def agreed(space: Space) -> Agreement:
        return await as_agreed(space, load(environment().config))

    @cache
    def clock() -> Clock:
        return Clock(environment().clock)

    def now() -> datetime:
        return clock()()

    logs.open_mouth()
    command_line(
        run=serve,
        demo=demo,
        migrate=bring_up_to_date,
        versions=lambda: versions(environment().database_url),
        nouns=[
            import_command(beside, agreed, now),
            job_commands(beside, now),
            doctor_command(see_the_doctor),
            quarantine_commands(beside, agreed, now),
            report_command(beside, agreed, now),
            *erasure_commands(beside, agreed, now),
            retros_command(beside, agreed),
            settings_command(beside, lambda: environment().config),
        ],
    )(prog_name=NAME)


if __name__ == "__main__":
    main()
