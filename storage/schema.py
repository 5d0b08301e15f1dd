"""The schema, brought up to date at start. Two processes may do so at once: one waits, and finds it done."""

import logging
import time
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.errors import Hopeless
from bot.health import Schema
from storage.engines import for_bulk, for_readers, make_engine

log = logging.getLogger(__name__)
WAITS: Final = (1, 2, 4, 8, 15)  # seconds for a server that starts beside us
NOTED_IN: Final = "alembic_version"
STEPS: Final = files("storage") / "migrations" / "versions"
# Each step's file is named by its version: 0002_load.py.
VERSIONS: Final = sorted(file.name.partition("_")[0] for file in STEPS.iterdir() if file.name[:1].isdigit())
ONE_AT_A_TIME: Final = 7_230_981  # the key of PostgreSQL's lock; any number that is ours alone
# What a driver says, by its words, and what we say: its own may repeat the address, and part of a password with it.
TROUBLES: Final = {
    "connection refused": "nobody answers there",
    "timeout": "nobody answers there in time",
    "resolve host": "there is no such host",
    "password": "the user or the password is refused",
    "role ": "there is no such user",
    "not a database": "this is no SQLite file",
    "unable to open": "the file cannot be opened or made",
    "readonly": "the file may not be written to",
    "locked": "another program holds it",
    "does not exist": "there is no such database there",
}


def migrate(engine: Engine) -> None:
    """Bring the database to the newest version; all of it, or nothing.

    One that is just being started is waited for. Raises Hopeless where it cannot be used, or is newer than we.
    """
    for wait in WAITS:
        try:
            return _migrate(engine)
        except OperationalError as error:
            if not _may_pass(engine, error):
                break
            log.warning("%s It is tried again in %s s.", _words(error), wait)
            time.sleep(wait)
    try:
        return _migrate(engine)
    except OperationalError as error:
        raise Hopeless(f"{_words(error)} Is DATABASE_URL right?") from None


def _may_pass(engine: Engine, error: OperationalError) -> bool:
    """A server may be starting; a new file is another start's for a moment, for which SQLite does not wait."""
    return engine.dialect.name == "postgresql" or "locked" in str(error.orig)


def _words(error: OperationalError) -> str:
    return f"The database cannot be used: {trouble(error)}."


def trouble(error: DBAPIError) -> str:
    """What is wrong, in our words."""
    said = str(error.orig).lower()
    return next(
        (ours for theirs, ours in TROUBLES.items() if theirs in said), "it does not answer as it should"
    )


def _migrate(engine: Engine) -> None:
    # On SQLite the transaction itself is the lock: it begins as the only writer (storage/engines.py).
    with for_bulk(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        has = _version_of(connection)
        if has is None or has in VERSIONS[:-1]:
            from storage.steps import climb  # noqa: PLC0415 - Alembic is 12 MB, for the first start of a version alone

            climb(connection)
        elif has not in VERSIONS:
            raise Hopeless("A newer Truce has used this database: install that one, or a newer one.")


def look(url: str) -> Schema:
    """The database as it is, and why it cannot be used, if so; makes none."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        place, path = where.database or "SQLite in memory", Path(where.database or ".")
        if not path.exists():
            lacking = None if path.parent.is_dir() else f"there is no folder {path.parent}"
            return Schema(place=place, exists=False, trouble=lacking)
    else:
        place = f"PostgreSQL ({where.database})"  # no host: a password with an @ would be part of it
    engine = make_engine(url, 1)
    try:
        has, newest = version(engine)
    except DBAPIError as error:
        return Schema(place=place, trouble=trouble(error))
    finally:
        engine.dispose()
    known = has is None or has in VERSIONS
    return Schema(place=place, has=has, newest=newest, known=known)


def version(engine: Engine) -> tuple[str | None, str | None]:
    """The version that the database has, and the newest."""
    with for_readers(engine).connect() as connection:
        return _version_of(connection), VERSIONS[-1]


def _version_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table(NOTED_IN):
        return None
    has: str | None = connection.scalar(text(f"SELECT version_num FROM {NOTED_IN}"))  # noqa: S608 - our own name
    return has
