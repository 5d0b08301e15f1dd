"""Nudges as rows, and back."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlmodel import Session

from bot.leads.wait import Rung, Stage
from bot.nudges import NOBODY, Nudge
from bot.working_time import Waited
from storage.tables import NUDGE
from storage.upsert import insert_new

UNTOLD: Final = ""  # told in no message to a person: settled before that, or a line in the channel
FIELDS: Final = tuple(field.name for field in fields(Nudge))


def add(session: Session, workspace: str, nudges: Sequence[Nudge]) -> None:
    """Keep nudges; one that is known already is not doubled. Lines in the channel are told by themselves."""
    rows = [
        {
            **asdict(nudge),
            "waited": nudge.waited.seconds,
            "waited_days": nudge.waited.days,
            "workspace": workspace,
            "reminder": UNTOLD if nudge.person == NOBODY else None,
            "acted_at": None,
        }
        for nudge in nudges
    ]
    insert_new(session, NUDGE, rows)


def read_nudges(session: Session, query: Any) -> list[Nudge]:
    return [_read(row) for row in session.execute(query).mappings()]


def _read(row: RowMapping) -> Nudge:
    told = {name: row[name] for name in FIELDS}
    waited = Waited(row["waited"], row["waited_days"])
    return Nudge(**{**told, "stage": Stage(told["stage"]), "rung": Rung(told["rung"]), "waited": waited})
