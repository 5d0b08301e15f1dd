"""Jobs as the operator sees them beside the running bot: what waits, and what is dropped by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, or_, select
from sqlmodel import Session

from storage.db import Space
from storage.tables import JOB

MOST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job that has not ended. `error` is what went wrong the last time."""

    id: int
    kind: str
    about: str  # its fields, in words
    lane: str
    due_at: datetime
    leased_until: datetime | None  # being run, until then
    attempts: int
    error: str


class WaitingJobs:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def soonest(self, limit: int) -> list[Waiting]:
        """What waits, the next due first."""
        query = (
            select(JOB)
            .where(JOB.c.workspace == self._space.workspace, JOB.c.ended_at.is_(None))
            .order_by(JOB.c.due_at, JOB.c.id)
            .limit(min(limit, MOST))
        )
        return await self._space.read(lambda session: [_waiting(row) for row in session.execute(query)])

    async def drop(self, ids: Collection[int], now: datetime) -> list[int]:
        """Forget these, whether they wait or were given up; which of them there were. None that is being run."""
        idle = or_(JOB.c.ended_at.is_not(None), JOB.c.leased_until.is_(None), JOB.c.leased_until <= now)
        those = delete(JOB).where(JOB.c.workspace == self._space.workspace, JOB.c.id.in_(ids), idle)

        def work(session: Session) -> list[int]:
            return list(session.scalars(those.returning(JOB.c.id)))

        return await self._space.write(work)


def _waiting(row: "Row[Any]") -> Waiting:
    return Waiting(
        id=row.id,
        kind=row.kind,
        about=", ".join(f"{name} {value}" for name, value in row.payload.items()),
        lane=row.lane,
        due_at=row.due_at,
        leased_until=row.leased_until,
        attempts=row.attempts,
        error=row.error or "",
    )
