"""`python -m playground`: the stand-in Slack on its own, on loopback, until SIGINT or SIGTERM."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from playground.clock import FileClock
from playground.errors import Unreadable
from playground.server import Playground
from playground.workspace import Workspace


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8700, help="0 takes a free one")
    parser.add_argument(
        "--workspace", type=Path, required=True, help="YAML: people, channels, groups, senders"
    )
    parser.add_argument(
        "--manifest", type=Path, help="the app's manifest: scopes, events, commands, shortcuts"
    )
    parser.add_argument(
        "--clock", type=Path, help="a file with seconds to add to the time; the page writes it"
    )
    parser.add_argument("--deliver-to", help="the app's URL for signed HTTP; left out, Socket Mode")
    parser.add_argument("--no-limits", action="store_true", help="no 429s of its own")
    return parser.parse_args(given)


def manifest_in(file: Path) -> dict[str, Any]:
    """Read the app's manifest; raises Unreadable."""
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise Unreadable(f"{file}: this is not JSON: {error}") from None
    if not isinstance(read, dict):
        raise Unreadable(f"{file}: a manifest is an object")
    return read


async def run(options: argparse.Namespace) -> None:
    """Serve until a signal; raises Unreadable, and OSError where the port is taken."""
    if options.clock and not options.clock.absolute().parent.is_dir():
        raise Unreadable(f"{options.clock}: there is no such folder")
    manifest = manifest_in(options.manifest) if options.manifest else None
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with Playground.running(
        Workspace.load(options.workspace),
        options.port,
        now=FileClock(options.clock),
        manifest=manifest,
        limits=not options.no_limits,
    ) as slack:
        if options.deliver_to:
            slack.deliver_to(options.deliver_to)
        permission = slack.permission()
        sys.stdout.write(f"Slack for the desk: {slack.url}/\n")
        sys.stdout.write(f"  Web API           {slack.url}/api/\n")
        sys.stdout.writelines(f"  {name:<17} {value}\n" for name, value in permission.items())
        sys.stdout.flush()
        await over.wait()


def main() -> None:
    options = arguments()
    try:
        asyncio.run(run(options))
    except Unreadable as wrong:
        sys.exit(str(wrong))
    except OSError:
        sys.exit(f"Port {options.port} is taken or not for you. --port takes another one.")


if __name__ == "__main__":
    main()
