"""Jobs, kept: written in the transaction of the change that caused them, taken lane by lane.

A lane gives out one job at a time: who takes it moves the lane's `free_at` on by the lease, so a runner
that dies gives back by doing nothing. The lane is locked first, then its jobs, here and everywhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, bindparam, case, delete, func, or_, select, update
from sqlmodel import Session

from bot.jobs import KINDS, Due, Job
from storage.db import Space
from storage.tables import JOB, LANE, ONCE
from storage.turns import lock, locking
from storage.upsert import Insert, insert_for

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job that was given up."""

    id: int
    kind: str
    about: str  # its fields, in words
    ended_at: datetime
    attempts: int
    error: str


def add(session: Session, workspace: str, due: Sequence[Due]) -> None:
    """Keep jobs; of those that wait in a lane under one key there stays one, due at the earliest moment.

    They are added in order of their keys, and yet run in the order given: each is due a hair before the next.
    """
    if not due:
        return
    earliest: dict[tuple[str, str], Due] = {}
    for each in due:
        known = earliest.get((each.lane, each.key))
        if known is None or each.at < known.at:
            earliest[each.lane, each.key] = each
    hairs = {place: timedelta(microseconds=len(earliest) - n) for n, place in enumerate(earliest, start=1)}
    jobs = [(earliest[place], earliest[place].at - hairs[place]) for place in sorted(earliest)]
    _open_lanes(session, workspace, [(each.lane, at) for each, at in jobs])
    session.execute(
        _adding_jobs(session.get_bind().dialect.name),
        [
            {
                "workspace": workspace,
                "lane": each.lane,
                "kind": each.job.kind,
                "payload": {name: getattr(each.job, name) for name in each.job.__slots__},
                "key": each.key,
                "due_at": at,
                "attempts": 0,
            }
            for each, at in jobs
        ],
    )


def once(session: Session, workspace: str, name: str, now: datetime) -> bool:
    """Whether this is the first time that anyone does what has this name."""
    row = {"workspace": workspace, "name": name, "at": now}
    return session.scalar(_adding_once(session.get_bind().dialect.name), row) is not None


class Jobs:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def add(self, due: Sequence[Due]) -> None:
        await self._space.write(lambda session: add(session, self._space.workspace, due))

    async def add_once(self, name: str, due: Sequence[Due], now: datetime) -> None:
        """Add these, unless something of this name was added before."""
        here = (ONCE.c.workspace == self._space.workspace) & (ONCE.c.name == name)
        if await self._space.read(lambda session: session.scalar(select(ONCE.c.name).where(here))):
            return

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
        if await self._space.read(lambda session: session.scalar(self._free(now, 1))) is None:
            return []

        def work(session: Session) -> list[Taken]:
            # At the top of the statement, where LIMIT counts what was locked: inside an IN it would not.
            lanes = session.scalars(self._free(now, limit).with_for_update(skip_locked=True)).all()
            return self._take_from(session, lanes, now, now + lease) if lanes else []

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

        `hold_lane` makes all that stands behind it wait as well: it stays the first in its lane.
        """

        def work(session: Session) -> None:
            self._lock(session, taken.lane)
            attempts = JOB.c.attempts - int(error is None)
            due_at = JOB.c.due_at if hold_lane else at
            changes = {"leased_until": None, "due_at": due_at, "attempts": attempts, "error": error}
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

    async def failed(self, limit: int) -> list[Failed]:
        """What was given up, the newest first."""
        query = (
            select(JOB)
            .where(JOB.c.workspace == self._space.workspace, JOB.c.ended_at.is_not(None))
            .order_by(JOB.c.ended_at.desc(), JOB.c.id.desc())
            .limit(limit)
        )
        return await self._space.read(lambda session: [_failed(row) for row in session.execute(query)])

    async def count_failed(self) -> int:
        query = select(func.count()).where(
            JOB.c.workspace == self._space.workspace, JOB.c.ended_at.is_not(None)
        )
        return await self._space.read(lambda session: session.scalar(query) or 0)

    async def retry(self, ids: Collection[int], now: datetime) -> int:
        """Try these failed jobs again, from the first attempt; how many of them there were."""
        workspace = self._space.workspace
        those = (JOB.c.workspace == workspace, JOB.c.id.in_(ids), JOB.c.ended_at.is_not(None))

        def work(session: Session) -> int:
            lanes = session.scalars(select(JOB.c.lane).where(*those).distinct()).all()
            if not lanes:
                return 0
            _open_lanes(session, workspace, [(lane, now) for lane in lanes])
            again = {"ended_at": None, "leased_until": None, "due_at": now, "attempts": 0, "error": None}
            changed = update(JOB).where(*those).values(again).returning(JOB.c.id)
            return len(session.execute(changed).all())

        return await self._space.write(work)

    async def sweep(self) -> int:
        """Wake lanes that have work and do not know it; how many there were. None, if all is well."""
        workspace = self._space.workspace
        due = func.min(JOB.c.due_at)
        late = or_(LANE.c.due_at.is_(None), LANE.c.due_at > due)
        both = (LANE.c.workspace == JOB.c.workspace) & (LANE.c.name == JOB.c.lane)
        asleep = (
            select(JOB.c.lane, due)
            .select_from(JOB.outerjoin(LANE, both))
            .where(JOB.c.workspace == workspace, JOB.c.ended_at.is_(None))
            .group_by(JOB.c.lane, LANE.c.due_at)
            .having(late)
        )
        found = [(row[0], row[1]) for row in await self._space.read(lambda s: s.execute(asleep).all())]
        if found:
            await self._space.write(lambda session: _open_lanes(session, workspace, found))
        return len(found)

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

    def _take_from(
        self, session: Session, lanes: Sequence[str], now: datetime, until: datetime
    ) -> list[Taken]:
        """The earliest due job of each of these lanes, which are locked."""
        taken: list[Taken] = []
        for row in session.execute(self._first_of(lanes, now)):
            job = _job(row)
            if job is None:  # kept by a later version: it must not stop the others
                ended = {"ended_at": now, "error": "this version does not know the job"}
                session.execute(update(JOB).where(*self._these([row.id])).values(ended))
            else:
                attempts = row.attempts + 1
                taken.append(Taken(id=row.id, lane=row.lane, job=job, attempts=attempts, leased_until=until))
        mine = sorted(each.lane for each in taken)
        if idle := sorted(set(lanes).difference(mine)):
            session.execute(self._lanes(idle).values(due_at=self._next()))
        if taken:
            leased = {"leased_until": until, "attempts": JOB.c.attempts + 1, "key": None}
            session.execute(update(JOB).where(*self._these([each.id for each in taken])).values(leased))
            session.execute(self._lanes(mine).values(free_at=until))
        return taken

    def _first_of(self, lanes: Sequence[str], now: datetime) -> Any:
        workspace = self._space.workspace
        job = JOB.alias("waiting")
        first = (
            select(job.c.id)
            .where(job.c.workspace == workspace, job.c.lane == LANE.c.name, job.c.ended_at.is_(None))
            .where(job.c.due_at <= now, or_(job.c.leased_until.is_(None), job.c.leased_until <= now))
            .order_by(job.c.due_at, job.c.id)
            .limit(1)
            .correlate(LANE)
            .scalar_subquery()
        )
        firsts = select(first).where(LANE.c.workspace == workspace, LANE.c.name.in_(lanes))
        return (
            select(JOB)
            .where(JOB.c.workspace == workspace, JOB.c.id.in_(firsts))
            .order_by(JOB.c.due_at, JOB.c.id)
        )

    def _free_lane(self, session: Session, taken: Taken, free_at: datetime) -> None:
        # Only while it is still ours: another may have taken the lane after our lease ran out.
        ours = LANE.c.free_at == taken.leased_until
        values = {"free_at": free_at, "due_at": self._next()}
        session.execute(self._lanes([taken.lane]).where(ours).values(values))

    def _lock(self, session: Session, lane: str) -> None:
        lock(session, _LOCKED, {"workspace": self._space.workspace, "name": lane})

    def _lanes(self, lanes: Sequence[str]) -> Any:
        return update(LANE).where(LANE.c.workspace == self._space.workspace, LANE.c.name.in_(lanes))

    def _next(self) -> Any:
        """When the lane that is being updated has work again."""
        waiting = (
            JOB.c.workspace == self._space.workspace,
            JOB.c.lane == LANE.c.name,
            JOB.c.ended_at.is_(None),
        )
        return select(func.min(JOB.c.due_at)).where(*waiting).correlate(LANE).scalar_subquery()

    def _these(self, ids: Sequence[int]) -> tuple[Any, ...]:
        return JOB.c.workspace == self._space.workspace, JOB.c.id.in_(ids)

    def _ours(self, taken: Taken) -> tuple[Any, ...]:
        return (*self._these([taken.id]), JOB.c.leased_until == taken.leased_until)


def _open_lanes(session: Session, workspace: str, work: Sequence[tuple[str, datetime]]) -> None:
    """Lock the lanes, in order of their names, and let them know that they have work from then on."""
    soonest: dict[str, datetime] = {}
    for lane, at in work:
        soonest[lane] = min(at, soonest.get(lane, at))
    session.execute(
        _opening_lanes(session.get_bind().dialect.name),
        [
            {"workspace": workspace, "name": name, "free_at": LONG_AGO, "due_at": soonest[name]}
            for name in sorted(soonest)
        ],
    )


_LOCKED: Final = locking(
    select(LANE.c.name).where(LANE.c.workspace == bindparam("workspace"), LANE.c.name == bindparam("name"))
)


@cache
def _opening_lanes(dialect: str) -> Insert:
    statement = insert_for(dialect, LANE)
    told = statement.excluded.due_at
    sooner = case((or_(LANE.c.due_at.is_(None), told < LANE.c.due_at), told), else_=LANE.c.due_at)
    return statement.on_conflict_do_update(index_elements=["workspace", "name"], set_={"due_at": sooner})


@cache
def _adding_once(dialect: str) -> Any:
    return insert_for(dialect, ONCE).on_conflict_do_nothing().returning(ONCE.c.name)


@cache
def _adding_jobs(dialect: str) -> Insert:
    # The update, even of nothing, locks the row: a worker that has just taken it must not have rendered
    # the state from before this transaction.
    statement = insert_for(dialect, JOB)
    told = statement.excluded.due_at
    return statement.on_conflict_do_update(
        index_elements=["workspace", "lane", "key"],
        index_where=JOB.c.leased_until.is_(None) & JOB.c.ended_at.is_(None),
        set_={"due_at": case((told < JOB.c.due_at, told), else_=JOB.c.due_at)},
    )


def _job(row: "Row[Any]") -> Job | None:
    try:
        return KINDS[row.kind](**row.payload)
    except (KeyError, TypeError):
        return None


def _failed(row: "Row[Any]") -> Failed:
    about = ", ".join(f"{name} {value}" for name, value in row.payload.items())
    return Failed(
        id=row.id,
        kind=row.kind,
        about=about,
        ended_at=row.ended_at,
        attempts=row.attempts,
        error=row.error or "",
    )
