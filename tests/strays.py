"""Finds the statement on a table of ours that does not say which workspace it is about."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

NAMED = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE) +"?(\w+)"?(?: AS "?(\w+)"?)?', re.IGNORECASE)
MIGRATION = re.compile(r"\s*(CREATE|ALTER|DROP|PRAGMA)\b", re.IGNORECASE)


@contextmanager
def watched(engine: Engine) -> Iterator[list[str]]:
    """What was said without a workspace, as long as the engine is watched."""
    found: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if is_stray(statement):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    yield found
    event.remove(engine, "before_cursor_execute", listen)


@cache
def is_stray(statement: str) -> bool:
    """Whether a table of ours is in it without a condition on, or a value for, its workspace."""
    if MIGRATION.match(statement):
        return False
    tables = {alias or name for name, alias in NAMED.findall(statement) if name in SQLModel.metadata.tables}
    return any(not _is_bound(statement, table) for table in tables)


def _is_bound(statement: str, table: str) -> bool:
    if re.search(rf'INSERT INTO "?{table}"? \([^)]*\bworkspace\b', statement):
        return True
    column = rf'"?{table}"?\.workspace'
    return re.search(rf"{column} = |= {column}\b", statement) is not None
