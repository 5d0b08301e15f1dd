"""Leads of reports as files: asked for, allowed, taken; and their rows, a page at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import RowMapping, and_, case, func, insert, or_, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.errors import Refused
from bot.figures import Scope
from bot.handouts import FREELY, GONE, NOT_FOR_REPS, Handout
from bot.jobs import Sight, redraw, show, to_person
from bot.leads.decision import UNKNOWN_YET
from bot.links import OPENED, Closed
from bot.people import Role
from storage import jobs
from storage.db import Space
from storage.figures import WAITS, the_set
from storage.frozen import key
from storage.members import people_here
from storage.reports import Reports
from storage.tables import HANDOFF, HANDOUT, LEAD, REJECTION
from storage.teams import team_now

PAGE: Final = 1000
OUTCOME: Final = case(
    (HANDOFF.c.verdict.is_not(None), HANDOFF.c.verdict), (WAITS, "waiting"), else_="left out"
)
REASON: Final = case((HANDOFF.c.verdict == "rejected", REJECTION.c.reason), else_=None)
COLUMNS: Final = (
    *(HANDOFF.c.id, HANDOFF.c.offered_at, HANDOFF.c.line, HANDOFF.c.source, HANDOFF.c.team, HANDOFF.c.hot),
    *(HANDOFF.c.decided_at, HANDOFF.c.took, HANDOFF.c.late_at),
    *(HANDOFF.c.contacted_at, HANDOFF.c.contact_took, HANDOFF.c.contact_due),
    LEAD.c.fields,
    OUTCOME.label("outcome"),
    REASON.label("reason"),
)
_NAMES: Final = tuple(field.name for field in fields(Handout))


class Handouts:
    def __init__(self, space: Space, agreement: Agreement, reports: Reports) -> None:
        self._space, self._agreement, self._reports = space, agreement, reports

    async def ask(self, by: str, words: str, now: datetime) -> Handout:
        """Somebody wants the leads of a report as a file; the admins are told. Raises Refused."""

        def work(session: Session) -> Handout:
            asked, scope, person = self._reports.scope(session, by, words, now)
            if scope.rep is not None:
                raise Refused(NOT_FOR_REPS)
            rows = self._count(session, scope)
            free = rows <= FREELY or (person is not None and self._agreement.has(person, Role.ADMIN))
            told = Handout(
                id=uuid4().hex,
                at=now,
                by=by,
                words=asked.exactly,
                period=key(asked.period),
                rows=rows,
                allowed_by=by if free else None,
            )
            row = {name: getattr(told, name) for name in _NAMES}
            session.execute(insert(HANDOUT).values(workspace=self._space.workspace, **row))
            due = [
                show(Sight.HANDOUT, to_person(told.id, admin), now, channel=admin)
                for admin in self._admins(session)
                if admin != by
            ]
            jobs.add(session, self._space.workspace, due)
            return told

        return await self._space.write(work)

    async def get(self, handout: str) -> Handout | None:
        return await self._space.read(lambda session: self._get(session, handout))

    async def allow(self, handout: str, by: str, now: datetime) -> None:
        """An admin confirms it: who asked is told. Raises Refused to anybody else."""
        workspace = self._space.workspace

        def work(session: Session) -> None:
            person = people_here(session, workspace, [by], self._agreement.places).get(by)
            if person is None:
                raise Refused(UNKNOWN_YET)
            self._agreement.roles.need(person, Role.ADMIN)
            here = (HANDOUT.c.workspace == workspace, HANDOUT.c.id == handout, HANDOUT.c.allowed_by.is_(None))
            changed = session.execute(
                update(HANDOUT).where(*here).values(allowed_by=by).returning(HANDOUT.c.by)
            )
            asker = changed.scalar()
            drawn = [
                redraw(Sight.HANDOUT, to_person(handout, admin), now, channel=admin)
                for admin in self._admins(session)
            ]
            ready = (
                [show(Sight.HANDOUT_READY, to_person(handout, asker), now, channel=asker)] if asker else []
            )
            jobs.add(session, workspace, [*drawn, *ready])

        await self._space.write(work)

    async def take(self, handout: str, by: str, now: datetime) -> Handout:
        """The file goes out, once. Raises Closed where it did already, or may not."""
        here = (
            HANDOUT.c.workspace == self._space.workspace,
            HANDOUT.c.id == handout,
            HANDOUT.c.by == by,
            HANDOUT.c.allowed_by.is_not(None),
            HANDOUT.c.taken_at.is_(None),
        )

        def work(session: Session) -> Handout:
            taken = session.execute(update(HANDOUT).where(*here).values(taken_at=now).returning(HANDOUT.c.id))
            found = None if taken.scalar() is None else self._get(session, handout)
            if found is None:
                raise Closed(GONE)
            return found

        return await self._space.write(work)

    async def open_link(self, link: str, now: datetime) -> None:
        """A link is opened, once. Raises Closed where it was before."""

        def work(session: Session) -> None:
            if not jobs.once(session, self._space.workspace, f"link:{link}", now):
                raise Closed(OPENED)

        await self._space.write(work)

    async def rows(self, by: str | None, words: str, now: datetime) -> AsyncIterator[Sequence[Any]]:
        """The leads, the earliest first, a page at a time, for who may see them; None is who runs Truce."""

        def look(session: Session) -> Scope:
            return self._reports.scope(session, by, words, now)[1]

        scope = await self._space.read(look)
        after: tuple[datetime, str] | None = None
        while True:
            page = await self._space.read(lambda session, last=after: self._page(session, scope, last))  # type: ignore[misc]  # mypy does not see the default
            if page:
                yield page
                after = (page[-1].offered_at, page[-1].id)
            if len(page) < PAGE:
                return

    def _page(self, session: Session, scope: Scope, after: tuple[datetime, str] | None) -> Sequence[Any]:
        joined, here = the_set(self._space.workspace, scope)
        query = select(*COLUMNS).select_from(joined).where(here)
        if after is not None:
            at, ident = after
            later = or_(HANDOFF.c.offered_at > at, and_(HANDOFF.c.offered_at == at, HANDOFF.c.id > ident))
            query = query.where(HANDOFF.c.offered_at >= at, later)
        return session.execute(query.order_by(HANDOFF.c.offered_at, HANDOFF.c.id).limit(PAGE)).all()

    def _count(self, session: Session, scope: Scope) -> int:
        joined, here = the_set(self._space.workspace, scope)
        return session.scalar(select(func.count()).select_from(joined).where(here)) or 0

    def _admins(self, session: Session) -> list[str]:
        team = team_now(session, self._space.workspace, self._agreement, "")
        return [each.id for each in team.admins]

    def _get(self, session: Session, handout: str) -> Handout | None:
        query = select(HANDOUT).where(HANDOUT.c.workspace == self._space.workspace, HANDOUT.c.id == handout)
        row = session.execute(query).mappings().first()
        return None if row is None else _read(row)


def _read(row: RowMapping) -> Handout:
    return Handout(**{name: row[name] for name in _NAMES})
