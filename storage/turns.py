"""Who goes first: locks that SQLite, which has one writer at a time, does not need and PostgreSQL does.

All locks are taken in one order, so that no two transactions wait for each other: the turn of offering (who
offers leads, and so counts offers and moves rotas), identities, deals, leads in order of their ids, people, rotas,
holds, posts, lanes in order of their names, a lane's jobs.
A lock is a statement of its own: what it waited for can be seen only by the next one.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import BigInteger, Select, bindparam, func, select
from sqlmodel import Session


def has_one_writer(session: Session) -> bool:
    """Whether a transaction that writes is alone with the whole database."""
    return session.get_bind().dialect.name == "sqlite"


def locking(rows: Select[Any]) -> Select[Any]:
    """What locks these rows, in the order that the query gives them, until the transaction ends."""
    return rows.with_for_update(key_share=True)


def lock(session: Session, rows: Select[Any], told: Mapping[str, Any]) -> None:
    """Lock the rows of a `locking` query."""
    if not has_one_writer(session):
        session.execute(rows, told).all()


def take_turn(session: Session, workspace: str, name: str) -> None:
    """Wait until no other transaction has this turn: for counts, which have no row that could be locked."""
    if not has_one_writer(session):
        told = blake2b(f"{workspace}\x1f{name}".encode(), digest_size=8).digest()
        number = int.from_bytes(told, "big", signed=True)
        session.execute(_TURN, {"number": number})


_TURN: Final = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))
