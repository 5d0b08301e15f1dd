"""The deals of two real companies (Olist, Maven) through the real jobs: `python -m tests.replay FOLDER`.

FOLDER has the files of both, anywhere below it: olist_marketing_qualified_leads_dataset.csv,
olist_closed_deals_dataset.csv, sales_pipeline.csv and sales_teams.csv. They are copied, and the copies are gone afterwards.
"""

import asyncio
import logging
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click

from storage.db import Database
from storage.schema import migrate
from tests.postgres import running_postgres
from tests.replay.check import faults
from tests.replay.run import replay

SHOWN = 20


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--looks", default=100, show_default=True, help="Retros of which the thread is shown.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
def main(folder: Path, looks: int, database: str) -> None:
    logging.getLogger().setLevel(logging.ERROR)
    with ExitStack() as stack:
        here = Path(stack.enter_context(TemporaryDirectory()))
        for path in folder.rglob("*.csv"):
            shutil.copy(path, here / path.name)
        url = f"sqlite:///{here}/replay.db"
        if database == "postgresql":
            url = stack.enter_context(stack.enter_context(running_postgres()).empty())
        db = Database(url)
        stack.callback(db.close)
        migrate(db.engine)
        began = perf_counter()
        history = asyncio.run(replay(db, here, looks=looks, echo=click.echo))
        found = faults(here, history.told)
        click.echo(f"{len(history.told):,} timelines in {perf_counter() - began:.0f} s")
        click.echo(f"{len(history.heads):,} threads, {history.pictures:,} with a picture")
        click.echo(f"MB at its peak: {', '.join(f'{each:.0f}' for each in history.peaks)}")
        click.echo("\n".join([f"{len(found):,} faults", *found[:SHOWN]]))
        sys.exit(bool(found) or len(history.heads) != looks or history.pictures != looks)


if __name__ == "__main__":
    main()
