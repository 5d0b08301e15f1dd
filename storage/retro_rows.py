"""Retros and their seats as rows, and back. The only place that knows both shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Session

from bot.deals import DealState
from bot.retros.retro import Action, IfFew, Part, Retro, RetroState, Said, Seat, Told, Word
from storage.tables import RETRO, RETRO_SEAT
from storage.turns import locking
from storage.upsert import change, insert_new

_OF_RETRO, _OF_SEAT = (tuple(each.name for each in fields(kind)) for kind in (Retro, Seat))


def load(session: Session, workspace: str, retro: str, *, lock_it: bool = False) -> Retro | None:
    """The retro with its seats; locked, nobody else changes it until the transaction ends."""
    these = {"workspace": workspace, "retro": retro}
    row = session.execute(_LOCKED if lock_it else _ONE, these).mappings().first()
    if row is None:
        return None
    seats = session.execute(_SEATS, these).mappings().all()
    return _read(row, seats)


def begin(session: Session, workspace: str, retro: Retro) -> None:
    insert_new(session, RETRO, [_row(workspace, retro)])


def keep(session: Session, workspace: str, before: Retro, after: Retro) -> None:
    """Write what is different."""
    change(session, RETRO, [(_row(workspace, before), _row(workspace, after))])
    known = {seat.person: _seat_row(workspace, before.id, n, seat) for n, seat in enumerate(before.seats)}
    rows = {seat.person: _seat_row(workspace, after.id, n, seat) for n, seat in enumerate(after.seats)}
    insert_new(session, RETRO_SEAT, [row for person, row in sorted(rows.items()) if person not in known])
    pairs = [(known[person], row) for person, row in sorted(rows.items()) if person in known]
    change(session, RETRO_SEAT, pairs)


def _row(workspace: str, retro: Retro) -> dict[str, Any]:
    told = {name: getattr(retro, name) for name in _OF_RETRO if name != "seats"}
    action = retro.action
    return {
        **told,
        "workspace": workspace,
        "turns": list(retro.turns),
        "answers": [{**asdict(answer), "said": said_row(answer.said)} for answer in retro.answers],
        "action": None if action is None else _action_row(action),
    }


def _action_row(action: Action) -> dict[str, Any]:
    told_on = None if action.told_on is None else action.told_on.isoformat()
    return {**asdict(action), "due": action.due.isoformat(), "told_on": told_on}


def _seat_row(workspace: str, retro: str, place: int, seat: Seat) -> dict[str, Any]:
    told = {name: getattr(seat, name) for name in _OF_SEAT}
    draft = None if seat.draft is None else said_row(seat.draft)
    return {**told, "workspace": workspace, "retro": retro, "place": place, "draft": draft}


def said_row(said: Said) -> dict[str, Any]:
    """In the order of the questions' names: not in that in which they were answered."""
    return {code: list(told) if isinstance(told, tuple) else told for code, told in sorted(said.items())}


def read_said(kept: Mapping[str, Any]) -> Said:
    return {code: tuple(told) if isinstance(told, list) else told for code, told in kept.items()}


def _read(row: RowMapping, seats: Sequence[RowMapping]) -> Retro:
    told = {name: row[name] for name in _OF_RETRO if name != "seats"}
    action = told["action"]
    return Retro(
        **{
            **told,
            "state": RetroState(told["state"]),
            "outcome": DealState(told["outcome"]),
            "turns": tuple(map(Word, told["turns"])),
            "seats": tuple(map(_read_seat, seats)),
            "answers": read_answers(told["answers"]),
            "action": None if action is None else read_action(action),
        }
    )


def _read_seat(row: RowMapping) -> Seat:
    told = {name: row[name] for name in _OF_SEAT}
    draft = told["draft"]
    return Seat(**{**told, "part": Part(told["part"]), "draft": None if draft is None else read_said(draft)})


def read_answers(kept: Sequence[Mapping[str, Any]]) -> tuple[Told, ...]:
    return tuple(map(_read_answer, kept))


def _read_answer(kept: Mapping[str, Any]) -> Told:
    few = kept["if_few"]
    return Told(**{**kept, "said": read_said(kept["said"]), "if_few": None if few is None else IfFew(few)})


def read_action(kept: Mapping[str, Any]) -> Action:
    told_on = kept["told_on"]
    return Action(
        **{
            **kept,
            "due": date.fromisoformat(kept["due"]),
            "told_on": None if told_on is None else date.fromisoformat(told_on),
        }
    )


_ONE: Final = select(RETRO).where(
    RETRO.c.workspace == bindparam("workspace"), RETRO.c.id == bindparam("retro")
)
_LOCKED: Final = locking(_ONE)
_SEATS: Final = (
    select(RETRO_SEAT)
    .where(RETRO_SEAT.c.workspace == bindparam("workspace"), RETRO_SEAT.c.retro == bindparam("retro"))
    .order_by(RETRO_SEAT.c.place)
)
