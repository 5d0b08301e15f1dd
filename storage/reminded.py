"""Reminders, counted: by rung, how many were sent and how many anybody acted on within a working hour."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import func, select, text
from sqlmodel import Session

from bot.agreement import Agreement
from bot.figures import Scope, Share
from bot.leads.decision import Facts
from bot.leads.wait import Rung
from bot.working_time import Clock
from storage import standstills
from storage.figures import AT_ONCE, ITS_LEAD, wanted
from storage.nudge_rows import UNTOLD
from storage.tables import HANDOFF, LEAD, LOG, NUDGE

STOPPED: Final = text("log.what = 'stopreminding'")  # written out, as the index that holds these alone is
ACTED_WITHIN: Final = timedelta(hours=1)  # of working time


def reminded(session: Session, workspace: str, agreement: Agreement, scope: Scope) -> dict[str, Share]:
    """Messages about one lead to one person, sent in the period."""
    its_handoff = (HANDOFF.c.workspace == NUDGE.c.workspace) & (HANDOFF.c.id == NUDGE.c.handoff)
    told = NUDGE.join(HANDOFF, its_handoff)
    query = (
        select(NUDGE.c.rung, NUDGE.c.at, NUDGE.c.acted_at, HANDOFF.c.team)
        .select_from(told if scope.segment is None else told.join(LEAD, ITS_LEAD))
        .where(
            NUDGE.c.workspace == workspace,
            NUDGE.c.at >= scope.begin,
            NUDGE.c.at < scope.end,
            NUDGE.c.reminder > UNTOLD,
            NUDGE.c.rung != Rung.HELP,  # no rule of the ladder: it says that nobody can be offered a lead
            *wanted(scope),
        )
    )
    terms = Facts(now=scope.end, agreement=agreement, stops=standstills.every(session, workspace))
    clock = lru_cache(terms.clock_of)
    sent: dict[str, list[int]] = {}
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        counts = sent.setdefault(row.rung, [0, 0])
        counts[0] += row.acted_at is not None and _soon(row.at, row.acted_at, clock(row.team))
        counts[1] += 1
    return {rung: Share(part=part, whole=whole) for rung, (part, whole) in sorted(sent.items())}


def stopped(session: Session, workspace: str, scope: Scope) -> int:
    """Of how many leads somebody wanted no more reminders, in the period."""
    its_lead = (LEAD.c.workspace == LOG.c.workspace) & (LEAD.c.id == LOG.c.lead)
    newest = (HANDOFF.c.workspace == LEAD.c.workspace) & (HANDOFF.c.id == LEAD.c.handoff)
    query = (
        select(func.count(LOG.c.lead.distinct()))
        .select_from(LOG.join(LEAD, its_lead).join(HANDOFF, newest))
        .where(LOG.c.workspace == workspace, STOPPED, LOG.c.at >= scope.begin, LOG.c.at < scope.end)
        .where(*wanted(scope))
    )
    return session.scalar(query) or 0


def _soon(at: datetime, acted_at: datetime, clock: Clock) -> bool:
    """Working time never outruns the clock on the wall, which is quicker to look at."""
    return acted_at - at <= ACTED_WITHIN or clock.between(at, acted_at) <= ACTED_WITHIN
