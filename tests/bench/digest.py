"""The weekly digest over a million leads with two years of histories, against hand-written SQL for the same figures.

Few are the last ten weeks alone; many are the same ten weeks with nine times as much before them: what a digest costs
follows from the week, not from the years. `make bench ARGS="digest 100000"` takes so many leads instead of a million.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from sqlalchemy import insert, text
from sqlmodel import Session

from bot.leads.lead import Handoff, Lead, Rejection, State, Verdict
from storage.db import Database, Space
from storage.digests import Digests
from storage.lead_rows import handoff_row, lead_row, rejection_row
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, LIFE, NUDGE, REJECTION, TOUCH
from storage.upsert import add
from storage.workspace import opened
from tests.bench.digest_sql import HAND_WRITTEN
from tests.bot.examples import agreement

MANY: Final = 1_000_000
TENTH: Final = 10
WEEKS: Final = 104
TIMES: Final = 7
AT_ONCE: Final = 2000
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONDAY: Final = datetime(2026, 11, 16, tzinfo=UTC)
ABOUT: Final = "2026-W48|team:all"
OURS: Final = agreement(people={})
REASONS: Final = ("no_budget", "not_icp", "not_now", "no_need", "other")
Figures = dict[str, Any]


async def weekly(fresh: Callable[[str], str], many: int = MANY) -> Figures:
    """Milliseconds over few and over many leads, by hand and by Truce; and the peak memory of a process that tells it."""
    told: dict[int, dict[str, float]] = {}
    for number in (many // TENTH, many):
        url = fresh(f"digest{number}")
        with opened(url) as db:
            await _fill(db, number, recent=many // TENTH)
            told[number] = await _timed(db)
        if number == many:
            told[number]["MB at the peak"] = await _peak(url)
    few, all_ = told[many // TENTH], told[many]
    return {
        "leads": {"few": many // TENTH, "many": many},
        "ms over few": few,
        "ms over many": all_,
        "ratios": {
            "to hand-written SQL (aim: 1.5)": all_["truce"] / all_["by hand"],
            "ten times the history (aim: 1.3)": all_["truce"] / few["truce"],
        },
    }


async def _timed(db: Database) -> dict[str, float]:
    digests = Digests(Space(db=db, workspace="T1"), OURS)

    async def truce() -> None:
        assert await digests.of(ABOUT, NOW) is not None

    async def by_hand() -> None:
        await db.read(_by_hand)

    told: dict[str, float] = {}
    for name, work in (("truce", truce), ("by hand", by_hand)):
        await work()
        took = []
        for _ in range(TIMES):
            began = perf_counter()
            await work()
            took.append((perf_counter() - began) * 1000)
        told[name] = median(took)
    return told


def _by_hand(session: Session) -> None:
    week = timedelta(days=7)
    for statement in HAND_WRITTEN:
        values = {
            "begin": MONDAY,
            "end": MONDAY + week,
            "before": MONDAY - week,
            "long_before": MONDAY - 8 * week,
            "now": NOW,
        }
        used = {name: _stamp(session, at) for name, at in values.items() if f":{name}" in statement}
        session.execute(text(statement), {"workspace": "T1", **used}).all()


def _stamp(session: Session, at: datetime) -> Any:
    """As the database keeps it."""
    return at if session.get_bind().dialect.name == "postgresql" else f"{at:%Y-%m-%d %H:%M:%S.%f}"


async def _peak(url: str) -> float:
    """Megabytes of a process that does nothing else than draw it."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.digest", url, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await running.communicate()
    return float(said)


async def _fill(db: Database, number: int, recent: int) -> None:
    """The last ten weeks have `recent` leads; what is more lies before them. Two years in all."""
    await db.write(
        lambda session: session.execute(
            insert(LIFE).values(workspace="T1", began_at=MONDAY - WEEKS * timedelta(days=7), beat_at=NOW)
        )
    )
    leads = _histories(number, recent)
    while some := list(islice(leads, AT_ONCE)):
        await db.write(lambda session, some=some: _put(session, some))  # type: ignore[misc]  # mypy does not see the default
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _histories(number: int, recent: int) -> Iterator[tuple[Lead, Handoff]]:
    ten_weeks, years = timedelta(weeks=10), timedelta(weeks=WEEKS - 10)
    for n in range(number):
        if n < recent:
            at = MONDAY + timedelta(days=7) - ten_weeks * (n + 1) / recent
        else:
            at = MONDAY - timedelta(weeks=9) - years * (n - recent + 1) / max(number - recent, 1)
        yield _history(n, at)


def _history(n: int, at: datetime) -> tuple[Lead, Handoff]:
    """One in five is rejected; of the newest some still wait, and some were not called."""
    name, verdict = f"{n:08x}", Verdict.REJECTED if n % 5 == 0 else Verdict.ACCEPTED
    decided, contacted = at + timedelta(minutes=30), at + timedelta(hours=2)
    state = State.CLOSED if verdict is Verdict.REJECTED else State.CONVERTED if n % 20 == 1 else State.WORKING
    waits = at > MONDAY and n % 50 == 2
    no = Rejection(
        id=f"{name}-1r1", at=decided, by="UBEN", reason=REASONS[n // 5 % 5], words="Not this year."
    )
    handoff = Handoff(
        id=f"{name}-1",
        number=1,
        offered_at=at,
        channel="CLEADS",
        week=OURS.week(at),
        line=f"campaign:Campaign {n % 12}",
        source="webinar",
        team="all",
        hot=n % 10 == 3,
        late_at=at + timedelta(hours=9),
        verdict=None if waits else verdict,
        decided_at=None if waits else decided,
        decided_by=None if waits else "UAMY",
        took=None if waits else 1800 + n % 7200,
        shown_after=1000 + n % 3000,
        contact_due=None if waits else decided + timedelta(days=1),
        contacted_at=None if waits or verdict is Verdict.REJECTED else contacted,
        contact_took=None if waits or verdict is Verdict.REJECTED else 7200 + n % 7200,
        rejection=no if verdict is Verdict.REJECTED and not waits else None,
    )
    lead = Lead(
        id=name,
        feed="crm",
        external_id=name,
        state=State.OFFERED if waits else state,
        arrived_at=at,
        occurred_at=at,
        fields={"contact.name": f"Person {n}", "company.name": f"Globex {n // 9}", "source": "webinar"},
        owner=None if waits or verdict is Verdict.REJECTED else "UAMY",
        handoff=handoff,
    )
    return lead, handoff


def _put(session: Session, some: list[tuple[Lead, Handoff]]) -> None:
    add(session, LEAD, [lead_row("T1", replace(lead)) for lead, _ in some])
    add(session, HANDOFF, [handoff_row("T1", lead.id, handoff) for lead, handoff in some])
    noes = [(handoff.id, handoff.rejection) for _, handoff in some]
    add(session, REJECTION, [rejection_row("T1", handoff, no) for handoff, no in noes if no])
    touches = [
        _touch(lead, at)
        for lead, handoff in some
        for at in (handoff.offered_at - timedelta(days=2), handoff.offered_at)
    ]
    add(session, TOUCH, touches)
    add(
        session,
        NUDGE,
        [_nudge(handoff, lead) for lead, handoff in some if handoff.number and int(lead.id, 16) % 3 == 0],
    )
    sold = [(lead, handoff) for lead, handoff in some if lead.state is State.CONVERTED]
    add(session, DEAL, [_deal(lead, handoff) for lead, handoff in sold])
    add(session, DEAL_LEAD, [{"workspace": "T1", "deal": f"d{lead.id}", "lead": lead.id} for lead, _ in sold])


def _touch(lead: Lead, at: datetime) -> dict[str, Any]:
    told = {
        "workspace": "T1",
        "id": f"{lead.id}{at.timestamp():.0f}",
        "lead": lead.id,
        "kind": "webinar",
        "at": at,
    }
    return {**told, "campaign": "Campaign 1", "detail": None, "by": None}


def _nudge(handoff: Handoff, lead: Lead) -> dict[str, Any]:
    at = handoff.offered_at + timedelta(hours=2)
    told = {
        "workspace": "T1",
        "id": f"{handoff.id}.n",
        "lead": lead.id,
        "handoff": handoff.id,
        "stage": "offer",
    }
    more = {"rung": "remind", "person": "UAMY", "hot": False, "due_at": at, "at": at, "waited": 7200}
    return {**told, **more, "managing": False, "reminder": "UAMY.1", "acted_at": at + timedelta(minutes=20)}


def _deal(lead: Lead, handoff: Handoff) -> dict[str, Any]:
    closed = handoff.offered_at + timedelta(days=5)
    state = "open" if closed > NOW else "won" if int(lead.id, 16) % 3 else "lost"
    told = {"workspace": "T1", "id": f"d{lead.id}", "feed": "crm", "external_id": lead.id, "state": state}
    more = {
        "amount": 100_000_000,
        "currency": "EUR",
        "fields": {"name": "Rollout"},
        "fields_at": {},
        "stages": [],
    }
    return {
        **told,
        **more,
        "owner": None,
        "opened_at": handoff.offered_at,
        "closed_at": None if state == "open" else closed,
    }


def main() -> None:
    with opened(sys.argv[1]) as db:
        asyncio.run(Digests(Space(db=db, workspace="T1"), OURS).of(ABOUT, NOW))
    lines = Path("/proc/self/status").read_text().splitlines()
    sys.stdout.write(next(str(int(line.split()[1]) / 1024) for line in lines if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
