"""Leads that wait together behind one message, kept. One such message is open per channel at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session

from storage.db import Space
from storage.tables import HOLD, LEAD
from storage.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`arrived` leads came to wait here, `waiting` still do; `names` are their campaigns or feeds."""

    id: str
    channel: str
    arrived: int
    waiting: int
    names: tuple[str, ...]
    daily: bool
    kept: bool
    pressed_by: str | None


class Holds:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def get(self, hold: str) -> Hold:
        return await self._space.read(lambda session: _get(session, self._space.workspace, hold))

    async def next(self, hold: str, limit: int) -> list[str]:
        """The leads to offer next: those that came first."""
        query = (
            select(LEAD.c.id)
            .where(LEAD.c.workspace == self._space.workspace, LEAD.c.hold == hold)
            .order_by(LEAD.c.arrived_at, LEAD.c.id)
            .limit(limit)
        )
        return list(await self._space.read(lambda session: session.scalars(query).all()))

    async def daily(self) -> list[str]:
        """Those of which some are offered every day."""
        query = select(HOLD.c.id).where(
            HOLD.c.workspace == self._space.workspace, HOLD.c.daily, HOLD.c.closed_at.is_(None)
        )
        return list(await self._space.read(lambda session: session.scalars(query).all()))

    async def note(
        self, hold: str, *, by: str, now: datetime, daily: bool | None = None, kept: bool = False
    ) -> None:
        """Remember which of its buttons was pressed, and by whom."""
        changes: dict[str, object] = {"pressed_by": by, "pressed_at": now}
        if daily is not None:
            changes["daily"] = daily
        if kept:
            changes["kept"] = True
        here = (HOLD.c.workspace == self._space.workspace) & (HOLD.c.id == hold)
        await self._space.write(lambda session: session.execute(update(HOLD).where(here).values(changes)))

    async def close_if_empty(self, hold: str, now: datetime) -> None:
        """Nobody waits there any more: who comes next waits behind a new message."""

        def work(session: Session) -> None:
            if _get(session, self._space.workspace, hold).waiting == 0:
                here = (HOLD.c.workspace == self._space.workspace) & (HOLD.c.id == hold)
                session.execute(update(HOLD).where(here).values(closed_at=now))

        await self._space.write(work)


def open_one(session: Session, workspace: str, channel: str, now: datetime) -> str:
    """The id of the channel's open hold; of the one to open, where there is none."""
    here = (HOLD.c.workspace == workspace) & (HOLD.c.channel == channel)
    known = session.scalar(select(HOLD.c.id).where(here, HOLD.c.closed_at.is_(None)))
    return known or f"{channel}.{now:%Y%m%d%H%M%S}"


def count(session: Session, workspace: str, moves: Sequence[tuple[str | None, str | None]], now: datetime) -> None:
    """Count the leads that came to wait; open the hold with the first of them."""
    came = Counter(after for before, after in moves if after is not None and after != before)
    for hold, leads in sorted(came.items()):
        fresh = insert(session, HOLD).values(
            workspace=workspace,
            id=hold,
            channel=hold.rpartition(".")[0],
            opened_at=now,
            daily=False,
            kept=False,
            arrived=leads,
        )
        session.execute(
            fresh.on_conflict_do_update(
                index_elements=["workspace", "id"], set_={"arrived": HOLD.c.arrived + fresh.excluded.arrived}
            )
        )


def _get(session: Session, workspace: str, hold: str) -> Hold:
    here = (HOLD.c.workspace == workspace) & (HOLD.c.id == hold)
    row = session.execute(select(HOLD).where(here)).mappings().one()
    waits = (LEAD.c.workspace == workspace) & (LEAD.c.hold == hold)
    waiting = session.scalar(select(func.count()).where(waits)) or 0
    return Hold(
        id=row["id"],
        channel=row["channel"],
        arrived=row["arrived"],
        waiting=waiting,
        names=_names(session, workspace, hold),
        daily=row["daily"],
        kept=row["kept"],
        pressed_by=row["pressed_by"],
    )


def _names(session: Session, workspace: str, hold: str) -> tuple[str, ...]:
    """What to call them: their one campaign, else the feeds they came by."""
    waits = (LEAD.c.workspace == workspace) & (LEAD.c.hold == hold)
    campaign = LEAD.c.fields["campaign"].as_string()
    campaigns = session.scalars(select(campaign).where(waits).distinct().limit(2)).all()
    if len(campaigns) == 1 and campaigns[0]:
        return (campaigns[0],)
    return tuple(session.scalars(select(LEAD.c.feed).where(waits).distinct().order_by(LEAD.c.feed).limit(5)))
