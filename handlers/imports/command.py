"""`truce import`, as it is typed."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from bot.arrivals import Outcome, Senseless
from bot.errors import Refused
from bot.imports import DealFile, Order, mapping
from bot.money import CURRENCIES
from handlers.imports.people import staff_in
from handlers.imports.rows import Row, Summary, Wish, import_csv, try_csv
from handlers.payloads import PARTLY, Agreed, Beside, of_workspace
from storage.intake import Intake

HELP: Final = """Import leads from FILE, a CSV file; `-` is standard input. With --deals its rows are deals.

Found out by itself: encoding, delimiter, decimal comma, the usual names of columns (HubSpot's, Salesforce's and
Pipedrive's exports among them), and how dates are written. Columns that mean nothing to Truce are kept as facts.
Dates that can be read in two ways, like 03/04/2024, are asked for with --dates unless some row settles it. A time
without an offset is UTC.

Good rows go in, a hundred at a time; the others go to NAME.rejected.csv beside the file, each with its line and the
reason. Mend them there and import that file. Running an import again changes nothing, so one that was stopped, or
killed, is simply run again. The bot may be running meanwhile; Slack is not asked.

Deals need an id and a stage (or a status, or a day won or lost) and may name the leads they grew from.
Their owners may be names: --people FILE says who has which e-mail and manager. An import starts no look back at deals
that were closed, unless --retros is given.

\b
Exit codes:
  0    every row is in
  1    nothing was imported, or not all; one sentence says why
  2    the command was not understood
  3    done, but rows were refused
  130  stopped by Ctrl-C; what was kept so far stays
\b
Examples:
  truce import leads.csv --dry-run
  truce import leads.csv --map origin=source --map "Deal size=facts.size"
  truce import --deals deals.csv --currency EUR --people sales_team.csv
  zcat leads.csv.gz | truce import - --feed hubspot
"""


def import_command(beside: Beside, agreed: Agreed, now: Callable[[], datetime]) -> click.Command:
    """The command; `agreed` is by what the leads are judged."""

    async def bring_in(file: Path, wish: Wish, workspace: str | None, *, retros: bool) -> Summary:
        with beside(workspace) as space:
            intake = Intake(space, await agreed(space))

            async def arrive(rows: Sequence[Row]) -> list[Outcome | Senseless]:
                return await intake.keep(rows, feed=rows[0].feed, now=now(), bulk=True, retros=retros)

            done = await import_csv(file, wish, arrive=arrive, echo=click.echo, terminal=sys.stderr)
            await space.weigh()
            return done

    @click.command(name="import", help=HELP, short_help="Import leads from a CSV file.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
    @click.option("--feed", metavar="NAME", help="The feed that they belong to; by default the file's name.")
    @click.option(
        "--map", "pairs", multiple=True, metavar="COLUMN=FIELD", help="What a column means; may be repeated."
    )
    @click.option(
        "--dates",
        type=click.Choice([each.value for each in Order]),
        help="What comes first in dates like 03/04/2024.",
    )
    @click.option("--dry-run", is_flag=True, help="Show what would become of the file, and keep nothing.")
    @click.option("--deals", is_flag=True, help="The rows are deals.")
    @click.option("--currency", metavar="CODE", help="Of amounts that say none, like EUR; with --deals.")
    @click.option(
        "--people",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A CSV file with the owners' names, and their e-mails or managers; with --deals.",
    )
    @click.option("--retros", is_flag=True, help="Look back at the deals that it closes; with --deals.")
    @of_workspace
    def _import(
        file: Path,
        feed: str | None,
        pairs: tuple[str, ...],
        dates: str | None,
        *,
        dry_run: bool,
        deals: bool,
        currency: str | None,
        people: Path | None,
        retros: bool,
        workspace: str | None,
    ) -> None:
        if not deals and (currency or people or retros):
            raise Refused("--currency, --people and --retros go with --deals.")
        known = staff_in(people) if people else {}
        if currency and currency.upper() not in CURRENCIES:
            raise Refused(f"--currency {currency}: this should be a code of three letters, like EUR.")
        wish = Wish(
            feed=feed,
            mapping=mapping(pairs),
            dates=Order(dates) if dates else None,
            deals=DealFile(currency=currency and currency.upper(), staff=known) if deals else None,
        )
        if dry_run:
            summary = try_csv(file, wish, echo=click.echo, terminal=sys.stderr)
        else:
            summary = asyncio.run(bring_in(file, wish, workspace, retros=retros))
        if summary.refused:
            sys.exit(PARTLY)

    return _import
