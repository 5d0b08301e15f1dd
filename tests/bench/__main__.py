"""`make bench`: every figure, as a table and as JSON (bench.json). Run it with nothing else on the machine.

Words choose benches by name, and databases: `make bench ARGS="click sqlite"`; a number says how many leads are
searched or told of, or how many retros made or searched: `make bench ARGS="search 100000"`.
"""

import asyncio
import json
import platform
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg

from tests.bench import (
    cards,
    clicks,
    digest,
    home,
    hours,
    million,
    retro_search,
    retros,
    search,
    timers,
    whole,
)
from tests.postgres import running_postgres

Figures = dict[str, Any]
Fresh = Callable[[str], str]  # the address of a new database of this name
ROOT = Path(__file__).parent.parent.parent
BENCHES: Final[Mapping[str, Callable[[Fresh], Awaitable[Figures]]]] = {
    "a click on Accept": clicks.accepts,
    "leads by webhook": clicks.intake,
    "an import": whole.imports,
    "clicks beside an import": whole.clicks_beside,
    "a million rows": million.imports,
    "a search": search.finds,
    "a weekly digest": digest.weekly,
    "a Home": home.opens,
    "retros made": retros.made,
    "retros searched": retro_search.finds,
    "cards shown": cards.shown,
    "a quiet channel": cards.quiet,
    "timers": timers.taken,
    "working time": hours.spans,
    "memory": whole.memory,
    "the start": whole.starts,
}


@contextmanager
def sqlite() -> Iterator[Fresh]:
    with TemporaryDirectory() as folder:
        yield lambda name: f"sqlite:///{folder}/{name}.db"


@contextmanager
def postgresql() -> Iterator[Fresh]:
    """A server that keeps what it was told, as in production."""
    with running_postgres(options="-c shared_buffers=128MB", memory=False) as server:

        def fresh(name: str) -> str:
            with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
                admin.execute(f'CREATE DATABASE "{name}"'.encode())
            return server.url(name)

        yield fresh


DATABASES: Final[Mapping[str, Callable[[], AbstractContextManager[Fresh]]]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
}


async def measure(words: list[str]) -> Figures:
    databases = [name for name in DATABASES if name in words] or list(DATABASES)
    names = [word for word in words if word not in DATABASES and not word.isdigit()]
    sizes = [int(word) for word in words if word.isdigit()]
    benches = dict(BENCHES)
    if sizes:
        benches["a search"] = partial(search.finds, many=sizes[0])
        benches["a weekly digest"] = partial(digest.weekly, many=sizes[0])
        benches["retros made"] = partial(retros.made, many=sizes[0])
        benches["retros searched"] = partial(retro_search.finds, most=sizes[0])
    told: Figures = {}
    for database in databases:
        with DATABASES[database]() as fresh:
            for name, bench in benches.items():
                if names and not any(word in name for word in names):
                    continue
                figures = await bench(fresh)
                told.setdefault(name, {})[database] = figures
                sys.stdout.write(f"{name}, {database}\n{json.dumps(figures, indent=2)}\n")
                sys.stdout.flush()
    return told


def main() -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    figures = asyncio.run(measure(sys.argv[1:]))
    about = {
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    (ROOT / "bench.json").write_text(json.dumps({**about, "figures": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
