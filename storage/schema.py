"""The schema, brought up to date at start. Two processes may do so at once: one waits, and finds it done."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from bot.errors import Hopeless
from storage import tables
from storage.engines import for_bulk, for_readers

ONE_AT_A_TIME = 7_230_981  # the key of PostgreSQL's lock; any number that is ours alone


def migrate(engine: Engine) -> None:
    """Bring the database to the newest version; all of it, or nothing. Raises Hopeless where it is newer than we."""
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
