"""The figures, counted: queries on the indexed columns of handoffs and deals, the same on both databases."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import DealState
from bot.figures import Closed, Figures, Scope, Share, Spread, Tally
from bot.leads.decision import Facts
from bot.leads.lead import State, Verdict
from bot.working_time import Stop
from storage import standstills
from storage.db import Space
from storage.lead_rows import WITH_REJECTION
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, REJECTION

LONG_WITHOUT_CONTACT: Final = 5  # working days after an accept (product.md section 10)
AT_ONCE: Final = 1000  # rows that are looked at together
ITS_LEAD: Final = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.id == HANDOFF.c.lead)
CURRENT: Final = LEAD.c.handoff == HANDOFF.c.id
WAITS: Final = and_(HANDOFF.c.verdict.is_(None), CURRENT, LEAD.c.state == State.OFFERED)
# Accepted, and nobody has been in touch; one that has grown into a deal is past asking.
UNTOUCHED: Final = and_(
    HANDOFF.c.verdict == Verdict.ACCEPTED,
    HANDOFF.c.contacted_at.is_(None),
    CURRENT,
    LEAD.c.state.in_((State.ACCEPTED, State.WORKING)),
)
# Asked of each handoff by itself, and only where it matters: a join would be read from all leads there ever were.
ITS_STATE: Final = select(LEAD.c.state).where(ITS_LEAD, CURRENT).correlate(HANDOFF).scalar_subquery()
ITS_REASON: Final = select(REJECTION.c.reason).where(WITH_REJECTION).correlate(HANDOFF).scalar_subquery()
UNDECIDED: Final = HANDOFF.c.verdict.is_(None)
REJECTED: Final = HANDOFF.c.verdict == Verdict.REJECTED
GROUPED: Final = (
    HANDOFF.c.line,
    HANDOFF.c.source,
    HANDOFF.c.hot,
    HANDOFF.c.verdict,
    case((UNDECIDED, case((ITS_STATE == State.OFFERED, 1), else_=0)), else_=0).label("waits"),
    case((REJECTED, ITS_REASON), else_=None).label("reason"),
    case((REJECTED, case((ITS_STATE == State.DISPUTED, 1), else_=0)), else_=0).label("disputed"),
    case((HANDOFF.c.contacted_at.is_not(None), 1), else_=0).label("contacted"),
    case((HANDOFF.c.contacted_at <= HANDOFF.c.decided_at, 1), else_=0).label("contacted_before"),
    case((HANDOFF.c.contacted_at <= HANDOFF.c.contact_due, 1), else_=0).label("in_time"),
    case((HANDOFF.c.late_at <= HANDOFF.c.decided_at, 1), else_=0).label("late"),
)


class Counts:
    """Counts what is asked for by a scope; whom it may be shown is not asked here."""

    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def figures(self, scope: Scope, now: datetime) -> Figures:
        """Every figure of the period as things stand now, all at one moment."""
        return await self._space.read(lambda session: self.count(session, scope, now))

    def count(self, session: Session, scope: Scope, now: datetime) -> Figures:
        """The same, within a transaction."""
        workspace = self._space.workspace
        ages = _Ages(self._agreement, standstills.every(session, workspace), now)
        whole, own = the_set(workspace, scope), handoffs_of(workspace, scope)
        waiting = [ages.of(row) for row in _stream(session, whole, WAITS)]
        untouched = list(_stream(session, whole, UNTOUCHED))
        never = sum(ages.is_long_ago(row) for row in untouched)
        return Figures(
            tallies=tuple(_tallies(session, workspace, scope)),
            decided=_decided(session, workspace, scope),
            to_decision=Spread.of(_histogram(session, own, HANDOFF.c.took), waiting),
            to_contact=Spread.of(
                _histogram(session, own, HANDOFF.c.contact_took),
                [*waiting, *map(ages.of, untouched)],
            ),
            system=Spread.of(_histogram(session, own, HANDOFF.c.shown_after)),
            never_contacted=never,
            deals=_deals(session, workspace, scope),
        )

    def acceptance(self, session: Session, scope: Scope) -> tuple[int, Share]:
        """How many were handed over, and the share that was accepted: all that is told of the weeks before."""
        joined, here = handoffs_of(self._space.workspace, scope)
        query = select(HANDOFF.c.verdict, func.count()).select_from(joined).where(here)
        numbers = {row[0]: row[1] for row in session.execute(query.group_by(HANDOFF.c.verdict))}
        accepted, rejected = numbers.get(Verdict.ACCEPTED, 0), numbers.get(Verdict.REJECTED, 0)
        return sum(numbers.values()), Share(part=accepted, whole=accepted + rejected)


class _Ages:
    """How long somebody has waited by now, in seconds of their team's working time."""

    def __init__(self, agreement: Agreement, stops: Sequence[tuple[str, Stop]], now: datetime) -> None:
        self._terms = Facts(now=now, agreement=agreement, stops=tuple(stops))
        self._clock = lru_cache(self._terms.clock_of)

    def of(self, row: Any) -> int:
        return int(self._clock(row.team).between(row.offered_at, self._terms.now).total_seconds())

    def is_long_ago(self, row: Any) -> bool:
        calendar = self._clock(row.team).calendar
        return calendar.working_days_after(row.decided_at, LONG_WITHOUT_CONTACT) < self._terms.now


def the_set(workspace: str, scope: Scope) -> tuple[FromClause, ColumnElement[bool]]:
    """The handoffs whose first offer lies in the period, each with its lead and its rejection."""
    joined = HANDOFF.join(LEAD, ITS_LEAD).outerjoin(REJECTION, WITH_REJECTION)
    in_it = (HANDOFF.c.offered_at >= scope.begin) & (HANDOFF.c.offered_at < scope.end)
    return joined, and_(HANDOFF.c.workspace == workspace, in_it, *wanted(scope))


def handoffs_of(workspace: str, scope: Scope) -> tuple[FromClause, ColumnElement[bool]]:
    """The same without what only a segment asks of the lead: for figures of the handoff's own columns."""
    _, here = the_set(workspace, scope)
    return (HANDOFF if scope.segment is None else HANDOFF.join(LEAD, ITS_LEAD)), here


def wanted(scope: Scope) -> Iterator[ColumnElement[bool]]:
    """What makes the set smaller, besides the period. May ask of the lead: join it."""
    if scope.teams:
        yield HANDOFF.c.team.in_(scope.teams)
    if scope.campaign is not None:
        yield HANDOFF.c.line == f"campaign:{scope.campaign}"
    if scope.source is not None:
        yield HANDOFF.c.source == scope.source
    if scope.rep is not None:
        asked = and_(HANDOFF.c.verdict.is_(None), HANDOFF.c.alone.is_(True), HANDOFF.c.to == scope.rep)
        yield or_(HANDOFF.c.decided_by == scope.rep, asked)
    if scope.apart:
        yield HANDOFF.c.line.not_in(scope.apart)
    if scope.segment is not None:
        told = (LEAD.c.fields[path].as_string() for path in ("company.industry", "company.country"))
        yield or_(*(func.lower(each) == scope.segment for each in told))


def _tallies(session: Session, workspace: str, scope: Scope) -> Iterator[Tally]:
    found, here = handoffs_of(workspace, scope)
    each = select(*GROUPED).select_from(found).where(here).subquery()  # PostgreSQL groups by columns alone
    counted = select(*each.c, func.count().label("number")).group_by(*each.c)
    for row in session.execute(counted).mappings():
        told = {**row, "verdict": None if row["verdict"] is None else Verdict(row["verdict"])}
        flags = ("hot", "waits", "disputed", "contacted", "contacted_before", "in_time", "late")
        yield Tally(**{**told, **{name: bool(row[name]) for name in flags}})


def _decided(session: Session, workspace: str, scope: Scope) -> Mapping[Verdict, int]:
    """Decisions made in the period, whenever the lead was handed over; one taken back is none."""
    in_it = (HANDOFF.c.decided_at >= scope.begin) & (HANDOFF.c.decided_at < scope.end)
    query = (
        select(HANDOFF.c.verdict, func.count())
        .select_from(handoffs_of(workspace, scope)[0])
        .where(HANDOFF.c.workspace == workspace, in_it, HANDOFF.c.verdict.is_not(None), *wanted(scope))
        .group_by(HANDOFF.c.verdict)
    )
    return {Verdict(row[0]): row[1] for row in session.execute(query)}


def _histogram(
    session: Session, whole: tuple[FromClause, ColumnElement[bool]], measure: ColumnElement[int | None]
) -> dict[int, int]:
    """How many took how long."""
    joined, here = whole
    query = select(measure, func.count()).select_from(joined).where(here, measure.is_not(None))
    return {row[0]: row[1] for row in session.execute(query.group_by(measure)).all()}


def _stream(
    session: Session, whole: tuple[FromClause, ColumnElement[bool]], which: ColumnElement[bool]
) -> Iterator[Any]:
    joined, here = whole
    query = select(HANDOFF.c.team, HANDOFF.c.offered_at, HANDOFF.c.decided_at).select_from(joined)
    return iter(session.execute(query.where(here, which).execution_options(yield_per=AT_ONCE)))


def deals_of(workspace: str, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """Of all deals, under a filter those that grew from a handoff that fits it."""
    yield DEAL.c.workspace == workspace
    filters = list(wanted(scope))
    if filters:
        its_lead = (LEAD.c.workspace == DEAL_LEAD.c.workspace) & (LEAD.c.id == DEAL_LEAD.c.lead)
        grown = (
            select(DEAL_LEAD.c.deal)
            .select_from(DEAL_LEAD.join(LEAD, its_lead).join(HANDOFF, ITS_LEAD))
            .where(DEAL_LEAD.c.workspace == workspace, *filters)
        )
        yield DEAL.c.id.in_(grown)


def _deals(session: Session, workspace: str, scope: Scope) -> tuple[Closed, ...]:
    """Deals by their close date."""
    closed = (DEAL.c.closed_at >= scope.begin) & (DEAL.c.closed_at < scope.end)
    here = [*deals_of(workspace, scope), closed, DEAL.c.state.in_((DealState.WON, DealState.LOST))]
    groups = (DEAL.c.state, DEAL.c.currency)
    query = select(*groups, func.count().label("number"), func.sum(DEAL.c.amount).label("amount"))
    rows = session.execute(query.where(*here).group_by(*groups).order_by(*groups))
    return tuple(
        Closed(
            won=row.state == DealState.WON,
            number=row.number,
            currency=row.currency,
            amount=int(row.amount or 0),
        )
        for row in rows
    )
