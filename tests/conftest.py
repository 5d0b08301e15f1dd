"""What tests stand on: a migrated database each, one frozen morning, and the world."""

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import freezegun
import hypothesis
import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from storage.db import Database
from storage.schema import migrate
from tests.postgres import Postgres, running_postgres
from tests.strays import watched
from tests.world import SETTINGS, World

MORNING = "2026-11-23T09:30:00+00:00"  # a Monday
MEMORY = Path("/dev/shm")  # noqa: S108 - files that no disk has to keep: a story commits dozens of times

# What measures the tests themselves, or a connection's health, keeps the real time.
freezegun.configure(extend_ignore_list=["_pytest", "pluggy", "xdist", "execnet", "slack_sdk.socket_mode"])


# What is invented is the same in every run, and may take its time.
hypothesis.settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")


def pytest_collection_finish() -> None:
    """All that was imported stays: no collection of garbage need look at it again."""
    gc.collect()
    gc.freeze()


class Statements(dict[Any, Any]):
    """Compiled SQL, shared by the databases of all tests: SQLAlchemy's own memory is one engine's alone."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


STATEMENTS = Statements()


@event.listens_for(Engine, "engine_connect")
def _share_statements(connection: Connection) -> None:
    connection.execution_options(compiled_cache=STATEMENTS)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("db") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate(database.engine)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this process alone; without one the test is skipped, and in CI it fails."""
    with running_postgres() as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked `postgres` is told on both databases; of stories the second telling is left to the slow tests."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("postgres"):
        slow = [pytest.mark.slow] if "world" in metafunc.fixturenames else []
        both = ["sqlite", pytest.param("postgresql", marks=slow)]
        metafunc.parametrize("database_url", both, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated database that nobody else uses: SQLite's, unless the test asks for another."""
    if getattr(request, "param", "sqlite") == "postgresql":
        yield request.getfixturevalue("postgres").cleared()
        return
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "truce.db"
        shutil.copy(request.getfixturevalue("empty_sqlite"), path)
        yield f"sqlite:///{path}"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """Every statement of every test is looked at: none may be without its workspace."""
    database = Database(database_url)
    with watched(database.engine) as strays:
        yield database
    database.close()
    assert strays == []


@pytest.fixture(scope="module")
def stopped_clocks() -> Iterator[FrozenDateTimeFactory]:
    """Frozen once for all stories of a file: it takes a look at every module there is."""
    with freeze_time(MORNING, real_asyncio=True) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


@pytest.fixture
def time(stopped_clocks: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    stopped_clocks.move_to(MORNING)
    return stopped_clocks


@pytest.fixture
def settings() -> dict[str, Any]:
    """Overridden by a test that needs others: `@pytest.mark.parametrize("settings", [settings(...)])`."""
    return SETTINGS


@pytest.fixture
def how() -> dict[str, Any]:
    """How the bot and Slack are put together: `socket`, `patience`, the app's `manifest` (World.at)."""
    return {}


@pytest.fixture
async def world(
    db: Database, time: FrozenDateTimeFactory, settings: dict[str, Any], how: dict[str, Any]
) -> AsyncIterator[World]:
    async with World.at(db, time, settings, **how) as world:
        yield world
