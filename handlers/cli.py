"""The command line: what the operator types, and one sentence where something is wrong."""

import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import click

from bot.errors import Hopeless, Refused, Unintelligible
from bot.settings import SettingsError

Work = Callable[[], None]


class _Truce(click.Group):
    """Faults that a person can mend are one sentence and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SettingsError, Refused, Unintelligible, Hopeless, OSError) as error:
            raise click.ClickException(str(error)) from None


def command_line(
    *,
    run: Work,
    demo: Callable[[int], None],
    bring_in: Callable[[Path, str | None, tuple[str, ...]], bool],
    migrate: Work,
) -> click.Group:
    """The commands of `truce`; what each does is given by who puts the parts together."""

    @click.group(cls=_Truce, help="The handover between marketing and sales, kept in Slack.")
    @click.version_option(version("truce"), prog_name="truce")
    def truce() -> None:
        pass

    @truce.command(name="run", help="Serve the workspace until it is stopped (Ctrl-C).")
    def _run() -> None:
        run()

    @truce.command(name="demo", help="Try it in the browser: an invented company, no Slack account.")
    @click.option("--port", default=8700, show_default=True, help="Where the page is served.")
    def _demo(port: int) -> None:
        demo(port)

    @truce.command(name="import", help="Import leads from a CSV file.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--feed", help="The feed they belong to; by default the file's name.")
    @click.option("--map", "pairs", multiple=True, metavar="COLUMN=FIELD", help="What a column means.")
    def _import(file: Path, feed: str | None, pairs: tuple[str, ...]) -> None:
        if not bring_in(file, feed, pairs):
            sys.exit(2)  # some rows were refused

    @truce.command(name="migrate", help="Bring the database to the newest version.")
    def _migrate() -> None:
        migrate()

    return truce
