"""Files of leads that people dropped on the bot, and how far each has come. Kept for good: who, when, how many."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.dropped import ANSWERED, NOT_YOURS, Dropped, Stage
from bot.errors import Refused
from bot.jobs import Due, Sight, TakeFile, redraw, show, to_person
from bot.people import Person, Role
from storage import jobs
from storage.campaigns import apart_from
from storage.db import Space
from storage.members import who_looks
from storage.tables import DROPPED, PERSON
from storage.teams import team_now
from storage.turns import locking
from storage.upsert import insert_new

_NAMES: Final = tuple(field.name for field in fields(Dropped))


class DroppedFiles:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def begin(self, told: Dropped) -> None:
        """A file has come; the same once more changes nothing. Who may not bring one in is told so."""
        workspace = self._space.workspace

        def work(session: Session) -> None:
            begun = told
            try:
                self._need(session, told.by)
            except Refused as refused:
                begun = replace(told, stage=Stage.REFUSED, words=str(refused))
            insert_new(session, DROPPED, [{"workspace": workspace, **_row(begun)}])
            shown = show(Sight.DROPPED, told.id, told.at, channel=told.by)
            jobs.add(session, workspace, [shown, Due(job=TakeFile(file=told.id), at=told.at)])

        await self._space.write(work)

    async def begin_missed(self, told: Sequence[Dropped]) -> None:
        """Files that have come and that nobody told us of: those that people have dropped, and that are not known yet."""
        workspace = self._space.workspace
        known = select(DROPPED.c.id).where(
            DROPPED.c.workspace == workspace, DROPPED.c.id.in_([each.id for each in told])
        )
        people = select(PERSON.c.slack_id).where(
            PERSON.c.workspace == workspace,
            PERSON.c.slack_id.in_({each.by for each in told}),
            PERSON.c.bot.is_(False),
        )

        def work(session: Session) -> list[Dropped]:
            begun, persons = set(session.scalars(known)), set(session.scalars(people))
            return [each for each in told if each.id not in begun and each.by in persons]

        for each in await self._space.read(work):
            await self.begin(each)

    async def get(self, file: str) -> Dropped | None:
        return await self._space.read(lambda session: self._get(session, file))

    async def apart(self, by: str) -> Collection[str]:
        """The campaigns and sources whose leads they may not bring in. Raises Refused to who may bring in none."""

        def work(session: Session) -> Collection[str]:
            person = self._need(session, by)
            if self._agreement.has(person, Role.MANAGER):
                return ()
            return apart_from(session, self._space.workspace, person, self._agreement)

        return await self._space.read(work)

    async def change(
        self, file: str, now: datetime, becomes: Callable[[Dropped], Dropped], *, then: bool = False
    ) -> Dropped | None:
        """Move it on, redrawn where it is shown; `then` it is gone on with."""

        def work(session: Session) -> Dropped | None:
            return self._change(session, file, now, becomes, then=then)

        return await self._space.write(work)

    async def answer(self, file: str, by: str, now: datetime, dates: str | None = None) -> None:
        """Yes, or what comes first in its dates. Raises Refused."""

        def work(session: Session) -> None:
            person = self._need(session, by)
            told = self._get(session, file, locked=True)
            if told is None or told.by != by or told.stage not in (Stage.ASKED, Stage.DATES):
                raise Refused(ANSWERED)
            if told.stage is Stage.DATES:
                after = replace(told, stage=Stage.NEW, dates=dates)
            elif told.needs_admin and not self._agreement.has(person, Role.ADMIN):
                after = replace(told, stage=Stage.WAITS)
            else:
                after = replace(told, stage=Stage.GOING, allowed_by=by)
            self._change(session, file, now, lambda _: after, then=after.stage is not Stage.WAITS)

        await self._space.write(work)

    async def leave(self, file: str, by: str, now: datetime) -> None:
        """They do not want it. Raises Refused."""

        def becomes(told: Dropped) -> Dropped:
            if told.by != by or told.stage is not Stage.ASKED:
                raise Refused(ANSWERED)
            return replace(told, stage=Stage.LEFT)

        await self.change(file, now, becomes)

    async def allow(self, file: str, by: str, now: datetime) -> None:
        """An admin confirms it. Raises Refused to anybody else."""

        def work(session: Session) -> None:
            person = who_looks(session, self._space.workspace, by, self._agreement)
            self._agreement.roles.need(person, Role.ADMIN)
            self._change(session, file, now, lambda told: _allowed(told, by), then=True)

        await self._space.write(work)

    def _change(
        self,
        session: Session,
        file: str,
        now: datetime,
        becomes: Callable[[Dropped], Dropped],
        *,
        then: bool,
    ) -> Dropped | None:
        workspace = self._space.workspace
        told = self._get(session, file, locked=True)
        after = None if told is None else becomes(told)
        if told is None or after is None or after == told:
            return told
        here = (DROPPED.c.workspace == workspace) & (DROPPED.c.id == file)
        session.execute(update(DROPPED).where(here).values(_row(after)))
        due = [redraw(Sight.DROPPED, file, now, channel=told.by)]
        if told.stage is not after.stage and after.stage in _ADMINS_HEAR:
            due += [
                show(Sight.DROPPED_ADMIN, to_person(file, admin), now, channel=admin)
                for admin in self._admins(session)
                if admin != told.by
            ]
        if then:
            due.append(Due(job=TakeFile(file=file), at=now))
        jobs.add(session, workspace, due)
        return after

    def _need(self, session: Session, by: str) -> Person:
        person = who_looks(session, self._space.workspace, by, self._agreement)
        if not self._agreement.has(person, Role.MANAGER, Role.MARKETER, Role.ADMIN):
            raise Refused(NOT_YOURS)
        return person

    def _admins(self, session: Session) -> list[str]:
        team = team_now(session, self._space.workspace, self._agreement, "")
        return [each.id for each in team.admins]

    def _get(self, session: Session, file: str, *, locked: bool = False) -> Dropped | None:
        query = select(DROPPED).where(DROPPED.c.workspace == self._space.workspace, DROPPED.c.id == file)
        row = session.execute(locking(query) if locked else query).mappings().first()
        return None if row is None else _read(row)


# Who is to hear that somebody brings in leads hears it when it begins or waits for them, and how it ended.
_ADMINS_HEAR: Final = (Stage.WAITS, Stage.GOING, Stage.DONE, Stage.REFUSED)


def _allowed(told: Dropped, by: str) -> Dropped:
    return replace(told, stage=Stage.GOING, allowed_by=by) if told.stage is Stage.WAITS else told


def _row(told: Dropped) -> dict[str, Any]:
    return {name: getattr(told, name) for name in _NAMES}


def _read(row: RowMapping) -> Dropped:
    return Dropped(**{**{name: row[name] for name in _NAMES}, "stage": Stage(row["stage"])})
