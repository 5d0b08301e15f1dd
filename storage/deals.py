"""Deals: each found or begun by its feed and its id there, kept with the leads it grew from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Executable, RowMapping, bindparam, delete, select
from sqlmodel import Session

from bot.deal_telling import why_lost
from bot.deals import Deal, DealState, Stage
from bot.errors import Refused
from bot.leads.lead import Loss
from storage.tables import DEAL, DEAL_LEAD
from storage.upsert import change, insert_for, insert_new

Key = tuple[str, str]
_OF_STAGE: Final = tuple(each.name for each in fields(Stage))


def get(session: Session, workspace: str, deal: str) -> Deal:
    """The deal of this id. Raises Refused where there is none."""
    row = session.execute(_ONE, {"workspace": workspace, "id": deal}).mappings().first()
    if row is None:
        raise Refused("This deal is not here any more.")
    return read(row)


def leads_of(session: Session, workspace: str, deal: str) -> list[str]:
    """The leads that a deal grew from, as far as they are known."""
    return list(session.scalars(_ITS_LEADS, {"workspace": workspace, "deal": deal}))


def losses(session: Session, workspace: str, leads: Sequence[str]) -> dict[str, Loss]:
    """When and why the last deal of each of these leads was lost; a lead with one that is open or won is left out."""
    rows = session.execute(_DEALS_OF, {"workspace": workspace, "leads": sorted(leads)}).all()
    sold = {row.lead for row in rows if row.state != DealState.LOST}
    return {
        row.lead: Loss(at=row.closed_at, why=why_lost(row.fields))
        for row in rows
        if row.lead not in sold and row.closed_at is not None
    }


def find_or_begin(session: Session, workspace: str, known: Collection[Key]) -> dict[Key, Deal]:
    """The deals by (feed, id there), locked until the transaction ends; in order, so that two never lock crosswise.

    A deal that nobody knew has no fields yet.
    """
    if not known:
        return {}
    blank = {"workspace": workspace, "state": DealState.OPEN, "fields": {}, "fields_at": {}, "stages": []}
    claimed = session.execute(
        _claiming(session.get_bind().dialect.name),
        [{**blank, "id": uuid4().hex, "feed": feed, "external_id": its_id} for feed, its_id in sorted(known)],
    )
    return {(row["feed"], row["external_id"]): read(row) for row in claimed.mappings()}


def keep(session: Session, workspace: str, before: Mapping[Key, Deal], after: Mapping[Key, Deal]) -> None:
    """Write what is different in these deals."""
    rows = [(_row(workspace, before[key]), _row(workspace, deal)) for key, deal in sorted(after.items())]
    change(session, DEAL, rows)


def forget(session: Session, workspace: str, deals: Collection[str]) -> None:
    """Take out what was begun for news that made no sense."""
    if deals:
        session.execute(_FORGOTTEN, {"workspace": workspace, "ids": sorted(deals)})


def link(session: Session, workspace: str, leads: Mapping[str, Sequence[str]]) -> None:
    """Say of each deal (by its id) which leads it grew from; they are there already."""
    for deal, its in sorted(leads.items()):
        session.execute(_UNLINKED, {"workspace": workspace, "its_deal": deal, "its": list(its)})
    rows = [
        {"workspace": workspace, "deal": deal, "lead": lead} for deal, its in leads.items() for lead in its
    ]
    insert_new(session, DEAL_LEAD, sorted(rows, key=lambda row: (row["deal"], row["lead"])))


@cache
def _claiming(dialect: str) -> Executable:
    """What the row says is what it says now: the update waits for whoever is writing it."""
    statement = insert_for(dialect, DEAL).on_conflict_do_update(
        index_elements=["workspace", "feed", "external_id"], set_={"id": DEAL.c.id}
    )
    return statement.returning(DEAL)


_FORGOTTEN: Final = delete(DEAL).where(
    DEAL.c.workspace == bindparam("workspace"), DEAL.c.id.in_(bindparam("ids", expanding=True))
)
_ONE: Final = select(DEAL).where(DEAL.c.workspace == bindparam("workspace"), DEAL.c.id == bindparam("id"))
_ITS_LEADS: Final = (
    select(DEAL_LEAD.c.lead)
    .where(DEAL_LEAD.c.workspace == bindparam("workspace"), DEAL_LEAD.c.deal == bindparam("deal"))
    .order_by(DEAL_LEAD.c.lead)
)
_DEALS_OF: Final = (
    select(DEAL_LEAD.c.lead, DEAL.c.state, DEAL.c.closed_at, DEAL.c.fields)
    .join_from(DEAL_LEAD, DEAL, (DEAL.c.workspace == DEAL_LEAD.c.workspace) & (DEAL.c.id == DEAL_LEAD.c.deal))
    .where(
        DEAL_LEAD.c.workspace == bindparam("workspace"),
        DEAL.c.workspace == bindparam("workspace"),
        DEAL_LEAD.c.lead.in_(bindparam("leads", expanding=True)),
    )
    .order_by(DEAL.c.closed_at)
)
_UNLINKED: Final = delete(DEAL_LEAD).where(
    DEAL_LEAD.c.workspace == bindparam("workspace"),
    DEAL_LEAD.c.deal == bindparam("its_deal"),
    DEAL_LEAD.c.lead.not_in(bindparam("its", expanding=True)),
)


def _row(workspace: str, deal: Deal) -> dict[str, Any]:
    money = deal.money
    return {
        "workspace": workspace,
        "id": deal.id,
        "feed": deal.feed,
        "external_id": deal.external_id,
        "state": deal.state,
        "amount": money and money.amount,
        "currency": money and money.currency,
        "fields": {
            path: list(told) if isinstance(told, tuple) else told for path, told in deal.fields.items()
        },
        "fields_at": {path: at.isoformat() for path, at in deal.fields_at.items()},
        "stages": [_stage_row(stage) for stage in deal.stages],
        "owner": deal.owner,
        "opened_at": deal.opened_at,
        "closed_at": deal.closed_at,
    }


def _stage_row(stage: Stage) -> dict[str, Any]:
    told = {name: getattr(stage, name) for name in _OF_STAGE if getattr(stage, name) is not None}
    return {**told, "at": stage.at.isoformat(), "since": stage.since.isoformat()}


def _read_stage(kept: Mapping[str, Any]) -> Stage:
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("at", "since")}
    return Stage(**{**kept, **moments})


def read(row: RowMapping) -> Deal:
    return Deal(
        id=row["id"],
        feed=row["feed"],
        external_id=row["external_id"],
        state=DealState(row["state"]),
        fields={
            path: tuple(told) if isinstance(told, list) else told for path, told in row["fields"].items()
        },
        fields_at={path: datetime.fromisoformat(at) for path, at in row["fields_at"].items()},
        stages=tuple(map(_read_stage, row["stages"])),
    )
