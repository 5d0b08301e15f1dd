"""Channels that take nothing from us now, kept until they do again."""

from sqlalchemy import delete, select, update
from sqlmodel import Session

from bot.places import Closed
from storage.jobs import LONG_AGO
from storage.tables import LANE, PLACE
from storage.upsert import put


def note(session: Session, workspace: str, channel: str, why: Closed | None) -> None:
    """What the channel is by now; where it is open again, what waits for it is posted at once."""
    known = why_closed(session, workspace, channel)
    if why is not None and why != known:
        put(session, PLACE, [{"workspace": workspace, "channel": channel, "why": why}])
    elif why is None and known is not None:
        here = (PLACE.c.workspace == workspace, PLACE.c.channel == channel)
        session.execute(delete(PLACE).where(*here))
        lanes = (LANE.c.workspace == workspace, LANE.c.name.in_([f"post:{channel}", f"redraw:{channel}"]))
        session.execute(update(LANE).where(*lanes).values(free_at=LONG_AGO))


def why_closed(session: Session, workspace: str, channel: str) -> Closed | None:
    query = select(PLACE.c.why).where(PLACE.c.workspace == workspace, PLACE.c.channel == channel)
    why = session.scalar(query)
    return None if why is None else Closed(why)


def closed(session: Session, workspace: str) -> dict[str, Closed]:
    """All channels that take nothing now, and why."""
    query = select(PLACE.c.channel, PLACE.c.why).where(PLACE.c.workspace == workspace)
    return {row.channel: Closed(row.why) for row in session.execute(query)}
