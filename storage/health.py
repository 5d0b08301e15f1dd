"""How the work stands, for who runs Truce: what is late, given up, stuck, put aside."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.health import Work
from bot.out.sending import place_of
from storage.db import Space
from storage.jobs import earliest_in_lane
from storage.tables import JOB, LANE, QUARANTINE

STUCK_AFTER: Final = timedelta(minutes=10)


class Health:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def work(self, now: datetime) -> Work | None:
        """How it stands; None where the database does not answer."""
        try:
            return await self._space.read(lambda session: work(session, self._space.workspace, now))
        except DBAPIError:
            return None


def work(session: Session, workspace: str, now: datetime, *, late: timedelta = timedelta()) -> Work:
    """How it stands; of what is due, lanes whose first job has waited for as long as `late`. What is being done does not wait."""
    here = JOB.c.workspace == workspace
    behind = (JOB.c.workspace == LANE.c.workspace, JOB.c.lane == LANE.c.name, JOB.c.ended_at.is_(None))
    waits = or_(JOB.c.leased_until.is_(None), JOB.c.leased_until <= now)
    number, oldest = (
        select(each).where(*behind, waits, JOB.c.due_at <= now).correlate(LANE).scalar_subquery()
        for each in (func.count(), func.min(JOB.c.due_at))
    )
    first = earliest_in_lane()  # lane by lane: the cost is of what is due, not of what waits
    lanes = select(number, oldest).where(LANE.c.workspace == workspace, first <= now - late)
    rows = [row for row in session.execute(lanes) if row[1] is not None and row[1] <= now - late]
    failed = select(func.count()).where(here, JOB.c.ended_at.is_not(None))
    aside = select(func.count()).select_from(QUARANTINE).where(QUARANTINE.c.workspace == workspace)
    return Work(
        due=sum(row[0] for row in rows),
        oldest_due=min((row[1] for row in rows), default=None),
        failed=session.scalar(failed) or 0,
        stuck=stuck(session, workspace, now),
        quarantined=session.scalar(aside) or 0,
    )


def stuck(session: Session, workspace: str, now: datetime) -> dict[str, datetime]:
    """The lanes (or what they are part of) that are held by a job which was tried before and is late, and since when.

    What was taken once has no key any more; what merely waits in a long line still has its own.
    """
    tried = (JOB.c.key.is_(None), JOB.c.leased_until.is_(None), JOB.c.ended_at.is_(None))
    query = (
        select(LANE.c.name, func.min(JOB.c.due_at))
        .join(JOB, (JOB.c.workspace == LANE.c.workspace) & (JOB.c.lane == LANE.c.name))
        .where(LANE.c.workspace == workspace, LANE.c.free_at > now)
        .where(JOB.c.workspace == workspace, JOB.c.due_at <= now - STUCK_AFTER, *tried)
        .group_by(LANE.c.name)
        .order_by(LANE.c.name)
    )
    found: dict[str, datetime] = {}
    for name, since in session.execute(query):
        found[place_of(name)] = min(since, found.get(place_of(name), since))
    return found
