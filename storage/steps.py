"""The steps from one version of the schema to the next. Alembic takes 12 MB: only who has a step to go comes here."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlmodel import SQLModel

from storage import tables


def climb(connection: Connection) -> None:
    """Take the database to the newest version, in the transaction that the connection is in."""
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = SQLModel.metadata
    config.attributes["tables"] = tables
    command.upgrade(config, "head")
