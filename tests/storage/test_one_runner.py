"""One `truce run` has a SQLite file, and an import beside it leaves the lock to its people."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.errors import Hopeless
from storage.db import Database, only_runner
from tests.storage.desk import on_postgres
from tests.storage.lanes import known, writes


def test_one_file_has_one_runner_until_that_one_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/truce.db"

    with only_runner(url), pytest.raises(Hopeless, match="Another truce run"), only_runner(url):
        raise AssertionError("two run")

    with only_runner(url):
        pass


def test_the_same_file_by_another_name_has_one_runner_too(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "truce.db")

    first, second = (only_runner(f"sqlite:///{tmp_path}/{name}.db") for name in ("truce", "link"))
    with first, pytest.raises(Hopeless, match="in use"), second:
        raise AssertionError("two run")


@on_postgres
async def test_any_number_may_run_with_postgresql(database_url: str) -> None:
    with only_runner(database_url), only_runner(database_url):
        pass


async def test_an_import_works_beside_the_one_that_runs(
    db: Database, another: Database, database_url: str
) -> None:
    with only_runner(database_url):
        await another.write(writes("imported"), bulk=True)
        await db.write(writes("clicked"))

    assert await known(db) == ["clicked", "imported"]


async def pauses_of_bulk(db: Database, seconds: float) -> list[float]:
    """Between three bulk writes that take so long each."""
    began, ended = [], []
    clock = asyncio.get_running_loop().time

    def bulk(_: Session) -> None:
        began.append(clock())
        while clock() < began[-1] + seconds:
            pass
        ended.append(clock())

    await asyncio.gather(*(db.write(bulk, bulk=True) for _ in range(3)))

    return [later - before for before, later in zip(ended, began[1:], strict=False)]


async def test_one_bulk_write_at_a_time_leaves_the_lock_to_people_in_between(
    db: Database, database_url: str
) -> None:
    with only_runner(database_url):
        assert min(await pauses_of_bulk(db, 0.03)) >= 0.03


async def test_bulk_writes_hardly_wait_on_a_file_that_nobody_runs_on(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/quiet.db")
    try:
        assert min(await pauses_of_bulk(db, 0.3)) < 0.3
    finally:
        db.close()
