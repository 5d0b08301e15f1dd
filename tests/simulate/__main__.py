"""`make simulate`: a quarter of a company, and what was sent held against an independent calculation.

`make simulate ARGS="--leads 500 --kills 30 --database postgresql --processes 2"`.
"""

import asyncio
import logging
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from storage.db import Database
from storage.schema import migrate
from tests.postgres import running_postgres
from tests.simulate.check import faults
from tests.simulate.company import Company, Plan
from tests.simulate.known import Known
from tests.simulate.run import History, play
from tests.simulate.turns import ahead

MINUTE = timedelta(minutes=1)
SHOWN = 40


def simulated(
    url: str, *, reps: int, leads: int, days: int, seed: int, offer: str = "rotation", **how: int
) -> tuple[History, list[str]]:
    """What happened in a database in which there was nothing, and what was wrong with it."""
    company = Company.of(reps, offer)
    plan = Plan.of(company, leads=leads, days=days, seed=seed)
    history = asyncio.run(play(url, company, plan, **how))
    # A job whose process died is taken up again when its lease has run out.
    return history, faults(history, MINUTE + (4 * MINUTE if how.get("kills") else timedelta()))


def _quick() -> str | None:
    """A folder in memory, if there is one: no power is cut here."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a new folder of our own in it


@click.command(help=__doc__)
@click.option("--leads", default=5000, show_default=True)
@click.option("--reps", default=50, show_default=True)
@click.option("--days", default=92, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--kills", default=0, show_default=True, help="Processes killed at random moments.")
@click.option("--processes", default=1, show_default=True, help="On one database (PostgreSQL).")
@click.option("--offer", type=click.Choice(["rotation", "channel"]), default="rotation")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
def main(database: str, **how: Any) -> None:
    logging.getLogger().setLevel(logging.ERROR)
    with ExitStack() as stack:
        if database == "postgresql":
            url = stack.enter_context(stack.enter_context(running_postgres()).empty())
        else:
            url = f"sqlite:///{stack.enter_context(TemporaryDirectory(dir=_quick()))}/truce.db"
        db = Database(url)
        migrate(db.engine)
        db.close()
        history, found = simulated(url, **how)
    if turns := ahead(history, Known(history)):
        most = max(float(each) for each, _ in turns.values())
        click.echo(
            f"Of two who could have been asked, the one that was had {most:.2f} leads more of their share."
        )
    done = len(history.events), len(history.nudges), len(history.posted), len(found)
    click.echo("{} events, {} reminders, {} messages and changes of them: {} faults.".format(*done))
    for each in found[:SHOWN]:
        click.echo(each)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
