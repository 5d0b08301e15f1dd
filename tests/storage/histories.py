"""Invented histories of leads and deals, and a database in which there is nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sqlmodel import Session

from bot.figures import Scope
from bot.leads.lead import Handoff, Lead, Rejection, State, Verdict
from bot.reasons import REASONS
from storage.db import Database
from storage.lead_rows import handoff_row, lead_row, rejection_row
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, REJECTION
from storage.upsert import add
from tests.bot.examples import ACME

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONDAY: Final = datetime(2026, 11, 16, tzinfo=UTC)
WEEK: Final = timedelta(days=7)
LAST_WEEK: Final = Scope(begin=MONDAY, end=MONDAY + WEEK)
CALENDAR: Final = ACME.calendar
CODES: Final = sorted(code for code, reason in REASONS.items() if reason.rejects)

invented = settings(
    derandomize=True,
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every example is undone
)


@dataclass(frozen=True, slots=True)
class History:
    lead: Lead
    handoff: Handoff


@dataclass(frozen=True, slots=True)
class Sale:
    state: str
    closed_at: datetime | None
    currency: str | None
    amount: int | None
    lead: str | None


moments = st.integers(-60 * 24 * 9, 60 * 24 * 7 - 1).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


@st.composite
def histories(draw: Any) -> list[History]:
    number = draw(st.integers(0, 14))
    return [_history(draw, f"lead{each}") for each in range(number)]


def _history(draw: Any, name: str) -> History:
    offered_at = draw(moments)
    minutes = st.integers(0, 60 * 24 * 6).map(lambda each: timedelta(minutes=each))
    verdict = draw(st.sampled_from([None, Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.REJECTED]))
    decided_at = None if verdict is None else min(NOW, offered_at + draw(minutes))
    contacted_at = draw(st.none() | minutes.map(lambda each: min(NOW, offered_at + each)))
    if verdict is None:
        contacted_at = None
    state = {
        None: draw(st.sampled_from([State.OFFERED, State.OFFERED, State.CLOSED])),
        Verdict.ACCEPTED: State.WORKING
        if contacted_at
        else draw(st.sampled_from([State.ACCEPTED, State.CONVERTED])),
        Verdict.REJECTED: draw(st.sampled_from([State.REJECTED, State.NURTURE, State.DISPUTED])),
    }[verdict]
    current = draw(st.integers(0, 9)) > 0  # else the lead was sent again since
    rejection = None
    if verdict is Verdict.REJECTED and decided_at is not None:
        rejection = Rejection(id=f"{name}-1r1", at=decided_at, by="UAMY", reason=draw(st.sampled_from(CODES)))
    campaign = draw(st.sampled_from(["Autumn webinar", "Spring fair", ""]))
    source = draw(st.sampled_from(["webinar", "demo_request"]))
    handoff = Handoff(
        id=f"{name}-1",
        number=1,
        offered_at=offered_at,
        channel="CLEADS",
        week=ACME.week(offered_at),
        line=f"campaign:{campaign}" if campaign else f"source:{source}",
        source=source,
        team=draw(st.sampled_from(["all", "dach"])),
        hot=source == "demo_request",
        late_at=draw(st.none() | minutes.map(lambda each: offered_at + each)),
        verdict=verdict,
        decided_at=decided_at,
        decided_by=None if verdict is None else draw(st.sampled_from(["UAMY", "UBEN"])),
        took=None if decided_at is None else worked(offered_at, decided_at),
        shown_after=draw(st.none() | st.integers(0, 4000)),
        contact_due=None if verdict is not Verdict.ACCEPTED else offered_at + draw(minutes),
        contacted_at=contacted_at,
        contact_took=None if contacted_at is None else worked(offered_at, contacted_at),
        rejection=rejection,
    )
    lead = Lead(
        id=name,
        feed="crm",
        external_id=name,
        state=state,
        arrived_at=offered_at,
        occurred_at=offered_at,
        fields={"company.industry": draw(st.sampled_from(["Logistics", "Retail"])), "company.country": "GB"},
        handoff=handoff if current else None,
    )
    return History(lead, handoff)


@st.composite
def sales(draw: Any) -> list[Sale]:
    return [
        Sale(
            state := draw(st.sampled_from(["won", "lost", "open"])),
            None if state == "open" else draw(moments),
            draw(st.sampled_from(["EUR", "USD", None])),
            draw(st.none() | st.integers(0, 10**9)),
            draw(st.none() | st.sampled_from(["lead0", "lead1", "lead2"])),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]


def worked(begin: datetime, end: datetime) -> int:
    return int(CALENDAR.between(begin, end).total_seconds())


@contextmanager
def kept(db: Database, told: Sequence[History], deals: Sequence[Sale] = ()) -> Iterator[Session]:
    """A database in which there is this, and after it is gone."""
    with Session(db.engine) as session:
        for workspace in ("T1", "T2"):  # a neighbour has the same, and is never counted
            add(session, LEAD, [lead_row(workspace, each.lead) for each in told])
            add(session, HANDOFF, [handoff_row(workspace, each.lead.id, each.handoff) for each in told])
            noes = [(each.handoff.id, each.handoff.rejection) for each in told]
            add(session, REJECTION, [rejection_row(workspace, handoff, no) for handoff, no in noes if no])
            _keep_deals(session, workspace, deals, {each.lead.id for each in told})
        yield session
        session.rollback()


def _keep_deals(session: Session, workspace: str, deals: Sequence[Sale], known: set[str]) -> None:
    blank: dict[str, Any] = {
        "workspace": workspace,
        "feed": "crm",
        "fields": {},
        "fields_at": {},
        "stages": [],
        "owner": None,
    }
    rows = [
        {
            **blank,
            "id": f"deal{number}",
            "external_id": f"opp-{number}",
            "state": each.state,
            "amount": each.amount if each.currency else None,
            "currency": each.currency,
            "opened_at": None,
            "closed_at": each.closed_at,
        }
        for number, each in enumerate(deals)
    ]
    links = [
        {"workspace": workspace, "deal": f"deal{number}", "lead": each.lead}
        for number, each in enumerate(deals)
        if each.lead in known
    ]
    add(session, DEAL, rows)
    add(session, DEAL_LEAD, links)
