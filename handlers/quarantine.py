"""What made no sense: looked at, tried again, dropped; and tried again by itself after a change of settings."""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Due, RetryQuarantine
from bot.text import count, one_line, shorten
from handlers.payloads import PARTLY, Agreed, Beside, in_columns, of_workspace
from storage.db import Space
from storage.intake import Intake
from storage.jobs import Jobs
from storage.quarantine import Aside, Quarantine

PAGE: Final = 50
HELP: Final = """What came in well formed and made no sense, kept whole.

A webhook that was answered 422 is kept here as it came, with every problem by the path of its field; the same again
only counts up. After a change in app.yaml the bot tries all of it again at its next start, and what makes sense then
is taken in. Nothing here needs Slack.
"""
NOTHING: Final = "Nothing is in quarantine."


class Id(click.ParamType[str]):
    """An id as `list` shows it."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch("[0-9a-f]{16}", value):
            self.fail(f"{value!a} is no id: `truce quarantine list` has them.", param, ctx)
        return value


@dataclass(frozen=True, slots=True)
class QuarantineJobs:
    quarantine: Quarantine
    intake: Intake
    jobs: Jobs
    now: Callable[[], datetime]

    @classmethod
    def of(cls, space: Space, agreement: Agreement, now: Callable[[], datetime]) -> "QuarantineJobs":
        return cls(Quarantine(space), Intake(space, agreement), Jobs(space), now)

    def runners(self) -> Mapping[type, Callable[[Any, datetime], Awaitable[None]]]:
        return {RetryQuarantine: self.retry}

    async def retry(self, job: RetryQuarantine, _until: datetime) -> None:
        ids = await self.quarantine.ids_after(job.after, PAGE)
        if ids:
            await self.intake.retry(ids, self.now())
            await self.jobs.add([Due(job=RetryQuarantine(after=ids[-1]), at=self.now())])


def quarantine_commands(beside: Beside, agreed: Agreed, now: Callable[[], datetime]) -> click.Group:
    """The commands on the quarantine of one workspace."""

    @click.group(name="quarantine", help=HELP)
    def quarantine() -> None:
        pass

    @quarantine.command(name="list", help="What came last, first: id, when, how often, feed, what is wrong.")
    @click.option(
        "--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="At most so many."
    )
    @of_workspace
    def _list(workspace: str | None, limit: int) -> None:
        with beside(workspace) as space:
            found = asyncio.run(Quarantine(space).newest(limit))
        click.echo(in_columns([*map(_line, found)]) if found else NOTHING)

    @quarantine.command(name="show", help="One of them whole, with every problem by the path of its field.")
    @click.argument("ident", metavar="ID", type=Id())
    @of_workspace
    def _show(workspace: str | None, ident: str) -> None:
        with beside(workspace) as space:
            click.echo(_whole(ident, asyncio.run(Quarantine(space).get(ident))))

    @quarantine.command(name="retry", help="Try all again, or only these; what makes sense now is taken in.")
    @click.argument("ids", metavar="[ID]...", nargs=-1, type=Id())
    @of_workspace
    def _retry(workspace: str | None, ids: tuple[str, ...]) -> None:
        with beside(workspace) as space:
            done, still = asyncio.run(_tried(space, agreed, ids, now))
        if done + still < len(set(ids)):
            raise Refused(f"{done:,} taken in. The others are not in quarantine.")
        click.echo(f"{done:,} taken in, {still:,} still without sense.")
        sys.exit(PARTLY if still else 0)

    @quarantine.command(name="drop", help="Forget these for good.")
    @click.argument("ids", metavar="ID...", nargs=-1, required=True, type=Id())
    @of_workspace
    def _drop(workspace: str | None, ids: tuple[str, ...]) -> None:
        with beside(workspace) as space:
            dropped = asyncio.run(Quarantine(space).drop(ids))
        if missing := sorted(set(ids).difference(dropped)):
            raise Refused(f"{len(dropped):,} dropped. {_unknown(missing)}")
        click.echo(f"{len(dropped):,} dropped.")

    return quarantine


async def _tried(
    space: Space, agreed: Agreed, ids: Sequence[str], now: Callable[[], datetime]
) -> tuple[int, int]:
    """How many were taken in, and how many stay; of all where none are named."""
    intake, quarantine = Intake(space, await agreed(space)), Quarantine(space)
    if ids:
        return await intake.retry(ids, now())
    done, still, last = 0, 0, ""
    while page := await quarantine.ids_after(last, PAGE):
        better, same = await intake.retry(page, now())
        done, still, last = done + better, still + same, page[-1]
    return done, still


def _line(aside: Aside) -> Sequence[str]:
    wrong = "; ".join(f"{problem.path}: {problem.words}".removeprefix(": ") for problem in aside.problems)
    when = f"{aside.last_at:%Y-%m-%d %H:%M} UTC"
    return aside.id, when, count(aside.times, "time"), aside.feed, shorten(one_line(wrong), 120)


def _whole(ident: str, aside: Aside | None) -> str:
    if aside is None:
        raise Refused(_unknown([ident]))
    head = f"{aside.id} came {count(aside.times, 'time')} to the feed {aside.feed}"
    when = f"first {aside.first_at:%Y-%m-%d %H:%M:%S} UTC, last {aside.last_at:%Y-%m-%d %H:%M:%S} UTC"
    wrong = (
        f"  {one_line(problem.path) or '(all of it)'}: {one_line(problem.words)}"
        for problem in aside.problems
    )
    # In ASCII alone: nothing that somebody sent moves the cursor or turns the direction of writing.
    return "\n".join([f"{head}, {when}.", *wrong, json.dumps(json.loads(aside.raw), indent=2)])


def _unknown(ids: Sequence[str]) -> str:
    return f"Not in quarantine: {', '.join(shorten(one_line(ident), 40) for ident in ids)}."
