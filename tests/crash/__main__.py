"""`make crash`: kill the real program at many moments and at every named place, and hold the end against the truth.

    python -m tests.crash [--retros] [--database sqlite|postgresql|both] [--kills 200] [--places 2] [--rushes 4] [--seed words]

The same seed makes the same plan; what runs beside it makes each run another. Exit code 0: all was true;
3: something was not; 2: some place was never come to.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests.crash.machines import Nest
from tests.crash.plan import LAG, Blow, moments, places
from tests.crash.points import NAMED
from tests.crash.retro_run import PLACES, retro_run
from tests.crash.run import Report, crash_run, rush_run
from tests.postgres import MEMORY, Postgres, running_postgres

FAULTS = 3  # the exit code


def main() -> int:
    asked = _asked()
    logging.getLogger("aiohttp.server").setLevel(
        logging.CRITICAL
    )  # who is killed ends in the middle of a call
    return asyncio.run(_all(asked))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash", description=str(__doc__).partition("\n")[0]
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--kills", type=int, default=200, help="at any moment, on each database")
    parser.add_argument("--places", type=int, default=2, help="times at each named place, on each database")
    parser.add_argument("--rushes", type=int, default=4, help="runs in which all decide at once")
    parser.add_argument(
        "--at-once",
        type=int,
        default=50,
        help="blows of one run: then all is looked at, and a new one begins",
    )
    parser.add_argument("--seed", default="truce")
    parser.add_argument("--retros", action="store_true", help="retros alone: a death at each place of theirs")
    parser.add_argument("--until-wrong", action="store_true", help="stop at the first fault")
    return parser.parse_args()


async def _all(asked: argparse.Namespace) -> int:
    databases = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    reports: list[Report] = []
    faults_of_retros = 0
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if "postgresql" in databases else None
        async with Nest.open() as nest:
            for database in databases:
                wrong = await _retros(nest, server if database == "postgresql" else None, asked)
                faults_of_retros += wrong
                if wrong and asked.until_wrong:
                    return FAULTS
                for number, blows in enumerate([] if asked.retros else _plan(asked, database)):
                    report = await _one(
                        nest, server if database == "postgresql" else None, asked, number, blows
                    )
                    reports.append(report)
                    if report.faults and asked.until_wrong:
                        return FAULTS
    if asked.retros:
        return FAULTS if faults_of_retros else 0
    unseen = sorted(set(NAMED).difference(*(report.reached for report in reports)))
    if asked.places > 1 and unseen:
        _say(f"nothing died {', '.join(unseen)}: the plan has to be mended")
        return 2
    kills = sum(each.kills for each in reports)
    faults = faults_of_retros + sum(len(each.faults) for each in reports)
    seconds = sum(each.seconds for each in reports)
    _say(
        f"{kills} kills in {len(reports)} runs and {seconds:.0f} s: {f'{faults} FAULTS' if faults else 'all true'}"
    )
    return FAULTS if faults else 0


def _plan(asked: argparse.Namespace, database: str) -> Iterator[list[Blow]]:
    """The blows of each run; a run without one is a rush."""
    machines = _machines(database)
    yield from ([] for _ in range(asked.rushes))
    all_blows = [
        *places(asked.seed, asked.places, machines),
        *moments(asked.seed, asked.kills, machines),
    ]
    yield from (all_blows[start : start + asked.at_once] for start in range(0, len(all_blows), asked.at_once))


def _machines(database: str) -> int:
    return 2 if database == "postgresql" else 1


async def _one(
    nest: Nest, server: Postgres | None, asked: argparse.Namespace, number: int, blows: list[Blow]
) -> Report:
    database = "postgresql" if server else "sqlite"
    seed, machines = f"{asked.seed} {database} {number}", _machines(database)
    folder = Path(mkdtemp(prefix="truce-crash-", dir=MEMORY if MEMORY.is_dir() else None))
    with _address(server, folder) as url:
        if blows:
            lag = LAG if number % 2 else 0.0
            report = await crash_run(nest, folder, url, blows, seed, machines=machines, lag=lag)
        else:
            report = await rush_run(nest, folder, url, seed, machines=machines)
    _say(report)
    if report.faults:
        _say(f"  what is left of it: {folder}")
    return report


async def _retros(nest: Nest, server: Postgres | None, asked: argparse.Namespace) -> int:
    """One deal for each place of a retro's way; how many faults there were."""
    folder = Path(mkdtemp(prefix="truce-crash-", dir=MEMORY if MEMORY.is_dir() else None))
    with _address(server, folder) as url:
        book = await retro_run(nest, folder, url, PLACES, asked.seed)
    said = "\n  ".join([f"{len(book.faults)} FAULTS", *book.faults]) if book.faults else "all true"
    _say(
        f"retros {'postgresql' if server else 'sqlite'}: died at {len(book.reached)} of {len(PLACES)} places: {said}"
    )
    return len(book.faults)


@contextmanager
def _address(server: Postgres | None, folder: Path) -> Iterator[str]:
    """Of a database in which there is nothing yet."""
    if server is None:
        yield f"sqlite:///{folder}/truce.db"
        return
    with server.empty() as url:
        yield url


def _say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
