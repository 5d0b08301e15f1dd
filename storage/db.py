"""One engine, one way to run a transaction, the same on SQLite and PostgreSQL.

A transaction is a plain function of a session, run whole in a thread: one hop for all its statements,
ordinary SQLModel inside, and nothing of asyncio in `storage` but this file. On SQLite one thread writes,
and what a person waits for goes before bulk; a bulk write then leaves the lock for as long as it held it,
so that other processes come through.
"""

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

T = TypeVar("T")
READERS: Final = 4
POSTGRES_WRITERS: Final = 4
AGAIN: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the same work, once more
TRIES: Final = 5
LEAST_PAUSE: Final = 0.01  # seconds between bulk writes: one busy neighbour polls about that often
PERSON_WAITS: Final = 2_000  # ms for SQLite's lock
BULK_WAITS: Final = 30_000

PEOPLE: Final = 0
BULK: Final = 1


class Database:
    """The engine and its threads. `on_commit` is called after each commit, on the event loop."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.on_commit: Callable[[], None] = _nothing
        sqlite = self.engine.dialect.name == "sqlite"
        self._readonly = self.engine.execution_options(reader=True)
        self._writers = _Writers(1 if sqlite else POSTGRES_WRITERS)
        self._readers = ThreadPoolExecutor(READERS, "db-read")

    def of(self, workspace: str) -> "Space":
        """The part of the database that belongs to one workspace."""
        return Space(db=self, workspace=workspace)

    async def write(self, work: Callable[[Session], T], *, bulk: bool = False) -> T:
        """Run `work` as one transaction: kept when it returns, undone when it raises.

        The only commit there is. `work` may run again after a conflict, so it changes nothing but the
        session. Bulk work holds at most a hundred rows a time and waits behind what people do.
        """

        def transaction() -> T:
            return self._transact(work, bulk=bulk)

        began = time.perf_counter()
        answer = await asyncio.wrap_future(self._writers.submit(transaction, BULK if bulk else PEOPLE))
        self.on_commit()
        if bulk:
            await asyncio.sleep(max(LEAST_PAUSE, time.perf_counter() - began))
        return answer

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which only reads: on SQLite it takes no write lock and waits for nobody."""

        def reading() -> T:
            with Session(self._readonly, expire_on_commit=False) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._readers, reading)

    def close(self) -> None:
        """Let running work end, then let go of the database."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()

    def _transact(self, work: Callable[[Session], T], *, bulk: bool) -> T:
        for _ in range(TRIES - 1):
            try:
                return self._once(work, bulk=bulk)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in AGAIN:
                    raise
        return self._once(work, bulk=bulk)

    def _once(self, work: Callable[[Session], T], *, bulk: bool) -> T:
        engine = self.engine.execution_options(bulk=True) if bulk else self.engine
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return work(session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """One workspace's part of the database; every query inside names `workspace`."""

    db: Database
    workspace: str

    async def write(self, work: Callable[[Session], T], *, bulk: bool = False) -> T:
        return await self.db.write(work, bulk=bulk)

    async def read(self, work: Callable[[Session], T]) -> T:
        return await self.db.read(work)


class _Writers:
    """Threads that take work in order of its priority, and within that in order of arrival."""

    def __init__(self, threads: int) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._threads = [threading.Thread(target=self._run, name=f"db-write-{n}") for n in range(threads)]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def submit(self, work: Callable[[], T], priority: int) -> "Future[T]":
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                answer = work()
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
                future.set_exception(error)
            else:
                future.set_result(answer)

        self._queue.put((priority, next(self._order), run))
        return future

    def shutdown(self) -> None:
        for _ in self._threads:
            self._queue.put((BULK + 1, next(self._order), None))
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (work := self._queue.get()[2]) is not None:
            work()


def _nothing() -> None:
    pass


def _engine(url: str) -> Engine:
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        engine = create_engine(where)
        _let_writers_queue(engine)
        return engine
    # PgBouncer hands one connection to many clients: nothing may be prepared on it.
    return create_engine(where.set(drivername="postgresql+psycopg"), connect_args={"prepare_threshold": None})


def _let_writers_queue(engine: Engine) -> None:
    # SQLite's default "deferred" transaction takes the write lock only at the first write and then
    # fails at once if another process has it; BEGIN IMMEDIATE takes it up front and waits its turn.
    @event.listens_for(engine, "connect")
    def _(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        options = connection.get_execution_options()
        waits = BULK_WAITS if options.get("bulk", False) else PERSON_WAITS
        connection.exec_driver_sql(f"PRAGMA busy_timeout={waits}")
        connection.exec_driver_sql("BEGIN" if options.get("reader", False) else "BEGIN IMMEDIATE")
