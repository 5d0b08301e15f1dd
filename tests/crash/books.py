"""What is in the database of a crash run, read beside the running program, without the program's own code paths."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Table, create_engine, make_url, select

from storage.tables import JOB, LANE

SOON = timedelta(seconds=60)  # what is due later than this is a timer, and waited for by nobody
Row = dict[str, Any]


@dataclass
class Books:
    url: str
    _engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        where = make_url(self.url)
        driver = "sqlite" if where.get_backend_name() == "sqlite" else "postgresql+psycopg"
        self._engine = create_engine(where.set(drivername=driver))

    def close(self) -> None:
        self._engine.dispose()

    def rows(self, table: Table) -> list[Row]:
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def leases(self, now: datetime) -> list[datetime]:
        """Until when the jobs are taken that somebody has."""
        query = select(JOB.c.leased_until).where(JOB.c.ended_at.is_(None), JOB.c.leased_until > now)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def next_due(self, now: datetime) -> timedelta | None:
        """How long nothing is due for; None: but for timers there is nothing left to do."""
        with self._engine.connect() as connection:
            lanes = {row.name: row.free_at for row in connection.execute(select(LANE))}
            query = select(JOB.c.lane, JOB.c.due_at).where(
                JOB.c.ended_at.is_(None), JOB.c.due_at <= now + SOON
            )
            waiting = [max(row.due_at, lanes.get(row.lane, row.due_at)) for row in connection.execute(query)]
        return max(min(waiting) - now, timedelta()) if waiting else None

    def is_whole(self) -> bool:
        """Whether SQLite finds its own file in order."""
        if self._engine.dialect.name != "sqlite":
            return True
        with self._engine.connect() as connection:
            return bool(connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok")
