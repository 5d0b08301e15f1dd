"""The weekly digest over a million leads with two years of histories, against hand-written SQL for the same figures.

Few are the last ten weeks alone; many are the same ten weeks with nine times as much before them: what a digest costs
follows from the week, not from the years. `make bench ARGS="digest 100000"` takes so many leads instead of a million.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sqlalchemy import insert, text
from sqlmodel import Session

from bot.leads.lead import Handoff, Lead, Rejection, State, Verdict
from storage.db import Database, Space
from storage.digests import Digests
from storage.lead_rows import handoff_row, lead_row, rejection_row
from storage.tables import DEAL, DEAL_LEAD, HANDOFF, LEAD, LIFE, NUDGE, REJECTION, TOUCH
from storage.tables.columns import Utc
from storage.upsert import add
from storage.workspace import opened
from tests.bench.digest_sql import HAND_WRITTEN
from tests.bot.examples import agreement

MANY: Final = 1_000_000
TENTH: Final = 10
WARM: Final = 2
TIMES: Final = 9
AT_ONCE: Final = 2000
TEN_WEEKS: Final = timedelta(weeks=10)
# What is copied, in this order, where it was done with; and by which columns its rows know each other.
DONE: Final = "AND {0} NOT IN (SELECT id FROM lead WHERE state = 'offered')"
CLOSED: Final = "AND {0} NOT IN (SELECT id FROM deal WHERE state = 'open')"
COPIED: Final = {
    LEAD: "AND state <> 'offered'",
    HANDOFF: DONE.format("lead"),
    REJECTION: "",
    TOUCH: DONE.format("lead"),
    NUDGE: DONE.format("lead"),
    DEAL: "AND state <> 'open'",
    DEAL_LEAD: CLOSED.format("deal"),
}
IDS: Final = {
    "lead": {"id", "external_id", "handoff"},
    "handoff": {"id", "lead", "rejection"},
    "rejection": {"id", "handoff"},
    "touch": {"id", "lead"},
    "nudge": {"id", "lead", "handoff"},
    "deal": {"id", "external_id"},
    "deal_lead": {"deal", "lead"},
}
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONDAY: Final = datetime(2026, 11, 16, tzinfo=UTC)
ABOUT: Final = "2026-W48|team:all"
OURS: Final = agreement(people={})
REASONS: Final = ("no_budget", "not_icp", "not_now", "no_need", "other")
MEASURED: Final = {"took", "contact_took", "shown_after"}
Figures = dict[str, Any]


async def weekly(fresh: Callable[[str], str], many: int = MANY) -> Figures:
    """Milliseconds over few and over many leads, by hand and by Truce; and the peak memory of a process that tells it."""
    few = many // TENTH
    urls = {number: fresh(f"digest{number}") for number in (few, many)}
    began = perf_counter()
    for number, url in urls.items():
        with opened(url) as db:
            await _fill(db, number, recent=few)
    filled = perf_counter() - began
    with opened(urls[few]) as of_few, opened(urls[many]) as of_many:
        told = await _timed({"few": of_few, "many": of_many})
    return {
        "leads": {"few": few, "many": many},
        "s to fill both": filled,
        "ms": told,
        "MB at the peak over many": await _peak(urls[many]),
        "ratios": {
            "to hand-written SQL (aim: 1.5)": told["many"]["truce"] / told["many"]["by hand"],
            "ten times the history (aim: 1.3)": told["many"]["truce"] / told["few"]["truce"],
        },
    }


async def _timed(databases: dict[str, Database]) -> dict[str, dict[str, float]]:
    """The quickest of some times, all in turn, so that whatever else the machine does meets each alike."""
    took: dict[str, dict[str, list[float]]] = {}
    for _ in range(WARM + TIMES):
        for which, db in databases.items():
            for name, work in (("truce", _truce), ("by hand", _read_by_hand)):
                began = perf_counter()
                await work(db)
                took.setdefault(which, {}).setdefault(name, []).append((perf_counter() - began) * 1000)
    return {
        which: {name: min(times[WARM:]) for name, times in named.items()} for which, named in took.items()
    }


async def _truce(db: Database) -> None:
    assert await Digests(Space(db=db, workspace="T1"), OURS).of(ABOUT, NOW) is not None


async def _read_by_hand(db: Database) -> None:
    await db.read(_by_hand)


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
    """The last ten weeks have `recent` leads; before them lie the same weeks again and again, as often as it needs.

    One in ten of the first weeks is made here; all others are copied by the database, which is much quicker.
    """
    began = {"began_at": MONDAY - (number // recent) * TEN_WEEKS, "beat_at": NOW}
    await db.write(lambda session: session.execute(insert(LIFE).values(workspace="T1", **began)))
    apart = TEN_WEEKS / recent
    leads = iter(
        _history(n, MONDAY + timedelta(days=7) - apart * (n * TENTH + 1)) for n in range(recent // TENTH)
    )
    while some := list(islice(leads, AT_ONCE)):
        await db.write(lambda session, some=some: _put(session, some))  # type: ignore[misc]  # mypy does not see the default
    beside = [(f"s{n}.", "%.%", apart * n, n) for n in range(1, TENTH)]
    earlier = [(f"w{n}.", "w%", TEN_WEEKS * n, 0) for n in range(1, number // recent)]
    for copy in (*beside, *earlier):
        await db.write(lambda session, copy=copy: _copy(session, *copy))  # type: ignore[misc]  # as above
    await db.weigh()  # as Truce does it every day; on PostgreSQL autovacuum does
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _copy(session: Session, name: str, but: str, earlier: timedelta, slower: int) -> None:
    """All but what has such a name, again under another and earlier. No two are equally slow, or else it is long ago.

    Of long ago only what was done with.
    """
    on_postgres = session.get_bind().dialect.name == "postgresql"
    seconds = earlier.total_seconds()
    if on_postgres:
        moved = f"{{0}} - interval '{seconds} seconds'"
    else:
        moved = f"strftime('%Y-%m-%d %H:%M:%f000', {{0}}, '-{seconds} seconds')"
    for table, done in COPIED.items():
        values = []
        for column in table.columns:
            quoted = f'"{column.name}"'
            if column.name in IDS[table.name]:
                quoted = f"'{name}' || {quoted}"
            elif isinstance(column.type, Utc):
                quoted = moved.format(quoted)
            elif column.name in MEASURED:
                quoted = f"{quoted} + {slower}"
            values.append(quoted)
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        these = f"{'id' if 'id' in table.columns else 'deal'} NOT LIKE '{but}' {'' if slower else done}"
        copy = (
            f"INSERT INTO {table.name} ({columns}) SELECT {', '.join(values)} FROM {table.name} WHERE {these}"  # noqa: S608 - our own words alone
        )
        session.connection().exec_driver_sql(copy.replace("%", "%%") if on_postgres else copy)


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
        took=None if waits else 1800 + n * TENTH % 36_000,
        shown_after=1000 + n * TENTH % 30_000,
        contact_due=None if waits else decided + timedelta(days=1),
        contacted_at=None if waits or verdict is Verdict.REJECTED else contacted,
        contact_took=None if waits or verdict is Verdict.REJECTED else 7200 + n * TENTH % 36_000,
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
        "id": f"{handoff.id}-n",
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
