"""Which picture a message is to show, and which file of Slack's holds it; what none shows any more is removed there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, select, update
from sqlmodel import Session

from bot.jobs import DrawPicture, Due, RemoveFile
from storage import jobs
from storage.db import Space
from storage.tables import PICTURE
from storage.upsert import insert

A_LITTLE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`sending` is a file that Slack was given, and we do not know what became of it."""

    kind: str
    about: str
    wanted_hash: str
    wanted_at: datetime
    sending: str | None
    file: str | None
    shown_hash: str | None
    refused_hash: str | None


class Pictures:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def find(self, sight: str, about: str) -> Kept | None:
        return await self._space.read(lambda session: self._get(session, sight, about))

    async def ask(self, sight: str, about: str, now: datetime) -> None:
        """Have it drawn, and its message shown then."""
        due = Due(job=DrawPicture(sight=sight, about=about), at=now)
        await self._space.write(lambda session: jobs.add(session, self._space.workspace, [due]))

    async def begin(self, sight: str, about: str, wanted_hash: str, now: datetime) -> Kept:
        """What we have of this picture. One that is another than before is wanted from now on."""

        def work(session: Session) -> Kept:
            fresh = insert(session, PICTURE).values(
                workspace=self._space.workspace,
                kind=sight,
                about=about,
                wanted_hash=wanted_hash,
                wanted_at=now,
            )
            session.execute(fresh.on_conflict_do_nothing())
            kept = self._get(session, sight, about, lock=True)
            if kept is not None and kept.wanted_hash != wanted_hash:
                _remove(session, self._space.workspace, [kept.sending], now)
                self._set(session, kept, wanted_hash=wanted_hash, wanted_at=now, sending=None)
                kept = self._get(session, sight, about)
            if kept is None:
                raise AssertionError("the row was just inserted")
            return kept

        return await self._space.write(work)

    async def sends(self, kept: Kept, file: str) -> None:
        """Slack is given it in this file: should the answer be lost, we look there."""
        await self._space.write(lambda session: self._set(session, kept, sending=file))

    async def keep(self, kept: Kept, file: str, then: Sequence[Due], now: datetime) -> None:
        """Slack has it; the message is shown with it, and the one from before goes."""

        def work(session: Session) -> None:
            self._set(session, kept, file=file, shown_hash=kept.wanted_hash, sending=None)
            jobs.add(session, self._space.workspace, then)
            if kept.file != file:
                _remove(session, self._space.workspace, [kept.file], now)

        await self._space.write(work)

    async def refuse(self, kept: Kept, then: Sequence[Due], now: datetime) -> None:
        """It is not to be had: the message is shown without it, and what Slack may have of it, or from before, goes."""

        def work(session: Session) -> None:
            self._set(session, kept, refused_hash=kept.wanted_hash, sending=None, file=None, shown_hash=None)
            jobs.add(session, self._space.workspace, then)
            _remove(session, self._space.workspace, [kept.file, kept.sending], now)

        await self._space.write(work)

    def _get(self, session: Session, sight: str, about: str, *, lock: bool = False) -> Kept | None:
        query = select(PICTURE).where(
            PICTURE.c.workspace == self._space.workspace, PICTURE.c.kind == sight, PICTURE.c.about == about
        )
        row = session.execute(query.with_for_update() if lock else query).mappings().first()
        return None if row is None else Kept(**{name: row[name] for name in Kept.__slots__})

    def _set(self, session: Session, kept: Kept, **values: Any) -> None:
        here = (
            (PICTURE.c.workspace == self._space.workspace)
            & (PICTURE.c.kind == kept.kind)
            & (PICTURE.c.about == kept.about)
        )
        session.execute(update(PICTURE).where(here).values(values))


def end(session: Session, workspace: str, posts: Sequence[RowMapping], now: datetime) -> None:
    """These messages show nothing any more: what Slack has of their pictures goes."""
    for post in posts:
        here = (
            PICTURE.c.workspace == workspace,
            PICTURE.c.kind == post["kind"],
            PICTURE.c.about == post["about"],
        )
        row = session.execute(select(PICTURE.c.file, PICTURE.c.sending).where(*here)).first()
        if row is not None:
            _remove(session, workspace, [row.file, row.sending], now)
            session.execute(update(PICTURE).where(*here).values(file=None, shown_hash=None, sending=None))


def _remove(session: Session, workspace: str, files: Sequence[str | None], now: datetime) -> None:
    """A little later: until its message is brought up to date it is shown there."""
    gone = [Due(job=RemoveFile(file=file), at=now + A_LITTLE) for file in files if file is not None]
    jobs.add(session, workspace, gone)
