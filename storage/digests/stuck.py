"""What a digest says is stuck now: late, stalled, deals without a next step, and what first days kept from managers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select, text
from sqlmodel import Session

from bot.agreement import Agreement
from bot.digests import MOST_NAMED, FirstDays, OpenDeal, Waiting
from bot.figures import Scope
from bot.leads.decision import Facts
from bot.leads.lead import Lead, State, Verdict
from bot.working_time import Waited
from storage import standstills
from storage.figures import AT_ONCE, CURRENT, ITS_LEAD, deals_of
from storage.lead_rows import load
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, LIFE, PERSON

HALF: Final = MOST_NAMED // 2  # of what is named in words alone
# Written out, and not as values: an index that holds some rows alone is used where the words are its own.
STALLED: Final = text("handoff.stalled")
ACCEPTED: Final[ColumnElement[str]] = literal_column("'accepted'")
OPEN: Final[ColumnElement[str]] = literal_column("'open'")
OF_DEAL: Final = (DEAL_LEAD.c.workspace == DEAL.c.workspace) & (DEAL_LEAD.c.deal == DEAL.c.id)


def late(
    session: Session, workspace: str, agreement: Agreement, scope: Scope, now: datetime, *, most: int
) -> tuple[list[Waiting], int]:
    """Waiting for an answer after the breach, or for a first contact after the agreed time; and how many."""
    # Two ways to be late, each on an index of its own: together they would be looked for in every handoff.
    ways = (
        and_(LEAD.c.state == State.OFFERED, HANDOFF.c.verdict.is_(None), HANDOFF.c.late_at <= now),
        and_(
            LEAD.c.state == ACCEPTED,
            HANDOFF.c.verdict == ACCEPTED,
            HANDOFF.c.contacted_at.is_(None),
            HANDOFF.c.contact_due <= now,
        ),
    )
    found: list[tuple[datetime, str]] = []
    number = 0
    for way in ways:
        here = and_(HANDOFF.c.workspace == workspace, CURRENT, way, *_theirs(scope))
        joined = HANDOFF.join(LEAD, ITS_LEAD)
        number += session.scalar(select(func.count()).select_from(joined).where(here)) or 0
        query = select(HANDOFF.c.offered_at, LEAD.c.id).select_from(joined).where(here)
        rows = session.execute(query.order_by(HANDOFF.c.offered_at, LEAD.c.id).limit(most))
        found += [(row.offered_at, row.id) for row in rows]
    ids = [lead for _, lead in sorted(found)[:most]]
    leads = load(session, workspace, ids, some=True)
    terms = Facts(now=now, agreement=agreement, stops=standstills.every(session, workspace))
    waiting = [Waiting(lead=leads[each], waited=_waited(leads[each], terms)) for each in ids if each in leads]
    return sorted(waiting, key=lambda each: -each.waited.seconds), number


def _waited(lead: Lead, terms: Facts) -> Waited:
    if lead.handoff is None:
        return Waited(0)
    return terms.clock_of(lead.handoff.team).waited(lead.handoff.offered_at, terms.now)


def stalled(session: Session, workspace: str, scope: Scope) -> tuple[list[Lead], int]:
    """Owned, in touch once, and the ladder has said since that nothing happens."""
    silent = and_(LEAD.c.state.in_((State.ACCEPTED, State.WORKING)), STALLED)
    here = and_(HANDOFF.c.workspace == workspace, CURRENT, silent, *_theirs(scope))
    found = HANDOFF.join(LEAD, ITS_LEAD)
    number = session.scalar(select(func.count()).select_from(found).where(here)) or 0
    query = select(LEAD.c.id).select_from(found).where(here).order_by(LEAD.c.spoke_at, LEAD.c.id)
    ids = list(session.scalars(query.limit(HALF)))
    leads = load(session, workspace, ids, some=True)
    return [leads[each] for each in ids if each in leads], number


def without_next_step(
    session: Session, workspace: str, scope: Scope, now: datetime
) -> tuple[list[OpenDeal], int]:
    """Open deals for none of whose leads a day to come is planned, the oldest first; and how many."""
    planned = exists().where(
        OF_DEAL,
        LEAD.c.workspace == DEAL_LEAD.c.workspace,
        LEAD.c.id == DEAL_LEAD.c.lead,
        LEAD.c.next_step_at > now,
    )
    here = [
        DEAL.c.workspace == workspace,
        DEAL.c.state == OPEN,
        ~planned,
        *_deals(session, workspace, scope),
    ]
    number = session.scalar(select(func.count()).select_from(DEAL).where(*here)) or 0
    query = select(DEAL.c.id, DEAL.c.external_id, DEAL.c.fields).where(*here)
    rows = session.execute(query.order_by(DEAL.c.opened_at, DEAL.c.id).limit(HALF)).all()
    leads = _leads_of(session, workspace, [row.id for row in rows])
    return [_open_deal(row, leads.get(row.id)) for row in rows], number


def _deals(session: Session, workspace: str, scope: Scope) -> Iterator[ColumnElement[bool]]:
    if scope.rep is None:
        yield from deals_of(workspace, scope)
        return
    person = select(PERSON.c.email).where(PERSON.c.workspace == workspace, PERSON.c.slack_id == scope.rep)
    yield DEAL.c.owner.in_([each for each in (scope.rep, session.scalar(person)) if each])


def _leads_of(session: Session, workspace: str, deals: list[str]) -> dict[str, Lead]:
    """Of each of these deals its first lead that somebody owns."""
    its_lead = (LEAD.c.workspace == DEAL_LEAD.c.workspace) & (LEAD.c.id == DEAL_LEAD.c.lead)
    query = (
        select(DEAL_LEAD.c.deal, func.min(LEAD.c.id).label("lead"))
        .select_from(DEAL_LEAD.join(LEAD, its_lead))
        .where(DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.deal.in_(deals), LEAD.c.owner.is_not(None))
        .group_by(DEAL_LEAD.c.deal)
    )
    found = {row.deal: row.lead for row in session.execute(query)}
    leads = load(session, workspace, list(found.values()), some=True)
    return {deal: leads[lead] for deal, lead in found.items() if lead in leads}


def _open_deal(row: Any, lead: Lead | None) -> OpenDeal:
    return OpenDeal(title=str(row.fields.get("name") or row.external_id), lead=lead)


def first_days(
    session: Session, workspace: str, agreement: Agreement, scope: Scope, now: datetime
) -> FirstDays | None:
    """What managers would have been told of, had it not been the first days; None: they were over long ago."""
    life = session.execute(select(LIFE).where(LIFE.c.workspace == workspace)).mappings().first()
    if life is None or life["began_at"] < scope.begin:
        return None
    until = agreement.calendar.working_days_after(life["began_at"], standstills.GENTLE_DAYS)
    terms = Facts(now=now, agreement=agreement, stops=standstills.every(session, workspace))
    ends = min(until, life["switched_on_at"] or until)
    query = _of_first_days(workspace, scope, life["began_at"], ends)
    kept_from = [
        row
        for row in session.execute(query.execution_options(yield_per=AT_ONCE))
        if _would_tell(row, terms, ends)
    ]
    leads = load(session, workspace, [row.lead for row in kept_from[:HALF]], some=True)
    return FirstDays(
        until=until,
        leads=tuple(leads[row.lead] for row in kept_from[:HALF] if row.lead in leads),
        in_all=len(kept_from),
        switched_on_by=life["switched_on_by"],
    )


def _of_first_days(workspace: str, scope: Scope, begin: datetime, end: datetime) -> Select[Any]:
    columns = (HANDOFF.c.lead, HANDOFF.c.team, HANDOFF.c.hot, HANDOFF.c.shown_at, HANDOFF.c.decided_at)
    contact = (HANDOFF.c.contact_due, HANDOFF.c.contacted_at, HANDOFF.c.verdict)
    return (
        select(*columns, *contact)
        .where(
            HANDOFF.c.workspace == workspace,
            HANDOFF.c.offered_at >= begin,
            HANDOFF.c.offered_at < end,
            *([HANDOFF.c.team.in_(scope.teams)] if scope.teams else []),
        )
        .order_by(HANDOFF.c.offered_at, HANDOFF.c.id)
    )


def _would_tell(row: Any, terms: Facts, ends: datetime) -> bool:
    """Whether a manager's rung had passed, within those days, before somebody decided or was in touch."""
    ladder = terms.agreement.team(terms.agreement.team(row.team).name).ladder
    rungs, clock = ladder.hot if row.hot else ladder.standard, terms.clock_of(row.team)
    over = min(ends, terms.now)
    if row.shown_at is not None and clock.add(row.shown_at, rungs.manager) <= min(
        row.decided_at or over, over
    ):
        return True
    if row.verdict != Verdict.ACCEPTED or row.contact_due is None:
        return False
    return clock.add(row.contact_due, rungs.still_yours) <= min(row.contacted_at or over, over)


def _theirs(scope: Scope) -> Iterator[ColumnElement[bool]]:
    if scope.teams:
        yield HANDOFF.c.team.in_(scope.teams)
    if scope.rep is not None:
        yield or_(LEAD.c.owner == scope.rep, and_(HANDOFF.c.alone.is_(True), HANDOFF.c.to == scope.rep))
