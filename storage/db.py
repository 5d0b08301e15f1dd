"""The one way to run a transaction, the same on SQLite and PostgreSQL.

A transaction is a plain function of a session, run whole in a thread: one hop for all its statements,
ordinary SQLModel inside, and nothing of asyncio in `storage` but this file. On SQLite one thread writes,
what a person waits for goes before bulk, and what people do at the same moment is one transaction; what is
`Alike` of it is done with the same statements, on PostgreSQL as well. Bulk
writes go one at a time, and beside a `truce run` each leaves the lock for as long as the one before held it, so
that people come through; whoever writes in bulk has that time to prepare the next.
"""

import asyncio
import fcntl
import itertools
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TextIO, TypeVar

from sqlalchemy import make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.errors import Hopeless, Unsure
from storage.engines import for_bulk, for_readers, make_engine, weigh

T = TypeVar("T")
W = TypeVar("W")
READERS: Final = 4
POSTGRES_WRITERS: Final = 4
AGAIN: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the same work, once more
TRIES: Final = 5
TOGETHER: Final = 32  # changes in one transaction
GLANCES: Final = 5  # before a file is said to be in use
LEAST_PAUSE: Final = 0.01  # seconds between bulk writes: one busy neighbour polls about that often

PEOPLE: Final = 0
BULK: Final = 1
END: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(Generic[W, T]):
    """Work of which several, wanted at the same moment, cost hardly more than one: `done` answers for each, in order."""

    what: W
    done: Callable[[Session, Sequence[W]], Sequence[T]]

    def __call__(self, session: Session) -> T:
        [answer] = self.done(session, [self.what])
        return answer


class Database:
    """The engine and its threads. `on_commit` is called after each commit, on the event loop."""

    def __init__(self, url: str) -> None:
        self.engine, self._file = make_engine(url, READERS + POSTGRES_WRITERS), where_is(url)
        self.on_commit: Callable[[], None] = _nothing
        self._for_readers, self._for_bulk = for_readers(self.engine), for_bulk(self.engine)
        sqlite = self.engine.dialect.name == "sqlite"
        self._writers = _Writers(1 if sqlite else POSTGRES_WRITERS, _any_two if sqlite else _alike)
        self._readers = ThreadPoolExecutor(READERS, "db-read")
        self._bulk = asyncio.Lock()
        self._bulk_again_at = 0.0  # of the loop's clock: until then the lock is left to others

    def of(self, workspace: str) -> "Space":
        """The part of the database that belongs to one workspace."""
        return Space(db=self, workspace=workspace)

    async def write(self, work: Callable[[Session], T], *, bulk: bool = False) -> T:
        """Run `work` as one transaction: kept when it returns, undone when it raises.

        The only commit there is. `work` may run again after a conflict, so it changes nothing but the
        session. Bulk work holds at most a hundred rows a time and waits behind what people do. Raises Unsure
        where the connection was lost amid the commit.
        """
        if not bulk:
            answer, _ = await self._submit(work, self.engine, PEOPLE)
            return answer
        async with self._bulk:
            clock = asyncio.get_running_loop().time
            await asyncio.sleep(self._bulk_again_at - clock())
            answer, held = await self._submit(work, self._for_bulk, BULK)
            self._bulk_again_at = clock() + (max(LEAST_PAUSE, held) if self._has_people() else LEAST_PAUSE)
        return answer

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which only reads: all of it sees one moment, takes no lock and waits for nobody."""

        def reading() -> T:
            with Session(self._for_readers, expire_on_commit=False) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._readers, reading)

    async def weigh(self) -> None:
        """Have SQLite look at how full its tables are, by which it chooses among indexes; PostgreSQL does so by itself.

        Without that it takes a workspace for a few rows, and reads a history where one lead was meant.
        """
        if self._file is None:
            return
        await self.write(weigh, bulk=True)
        self.engine.dispose()  # connections that are open would go on as before

    def close(self) -> None:
        """Let running work end, then let go of the database."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()

    def _has_people(self) -> bool:
        """Whether a `truce run` answers people meanwhile; on PostgreSQL there may always be one."""
        if self._file is None:
            return True
        free = _held(self._file, fcntl.LOCK_SH)
        if free is not None:
            free.close()
        return free is None

    async def _submit(self, work: Callable[[Session], T], engine: Engine, priority: int) -> tuple[T, float]:
        done = await asyncio.wrap_future(self._writers.submit(work, engine, priority))
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

    async def weigh(self) -> None:
        await self.db.weigh()


def where_is(url: str) -> Path | None:
    """The file of a SQLite database; None: it has none."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite" or where.database in (None, "", ":memory:"):
        return None
    return Path(str(where.database)).resolve()


@contextmanager
def only_runner(url: str) -> Iterator[None]:
    """Be the one `truce run` of a SQLite file; on PostgreSQL there may be any number.

    Raises Hopeless where another runs, and lets go when the process ends, however it ends. What does not
    send (an import) needs no place here.
    """
    path = where_is(url)
    if path is None:
        yield
        return
    for _ in range(GLANCES):
        held = _held(path, fcntl.LOCK_EX)
        if held is not None:
            with held:
                yield
            return
        time.sleep(LEAST_PAUSE)  # an import that only looked whether anybody runs has let go by then
    words = "Another truce run works with it already. Stop that one, or use PostgreSQL for several."
    raise Hopeless(f"{path.name} is in use. {words}")


def _held(path: Path, how: int) -> TextIO | None:
    """The lock of who runs on a SQLite file, held until it is closed; None where another has it."""
    file = path.with_name(f"{path.name}.lock").open("a")
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


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
        session.connection()  # begins: from here on SQLite's lock is ours
        began = time.perf_counter()
        answer = work(session)
        try:
            session.commit()
        except DBAPIError as error:
            if error.connection_invalidated and error.statement is None:
                raise Unsure from error
            raise
        return answer, time.perf_counter() - began


def _may_run_again(error: DBAPIError) -> bool:
    """Others came between, or the connection was lost before the commit."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in AGAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """One transaction to be, and the future of whoever waits for what it answers and how long it held its locks."""

    work: Callable[[Session], Any]
    engine: Engine
    done: "Future[tuple[Any, float]]"

    def run(self) -> None:
        try:
            outcome = _transact(self.work, self.engine)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            self.done.set_exception(error)
        else:
            self.done.set_result(outcome)


def _any_two(_first: _Writing, _another: _Writing) -> bool:
    return True


def _alike(first: _Writing, another: _Writing) -> bool:
    """PostgreSQL's writers share waits for its disk by themselves, and locks are taken in one order in each kind."""
    one, other = first.work, another.work
    return isinstance(one, Alike) and isinstance(other, Alike) and one.done == other.done


@dataclass(frozen=True, slots=True)
class _Together:
    """The work of several as that of one: they share a wait for the disk, and what is alike shares statements."""

    works: Sequence[Callable[[Session], Any]]

    def __call__(self, session: Session) -> list[Any]:
        answers: dict[int, Any] = {}
        kinds: dict[Any, dict[int, Any]] = defaultdict(dict)
        for place, work in enumerate(self.works):
            if isinstance(work, Alike):
                kinds[work.done][place] = work.what
            else:
                answers[place] = work(session)
        for done, asked in kinds.items():
            answers.update(zip(asked, done(session, list(asked.values())), strict=True))
        return [answers[place] for place in range(len(self.works))]


class _Writers:
    """Threads that take work in order of its priority, and within that in order of arrival.

    What people wait for and stands in line together becomes one transaction, up to TOGETHER of them, where
    `goes_with` has it so. Should one of them fail, then none was kept, and each is run once more on its own.
    """

    def __init__(self, threads: int, goes_with: Callable[[_Writing, _Writing], bool]) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, _Writing | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._goes_with = goes_with
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"db-write-{n}", daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self, work: Callable[[Session], T], engine: Engine, priority: int
    ) -> "Future[tuple[T, float]]":
        """Raises RuntimeError after `shutdown`."""
        if self._closed:
            raise RuntimeError("the database is closed")
        done: Future[tuple[T, float]] = Future()
        self._queue.put((priority, next(self._order), _Writing(work=work, engine=engine, done=done)))
        return done

    def shutdown(self) -> None:
        """Take nothing more; return when all that was taken has been done."""
        self._closed = True
        for _ in self._threads:
            self._queue.put((END, next(self._order), None))
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while taken := self._take():
            wanted = [each for each in taken if each.done.set_running_or_notify_cancel()]
            if len(wanted) > 1 and _kept_together(wanted):
                continue
            for each in wanted:
                each.run()

    def _take(self) -> list[_Writing]:
        """What is next, with what else people wait for by now; none at the end."""
        priority, _, first = self._queue.get()
        taken = [] if first is None else [first]
        while taken and priority == PEOPLE and len(taken) < TOGETHER:
            try:
                another = self._queue.get_nowait()
            except queue.Empty:
                break
            if another[0] != PEOPLE or another[2] is None or not self._goes_with(taken[0], another[2]):
                self._queue.put(another)
                break
            taken.append(another[2])
        return taken


def _kept_together(wanted: Sequence[_Writing]) -> bool:
    """Whether all of it could be done in one transaction; if not, nothing was."""
    whole = _Writing(work=_Together([each.work for each in wanted]), engine=wanted[0].engine, done=Future())
    whole.run()
    if whole.done.exception() is not None:
        return False  # whose it is shows when each has a transaction of its own
    answers, held = whole.done.result()
    for each, answer in zip(wanted, answers, strict=True):
        each.done.set_result((answer, held))
    return True


def _nothing() -> None:
    pass
