"""What needs the operator: looked for every minute, told once for each matter, forgotten when it is over."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.alerts import FAILS, Troubles, lasting, matters
from bot.jobs import Sight, show, to_person
from bot.out.sending import SendEvent, place_of
from storage import jobs
from storage.db import Space
from storage.health import STUCK_AFTER, stuck
from storage.places import closed
from storage.tables import JOB, LANE, ONCE
from storage.teams import team_now

PREFIX: Final = "alert:"


class Alerts:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def matters(self, now: datetime) -> dict[str, str]:
        """All that needs a hand now, in words by name."""
        return await self._space.read(lambda session: matters(self._troubles(session, now)))

    async def tell(self, now: datetime) -> list[str]:
        """Tell the admins of what is new, each as soon as their hours allow; the words of what is new."""
        if not await self._space.read(lambda session: self._is_news(session, now)):
            return []
        workspace = self._space.workspace

        def work(session: Session) -> list[str]:
            troubles = self._troubles(session, now)
            over = ONCE.c.name.startswith(PREFIX) & ONCE.c.name.not_in(lasting(troubles))
            session.execute(delete(ONCE).where(ONCE.c.workspace == workspace, over))
            told = matters(troubles)
            new = [told[name] for name in sorted(told) if jobs.once(session, workspace, name, now)]
            if new:
                admins = team_now(session, workspace, self._agreement, "").admins
                about = f"{now:%Y-%m-%dT%H:%M:%S}"
                due = [
                    show(Sight.ALERT, to_person(about, each.id), each.may_be_told(now), channel=each.id)
                    for each in admins
                ]
                jobs.add(session, workspace, due)
            return new

        return await self._space.write(work)

    def _is_news(self, session: Session, now: datetime) -> bool:
        troubles = self._troubles(session, now)
        here = (ONCE.c.workspace == self._space.workspace) & ONCE.c.name.startswith(PREFIX)
        known = set(session.scalars(select(ONCE.c.name).where(here)))
        return bool(matters(troubles).keys() - known or known - lasting(troubles))

    def _troubles(self, session: Session, now: datetime) -> Troubles:
        here = JOB.c.workspace == self._space.workspace
        error = func.coalesce(JOB.c.error, "")
        ended = select(JOB.c.kind, error, func.count()).where(here, JOB.c.ended_at.is_not(None))
        waits = (here, JOB.c.ended_at.is_(None))
        failing = select(JOB.c.kind, func.count()).where(
            *waits, JOB.c.attempts >= FAILS, JOB.c.error.is_not(None), JOB.c.kind != SendEvent.kind
        )
        in_lane = LANE.c.workspace == self._space.workspace
        late = select(LANE.c.name).where(in_lane, jobs.earliest_in_lane() <= now - STUCK_AFTER)
        return Troubles(
            given_up={(row[0], row[1]): row[2] for row in session.execute(ended.group_by(JOB.c.kind, error))},
            failing={row[0]: row[1] for row in session.execute(failing.group_by(JOB.c.kind))},
            stuck=stuck(session, self._space.workspace, now).keys(),
            late={place_of(lane) for lane in session.scalars(late)},
            closed=closed(session, self._space.workspace),
        )
