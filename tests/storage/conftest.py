"""Every test of the memory runs on both databases, unless it says on which."""

from collections.abc import Iterator

import pytest

from storage.db import Database
from tests.storage.desk import Desk


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = any(mark.args[0] == "database_url" for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_url" in metafunc.fixturenames and not chosen:
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk.at(db)


@pytest.fixture
def another(database_url: str) -> Iterator[Database]:
    """The same database, as another process has it."""
    database = Database(database_url)
    yield database
    database.close()
