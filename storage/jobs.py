"""Jobs, kept: written in the transaction of the change that caused them, taken lane by lane.

A lane gives out one job at a time: who takes it moves the lane's `free_at` on by the lease, so a runner
that dies gives back by doing nothing. Locks are taken in one order, lane before job, here and everywhere.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, case, delete, func, or_, select, update
from sqlmodel import Session

from bot.jobs import KINDS, Due, Job
from storage.db import Space
from storage.tables import JOB, LANE, ONCE
from storage.upsert import insert

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
KEEP_FAILED: Final = timedelta(days=90)
KEEP_ONCE: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A job that is ours until `leased_until`."""

    id: int
    lane: str
    job: Job
    attempts: int
    leased_until: datetime


def add(session: Session, workspace: str, due: Sequence[Due]) -> None:
    """Keep jobs; of those that wait under one key there stays one, due at the earliest moment asked for."""
    if not due:
        return
    earliest: dict[str, Due] = {}
    for each in due:
        known = earliest.get(each.key)
        if known is None or each.at < known.at:
            earliest[each.key] = each
    jobs = [earliest[key] for key in sorted(earliest)]
    _open_lanes(session, workspace, jobs)
    statement = insert(session, JOB)
    waiting = JOB.c.leased_until.is_(None) & JOB.c.ended_at.is_(None)
    # The update, even of nothing, locks the row: a worker that has just taken it must not have rendered
    # the state from before this transaction.
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "key"],
            index_where=waiting,
            set_={"due_at": _sooner(JOB.c.due_at, statement.excluded.due_at)},
        ),
        [
            {
                "workspace": workspace,
                "lane": each.lane,
                "kind": each.job.kind,
                "payload": asdict(each.job),
                "key": each.key,
                "due_at": each.at,
                "attempts": 0,
            }
            for each in jobs
        ],
    )


def once(session: Session, workspace: str, name: str, now: datetime) -> bool:
    """Whether this is the first time that anyone does what has this name."""
    statement = insert(session, ONCE).values(workspace=workspace, name=name, at=now)
    added = session.execute(statement.on_conflict_do_nothing().returning(ONCE.c.name))
    return added.first() is not None


class Jobs:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def add(self, due: Sequence[Due]) -> None:
        await self._space.write(lambda session: add(session, self._space.workspace, due))

    async def add_once(self, name: str, due: Sequence[Due], now: datetime) -> None:
        """Add these, unless something of this name was added before."""

        def work(session: Session) -> None:
            if once(session, self._space.workspace, name, now):
                add(session, self._space.workspace, due)

        await self._space.write(work)

    async def next_due(self) -> datetime | None:
        """When the next lane has work, as far as is known now; None: nothing waits."""
        soonest = case((LANE.c.free_at > LANE.c.due_at, LANE.c.free_at), else_=LANE.c.due_at)
        query = select(func.min(soonest)).where(
            LANE.c.workspace == self._space.workspace, LANE.c.due_at.is_not(None)
        )
        return await self._space.read(lambda session: session.scalar(query))

    async def take(self, now: datetime, *, limit: int, lease: timedelta) -> list[Taken]:
        """Take the earliest due job of up to `limit` free lanes."""
        if not await self._space.read(lambda session: session.execute(self._free(now, 1)).first()):
            return []

        def work(session: Session) -> list[Taken]:
            lanes = session.scalars(self._free(now, limit).with_for_update(skip_locked=True)).all()
            found = (self._take_from(session, lane, now, lease) for lane in lanes)
            return [taken for taken in found if taken is not None]

        return await self._space.write(work)

    async def end(self, taken: Taken, now: datetime, *, pace: timedelta) -> None:
        """It succeeded: forget it. The lane is free again after `pace`."""

        def work(session: Session) -> None:
            self._lock(session, taken.lane)
            session.execute(delete(JOB).where(*self._ours(taken)))
            self._free_lane(session, taken, now + pace)

        await self._space.write(work)

    async def put_back(
        self, taken: Taken, at: datetime, *, error: str | None = None, hold_lane: bool = False, now: datetime
    ) -> None:
        """Again at that moment; without an error it does not count as an attempt.

        `hold_lane` makes all that stands behind it wait as well.
        """

        def work(session: Session) -> None:
            self._lock(session, taken.lane)
            attempts = JOB.c.attempts - (error is None)
            changes = {"leased_until": None, "due_at": at, "attempts": attempts, "error": error}
            session.execute(update(JOB).where(*self._ours(taken)).values(changes))
            self._free_lane(session, taken, at if hold_lane else now)

        await self._space.write(work)

    async def fail(self, taken: Taken, now: datetime, error: str) -> None:
        """It will not succeed: kept for the operator, out of the way."""

        def work(session: Session) -> None:
            self._lock(session, taken.lane)
            changes = {"ended_at": now, "error": error}
            session.execute(update(JOB).where(*self._ours(taken)).values(changes))
            self._free_lane(session, taken, now)

        await self._space.write(work)

    async def count_failed(self) -> int:
        query = select(func.count()).where(
            JOB.c.workspace == self._space.workspace, JOB.c.ended_at.is_not(None)
        )
        return await self._space.read(lambda session: session.scalar(query) or 0)

    async def forget_old(self, now: datetime) -> None:
        """Failed jobs and names of what happened once are kept for a time only."""

        def work(session: Session) -> None:
            old = JOB.c.ended_at < now - KEEP_FAILED
            session.execute(delete(JOB).where(JOB.c.workspace == self._space.workspace, old))
            gone = ONCE.c.at < now - KEEP_ONCE
            session.execute(delete(ONCE).where(ONCE.c.workspace == self._space.workspace, gone))

        await self._space.write(work)

    def _free(self, now: datetime, limit: int) -> Any:
        return (
            select(LANE.c.name)
            .where(LANE.c.workspace == self._space.workspace, LANE.c.free_at <= now, LANE.c.due_at <= now)
            .order_by(LANE.c.due_at)
            .limit(limit)
        )

    def _take_from(self, session: Session, lane: str, now: datetime, lease: timedelta) -> Taken | None:
        free = or_(JOB.c.leased_until.is_(None), JOB.c.leased_until <= now)
        row = session.execute(
            select(JOB)
            .where(*self._waiting(lane), JOB.c.due_at <= now, free)
            .order_by(JOB.c.due_at, JOB.c.id)
            .limit(1)
        ).first()
        if row is None:
            session.execute(self._lane(lane).values(due_at=self._next(lane)))
            return None
        until = now + lease
        changes = {"leased_until": until, "attempts": row.attempts + 1, "key": None}
        session.execute(
            update(JOB).where(JOB.c.workspace == self._space.workspace, JOB.c.id == row.id).values(changes)
        )
        session.execute(self._lane(lane).values(free_at=until))
        return _taken(row, until)

    def _free_lane(self, session: Session, taken: Taken, free_at: datetime) -> None:
        values = {"free_at": free_at, "due_at": self._next(taken.lane)}
        # Only while it is still ours: another may have taken the lane after our lease ran out.
        ours = LANE.c.free_at == taken.leased_until
        session.execute(self._lane(taken.lane).where(ours).values(values))

    def _lock(self, session: Session, lane: str) -> None:
        here = (LANE.c.workspace == self._space.workspace) & (LANE.c.name == lane)
        session.execute(select(LANE.c.name).where(here).with_for_update())

    def _lane(self, lane: str) -> Any:
        return update(LANE).where(LANE.c.workspace == self._space.workspace, LANE.c.name == lane)

    def _waiting(self, lane: str) -> tuple[Any, ...]:
        return JOB.c.workspace == self._space.workspace, JOB.c.lane == lane, JOB.c.ended_at.is_(None)

    def _next(self, lane: str) -> Any:
        return select(func.min(JOB.c.due_at)).where(*self._waiting(lane)).scalar_subquery()

    def _ours(self, taken: Taken) -> tuple[Any, ...]:
        return (
            JOB.c.workspace == self._space.workspace,
            JOB.c.id == taken.id,
            JOB.c.leased_until == taken.leased_until,
        )


def _open_lanes(session: Session, workspace: str, jobs: Sequence[Due]) -> None:
    soonest: dict[str, datetime] = {}
    for each in jobs:
        soonest[each.lane] = min(each.at, soonest.get(each.lane, each.at))
    statement = insert(session, LANE)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "name"],
            set_={"due_at": _sooner(LANE.c.due_at, statement.excluded.due_at)},
        ),
        [
            {"workspace": workspace, "name": name, "free_at": LONG_AGO, "due_at": soonest[name]}
            for name in sorted(soonest)
        ],
    )


def _sooner(known: Any, told: Any) -> Any:
    return case((or_(known.is_(None), told < known), told), else_=known)


def _taken(row: "Row[Any]", until: datetime) -> Taken:
    job = KINDS[row.kind](**row.payload)
    return Taken(id=row.id, lane=row.lane, job=job, attempts=row.attempts + 1, leased_until=until)
