"""The engine: SQLite or PostgreSQL, told how to begin a transaction and how long to wait for a lock.

Who only reads takes no lock and sees one moment, on both; what a person waits for gives up sooner than bulk.
No error says what a statement was given: that is people's data, and errors are logged.
"""

from typing import Any, Final

from sqlalchemy import event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session, create_engine

PERSON_WAITS: Final = 2_000  # ms for a lock
BULK_WAITS: Final = 30_000
CONNECT_TIMEOUT: Final = 10  # seconds
WEIGHED: Final = 400  # rows of an index: what SQLite's own documentation recommends
# A server that vanished without a word is noticed after half a minute, not after the system's two hours.
GONE: Final = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
BULK: Final = "truce_bulk"
READER: Final = "truce_reader"
WAITS: Final = "truce_waits"  # what a connection was told last


def make_engine(url: str, connections: int) -> Engine:
    """An engine for SQLite or PostgreSQL that keeps up to so many connections open."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        engine = create_engine(where, pool_size=connections, hide_parameters=True)
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options: dict[str, Any] = {
        "prepare_threshold": None,  # PgBouncer hands one connection to many clients
        "connect_timeout": CONNECT_TIMEOUT,
        **GONE,
    }
    where = where.set(drivername="postgresql+psycopg")
    engine = create_engine(where, pool_size=connections, connect_args=options, hide_parameters=True)
    # Many rows are one statement, not many: two thirds of the time for an array of leads.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    event.listen(engine, "begin", _begin_postgres)
    return engine


def for_readers(engine: Engine) -> Engine:
    """The same, for transactions that only read: all their statements see one moment."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READER: True})
    return engine.execution_options(
        **{READER: True}, isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def for_bulk(engine: Engine) -> Engine:
    """The same, for work that nobody waits for and that may wait long itself."""
    return engine.execution_options(**{BULK: True})


def weigh(session: Session) -> None:
    """SQLite counts some rows of each index: milliseconds, however many there are."""
    session.connection().exec_driver_sql(f"PRAGMA analysis_limit={WEIGHED}")
    session.connection().exec_driver_sql("ANALYZE")


def _waits(connection: Connection) -> int:
    return BULK_WAITS if connection.get_execution_options().get(BULK) else PERSON_WAITS


def _open_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # `begin` is ours
    connection.execute(f"PRAGMA busy_timeout={BULK_WAITS}")  # another process may be making the file
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    # SQLite's default "deferred" transaction takes the write lock only at the first write and then
    # fails at once if another process has it; BEGIN IMMEDIATE takes it up front and waits its turn.
    reads = connection.get_execution_options().get(READER)
    waits = _waits(connection)
    if connection.info.get(WAITS) != waits:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={waits}")
        connection.info[WAITS] = waits
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_postgres(connection: Connection) -> None:
    # For this transaction alone: a pooler may give the connection to another client after it.
    if not connection.get_execution_options().get(READER):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_waits(connection)}")
