"""A transaction is whole or nothing; who reads waits for nobody; people go before bulk."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from bot.errors import Unsure
from storage.db import AGAIN, TRIES, Alike, Database
from tests.storage.desk import PATIENCE, Pause, at_once, next_commit_cut_off, on_postgres, on_sqlite
from tests.storage.lanes import known, writes


def refuses(_: Session) -> None:
    raise LookupError("no")


def answering(name: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        writes(name)(session)
        return name

    return work


async def test_what_a_transaction_wrote_is_kept_when_it_returns(db: Database) -> None:
    await db.write(writes("a"))

    assert await known(db) == ["a"]


async def test_what_a_transaction_wrote_is_undone_when_it_raises(db: Database) -> None:
    def work(session: Session) -> None:
        writes("a")(session)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await db.write(work)

    assert await known(db) == []


async def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_committed(db: Database) -> None:
    pause = Pause()
    writing = asyncio.create_task(db.write(pause.after(writes("a"))))
    await pause.reached()

    assert await known(db) == []

    pause.go()
    await writing
    assert await known(db) == ["a"]


async def test_all_that_a_reader_reads_is_of_one_moment(db: Database) -> None:
    pause, seen = Pause(), []
    query = text("SELECT count(*) FROM lane WHERE lane.workspace = 'T1'")

    def reads(session: Session) -> None:
        seen.append(session.execute(query).scalar())
        pause()
        seen.append(session.execute(query).scalar())

    reading = asyncio.create_task(db.read(reads))
    await pause.reached()
    await db.write(writes("a"))
    pause.go()
    await reading

    assert seen == [0, 0]


@on_postgres
async def test_who_only_reads_can_write_nothing(db: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        await db.read(writes("a"))


@on_sqlite
async def test_what_people_do_goes_before_bulk_that_waits(db: Database) -> None:
    pause, order = Pause(), []

    def notes(what: str) -> Callable[[Session], None]:
        return lambda _: order.append(what)

    first = asyncio.create_task(db.write(lambda _: pause()))
    await pause.reached()
    bulk = asyncio.create_task(db.write(notes("bulk"), bulk=True))
    await asyncio.sleep(0)
    people_ = [asyncio.create_task(db.write(notes("person"))) for _ in range(3)]
    await asyncio.sleep(0)
    pause.go()
    await asyncio.gather(first, bulk, *people_)

    assert order == ["person", "person", "person", "bulk"]


@on_sqlite
async def test_what_people_do_at_the_same_moment_waits_for_the_disk_once(db: Database) -> None:
    commits: list[None] = []
    event.listen(db.engine, "commit", lambda _: commits.append(None))

    answers = await at_once(db, *(db.write(answering(name)) for name in "abc"))

    assert answers == ["a", "b", "c"]
    assert await known(db) == ["a", "b", "c"]
    assert len(commits) == 2  # of who came first, and of the three behind


async def test_what_is_alike_at_the_same_moment_is_done_with_the_same_statements(db: Database) -> None:
    told: list[list[str]] = []

    def done(session: Session, names: Sequence[str]) -> list[str]:
        told.append(list(names))
        return [f"did {answering(name)(session)}" for name in names]

    answers = await at_once(db, *(db.write(Alike(what=name, done=done)) for name in "abc"))

    assert answers == ["did a", "did b", "did c"]
    assert told == [["a", "b", "c"]]
    assert await known(db) == ["a", "b", "c"]


async def test_one_of_its_kind_that_fails_takes_none_of_the_others_along(db: Database) -> None:
    def done(session: Session, names: Sequence[str]) -> list[str]:
        told = [answering(name)(session) for name in names]
        if "x" in names:
            raise LookupError("no")
        return told

    first, refusal, second = await at_once(db, *(db.write(Alike(what=name, done=done)) for name in "axb"))

    assert (first, second) == ("a", "b")
    assert isinstance(refusal, LookupError)
    assert await known(db) == ["a", "b"]


@on_sqlite
async def test_one_that_fails_takes_nobody_along_who_stood_in_line_with_it(db: Database) -> None:
    def wrote_and_refuses(session: Session) -> None:
        writes("x")(session)
        raise LookupError("no")

    first, refusal, second = await at_once(
        db, db.write(answering("a")), db.write(wrote_and_refuses), db.write(answering("b"))
    )

    assert (first, second) == ("a", "b")
    assert isinstance(refusal, LookupError)
    assert await known(db) == ["a", "b"]


@on_sqlite
async def test_who_went_away_while_standing_in_line_is_not_waited_for(db: Database) -> None:
    pause = Pause()
    first = asyncio.create_task(db.write(lambda _: pause()))
    await pause.reached()
    others = [asyncio.create_task(db.write(writes(name))) for name in "ab"]
    await asyncio.sleep(0)
    for each in others:
        each.cancel()
    await asyncio.sleep(0)

    pause.go()
    await first
    await db.write(writes("c"))

    assert await known(db) == ["c"]


async def test_a_commit_is_told_after_it_was_made(db: Database) -> None:
    committed: list[int] = []
    db.on_commit = lambda: committed.append(threading.get_ident())

    await db.write(writes("a"))
    with pytest.raises(LookupError):
        await db.write(refuses)

    assert committed == [threading.get_ident()]  # on the loop's thread


async def test_a_conflict_runs_the_same_work_again(db: Database) -> None:
    runs: list[None] = []

    def work(session: Session) -> str:
        writes("a")(session)
        runs.append(None)
        if len(runs) < TRIES:
            raise OperationalError("an update", {}, Conflict(sorted(AGAIN)[len(runs) % 2]))
        return "done"

    assert await db.write(work) == "done"
    assert await known(db) == ["a"]


async def test_a_conflict_that_does_not_end_is_raised(db: Database) -> None:
    def work(_: Session) -> None:
        raise OperationalError("an update", {}, Conflict("40001"))

    with pytest.raises(OperationalError):
        await db.write(work)


class Conflict(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@on_postgres
async def test_two_that_lock_crosswise_both_come_through(db: Database) -> None:
    await db.write(lambda session: (writes("a")(session), writes("b")(session)))
    meeting = threading.Barrier(2)

    def crosswise(first: str, second: str) -> Callable[[Session], None]:
        met: list[None] = []

        def work(session: Session) -> None:
            writes(first)(session)
            if not met:
                met.append(None)
                meeting.wait(PATIENCE)
            writes(second)(session)

        return work

    await asyncio.gather(db.write(crosswise("a", "b")), db.write(crosswise("b", "a")))

    assert await known(db) == ["a", "b"]


@on_postgres
async def test_a_lost_connection_costs_nobody_a_click(db: Database) -> None:
    await db.write(writes("a"))
    mine = "pid <> pg_backend_pid() AND datname = current_database()"
    ended = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")  # noqa: S608 - no words from outside
    await db.read(lambda session: session.execute(ended).all())

    await db.write(writes("b"))

    assert await known(db) == ["a", "b"]


@on_postgres
async def test_a_connection_lost_amid_the_commit_leaves_unsure_and_runs_nothing_again(db: Database) -> None:
    runs: list[None] = []

    def work(session: Session) -> None:
        runs.append(None)
        writes("a")(session)

    with next_commit_cut_off(db), pytest.raises(Unsure):
        await db.write(work)

    assert len(runs) == 1
    await db.write(writes("b"))
    assert await known(db) == ["b"]


@on_postgres
async def test_a_server_that_vanished_is_noticed(db: Database) -> None:
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        told = driver.info.get_parameters()

    assert int(told["keepalives_idle"]) + 3 * int(told["keepalives_interval"]) <= 30
    assert int(told["tcp_user_timeout"]) <= 30_000


@on_postgres
async def test_who_waits_too_long_for_a_lock_gives_up(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engines.PERSON_WAITS", 50)
    pause = Pause()
    writing = asyncio.create_task(db.write(pause.after(writes("a"))))
    await pause.reached()

    with pytest.raises(OperationalError, match="lock timeout"):
        await db.write(writes("a"))

    pause.go()
    await writing


@on_sqlite
async def test_a_person_waits_two_seconds_for_the_file_and_bulk_half_a_minute(db: Database) -> None:
    told = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    await db.write(lambda _: None)
    await db.write(lambda _: None, bulk=True)

    assert [each for each in told if "busy_timeout" in each] == [
        "PRAGMA busy_timeout=2000",
        "PRAGMA busy_timeout=30000",
    ]


async def test_closing_ends_what_runs_and_takes_nothing_more(database_url: str) -> None:
    database, pause = Database(database_url), Pause()
    running = asyncio.create_task(database.write(pause.after(writes("a"))))
    await pause.reached()
    waiting = asyncio.create_task(database.write(writes("b")))
    await asyncio.sleep(0)

    closing = asyncio.create_task(asyncio.to_thread(database.close))
    pause.go()
    await asyncio.gather(running, waiting, closing)

    with pytest.raises(RuntimeError, match="closed"):
        await database.write(writes("c"))
    after = Database(database_url)
    assert await known(after) == ["a", "b"]
    after.close()


async def test_who_gives_up_before_their_turn_has_written_nothing(db: Database) -> None:
    pause = Pause()
    busy = [asyncio.create_task(db.write(lambda _: pause())) for _ in range(4)]
    await pause.reached()
    waiting = asyncio.create_task(db.write(writes("a"), bulk=True))
    await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    pause.go()
    await asyncio.gather(*busy)
    await db.write(writes("b"))

    assert "b" in await known(db)
