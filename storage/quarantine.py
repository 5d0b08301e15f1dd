"""What was well formed and made no sense, kept whole as it came; the same again only counts up."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlmodel import Session

from bot.arrivals import Problem, Senseless
from storage.db import Space
from storage.tables import QUARANTINE
from storage.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """One thing in quarantine; `raw` is JSON text."""

    id: str
    feed: str
    raw: str
    problems: tuple[Problem, ...]
    times: int
    first_at: datetime
    last_at: datetime


class Quarantine:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def newest(self, limit: int) -> list[Aside]:
        """What came last, first."""
        query = (
            _all(self._space.workspace).order_by(QUARANTINE.c.last_at.desc(), QUARANTINE.c.id).limit(limit)
        )
        return await self._space.read(lambda session: [_aside(row) for row in session.execute(query)])

    async def get(self, ident: str) -> Aside | None:
        query = _all(self._space.workspace).where(QUARANTINE.c.id == ident)
        row = await self._space.read(lambda session: session.execute(query).first())
        return None if row is None else _aside(row)

    async def count(self) -> int:
        query = select(func.count()).where(QUARANTINE.c.workspace == self._space.workspace)
        return await self._space.read(lambda session: session.scalar(query) or 0)

    async def ids_after(self, ident: str, limit: int) -> list[str]:
        """The next ids, in order; "" is before the first."""
        here = (QUARANTINE.c.workspace == self._space.workspace) & (QUARANTINE.c.id > ident)
        query = select(QUARANTINE.c.id).where(here).order_by(QUARANTINE.c.id).limit(limit)
        return list(await self._space.read(lambda session: session.scalars(query).all()))

    async def drop(self, ids: Collection[str]) -> list[str]:
        """Forget these; which of them there were."""
        those = _those(self._space.workspace, ids)

        def work(session: Session) -> list[str]:
            return list(session.scalars(delete(QUARANTINE).where(*those).returning(QUARANTINE.c.id)))

        return await self._space.write(work)


def aside_id(feed: str, raw: str) -> str:
    """The same for the same words of the same feed."""
    return sha256(f"{feed}\n{raw}".encode()).hexdigest()[:16]


def put_aside(
    session: Session, workspace: str, feed: str, senseless: Sequence[Senseless], now: datetime
) -> None:
    """Keep what made no sense as it came; the same again only counts up."""
    if not senseless:
        return
    statement = insert(session, QUARANTINE)
    again = {"times": QUARANTINE.c.times + statement.excluded.times, "last_at": now}
    alike = Counter(each.raw for each in senseless)
    rows = [
        {
            "workspace": workspace,
            "id": aside_id(feed, raw),
            "feed": feed,
            "raw": raw,
            "problems": _plain(each),
            "times": alike[raw],
            "first_at": now,
            "last_at": now,
        }
        for raw, each in {each.raw: each for each in senseless}.items()
    ]
    session.execute(
        statement.on_conflict_do_update(index_elements=["workspace", "id"], set_=again),
        sorted(rows, key=lambda row: str(row["id"])),
    )


def read_aside(session: Session, workspace: str, ids: Collection[str]) -> list[Aside]:
    """These, without a lock: whoever takes leads in locks those first."""
    query = _all(workspace).where(QUARANTINE.c.id.in_(ids)).order_by(QUARANTINE.c.id)
    return [_aside(row) for row in session.execute(query)]


def settle(session: Session, workspace: str, done: Collection[str], still: Mapping[str, Senseless]) -> None:
    """Let go of what was taken in; of the rest, by id, keep what is wrong with it now."""
    session.execute(delete(QUARANTINE).where(*_those(workspace, done)))
    for ident, senseless in sorted(still.items()):
        session.execute(
            update(QUARANTINE).where(*_those(workspace, [ident])).values(problems=_plain(senseless))
        )


def _plain(senseless: Senseless) -> list[dict[str, str]]:
    return [asdict(problem) for problem in senseless.problems]


def _all(workspace: str) -> Any:
    return select(QUARANTINE).where(QUARANTINE.c.workspace == workspace)


def _those(workspace: str, ids: Collection[str]) -> tuple[Any, ...]:
    return QUARANTINE.c.workspace == workspace, QUARANTINE.c.id.in_(ids)


def _aside(row: "Row[Any]") -> Aside:
    return Aside(
        id=row.id,
        feed=row.feed,
        raw=row.raw,
        problems=tuple(Problem(**problem) for problem in row.problems),
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
    )
