"""A row that is the least a transaction can write, and what came of it."""

from collections.abc import Callable

from sqlalchemy import text
from sqlmodel import Session

from storage.db import Database
from storage.tables import LANE
from storage.upsert import put
from tests.storage.desk import NOW


def writes(name: str) -> Callable[[Session], None]:
    row = {"workspace": "T1", "name": name, "free_at": NOW, "due_at": None}
    return lambda session: put(session, LANE, [row])


async def known(db: Database) -> list[str]:
    query = text("SELECT name FROM lane WHERE lane.workspace = 'T1' ORDER BY name")
    return list(await db.read(lambda session: session.execute(query).scalars().all()))
