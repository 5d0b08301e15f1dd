"""Puts the parts together and starts them. Nothing imports this file but what starts the whole."""

import asyncio
import json
import logging
import os
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
import uvloop
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette

from bot.agreement import Agreement
from bot.environment import Environment, read_environment
from bot.health import Finding, weigh
from bot.intake.schema import openapi
from bot.jobs import Redraw, Refresh, Show
from bot.settings import Settings, load
from handlers import logs
from handlers.absences import AbsenceHandlers
from handlers.alerts import AlertJobs
from handlers.campaigns import CampaignHandlers
from handlers.cli import NAME, command_line
from handlers.deals import DealHandlers
from handlers.digests import DigestHandlers
from handlers.disputes import DisputeHandlers
from handlers.doctor import Doctor, doctor_command, examine, memory_of, of_feeds, of_ways_in
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
from handlers.serving import bound, connected, listening, ticking, until_stopped
from handlers.slack import SlackEdge
from handlers.voices import VoiceHandlers
from handlers.web import SlackDoor, ops_app, web_app
from handlers.worker import Worker
from handlers.workspace import Me, Web, agreed, as_agreed, slack_web, who_am_i
from storage.campaigns import Campaigns
from storage.db import Database, Space, only_runner
from storage.deal_sights import Deals
from storage.digests import Digests
from storage.dropped import DroppedFiles
from storage.health import Health
from storage.homes import Homes
from storage.intake import Intake
from storage.jobs import Jobs
from storage.leads import Leads
from storage.members import Members
from storage.nudges import Nudges
from storage.people import People
from storage.pictures import Pictures
from storage.posts import Posts
from storage.presence import Presences
from storage.quarantine import Quarantine
from storage.retro_replies import RetroReplies
from storage.retro_rounds import RetroRounds
from storage.retro_search import RetroSearch
from storage.retros import Retros
from storage.schema import version as version_of
from storage.sights import Sights
from storage.standstills import Standstills
from storage.teams import Teams
from storage.workspace import opened, opened_workspace, versions

log = logging.getLogger(__name__)
ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - Slack and feeds come from outside
LOOPBACK: Final = "127.0.0.1"
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
class Truce:
    """The running parts of one workspace."""

    worker: Worker
    edge: SlackEdge
    slack: AsyncApp
    web: Starlette
    ops: Starlette
    recurring: Recurring
    intake: Intake
    jobs: Jobs
    alerts: AlertJobs
    now: Now


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
    agreement = await agreed(space, settings, client, now)
    leads, sights = Leads(space, agreement), Sights(space, agreement)
    intake, teams, campaigns = Intake(space, agreement), Teams(space, agreement), Campaigns(space)
    dropped = DroppedFiles(space, agreement)

    presences = Presences(space, agreement)
    named = frozenset(each.name for each in settings.people.everyone())
    faces = PeopleHandlers(people, presences, jobs, client, me.workspace, named, now)
    alerts = AlertJobs.of(space, agreement, now)
    standstills = Standstills(space)
    retros, retro_search = Retros(space, agreement), RetroSearch(space, agreement)
    recurring = Recurring(
        jobs=jobs,
        standstills=standstills,
        agreement=agreement,
        look=alerts.look,
        now=now,
    )
    reports = ReportHandlers.of(space, agreement, environment.links, now)
    nouns = (
        recurring,
        alerts,
        DigestHandlers(Digests(space, agreement), jobs, agreement, now),
        faces,
        MemberHandlers(Members(space), client, agreement),
        RotaHandlers.of(space, agreement, now),
        reports,
        LeadHandlers(leads, agreement, now),
        LeadJobs(leads, sights, posts, now),
        HoldHandlers.of(space, agreement, now),
        FeedbackJobs(leads, sights, campaigns, posts, teams, people, agreement),
        DisputeHandlers(leads, sights, now),
        CampaignHandlers(campaigns, people, agreement, now),
        DroppedHandlers(dropped, now),
        VoiceHandlers.of(space, agreement, now),
        RecyclingHandlers(leads, sights, retros, agreement, now),
        NudgeHandlers(leads, teams, now),
        NudgeJobs(leads, Nudges(space, agreement), sights, posts, now),
        PresenceHandlers(presences, jobs, now),
        AbsenceHandlers.of(space, agreement, now),
        ErasureHandlers.of(space, agreement, now),
        QuarantineJobs(Quarantine(space), intake, jobs, now),
        NewLeadHandlers.of(space, agreement, now),
        HomeHandlers(Homes(space, agreement), client, now),
        DealHandlers(Deals(space, agreement), intake, now),
        SearchHandlers.of(space, agreement, now),
        RetroHandlers(retros, retro_search, agreement, now),
        RetroJobs(retros, RetroRounds(space, agreement), retro_search, posts, agreement, now),
        RetroReplyHandlers(RetroReplies(space, agreement), posts, jobs, client, now),
    )
    renderers = _all(nouns, "renderers")
    pictures, wait = Pictures(space), environment.call_timeout
    poster = Poster(posts, client, renderers, now, wait, Refusals(standstills.note_refusal, now), pictures)
    drawn = PictureJobs(pictures, posts, renderers, poster.call, client, web.session, now, wait)
    taken = DroppedJobs(dropped, intake, posts, poster.call, client, web.session, now, wait)
    runners: dict[type, Any] = {
        Show: poster.show,
        Redraw: poster.redraw,
        Refresh: poster.refresh,
        **_all((*nouns, drawn, taken), "runners"),
    }
    worker = Worker(jobs, runners, now, environment.lease)
    db.on_commit = worker.wake

    routes = Routes.together(*(noun.routes() for noun in nouns if hasattr(noun, "routes")))
    edge = SlackEdge(routes, client, web.session, faces.know, agreement.channels.leads)
    slack = edge.app(_authorized(me, environment.slack_bot_token))
    feed_secrets = {name: environment.secrets_of(name, feed.auth) for name, feed in settings.feeds.items()}
    intake_handlers = IntakeHandlers(intake, settings.feeds, feed_secrets, now)
    signing = environment.slack_signing_secret
    door = None if signing is None else SlackDoor(slack, signing, now).receive
    pulse = HealthHandlers(health=Health(space), alive=worker.alive, now=now, version=version("truce"))
    return Truce(
        worker=worker,
        edge=edge,
        slack=slack,
        web=web_app(door, intake_handlers.receive, intake_handlers.schema),
        ops=ops_app(pulse.tell, openapi(version("truce")), reports.pages, reports.links.host),
        recurring=recurring,
        intake=intake,
        jobs=jobs,
        alerts=alerts,
        now=now,
    )


def _all(nouns: Iterable[object], part: str) -> dict[Any, Any]:
    """The runners, or the renderers, of all nouns that have some."""
    return {key: each for noun in nouns for key, each in getattr(noun, part, dict)().items()}


async def run(
    environment: Environment, settings: Settings, stop: asyncio.Event, host: str = ANYWHERE
) -> None:
    """Serve one workspace until `stop`: over HTTP, over Socket Mode, or both."""
    now = Clock(environment.clock)
    _warn([*of_ways_in(environment), *of_feeds(environment, settings)])
    async with AsyncExitStack() as stack:
        stack.enter_context(only_runner(environment.database_url))
        db = stack.enter_context(opened(environment.database_url))
        web = await stack.enter_async_context(slack_web(environment))
        truce = await assemble(environment, settings, db, web, now)
        doctor = Doctor(environment=environment, settings=settings, web=web, now=now)
        _warn(await doctor.of_slack(memory_of(db, now), at_start=True))
        await stack.enter_async_context(_working(truce))
        for app, where, port, name in (
            (truce.ops, LOOPBACK, environment.ops_port, "OPS_PORT"),
            (truce.web, host, environment.port, "PORT"),
        ):
            await stack.enter_async_context(listening(app, [bound(where, port, name)]))
        if environment.slack_app_token is not None:
            await stack.enter_async_context(connected(truce.slack, environment.slack_app_token, web.client))
        log.info("Truce is ready.")
        await stop.wait()
        log.info("Truce stops: what is under way is ended first.")


def _warn(findings: Iterable[Finding]) -> None:
    """Log what does not work yet; raise Hopeless with what stops us."""
    for sentence in weigh(findings):
        log.warning("%s", sentence)


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
    await truce.recurring.begin()
    async with ticking(truce.worker.wake, truce.recurring.ensure, truce.now):
        working = asyncio.create_task(truce.worker.run())
        try:
            yield
        finally:
            await truce.worker.stop()
            await working
            await truce.edge.stop()


async def _demo(port: int, stop: asyncio.Event) -> None:
    """The bot and a Slack for the desk, on loopback; all of it is gone afterwards."""
    from playground.clock import FileClock  # noqa: PLC0415 - only the demo knows the playground
    from playground.server import Playground  # noqa: PLC0415 - only the demo knows the playground
    from playground.workspace import Workspace  # noqa: PLC0415 - only the demo knows the playground

    here = Path(__file__).parent / "demo"
    workspace = Workspace.load(here / "workspace.yaml")
    manifest = json.loads((here.parent.parent / "manifest.json").read_text())
    with closing(bound(LOOPBACK, 0)) as door, closing(bound(LOOPBACK, port, "--port")):
        bot_port = door.getsockname()[1]
    for sender in workspace.senders:
        sender.url = f"http://{LOOPBACK}:{bot_port}/intake/{sender.name}"
    os.environ["TRUCE_SECRET_WEBSITE"] = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    with TemporaryDirectory() as folder:
        clock = Path(folder) / "clock"
        async with Playground.running(workspace, port, now=FileClock(clock), manifest=manifest) as slack:
            os.environ.update(
                SLACK_API_URL=f"{slack.url}/api/",
                SLACK_BOT_TOKEN=workspace.bot_token,
                SLACK_APP_TOKEN=workspace.app_token,
                DATABASE_URL=f"sqlite:///{folder}/truce.db",
                PORT=str(bot_port),
                OPS_PORT="0",
                TRUCE_CLOCK=str(clock),
            )
            click.echo(f"Open {slack.url} in a browser: an invented company, and its leads of one minute.")
            click.echo("Be one of its reps and press Accept or Reject; then look at #marketing-feedback.")
            click.echo("Ctrl-C ends all of it.")
            await run(read_environment(None), load(here / "app.yaml"), stop, LOOPBACK)


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
        ],
    )(prog_name=NAME)


if __name__ == "__main__":
    main()
