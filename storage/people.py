"""People of the workspace, kept: filled from Slack, read by rules as facts."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Session

from bot.people import Person
from storage.db import Space
from storage.tables import CHANNEL, PERSON
from storage.turns import lock, locking
from storage.upsert import put

_KEPT: Final = tuple(field.name for field in fields(Person) if field.name != "channels")


class People:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def keep(self, people: Sequence[Person], now: datetime) -> None:
        workspace = self._space.workspace
        rows = [
            {**_row(person), "workspace": workspace, "seen_at": now}
            for person in sorted(people, key=lambda person: person.slack_id)
        ]
        await self._space.write(lambda session: put(session, PERSON, rows))

    async def get(self, slack_id: str) -> Person | None:
        return await self._space.read(lambda session: get(session, self._space.workspace, slack_id))

    async def names(self, slack_ids: Collection[str]) -> dict[str, str]:
        """What to call these people, as far as we know them."""
        return await self._space.read(lambda session: names(session, self._space.workspace, slack_ids))

    async def find(self, entries: Collection[str]) -> tuple[set[str], set[str]]:
        """Of these ids and e-mails, those of people who are here, and those of people who have left."""
        told = {entry.lower() if "@" in entry else entry for entry in entries}
        these = (PERSON.c.workspace == self._space.workspace) & (
            PERSON.c.slack_id.in_(told) | PERSON.c.email.in_(told)
        )
        query = select(PERSON.c.slack_id, PERSON.c.email, PERSON.c.deactivated).where(these)
        rows = await self._space.read(lambda session: session.execute(query).all())
        gone = {entry for row in rows if row.deactivated for entry in row[:2]} & told
        return {entry for row in rows if not row.deactivated for entry in row[:2]} & told, gone

    async def channels(self) -> dict[str, str]:
        """The ids of channels by the name that the settings gave them when they were first found."""
        query = select(CHANNEL).where(CHANNEL.c.workspace == self._space.workspace)
        rows = await self._space.read(lambda session: session.execute(query).all())
        return {row.setting: row.slack_id for row in rows}

    async def keep_channel(self, setting: str, slack_id: str) -> None:
        row = {"workspace": self._space.workspace, "setting": setting, "slack_id": slack_id}
        await self._space.write(lambda session: put(session, CHANNEL, [row]))


def get(session: Session, workspace: str, slack_id: str, *, lock_it: bool = False) -> Person | None:
    """This person; locked, nobody else changes what is counted for them until the transaction ends."""
    whom = {"workspace": workspace, "person": slack_id}
    row = session.execute(_LOCKED if lock_it else _ONE, whom).mappings().first()
    return None if row is None else read_person(row)


def of(
    session: Session, workspace: str, slack_ids: Collection[str], locked: Collection[str] = ()
) -> dict[str, Person]:
    """Those of these people whom we know, by id; nobody else changes what is counted for the locked ones."""
    whom = {"workspace": workspace, "people": sorted(slack_ids)}
    if locked:
        lock(session, _LOCKING, {**whom, "people": sorted(locked)})
    rows = session.execute(_THESE, whom).mappings() if slack_ids else ()
    return {row["slack_id"]: read_person(row) for row in rows}


def names(session: Session, workspace: str, slack_ids: Collection[str]) -> dict[str, str]:
    """What to call these people; of who has left, the past keeps the name."""
    if not slack_ids:
        return {}
    rows = session.execute(_NAMES, {"workspace": workspace, "people": sorted(slack_ids)})
    return {row.slack_id: f"{row.name} (left)" if row.deactivated else row.name for row in rows}


def by_email(session: Session, workspace: str, email: str, *, left: bool = False) -> Person | None:
    """Who has this address; `left`: or had it, where nobody has."""
    here = (PERSON.c.workspace == workspace) & (PERSON.c.email == email)
    known = (
        select(PERSON).where(here) if left else select(PERSON).where(here, PERSON.c.deactivated.is_(False))
    )
    row = session.execute(known.order_by(PERSON.c.deactivated)).mappings().first()
    return None if row is None else read_person(row)


def _row(person: Person) -> dict[str, Any]:
    told = {name: getattr(person, name) for name in _KEPT}
    return {**told, "groups": list(person.groups)}


def read_person(row: RowMapping) -> Person:
    told = {name: row[name] for name in _KEPT}
    return Person(**{**told, "groups": tuple(told["groups"])})


_HERE: Final = (PERSON.c.workspace == bindparam("workspace")) & (PERSON.c.slack_id == bindparam("person"))
_ONE: Final = select(PERSON).where(_HERE)
_LOCKED: Final = locking(_ONE)
_THESE: Final = select(PERSON).where(
    PERSON.c.workspace == bindparam("workspace"), PERSON.c.slack_id.in_(bindparam("people", expanding=True))
)
_LOCKING: Final = locking(_THESE.order_by(PERSON.c.slack_id))
_NAMES: Final = select(PERSON.c.slack_id, PERSON.c.name, PERSON.c.deactivated).where(
    PERSON.c.workspace == bindparam("workspace"), PERSON.c.slack_id.in_(bindparam("people", expanding=True))
)
