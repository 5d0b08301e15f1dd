"""The workspaces that a database has met, and the way in for a command that works beside the bot, without Slack."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.errors import Hopeless, Refused
from bot.jobs import Due
from storage.db import Database, Space, where_is
from storage.jobs import add
from storage.schema import migrate, trouble, version
from storage.tables import WORKSPACE
from storage.upsert import put


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database, brought up to date. Raises Hopeless, in words without people's data, where it fails."""
    db = Database(url)
    try:
        with _in_words():
            migrate(db.engine)
            yield db
    finally:
        db.close()


def versions(url: str) -> tuple[str | None, str | None]:
    """The version that the database has (None: there is none), and the newest. Makes and changes nothing."""
    file = where_is(url)
    db = Database(url if file is None or file.exists() else "sqlite://")
    try:
        with _in_words():
            return version(db.engine)
    finally:
        db.close()


@contextmanager
def opened_workspace(url: str, wanted: str | None) -> Iterator[Space]:
    """One workspace's part of a database that is there already: the one there is, or the one that is named.

    Raises Refused where it must be named, and Hopeless where nothing has been kept yet.
    """
    file = where_is(url)
    if file is not None and not file.exists():
        raise Hopeless(f"There is no {file.name} here. {_FIRST_RUN}")
    with opened(url) as db:
        yield db.of(_chosen(_known(db), wanted))


class Workspace:
    """What was found out about a workspace at the last start, so that a command need not ask Slack."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def zone(self) -> str | None:
        """The team's time zone."""
        here = WORKSPACE.c.workspace == self._space.workspace
        return await self._space.read(lambda session: session.scalar(select(WORKSPACE.c.zone).where(here)))

    async def keep(self, zone: str, settings: str, if_changed: Sequence[Due] = ()) -> None:
        """Keep the zone and what tells these settings from others; add the jobs where they are others than before."""
        here = WORKSPACE.c.workspace == self._space.workspace

        def work(session: Session) -> None:
            kept = session.execute(select(WORKSPACE).where(here)).mappings().first()
            before = {} if kept is None else dict(kept)
            row = {"workspace": self._space.workspace, "zone": zone, "settings": settings}
            put(session, WORKSPACE, [{**row, "erasure_key": before.get("erasure_key")}])
            if before.get("settings") != settings:
                add(session, self._space.workspace, if_changed)

        await self._space.write(work)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise Hopeless(f"The database cannot be used: {trouble(error)}. Is DATABASE_URL right?") from None


_FIRST_RUN: Final = (
    "Start `truce run` once; if you did, look at DATABASE_URL and at the folder that you are in."
)


def _known(db: Database) -> list[str]:
    """Every workspace that is kept here: the one question that is not about one of them."""
    with Session(db.engine) as session:
        return list(session.scalars(select(WORKSPACE.c.workspace).order_by(WORKSPACE.c.workspace)))


def _chosen(known: list[str], wanted: str | None) -> str:
    if not known:
        raise Hopeless(f"Nothing is kept in this database yet. {_FIRST_RUN}")
    if wanted is None and len(known) > 1:
        raise Refused(f"Several workspaces are kept here: say which with --workspace ({', '.join(known)}).")
    if wanted is not None and wanted not in known:
        raise Refused(f"No workspace {wanted} is kept here. There is: {', '.join(known)}.")
    return wanted or known[0]
