"""The rota, kept: what was decided moves it, in the transaction that decided.

Who deals leads out has the workspace's turn (`take_turn` of `DEALING`), before any lead is locked: so the rota
that a deal read is the one that it moves. Moves that deal nothing only add to rows, and need no turn.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from sqlalchemy import case, func
from sqlmodel import Session

from bot.rota import UNCHANGED, Move
from storage.tables import ROTA
from storage.upsert import Insert, insert_for

DEALING: Final = "offers"  # the turn of who offers leads: counts of offers and rotas are true for them


def keep(session: Session, workspace: str, moves: Iterable[Move]) -> None:
    """Move the rotas; rows in order of their keys, so that two never wait for each other."""
    together: dict[tuple[str, str], dict[str, Any]] = defaultdict(_nothing)
    for move in moves:
        row = together[move.team, move.rep]
        row["turns"] += move.turns
        row["credit"] += move.credit
        row["refused"] = row["refused"] if move.refused == UNCHANGED else move.refused
        row["last_lead_at"] = move.at or row["last_lead_at"]
    if together:
        rows = [
            {"workspace": workspace, "team": team, "slack_id": rep, **together[team, rep]}
            for team, rep in sorted(together)
        ]
        session.execute(_moving(session.get_bind().dialect.name), rows)


def _nothing() -> dict[str, Any]:
    return {"turns": 0, "credit": 0, "refused": UNCHANGED, "last_lead_at": None}


@cache
def _moving(dialect: str) -> Insert:
    statement = insert_for(dialect, ROTA)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["workspace", "team", "slack_id"],
        set_={
            "turns": ROTA.c.turns + new.turns,
            "credit": ROTA.c.credit + new.credit,
            "refused": case((new.refused == UNCHANGED, ROTA.c.refused), else_=new.refused),
            "last_lead_at": func.coalesce(new.last_lead_at, ROTA.c.last_lead_at),
        },
    )
