"""`make simulate`: a quarter of a company, and what was sent held against an independent calculation.

`make simulate ARGS="--leads 500 --kills 30 --database postgresql --processes 2"`.
"""

import asyncio
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import click
import pytest

from storage.db import Database
from storage.schema import migrate
from tests.postgres import running_postgres
from tests.simulate.check import faults, offered
from tests.simulate.company import BEGIN, Company, Plan
from tests.simulate.known import Known
from tests.simulate.run import History, Player, play
from tests.simulate.turns import ahead

MINUTE = timedelta(minutes=1)
SHOWN = 40
A_WEEK = 7


def simulated(
    url: str,
    *,
    reps: int,
    leads: int,
    days: int,
    seed: int,
    offer: str = "rotation",
    begin: datetime = BEGIN,
    **how: Any,
) -> tuple[History, list[str]]:
    """What happened in a database in which there was nothing, and what was wrong with it."""
    company = Company.of(reps, offer)
    plan = Plan.of(company, leads=leads, days=days, seed=seed, begin=begin)
    with pytest.MonkeyPatch.context() as ids:  # of leads and messages: by them equals are sorted and drawn
        ids.setattr("os.urandom", Random(seed).randbytes)  # noqa: S311 - a game
        history = asyncio.run(play(url, company, plan, **how))
    # A job whose process died is taken up again when its lease has run out.
    return history, faults(history, MINUTE + (4 * MINUTE if how.get("kills") else timedelta()))


def _quick() -> str | None:
    """A folder in memory, if there is one: no power is cut here."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a new folder of our own in it


def _watched(minutes: float) -> Callable[[Player], bool]:
    """Tells once a week of the play how far it is, and what that took so far; it ends after so many minutes."""
    begun = time.perf_counter()
    click.echo("  day   leads  messages  minutes  CPU min.  MB")

    def tell(player: Player) -> bool:
        history = player.history
        day = (player.time.at - history.plan.begin).days
        if day % A_WEEK == 0:
            leads = sum(each.what == "arrive" for each in history.events)
            took, busy = (time.perf_counter() - begun) / 60, time.process_time() / 60
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            told = f"{day:5} {leads:7} {len(player.wire.posted):9} {took:8.1f} {busy:9.1f} {most:4}"
            click.echo(told)
        return time.perf_counter() - begun > minutes * 60

    return tell


def _summary(history: History, found: Sequence[str]) -> Iterator[str]:
    company = Known(history)
    if turns := ahead(history, company, offered(history, company, MINUTE)):
        most = max(float(each) for each, _ in turns.values())
        yield f"Of two who could have been asked, the one that was had {most:.2f} leads more of their share."
    done = Counter(each.what for each in history.events)
    yield "Done: {}.".format(", ".join(f"{what} {times}" for what, times in done.most_common()))
    sent = Counter(f"{row['stage']} {row['rung']}" for row in history.nudges)
    yield "Reminded: {}.".format(", ".join(f"{rung} {times}" for rung, times in sorted(sent.items())))
    yield f"{(history.plan.end - history.plan.begin).days} days were played."
    counts = len(history.events), len(history.nudges), len(history.posted), len(found)
    yield "{} events, {} reminders, {} messages and changes of them: {} faults.".format(*counts)


@click.command(help=__doc__)
@click.option("--leads", default=5000, show_default=True)
@click.option("--reps", default=50, show_default=True)
@click.option("--days", default=92, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--kills", default=0, show_default=True, help="Processes killed at random moments.")
@click.option("--processes", default=1, show_default=True, help="On one database (PostgreSQL).")
@click.option("--offer", type=click.Choice(["rotation", "channel"]), default="rotation")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--minutes", default=inf, help="Then it is broken off, and what was played is checked.")
def main(database: str, minutes: float, **how: Any) -> None:
    logging.getLogger().setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        if database == "postgresql":
            url = stack.enter_context(stack.enter_context(running_postgres()).empty())
        else:
            url = f"sqlite:///{stack.enter_context(TemporaryDirectory(dir=_quick()))}/truce.db"
        db = Database(url)
        migrate(db.engine)
        db.close()
        history, found = simulated(url, tell=_watched(minutes), **how)
    for each in (*found[:SHOWN], *_summary(history, found)):
        click.echo(each)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
