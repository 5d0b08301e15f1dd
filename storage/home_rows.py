"""Which Homes show something that has changed: those of who have opened theirs lately."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, union_all
from sqlmodel import Session

from bot.jobs import DrawHomes, Due, draw_home
from storage.tables import HOME

LOOKED_AT: Final = timedelta(days=14)  # a Home that nobody has opened for longer is drawn when they do
THEIRS: Final = timedelta(seconds=1)  # until who acted sees it
OTHERS: Final = timedelta(seconds=20)  # until everybody else does: what changes meanwhile is one redraw
MOST: Final = 5000


def looked_at(session: Session, workspace: str, now: datetime) -> list[str]:
    """Who has opened their Home lately."""
    return list(session.scalars(_OPENED, {"workspace": workspace, "since": now - LOOKED_AT}))


def draws(session: Session, workspace: str, concerned: Collection[str], now: datetime) -> list[Due]:
    """The jobs that follow from a change: soon for these people, a little later for everybody else."""
    told = {"workspace": workspace, "since": now - LOOKED_AT, "concerned": sorted(concerned)}
    opened = set(session.scalars(_THEIRS_AND_ONE, told))
    if not opened:
        return []
    theirs = [draw_home(person, now + THEIRS) for person in sorted(opened & set(concerned))]
    return [*theirs, Due(job=DrawHomes(), at=now + OTHERS)]


_LATELY: Final = select(HOME.c.slack_id).where(
    HOME.c.workspace == bindparam("workspace"), HOME.c.opened_at >= bindparam("since")
)
_OPENED: Final = _LATELY.limit(MOST)
# With every change, and so no more of them than tells whether anybody looks.
_THEIRS_AND_ONE: Final = union_all(
    _LATELY.where(HOME.c.slack_id.in_(bindparam("concerned", expanding=True))),
    select(_LATELY.limit(1).subquery().c.slack_id),
)
