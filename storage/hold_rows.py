"""Holds as rows: opened with their first lead, counted with each. One is open per channel at a time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from bot.handing import Hold
from bot.leads.showing import channel_of
from storage.tables import HOLD, LEAD
from storage.upsert import insert

_OPEN: Final = select(HOLD.c.id).where(
    HOLD.c.workspace == bindparam("workspace"),
    HOLD.c.channel == bindparam("channel"),
    HOLD.c.closed_at.is_(None),
)


def open_one(session: Session, workspace: str, channel: str, now: datetime) -> str:
    """The id of the channel's open hold; of the one to open, where there is none."""
    known = session.scalar(_OPEN, {"workspace": workspace, "channel": channel})
    return known or f"{channel}.{now:%Y%m%d%H%M%S}"


def count(
    session: Session, workspace: str, moves: Sequence[tuple[str | None, str | None]], now: datetime
) -> None:
    """Count the leads that came to wait; open the hold with the first of them, or once more."""
    came = Counter(after for before, after in moves if after is not None and after != before)
    for hold, leads in sorted(came.items()):
        fresh = insert(session, HOLD).values(
            workspace=workspace,
            id=hold,
            channel=channel_of(hold),
            opened_at=now,
            daily=False,
            kept=False,
            arrived=leads,
        )
        session.execute(
            fresh.on_conflict_do_update(
                index_elements=["workspace", "id"],
                set_={"arrived": HOLD.c.arrived + fresh.excluded.arrived, "closed_at": None},
            )
        )


def get(session: Session, workspace: str, hold: str) -> Hold | None:
    here = (HOLD.c.workspace == workspace) & (HOLD.c.id == hold)
    row = session.execute(select(HOLD).where(here)).mappings().first()
    if row is None:
        return None
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
