"""Leads that wait together behind one message, kept: what a press of its buttons does, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.handing import AT_ONCE, Hold, next_share_at
from bot.jobs import Due, KeepHeld, ReleaseHeld, Sight, redraw
from bot.leads.commands import Command, Keep, Release
from bot.leads.decision import UNKNOWN_YET
from bot.leads.showing import channel_of
from bot.people import Role
from storage import hold_rows, jobs, people
from storage.db import Space
from storage.leads import Leads
from storage.rota import OFFERING
from storage.tables import HOLD, LEAD
from storage.turns import take_turn

KEPT_AT_ONCE: Final = 100
NONE_WAITS: Final = "None of them waits any more. Nothing for you to do."


class Holds:
    def __init__(self, space: Space, leads: Leads, agreement: Agreement) -> None:
        self._space, self._leads, self._agreement = space, leads, agreement

    async def get(self, hold: str) -> Hold | None:
        return await self._space.read(lambda session: hold_rows.get(session, self._space.workspace, hold))

    async def offer_next(self, hold: str, by: str, now: datetime) -> None:
        """Offer the next few. Raises Refused to who may not, and where none waits any more."""

        def work(session: Session) -> None:
            self._press(session, hold, by, now)
            self._each(session, hold, Release(by=by), AT_ONCE, now)
            self._after(session, hold, now)

        await self._space.write(work)

    async def offer_daily(self, hold: str, by: str, now: datetime) -> None:
        """Offer some now, or when work begins, and as many every working day; asked twice, still as many."""

        def work(session: Session) -> None:
            self._turn(session)
            daily = self._row(session, hold)["daily"]
            self._press(session, hold, by, now, daily=True)
            first = Due(job=ReleaseHeld(hold=hold), at=self._agreement.calendar.next_opening(now))
            self._after(session, hold, now, *(() if daily else (first,)))

        await self._space.write(work)

    async def keep(self, hold: str, by: str, now: datetime) -> None:
        """Leave them with marketing; as they may be many, by a job."""

        def work(session: Session) -> None:
            self._press(session, hold, by, now, daily=False, kept=True)
            self._after(session, hold, now, Due(job=KeepHeld(hold=hold), at=now))

        await self._space.write(work)

    async def release_daily(self, hold: str, now: datetime) -> None:
        """The day's share; what is left waits for the next working day."""

        def work(session: Session) -> None:
            self._turn(session)
            if not self._row(session, hold)["daily"]:
                return
            self._each(session, hold, Release(by=None), AT_ONCE, now)
            tomorrow = next_share_at(self._agreement.calendar, now)
            left = self._waiting(session, hold, 1)
            self._after(session, hold, now, *([Due(job=ReleaseHeld(hold=hold), at=tomorrow)] if left else []))

        await self._space.write(work)

    async def keep_some(self, hold: str, now: datetime) -> bool:
        """Hand some back to marketing; whether there are more."""

        def work(session: Session) -> bool:
            self._turn(session)
            row = self._row(session, hold)
            if not row["kept"]:
                return False
            self._each(session, hold, Keep(by=row["pressed_by"]), KEPT_AT_ONCE, now)
            self._after(session, hold, now)
            return bool(self._waiting(session, hold, 1))

        return await self._space.write(work, bulk=True)

    def _turn(self, session: Session) -> None:
        """From here on nobody else comes to wait there, or leaves."""
        take_turn(session, self._space.workspace, OFFERING)

    def _press(self, session: Session, hold: str, by: str, now: datetime, **changes: Any) -> None:
        self._turn(session)
        person = people.get(session, self._space.workspace, by)
        if person is None:
            raise Refused(UNKNOWN_YET)
        self._agreement.roles_in(channel_of(hold)).need(person, Role.MARKETER, Role.MANAGER)
        if not self._waiting(session, hold, 1):
            raise Refused(NONE_WAITS)
        values = {"pressed_by": by, "pressed_at": now, **changes}
        session.execute(update(HOLD).where(*self._here(hold)).values(values))

    def _each(self, session: Session, hold: str, command: Command, limit: int, now: datetime) -> None:
        self._leads.apply(session, self._waiting(session, hold, limit), command, now)

    def _waiting(self, session: Session, hold: str, limit: int) -> Sequence[str]:
        """The leads that wait there, those first that came first."""
        query = (
            select(LEAD.c.id)
            .where(LEAD.c.workspace == self._space.workspace, LEAD.c.hold == hold)
            .order_by(LEAD.c.arrived_at, LEAD.c.id)
            .limit(limit)
        )
        return session.scalars(query).all()

    def _after(self, session: Session, hold: str, now: datetime, *then: Due) -> None:
        """Draw the message anew; empty, it is closed, and who comes next waits behind a new one."""
        if not self._waiting(session, hold, 1):
            session.execute(update(HOLD).where(*self._here(hold)).values(closed_at=now))
        channel = self._row(session, hold)["channel"]
        drawn = redraw(Sight.HOLD, hold, now, channel=channel)
        jobs.add(session, self._space.workspace, (drawn, *then))

    def _row(self, session: Session, hold: str) -> Any:
        """Raises Refused where it is not there: a button of a message from somewhere else, or long ago."""
        row = session.execute(select(HOLD).where(*self._here(hold))).mappings().first()
        if row is None:
            raise Refused(NONE_WAITS)
        return row

    def _here(self, hold: str) -> tuple[Any, Any]:
        return HOLD.c.workspace == self._space.workspace, HOLD.c.id == hold
