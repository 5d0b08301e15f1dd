"""What tests stand on: a migrated database each, one frozen morning, and the world."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from storage.db import Database
from storage.schema import migrate
from tests.world import SETTINGS, World

MORNING = "2026-11-23T09:30:00+00:00"  # a Monday


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("db") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate(database.engine)
    database.close()
    return path


@pytest.fixture
def db(empty_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "truce.db"
    shutil.copy(empty_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(MORNING, real_asyncio=True) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


@pytest.fixture
def settings() -> dict[str, Any]:
    """Overridden by a test that needs others."""
    return SETTINGS


@pytest.fixture
async def world(db: Database, time: FrozenDateTimeFactory, settings: dict[str, Any]) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(World.at(db, time, settings))
