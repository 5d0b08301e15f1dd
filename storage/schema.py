"""The schema, brought up to date at start. Two processes may do so at once: one waits, and finds it done."""

import logging
import time
from importlib.resources import files
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot.errors import Hopeless
from storage import tables
from storage.engines import for_bulk, for_readers

log = logging.getLogger(__name__)
WAITS: Final = (1, 2, 4, 8, 15)  # seconds for a server that starts beside us
ONE_AT_A_TIME: Final = 7_230_981  # the key of PostgreSQL's lock; any number that is ours alone


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
    return f"The database cannot be used: {str(error.orig).partition(chr(10))[0].rstrip('.')}."


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


def version(engine: Engine) -> tuple[str | None, str | None]:
    """The version that the database has, and the newest."""
    with for_readers(engine).connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
        return has, ScriptDirectory.from_config(_config(connection)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = SQLModel.metadata
    config.attributes["tables"] = tables
    return config
