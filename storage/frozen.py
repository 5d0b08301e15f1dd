"""Figures of finished periods, frozen after two weeks: what they were then stays told, and later changes stand beside."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.figures import Figures, Scope
from bot.figures.kept import read, write
from bot.periods import Period, finished
from storage.db import Space
from storage.figures import Counts
from storage.tables import FROZEN, HANDOFF
from storage.upsert import insert_new

AFTER: Final = timedelta(days=14)  # product.md section 10
LOOK_BACK: Final = timedelta(days=31)  # for what was missed: Truce was down, or is new here
ALL: Final = ""


class FrozenPeriods:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement
        self._counts = Counts(space, agreement)

    async def freeze(self, now: datetime) -> None:
        """Keep the figures of every week, month, quarter and year that ended two weeks ago, once."""
        today = now.astimezone(self._agreement.calendar.zone).date()
        for period in finished(today - AFTER - LOOK_BACK, today - AFTER):
            for team in self._teams():
                row = await self._space.read(partial(self._counted, period=period, team=team, now=now))
                if row is not None:
                    await self._space.write(partial(insert_new, table=FROZEN, rows=[row]), bulk=True)

    def _teams(self) -> Iterator[str]:
        teams = self._agreement.settings.teams_in_force
        yield ALL
        yield from (each.name for each in teams if len(teams) > 1)

    def _counted(
        self, session: Session, *, period: Period, team: str, now: datetime
    ) -> dict[str, Any] | None:
        """The row to keep; None: it is kept already, or there is nothing. Counting holds no lock."""
        workspace = self._space.workspace
        if frozen(session, workspace, period, [team]) is not None:
            return None
        began = session.scalar(
            select(HANDOFF.c.offered_at)
            .where(HANDOFF.c.workspace == workspace)
            .order_by(HANDOFF.c.offered_at)
            .limit(1)
        )
        begin, end = period.moments(zone_of_teams(self._agreement, (team,) if team else ()))
        if began is None or end <= began:
            return None  # nothing was handed over before
        scope = Scope(begin=begin, end=end, teams=(team,) if team else ())
        figures = write(self._counts.count(session, scope, now))
        return {"workspace": workspace, "period": key(period), "team": team, "at": now, "figures": figures}


def zone_of_teams(agreement: Agreement, teams: Sequence[str]) -> ZoneInfo:
    """In which periods are cut: the team's, where it is of one team alone."""
    if len(teams) == 1:
        return agreement.calendar_of(agreement.team(teams[0])).zone
    return agreement.calendar.zone


def frozen(
    session: Session, workspace: str, period: Period, teams: Sequence[str]
) -> tuple[datetime, Figures] | None:
    """The figures of this period as they were frozen, and when; of all teams, or of one."""
    if len(teams) > 1:
        return None
    here = (FROZEN.c.workspace == workspace, FROZEN.c.period == key(period))
    row = session.execute(select(FROZEN).where(*here, FROZEN.c.team == (teams[0] if teams else ALL))).first()
    return None if row is None else (row.at, read(row.figures))


def key(period: Period) -> str:
    """Its days: 2026-11-16..2026-11-22."""
    return f"{period.first}..{date.fromordinal(period.end.toordinal() - 1)}"
