"""The command line: what the operator types, and one sentence where something is wrong."""

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Final

import click
from click.shell_completion import get_completion_class

from bot.errors import Hopeless, Refused, Unintelligible
from bot.settings import SettingsError
from handlers.payloads import PARTLY

Work = Callable[[], None]
NAME: Final = "truce"
CODES: Final = """\b
Exit codes:
  0    done, and all is well
  1    not done; one sentence says why and what to do
  2    the command was not understood
  3    done, and something remains for you: rows that were refused, a database that is behind
  130  stopped by Ctrl-C
"""
COMPLETION: Final = """Print what makes your shell complete Truce's commands.

\b
bash:  truce completion bash > ~/.local/share/bash-completion/completions/truce
zsh:   truce completion zsh > "${fpath[1]}/_truce"
fish:  truce completion fish > ~/.config/fish/completions/truce.fish
"""


class _Truce(click.Group):
    """Faults that a person can mend are one sentence and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # who reads has read enough; click knows what to do
            raise
        except (SettingsError, Refused, Unintelligible, Hopeless) as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            words = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
            raise click.ClickException(words) from None
        except KeyboardInterrupt:
            sys.exit(130)


def command_line(
    *,
    run: Work,
    demo: Callable[[int], None],
    migrate: Work,
    versions: Callable[[], tuple[str | None, str | None]],
    nouns: Sequence[click.Command],
) -> click.Group:
    """The commands of `truce`; what each does is given by who puts the parts together.

    `versions` are those that the database has and should have; `nouns` bring commands of their own.
    """
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

    @click.group(
        name=NAME,
        cls=_Truce,
        help="The handover between marketing and sales, kept in Slack.",
        epilog=CODES,
        context_settings=settings,
    )
    @click.version_option(version("truce"), prog_name=NAME)
    def truce() -> None:
        pass

    @truce.command(name="run", help="Serve the workspace until it is stopped (Ctrl-C).")
    def _run() -> None:
        run()

    @truce.command(name="demo", help="Try it in the browser: an invented company, no Slack account.")
    @click.option(
        "--port",
        type=click.IntRange(0, 65_535),
        default=8700,
        show_default=True,
        help="Where the page is served.",
    )
    def _demo(port: int) -> None:
        demo(port)

    @truce.command(name="migrate")
    @click.option(
        "--check", is_flag=True, help="Only say whether it would change anything: exit code 3 if so."
    )
    def _migrate(*, check: bool) -> None:
        """Bring the database to the newest version. `truce run` does so by itself at every start."""
        if check:
            _compare(*versions())
        else:
            migrate()

    @truce.command(name="completion", help=COMPLETION)
    @click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
    def _completion(shell: str) -> None:
        kind = get_completion_class(shell)
        assert kind is not None, shell  # noqa: S101 - click knows all three
        click.echo(kind(truce, {}, NAME, f"_{NAME.upper()}_COMPLETE").source())

    for noun in nouns:
        truce.add_command(noun)
    return truce


def _compare(has: str | None, newest: str | None) -> None:
    if has == newest:
        click.echo(f"The database has the newest version, {newest}.")
    else:
        click.echo(f"The database has {_version(has)}, the newest is {newest}: run `truce migrate`.")
        sys.exit(PARTLY)


def _version(has: str | None) -> str:
    return f"version {has}" if has else "no version yet"
