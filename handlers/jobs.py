"""`truce jobs`: what waits to be done and what was given up, looked at and put right beside the running bot."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import click

from bot.errors import Refused
from bot.text import count, one_line, shorten
from handlers.payloads import Beside, in_columns, of_workspace
from storage.jobs import Failed, Jobs
from storage.waiting_jobs import Waiting, WaitingJobs

HELP = """What Truce has still to do, and what it gave up.

Everything that Truce does by itself is a job in the database: a message to show, a reminder, a lead that comes
back. A job that fails is tried again for some two hours and then given up: it stands under `failed` for 90 days,
with the reason. Nothing here needs Slack; a running bot sees what you change at once.
"""
NUMBER = click.IntRange(1, 2**63 - 1)
AT_ONCE = 100
LIMIT = click.option(
    "--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="At most so many."
)


def job_commands(beside: Beside, now: Callable[[], datetime]) -> click.Group:
    """The commands on the jobs of one workspace."""

    @click.group(name="jobs", help=HELP)
    def jobs() -> None:
        pass

    @jobs.command(name="list", help="What waits, the next due first.")
    @LIMIT
    @of_workspace
    def _list(workspace: str | None, limit: int) -> None:
        with beside(workspace) as space:
            found = asyncio.run(WaitingJobs(space).soonest(limit))
        _show("No job waits.", [_of_waiting(each, now()) for each in found])

    @jobs.command(name="failed", help="What was given up, the newest first, each with its reason.")
    @LIMIT
    @of_workspace
    def _failed(workspace: str | None, limit: int) -> None:
        with beside(workspace) as space:
            found = asyncio.run(Jobs(space).failed(limit))
        _show("No job has failed.", [_of_failed(each) for each in found])

    @jobs.command(name="retry", help="Try failed jobs again, by their numbers in `truce jobs failed`.")
    @click.argument("ids", metavar="ID...", nargs=-1, type=NUMBER)
    @click.option("--all", "every", is_flag=True, help="All that failed.")
    @of_workspace
    def _retry(workspace: str | None, ids: tuple[int, ...], *, every: bool) -> None:
        if every == bool(ids):
            raise click.UsageError("Say which jobs, or --all.")
        with beside(workspace) as space:
            jobs = Jobs(space)
            tried = asyncio.run(_retry_all(jobs, now) if every else jobs.retry(ids, now()))
        if ids and tried < len(set(ids)):
            raise Refused(f"{tried} of {len(set(ids))} jobs will be tried again; the others have not failed.")
        click.echo(f"{count(tried, 'job')} will be tried again.")

    @jobs.command(
        name="drop", help="Forget jobs for good, failed or waiting. What they would have done is not done."
    )
    @click.argument("ids", metavar="ID...", nargs=-1, required=True, type=NUMBER)
    @of_workspace
    def _drop(workspace: str | None, ids: tuple[int, ...]) -> None:
        with beside(workspace) as space:
            dropped = asyncio.run(WaitingJobs(space).drop(ids, now()))
        if len(dropped) < len(set(ids)):
            others = ", ".join(map(str, sorted(set(ids).difference(dropped))))
            done = f"{len(dropped)} of {len(set(ids))} jobs were dropped."
            raise Refused(f"{done} Not there, or just being run: {others}.")
        click.echo(f"{count(len(dropped), 'job')} dropped.")

    return jobs


def _show(nothing: str, rows: Sequence[Sequence[str]]) -> None:
    click.echo(in_columns(rows) if rows else nothing)


async def _retry_all(jobs: Jobs, now: Callable[[], datetime]) -> int:
    tried = 0
    while found := await jobs.failed(AT_ONCE):
        tried += await jobs.retry([each.id for each in found], now())
    return tried


def _of_waiting(job: Waiting, now: datetime) -> Sequence[str]:
    runs = job.leased_until is not None and job.leased_until > now
    when = "being run" if runs else f"{job.due_at:%Y-%m-%d %H:%M} UTC"
    tried = f"tried {count(job.attempts, 'time')}: {job.error}" if job.error else ""
    return str(job.id), when, job.kind, shorten(one_line(job.about), 80), shorten(one_line(tried), 80)


def _of_failed(job: Failed) -> Sequence[str]:
    when = f"{job.ended_at:%Y-%m-%d %H:%M} UTC"
    tried = count(job.attempts, "attempt")
    return str(job.id), when, job.kind, shorten(one_line(job.about), 80), tried, one_line(job.error)
