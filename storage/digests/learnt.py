"""What a digest says was learnt: retros and the changes they led to, and second chances that won."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import DealState
from bot.digests import LookedBack, Overdue, SecondChance
from bot.figures import Scope
from bot.retros.answering import TO_CHOOSE
from bot.retros.retro import RetroState
from storage.figures import deals_of
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, REJECTION, RETRO

LONG_ENOUGH: Final = timedelta(days=21)  # holidays included, longer than anybody has to choose a change
ACTING: Final[ColumnElement[str]] = literal_column("'acting'")  # as the index of those at work has it
ITS_DEAL: Final = (DEAL.c.workspace == RETRO.c.workspace) & (DEAL.c.id == RETRO.c.id)


def looked_back(
    session: Session, workspace: str, agreement: Agreement, scope: Scope, now: datetime
) -> LookedBack:
    """Retros of the period, those that ended in it without a change, and changes that are past their date."""
    noted = (RETRO.c.noted_at >= scope.begin) & (RETRO.c.noted_at < scope.end)
    retros = _rows(session, workspace, scope, noted, RETRO.c.state != RetroState.STOPPED)
    asked = [] if scope.rep else retros
    return LookedBack(
        due=len(asked),
        done=sum(row.summed_at is not None for row in asked),
        unchosen=0 if scope.rep else _unchosen(session, workspace, agreement, scope),
        overdue=tuple(_overdue(session, workspace, agreement, scope, now)),
    )


def _unchosen(session: Session, workspace: str, agreement: Agreement, scope: Scope) -> int:
    """Something was proposed, and nobody chose it in the time there was."""
    summed = (RETRO.c.summed_at >= scope.begin - LONG_ENOUGH) & (RETRO.c.summed_at < scope.end)
    number = 0
    for row in _rows(session, workspace, scope, summed, RETRO.c.state == RetroState.ENDED):
        proposed = any(each["said"].get("change") for each in row.answers)
        if proposed and row.action is None:
            number += scope.begin <= agreement.calendar.add(row.summed_at, TO_CHOOSE) < scope.end
    return number


def _overdue(
    session: Session, workspace: str, agreement: Agreement, scope: Scope, now: datetime
) -> Iterator[Overdue]:
    today = now.astimezone(agreement.calendar.zone).date().isoformat()
    rows = _rows(session, workspace, scope, RETRO.c.state == ACTING)
    late = [row for row in rows if row.action and row.action["due"] < today]
    for row in sorted(late, key=lambda row: (row.action["due"], row.id)):
        if scope.rep in (None, row.action["who"]):
            yield Overdue(what=row.action["what"], who=row.action["who"], due=row.action["due"])


def _rows(session: Session, workspace: str, scope: Scope, *which: ColumnElement[bool]) -> list[Any]:
    columns = (RETRO.c.id, RETRO.c.summed_at, RETRO.c.action, RETRO.c.answers)
    wanted = [] if scope.rep else list(deals_of(workspace, scope))
    query = select(*columns).select_from(RETRO.join(DEAL, ITS_DEAL))
    return list(session.execute(query.where(RETRO.c.workspace == workspace, *which, *wanted)))


def second_chances(session: Session, workspace: str, scope: Scope) -> list[SecondChance]:
    """Deals won in the period from leads that sales had said no to before, each with the first reason."""
    stood = or_(REJECTION.c.taken_back_at.is_(None), REJECTION.c.taken_back_by != REJECTION.c.by)
    query = (
        select(DEAL.c.id, DEAL.c.external_id, DEAL.c.fields, REJECTION.c.reason)
        .select_from(
            DEAL.join(
                DEAL_LEAD, (DEAL_LEAD.c.workspace == DEAL.c.workspace) & (DEAL_LEAD.c.deal == DEAL.c.id)
            )
            .join(
                HANDOFF,
                (HANDOFF.c.workspace == DEAL_LEAD.c.workspace) & (HANDOFF.c.lead == DEAL_LEAD.c.lead),
            )
            .join(
                REJECTION,
                (REJECTION.c.workspace == HANDOFF.c.workspace) & (REJECTION.c.handoff == HANDOFF.c.id),
            )
        )
        .where(
            *deals_of(workspace, scope),
            DEAL.c.state == DealState.WON,
            DEAL.c.closed_at >= scope.begin,
            DEAL.c.closed_at < scope.end,
            REJECTION.c.at < DEAL.c.closed_at,
            stood,
        )
        .order_by(REJECTION.c.at, REJECTION.c.id)
    )
    found: dict[str, SecondChance] = {}
    for row in session.execute(query):
        title = str(row.fields.get("name") or row.external_id)
        found.setdefault(row.id, SecondChance(title=title, reason=row.reason))
    return sorted(found.values(), key=lambda each: each.title)
