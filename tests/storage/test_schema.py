"""The schema: made at start, by one process at a time, and the same as the tables."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert
from sqlmodel import Session, SQLModel

import storage.migrations.versions
from bot.errors import Hopeless
from bot.jobs import Due, Redraw, Sight, WakeLadders
from bot.leads.wait import Rung
from bot.nudges import still_asks
from storage import jobs
from storage.db import Database
from storage.nudges import Nudges
from storage.schema import VERSIONS, migrate, version
from storage.tables import LIFE, POST
from tests.storage.desk import DAY, LEASE, NOW, Desk

STARTS = "import sys; from storage.db import Database; from storage.schema import migrate; migrate(Database(sys.argv[1]).engine)"
PROCESSES = 4
FULL_TEXT = ("retro_fts", "retro_text_words")
FOLDER = Path(storage.migrations.versions.__file__).parent


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which there is nothing yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
        return
    with request.getfixturevalue("postgres").empty() as url:
        yield url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def is_known(name: str | None, kind: str, _parents: object) -> bool:
    """Full text is each database's own, and no part of the metadata: tests/storage/test_retro_search.py."""
    return not (kind in ("table", "index") and name is not None and name.startswith(FULL_TEXT))


def test_the_newest_version_and_the_tables_are_the_same(db: Database) -> None:
    with db.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_known}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_database_has_no_version_until_it_is_migrated(empty: Database) -> None:
    before, newest = version(empty.engine)

    migrate(empty.engine)
    migrate(empty.engine)

    assert before is None
    assert version(empty.engine) == (newest, newest)


def test_a_step_is_named_by_its_version_and_follows_the_one_before() -> None:
    steps = [
        import_module(f"storage.migrations.versions.{file.stem}") for file in sorted(FOLDER.glob("0*.py"))
    ]

    assert [step.revision for step in steps] == VERSIONS
    assert [step.down_revision for step in steps] == [None, *VERSIONS[:-1]]


@pytest.mark.slow
def test_who_has_no_step_to_go_does_not_load_what_makes_the_steps(empty: Database, tmp_path: Path) -> None:
    migrate(empty.engine)
    url = empty.engine.url.render_as_string(hide_password=False)
    look = f"{STARTS}; assert not [name for name in sys.modules if name.startswith('alembic')]"

    subprocess.run([sys.executable, "-c", look, url], check=True)


async def test_several_that_start_at_once_make_one_schema(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(PROCESSES)]

    await asyncio.gather(*(asyncio.to_thread(migrate, each.engine) for each in databases))

    has, newest = version(databases[0].engine)
    assert has == newest
    for each in databases:
        each.close()


def test_a_server_that_is_not_there_is_waited_for_and_then_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("storage.schema.WAITS", [0, 0])
    nobody = Database(f"postgresql://truce:hush@/truce?host={tmp_path}")

    with pytest.raises(
        Hopeless, match=r"^The database cannot be used: [^\n]* Is DATABASE_URL right\?$"
    ) as told:
        migrate(nobody.engine)

    assert len(caplog.records) == 2
    assert "hush" not in f"{told.value}{caplog.text}"
    nobody.close()


def test_a_file_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/no/such/folder/truce.db")

    with pytest.raises(Hopeless, match=r"the file cannot be opened or made. Is DATABASE_URL right\?$"):
        migrate(nowhere.engine)

    nowhere.close()


@pytest.mark.slow
def test_several_processes_that_start_at_once_make_one_schema(empty_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", STARTS, empty_url], stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]

    said = [process.communicate() for process in started]

    assert [process.returncode for process in started] == [0] * PROCESSES, said


async def test_a_message_that_a_lead_needs_somebody_is_a_reminder_from_now_on(
    desk: Desk, database_url: str
) -> None:
    lead = await desk.lead()
    assert lead.handoff is not None
    before = f"{lead.handoff.id}|UHAL"
    old = {"workspace": "T1", "id": "p1", "about": before, "kind": "help", "channel": "UHAL"}
    sent = {"ts": "1795428000.000100", "looks": 0, "deleted": 0, "emptied": False}
    drawn = Due(job=Redraw(sight="help", about=before), at=NOW, lane="redraw:UHAL")

    def keep(session: Session) -> None:
        session.execute(insert(POST).values({**old, **sent}))
        jobs.add(session, "T1", [drawn])

    await desk.space.write(keep)

    db = Database(database_url)
    with db.engine.begin() as connection:
        import_module("storage.migrations.versions.0054_help").move(connection)
    db.close()

    reminder = "UHAL.001795428000000"
    assert await desk.posts.find(Sight.REMINDER, reminder) is not None
    [nudge] = await Nudges(desk.space, desk.agreement).of_reminder(reminder)
    assert (nudge.lead, nudge.handoff, nudge.rung) == (lead.id, lead.handoff.id, Rung.HELP)
    assert still_asks(nudge, lead)
    due = await desk.jobs.take(NOW, limit=50, lease=LEASE)
    assert Redraw(sight="reminder", about=reminder) in [each.job for each in due]


async def test_after_the_step_all_ladders_of_each_workspace_are_looked_at_once(
    desk: Desk, database_url: str
) -> None:
    life = {"workspace": "T1", "began_at": NOW - DAY, "beat_at": NOW}

    def begin(session: Session) -> None:
        session.execute(insert(LIFE).values(life))

    await desk.space.write(begin)
    await desk.no_jobs()
    db = Database(database_url)

    with db.engine.begin() as connection:
        for _ in range(2):
            import_module("storage.migrations.versions.0056_wake").wake(connection)
    db.close()

    assert [each.job for each in await desk.take()] == [WakeLadders()]
