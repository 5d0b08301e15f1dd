"""Deals with the touches that led to them, read for attribution."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session

from bot.attribution import Journey, Met
from bot.deals import DealState
from bot.figures import Scope
from bot.money import Money
from storage.figures import deals_of
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, TOUCH

AT_ONCE: Final = 200  # deals


def won(session: Session, workspace: str, scope: Scope) -> Iterator[Journey]:
    """The deals won in the period."""
    closed = (DEAL.c.closed_at >= scope.begin) & (DEAL.c.closed_at < scope.end)
    yield from _journeys(session, workspace, scope, DEAL.c.state == DealState.WON, closed, until=scope.end)


def in_the_pipeline(session: Session, workspace: str, scope: Scope, now: datetime) -> Iterator[Journey]:
    """The deals that are open now, whatever the period."""
    yield from _journeys(session, workspace, scope, DEAL.c.state == DealState.OPEN, until=now)


def _journeys(
    session: Session, workspace: str, scope: Scope, *which: Any, until: datetime
) -> Iterator[Journey]:
    columns = (DEAL.c.id, DEAL.c.amount, DEAL.c.currency, DEAL.c.opened_at, DEAL.c.closed_at)
    query = select(*columns).where(*deals_of(workspace, scope), *which).order_by(DEAL.c.id)
    deals = session.execute(query).all()
    for start in range(0, len(deals), AT_ONCE):
        some = deals[start : start + AT_ONCE]
        ids = [deal.id for deal in some]
        touches, handed = _touches(session, workspace, ids), _handed(session, workspace, ids)
        for deal in some:
            closed_at = deal.closed_at or until
            met = sorted(each for each in touches.get(deal.id, ()) if each.at <= closed_at)
            yield Journey(
                met=tuple(met),
                handed_at=handed.get(deal.id),
                opened_at=deal.opened_at,
                closed_at=closed_at,
                money=_money(deal),
            )


def _touches(session: Session, workspace: str, deals: Sequence[str]) -> dict[str, list[Met]]:
    """Those of their leads that are none of ours."""
    its_lead = (LEAD.c.workspace == DEAL_LEAD.c.workspace) & (LEAD.c.id == DEAL_LEAD.c.lead)
    its_touch = (TOUCH.c.workspace == DEAL_LEAD.c.workspace) & (TOUCH.c.lead == DEAL_LEAD.c.lead)
    source = LEAD.c.fields["source"].as_string().label("source")
    query = (
        select(DEAL_LEAD.c.deal, TOUCH.c.at, TOUCH.c.campaign, source)
        .select_from(DEAL_LEAD.join(LEAD, its_lead).join(TOUCH, its_touch))
        .where(DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.deal.in_(deals), TOUCH.c.by.is_(None))
    )
    found: dict[str, list[Met]] = {}
    for row in session.execute(query):
        source_told = row.source or "unknown"
        line = f"campaign:{row.campaign}" if row.campaign else f"source:{source_told}"
        found.setdefault(row.deal, []).append(Met(at=row.at, line=line, source=source_told))
    return found


def _handed(session: Session, workspace: str, deals: Sequence[str]) -> dict[str, datetime]:
    """The first offer of any of their leads."""
    its_handoff = (HANDOFF.c.workspace == DEAL_LEAD.c.workspace) & (HANDOFF.c.lead == DEAL_LEAD.c.lead)
    query = (
        select(DEAL_LEAD.c.deal, func.min(HANDOFF.c.offered_at).label("at"))
        .select_from(DEAL_LEAD.join(HANDOFF, its_handoff))
        .where(DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.deal.in_(deals))
        .group_by(DEAL_LEAD.c.deal)
    )
    return {row.deal: row.at for row in session.execute(query)}


def _money(deal: Any) -> Money | None:
    return (
        None
        if deal.amount is None or deal.currency is None
        else Money(currency=deal.currency, amount=deal.amount)
    )
