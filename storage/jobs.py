"""Jobs, kept: written in the transaction of the change that caused them, taken lane by lane.

A lane gives out one job at a time: who takes it moves the lane's `free_at` on by the lease, so a runner
that dies gives back by doing nothing. The lane is locked first, then its jobs, here and everywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, ScalarSelect, bindparam, case, delete, func, or_, select, update
from sqlmodel import Session

from bot.jobs import KINDS, Due, Job
from bot.out.sending import OUTSIDE
from storage.db import Space
from storage.tables import EVENT, JOB, LANE, ONCE
from storage.turns import lock, locking
from storage.upsert import Insert, insert_for

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
KEEP_FAILED: Final = timedelta(days=90)
KEEP_ONCE: Final = timedelta(days=400)
KEEP_EVENTS: Final = timedelta(days=92)  # a day of tries, and as long as a job that failed
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A job that is ours until `leased_until`."""

    id: int
    lane: str
    job: Job
    attempts: int
    due_at: datetime
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


def earliest_in_lane() -> ScalarSelect[datetime | None]:
    """Of a row of LANE: when its first job is due, by one look into an index, however many wait; null: none waits."""
    here = (JOB.c.workspace == LANE.c.workspace, JOB.c.lane == LANE.c.name, JOB.c.ended_at.is_(None))
    return select(func.min(JOB.c.due_at)).where(*here).correlate(LANE).scalar_subquery()


class Jobs:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def add(self, due: Sequence[Due]) -> None:
        await self._space.write(lambda session: add(session, self._space.workspace, due))

    async def add_once(self, named: Mapping[str, Sequence[Due]], now: datetime) -> None:
        """Add what is under each name, unless something of this name was added before: asked every minute."""
        workspace = self._space.workspace
        here = (ONCE.c.workspace == workspace) & ONCE.c.name.in_(named)
        known = await self._space.read(lambda session: {*session.scalars(select(ONCE.c.name).where(here))})
        if not (unknown := sorted(named.keys() - known)):
            return

        def work(session: Session) -> None:
            new = [name for name in unknown if once(session, workspace, name, now)]
            add(session, workspace, [each for name in new for each in named[name]])

        await self._space.write(work)

    async def next_due(self) -> datetime | None:
        """When the next lane has work, as far as is known now; None: nothing waits."""
        here = {"workspace": self._space.workspace}
        return await self._space.read(lambda session: session.scalar(_SOONEST, here))

    async def take(
        self, now: datetime, *, limit: int, lease: timedelta, outside: int | None = None
    ) -> list[Taken]:
        """Take the earliest due job of up to `limit` free lanes; `outside`: and of so many of those that lead there."""
        free = {"workspace": self._space.workspace, "now": now, "most": limit}
        if await self._space.read(lambda session: session.scalar(_FREE, {**free, "most": 1})) is None:
            return []

        def work(session: Session) -> list[Taken]:
            lanes = [*session.scalars(_FREE_FOR_US if outside is None else _FREE_INSIDE, free)]
            if outside:
                lanes += session.scalars(_FREE_OUTSIDE, {**free, "most": outside})
            return self._take_from(session, lanes, now, now + lease) if lanes else []

        return await self._space.write(work)

    async def end(self, taken: Taken, now: datetime, *, pace: timedelta) -> None:
        """It succeeded: forget it. The lane is free again after `pace`."""

        def work(session: Session) -> None:
            self._lock(session, taken.lane)
            ours = {"workspace": self._space.workspace, "id_": taken.id, "until": taken.leased_until}
            session.execute(_DONE, ours)
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
        due = earliest_in_lane()
        late = or_(LANE.c.due_at.is_(None), LANE.c.due_at > due)
        asleep = select(LANE.c.name, due).where(LANE.c.workspace == workspace, due.is_not(None), late)
        found = [(row[0], row[1]) for row in await self._space.read(lambda s: s.execute(asleep).all())]
        if found:
            await self._space.write(lambda session: _open_lanes(session, workspace, found))
        return len(found)

    async def forget_old(self, now: datetime) -> None:
        """Failed jobs and names of what happened once are kept for a time only; how full tables are is looked at."""

        def work(session: Session) -> None:
            old = JOB.c.ended_at < now - KEEP_FAILED
            session.execute(delete(JOB).where(JOB.c.workspace == self._space.workspace, old))
            gone = ONCE.c.at < now - KEEP_ONCE
            session.execute(delete(ONCE).where(ONCE.c.workspace == self._space.workspace, gone))
            sent = EVENT.c.at < now - KEEP_EVENTS
            session.execute(delete(EVENT).where(EVENT.c.workspace == self._space.workspace, sent))
            parked = (_LEADS_OUTSIDE, LANE.c.due_at.is_(None), LANE.c.free_at < now - A_DAY)
            session.execute(delete(LANE).where(LANE.c.workspace == self._space.workspace, *parked))

        await self._space.write(work)
        await self._space.weigh()

    def _take_from(
        self, session: Session, lanes: Sequence[str], now: datetime, until: datetime
    ) -> list[Taken]:
        """The earliest due job of each of these lanes, which are locked."""
        taken: list[Taken] = []
        first = {"workspace": self._space.workspace, "lanes": lanes, "now": now}
        for row in session.execute(_FIRST_OF, first):
            job = _job(row)
            if job is None:  # kept by a later version: it must not stop the others
                ended = {"ended_at": now, "error": "this version does not know the job"}
                session.execute(update(JOB).where(*self._these([row.id])).values(ended))
            else:
                attempts = row.attempts + 1
                told = {"job": job, "attempts": attempts, "due_at": row.due_at}
                taken.append(Taken(id=row.id, lane=row.lane, leased_until=until, **told))
        mine = sorted(each.lane for each in taken)
        if idle := sorted(set(lanes).difference(mine)):
            session.connection().execute(_IDLE, {"in_": self._space.workspace, "lanes": idle})
        if taken:
            here = {"in_": self._space.workspace, "until": until}
            session.connection().execute(_LEASED, {**here, "ids": [each.id for each in taken]})
            session.connection().execute(_LANES_LEASED, {**here, "lanes": mine})
        return taken

    def _free_lane(self, session: Session, taken: Taken, free_at: datetime) -> None:
        # Only while it is still ours: another may have taken the lane after our lease ran out.
        ours = {"in_": self._space.workspace, "lane_": taken.lane, "until": taken.leased_until}
        session.connection().execute(_LANE_FREE, {**ours, "free": free_at})

    def _lock(self, session: Session, lane: str) -> None:
        lock(session, _LOCKED, {"workspace": self._space.workspace, "name": lane})

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


_HERE: Final = LANE.c.workspace == bindparam("workspace")
_FREE: Final = (
    select(LANE.c.name)
    .where(_HERE, LANE.c.free_at <= bindparam("now"), LANE.c.due_at <= bindparam("now"))
    .order_by(LANE.c.due_at)
    .limit(bindparam("most"))
)
_LEADS_OUTSIDE: Final = LANE.c.name.startswith(OUTSIDE)
_SOONEST: Final = select(
    func.min(case((LANE.c.free_at > LANE.c.due_at, LANE.c.free_at), else_=LANE.c.due_at))
).where(_HERE, LANE.c.due_at.is_not(None))
# At the top of the statement, where LIMIT counts what was locked: inside an IN it would not.
_FREE_FOR_US: Final = _FREE.with_for_update(skip_locked=True)
_FREE_INSIDE: Final = _FREE_FOR_US.where(~_LEADS_OUTSIDE)
_FREE_OUTSIDE: Final = _FREE_FOR_US.where(_LEADS_OUTSIDE)
_WAITING: Final = JOB.alias("waiting")
_FIRST: Final = (
    select(_WAITING.c.id)
    .where(_WAITING.c.workspace == bindparam("workspace"), _WAITING.c.lane == LANE.c.name)
    .where(_WAITING.c.ended_at.is_(None), _WAITING.c.due_at <= bindparam("now"))
    .where(or_(_WAITING.c.leased_until.is_(None), _WAITING.c.leased_until <= bindparam("now")))
    .order_by(_WAITING.c.due_at, _WAITING.c.id)
    .limit(1)
    .correlate(LANE)
    .scalar_subquery()
)
_FIRST_OF: Final = (
    select(JOB)
    .where(JOB.c.workspace == bindparam("workspace"))
    .where(JOB.c.id.in_(select(_FIRST).where(_HERE, LANE.c.name.in_(bindparam("lanes", expanding=True)))))
    .order_by(JOB.c.due_at, JOB.c.id)
)
_DONE: Final = delete(JOB).where(
    JOB.c.workspace == bindparam("workspace"),
    JOB.c.id == bindparam("id_"),
    JOB.c.leased_until == bindparam("until"),
)
# When the lane that is being updated has work again.
_NEXT: Final = (
    select(func.min(JOB.c.due_at))
    .where(JOB.c.workspace == bindparam("in_"), JOB.c.lane == LANE.c.name, JOB.c.ended_at.is_(None))
    .correlate(LANE)
    .scalar_subquery()
)
_THESE_LANES: Final = update(LANE).where(
    LANE.c.workspace == bindparam("in_"), LANE.c.name.in_(bindparam("lanes", expanding=True))
)
_IDLE: Final = _THESE_LANES.values(due_at=_NEXT)
_LANES_LEASED: Final = _THESE_LANES.values(free_at=bindparam("until"))
_LEASED: Final = (
    update(JOB)
    .where(JOB.c.workspace == bindparam("in_"), JOB.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_until=bindparam("until"), attempts=JOB.c.attempts + 1, key=None)
)
_LANE_FREE: Final = (
    update(LANE)
    .where(LANE.c.workspace == bindparam("in_"), LANE.c.name == bindparam("lane_"))
    .where(LANE.c.free_at == bindparam("until"))
    .values(free_at=bindparam("free"), due_at=_NEXT)
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
