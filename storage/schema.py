"""The schema, brought up to date at start. Two processes may do so at once: one waits, and finds it done."""

import logging
import time
from importlib.resources import files
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import SQLModel

from bot.errors import Hopeless
from bot.health import Schema
from storage import tables
from storage.engines import for_bulk, for_readers, make_engine

log = logging.getLogger(__name__)
WAITS: Final = (1, 2, 4, 8, 15)  # seconds for a server that starts beside us
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
    for wait in WAITS if engine.dialect.name == "postgresql" else ():
        try:
            return _migrate(engine)
        except OperationalError as error:
            log.warning("%s It is tried again in %s s.", _words(error), wait)
            time.sleep(wait)
    try:
        return _migrate(engine)
    except OperationalError as error:
        raise Hopeless(f"{_words(error)} Is DATABASE_URL right?") from None


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
        try:
            command.upgrade(_config(connection), "head")
        except CommandError:  # a version that we have never heard of
            raise Hopeless(
                "A newer Truce has used this database: install that one, or a newer one."
            ) from None


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
    known = has is None or has in {script.revision for script in _scripts().walk_revisions()}
    return Schema(place=place, has=has, newest=newest, known=known)


def version(engine: Engine) -> tuple[str | None, str | None]:
    """The version that the database has, and the newest."""
    with for_readers(engine).connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
        return has, _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_bare_config())


def _bare_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _config(connection: Connection) -> Config:
    config = _bare_config()
    config.attributes["connection"] = connection
    config.attributes["metadata"] = SQLModel.metadata
    config.attributes["tables"] = tables
    return config
