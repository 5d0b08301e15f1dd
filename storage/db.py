"""The one way to run a transaction, the same on SQLite and PostgreSQL.

A transaction is a plain function of a session, run whole in a thread: one hop for all its statements,
ordinary SQLModel inside, and nothing of asyncio in `storage` but this file. On SQLite one thread writes,
and what a person waits for goes before bulk. Bulk writes go one at a time, and each then leaves the lock for
as long as it held it, so that other processes come through.
"""

import asyncio
import fcntl
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.errors import Hopeless
from storage.engines import for_bulk, for_readers, make_engine

T = TypeVar("T")
READERS: Final = 4
POSTGRES_WRITERS: Final = 4
AGAIN: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the same work, once more
TRIES: Final = 5
LEAST_PAUSE: Final = 0.01  # seconds between bulk writes: one busy neighbour polls about that often

PEOPLE: Final = 0
BULK: Final = 1
END: Final = 2


class Database:
    """The engine and its threads. `on_commit` is called after each commit, on the event loop."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url, READERS + POSTGRES_WRITERS)
        self.on_commit: Callable[[], None] = _nothing
        self._for_readers, self._for_bulk = for_readers(self.engine), for_bulk(self.engine)
        self._writers = _Writers(1 if self.engine.dialect.name == "sqlite" else POSTGRES_WRITERS)
        self._readers = ThreadPoolExecutor(READERS, "db-read")
        self._bulk = asyncio.Lock()

    def of(self, workspace: str) -> "Space":
        """The part of the database that belongs to one workspace."""
        return Space(db=self, workspace=workspace)

    async def write(self, work: Callable[[Session], T], *, bulk: bool = False) -> T:
        """Run `work` as one transaction: kept when it returns, undone when it raises.

        The only commit there is. `work` may run again after a conflict, so it changes nothing but the
        session. Bulk work holds at most a hundred rows a time and waits behind what people do.
        """
        if not bulk:
            answer, _ = await self._submit(work, self.engine, PEOPLE)
            return answer
        async with self._bulk:
            answer, held = await self._submit(work, self._for_bulk, BULK)
            await asyncio.sleep(max(LEAST_PAUSE, held))
        return answer

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which only reads: all of it sees one moment, takes no lock and waits for nobody."""

        def reading() -> T:
            with Session(self._for_readers, expire_on_commit=False) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._readers, reading)

    def close(self) -> None:
        """Let running work end, then let go of the database."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()

    async def _submit(self, work: Callable[[Session], T], engine: Engine, priority: int) -> tuple[T, float]:
        done = await asyncio.wrap_future(self._writers.submit(lambda: _transact(work, engine), priority))
        self.on_commit()
        return done


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """One workspace's part of the database; every query inside names `workspace`."""

    db: Database
    workspace: str

    async def write(self, work: Callable[[Session], T], *, bulk: bool = False) -> T:
        return await self.db.write(work, bulk=bulk)

    async def read(self, work: Callable[[Session], T]) -> T:
        return await self.db.read(work)


@contextmanager
def only_runner(url: str) -> Iterator[None]:
    """Be the one `truce run` of a SQLite file; on PostgreSQL there may be any number.

    Raises Hopeless where another runs, and lets go when the process ends, however it ends. What does not
    send (an import) needs no place here.
    """
    where = make_url(url)
    if where.get_backend_name() != "sqlite" or where.database in (None, "", ":memory:"):
        yield
        return
    path = Path(str(where.database)).resolve()
    with path.with_name(f"{path.name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            words = "Another truce run works with it already. Stop that one, or use PostgreSQL for several."
            raise Hopeless(f"{path.name} is in use. {words}") from None
        yield


def _transact(work: Callable[[Session], T], engine: Engine) -> tuple[T, float]:
    """What `work` answers, and for how many seconds it held its locks."""
    for _ in range(TRIES - 1):
        try:
            return _once(work, engine)
        except DBAPIError as error:
            if not _may_run_again(error):
                raise
    return _once(work, engine)


def _once(work: Callable[[Session], T], engine: Engine) -> tuple[T, float]:
    with Session(engine, expire_on_commit=False) as session:
        with session.begin():
            session.connection()  # begins: from here on SQLite's lock is ours
            began = time.perf_counter()
            answer = work(session)
        return answer, time.perf_counter() - began


def _may_run_again(error: DBAPIError) -> bool:
    """Others came between, or the connection was lost before the commit, which names no statement."""
    lost = error.connection_invalidated and error.statement is not None
    return lost or getattr(error.orig, "sqlstate", None) in AGAIN


class _Writers:
    """Threads that take work in order of its priority, and within that in order of arrival."""

    def __init__(self, threads: int) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"db-write-{n}", daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], T], priority: int) -> "Future[T]":
        """Raises RuntimeError after `shutdown`."""
        if self._closed:
            raise RuntimeError("the database is closed")
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
        """Take nothing more; return when all that was taken has been done."""
        self._closed = True
        for _ in self._threads:
            self._queue.put((END, next(self._order), None))
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (work := self._queue.get()[2]) is not None:
            work()


def _nothing() -> None:
    pass
