"""INSERT ... ON CONFLICT, for whichever database the session speaks to; and UPDATE of what is different."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert as CoreInsert
from sqlalchemy import Table, Update, bindparam, update
from sqlalchemy import insert as core_insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

Row = Mapping[str, Any]
Insert = sqlite.Insert | postgresql.Insert


def insert(session: Session, table: Table) -> Insert:
    """An insert that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: Table) -> Insert:
    """The same by the dialect's name: statements that are used often are made once, for each dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def put(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, or overwrite those that are there already, by primary key. A row names every column.

    Of rows with the same key the last one counts: one statement may not write a row twice.
    """
    keys = [column.name for column in table.primary_key]
    last = {tuple(row[key] for key in keys): row for row in rows}
    if last:
        session.execute(_put(session.get_bind().dialect.name, table), list(last.values()))


def add(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that nobody else can have begun; what is None in all of them is left out, and NULL by that."""
    if rows:
        told = [name for name in rows[0] if any(row[name] is not None for row in rows)]
        session.execute(_add(table), [{name: row[name] for name in told} for row in rows])


def change(session: Session, table: Table, rows: Sequence[tuple[Row, Row]]) -> None:
    """Write what is different between each row as it is there and as it shall be."""
    alike: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for before, after in rows:
        changes = {name: value for name, value in after.items() if value != before[name]}
        if changes:
            here = {f"its_{column.name}": after[column.name] for column in table.primary_key}
            alike[*changes].append({**changes, **here})
    for changed in alike.values():
        session.connection().execute(_change(table), changed)


def insert_new(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        session.execute(_insert_new(session.get_bind().dialect.name, table), list(rows))


@cache
def _add(table: Table) -> CoreInsert:
    return core_insert(table)


@cache
def _change(table: Table) -> Update:
    return update(table).where(*(column == bindparam(f"its_{column.name}") for column in table.primary_key))


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    return insert_for(dialect, table).on_conflict_do_nothing()


@cache
def _put(dialect: str, table: Table) -> Insert:
    statement = insert_for(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
