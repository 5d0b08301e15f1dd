"""Time that is nobody's working time, kept: Truce was down, Slack took nothing, a team paused. And our pulse."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Due, WakeLadders
from bot.teams import Standstill
from bot.working_time import Calendar, Stop
from storage import jobs, places
from storage.db import Space
from storage.tables import LEAD, LIFE, STANDSTILL
from storage.turns import locking
from storage.upsert import insert_new, put

MISSED: Final = timedelta(minutes=3)  # without a beat, of one a minute: then we were down
LOOKED_AT: Final = timedelta(
    hours=1
)  # every minute: how long a channel stays closed for us if nobody looks any more
GENTLE_DAYS: Final = 5  # working days of a new workspace (product.md section 5)
MOST_STOPS: Final = 200  # the newest: what a clock that still runs can have met
EVERY_TEAM: Final = ""


class Standstills:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def begin(self, now: datetime) -> timedelta:
        """Truce starts: the time since its last beat was nobody's. Answers how long that was, or nothing."""
        workspace = self._space.workspace

        def work(session: Session) -> timedelta:
            last = _lock_beat(session, workspace, now)
            down = now - last if now - last > MISSED else timedelta()
            if down:
                note(session, workspace, Standstill.DOWN, Stop(last, now))
            _beat(session, workspace, now)
            return down

        return await self._space.write(work)

    async def beat(self, now: datetime) -> None:
        """We are running."""
        await self._space.write(lambda session: _beat(session, self._space.workspace, now))

    async def note_closed(self, agreement: Agreement, now: datetime) -> None:
        """Offers in channels that take nothing now wait without a clock, until the first look at which they do again."""
        workspace = self._space.workspace
        lasts = (
            STANDSTILL.c.workspace == workspace,
            STANDSTILL.c.why == Standstill.CLOSED,
            STANDSTILL.c.ends_at > now,
        )

        def look(session: Session) -> tuple[set[str], dict[str, datetime]]:
            shut = places.closed(session, workspace).keys()
            teams = {
                each.name for each in agreement.settings.teams_in_force if agreement.channel_of(each) in shut
            }
            begun = session.execute(select(STANDSTILL.c.team, STANDSTILL.c.begins_at).where(*lasts))
            return teams, {row.team: row.begins_at for row in begun}

        def work(session: Session) -> None:
            shut, begun = look(session)
            for team in shut:
                stop = Stop(begun.get(team, now), now + LOOKED_AT)
                note(session, workspace, Standstill.CLOSED, stop, team=team)
            over = sorted(begun.keys() - shut)
            if over:
                here = (*lasts, STANDSTILL.c.team.in_(over))
                session.execute(update(STANDSTILL).where(*here).values(ends_at=now))
                jobs.add(session, workspace, [Due(job=WakeLadders(team=each), at=now) for each in over])

        if any(await self._space.read(look)):
            await self._space.write(work)

    async def note_refusal(self, since: datetime, until: datetime) -> None:
        """Slack took nothing from us in this time; the same again from then on makes it longer."""
        stop = Stop(since, until)
        await self._space.write(lambda session: note(session, self._space.workspace, Standstill.SLACK, stop))


def note(
    session: Session,
    workspace: str,
    why: Standstill,
    stop: Stop,
    *,
    team: str = EVERY_TEAM,
    by: str | None = None,
) -> None:
    """Keep a standstill; one that began at the same moment for the same reason is replaced."""
    row = {
        "workspace": workspace,
        "id": f"{why}:{team}:{stop.begin.isoformat()}",
        "team": team,
        "why": why,
        "begins_at": stop.begin,
        "ends_at": stop.end,
        "by": by,
    }
    put(session, STANDSTILL, [row])


def of(session: Session, workspace: str, team: str) -> list[tuple[Stop, Standstill]]:
    """What stopped a team's clocks, the newest first."""
    rows = session.execute(_OF, {"workspace": workspace, "teams": [EVERY_TEAM, team]})
    return [(Stop(row.begins_at, row.ends_at), Standstill(row.why)) for row in rows]


def every(session: Session, workspace: str) -> tuple[tuple[str, Stop], ...]:
    """What stopped clocks, by team, the newest first; an empty team is every team."""
    rows = session.execute(_EVERY, {"workspace": workspace})
    return tuple((row.team, Stop(row.begins_at, row.ends_at)) for row in rows)


def gentle_until(session: Session, workspace: str, calendar: Calendar) -> datetime | None:
    """Until when the first days of this workspace last, or were ended by a manager; None before Truce has run there."""
    life = session.execute(_BEGAN, {"workspace": workspace}).first()
    if life is None:
        return None
    until = calendar.working_days_after(life.began_at, GENTLE_DAYS)
    return min(until, life.switched_on_at or until)


def _lock_beat(session: Session, workspace: str, now: datetime) -> datetime:
    """The last beat. At the first start the life begins: with the first lead, where there is one already."""
    first = session.scalar(select(func.min(LEAD.c.arrived_at)).where(LEAD.c.workspace == workspace))
    insert_new(session, LIFE, [{"workspace": workspace, "began_at": first or now, "beat_at": now}])
    last: datetime = session.scalars(_LOCKED, {"workspace": workspace}).one()
    return last


def _beat(session: Session, workspace: str, now: datetime) -> None:
    mine = (LIFE.c.workspace == workspace, LIFE.c.beat_at < now)
    session.execute(update(LIFE).where(*mine).values(beat_at=now))


_LOCKED: Final = locking(select(LIFE.c.beat_at).where(LIFE.c.workspace == bindparam("workspace")))
_BEGAN: Final = select(LIFE.c.began_at, LIFE.c.switched_on_at).where(
    LIFE.c.workspace == bindparam("workspace")
)
_EVERY: Final = (
    select(STANDSTILL.c.team, STANDSTILL.c.begins_at, STANDSTILL.c.ends_at)
    .where(STANDSTILL.c.workspace == bindparam("workspace"))
    .order_by(STANDSTILL.c.ends_at.desc())
    .limit(MOST_STOPS)
)
_OF: Final = (
    select(STANDSTILL.c.begins_at, STANDSTILL.c.ends_at, STANDSTILL.c.why)
    .where(
        STANDSTILL.c.workspace == bindparam("workspace"),
        STANDSTILL.c.team.in_(bindparam("teams", expanding=True)),
    )
    .order_by(STANDSTILL.c.ends_at.desc())
    .limit(MOST_STOPS)
)
