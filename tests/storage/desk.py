"""All that is kept for one workspace, and words for what tests do with it; transactions that wait for each other."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import pytest
from sqlalchemy import event, select, text
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import DealArrival, LeadArrival, Outcome, Senseless, Touch, TouchArrival
from bot.jobs import Due, Redraw, Sight, redraw
from bot.leads.lead import Lead
from bot.timeline import Entry
from storage.campaigns import Campaigns
from storage.db import POSTGRES_WRITERS, Database, Space
from storage.holds import Holds
from storage.intake import Intake
from storage.jobs import Jobs, Taken
from storage.leads import Leads
from storage.people import People
from storage.posts import Posts
from storage.sights import Sights
from storage.tables import LOG
from storage.timelines import Timelines
from tests.bot.examples import ACME, PAT, PEOPLE

NOW: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LEASE: Final = timedelta(seconds=60)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
PATIENCE: Final = 60  # seconds for what takes milliseconds

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    space: Space
    agreement: Agreement
    leads: Leads
    intake: Intake
    jobs: Jobs
    posts: Posts
    people: People
    holds: Holds
    campaigns: Campaigns
    sights: Sights
    timelines: Timelines

    @classmethod
    def of(cls, db: Database, workspace: str = "T1", agreement: Agreement = ACME) -> Self:
        space = db.of(workspace)
        leads = Leads(space, agreement)
        return cls(
            space=space,
            agreement=agreement,
            leads=leads,
            intake=Intake(space, agreement),
            jobs=Jobs(space),
            posts=Posts(space),
            people=People(space),
            holds=Holds(space, leads, agreement),
            campaigns=Campaigns(space),
            sights=Sights(space, agreement),
            timelines=Timelines(space, agreement),
        )

    @classmethod
    async def at(cls, db: Database, workspace: str = "T1", agreement: Agreement = ACME) -> Self:
        """A workspace whose people are known."""
        desk = cls.of(db, workspace, agreement)
        await desk.people.keep(list(PEOPLE.values()), NOW)
        return desk

    async def takes_in(
        self, *items: LeadArrival | TouchArrival | DealArrival | Senseless, **how: Any
    ) -> list[Any]:
        return list(await self.intake.keep(items, **{"feed": "crm", "now": NOW, **how}))

    async def lead(self, number: int = 1, **changes: Any) -> Lead:
        """A lead that was taken in just now; offered, unless `changes` make it something else."""
        assert await self.takes_in(arrival(number, **changes)) == [Outcome.NEW]
        [lead] = await self.leads.find(email_of(number), 2)
        return lead

    async def history(self, lead: str) -> list[Entry]:
        """All that the log says of a lead."""
        query = select(*(LOG.c[field.name] for field in fields(Entry))).where(
            LOG.c.workspace == self.space.workspace, LOG.c.lead == lead
        )
        rows = await self.space.read(lambda session: session.execute(query.order_by(LOG.c.id)).all())
        return [Entry(**row._mapping) for row in rows]

    async def all_leads(self) -> list[Lead]:
        return await self.leads.find("", 1000)

    async def take(self, now: datetime = NOW, limit: int = 20) -> list[Taken]:
        return await self.jobs.take(now, limit=limit, lease=LEASE)

    async def no_jobs(self) -> None:
        """Do as if all that has followed so far had been done."""
        while taken := await self.take(NOW + 90 * DAY, limit=100):
            for each in taken:
                await self.jobs.end(each, NOW - DAY, pace=timedelta())


def arrival(number: int = 1, **changes: Any) -> LeadArrival:
    """What a feed tells of lead so-and-so; `changes` are of its fields, with __ for a dot, None for none."""
    told = {
        "feed": changes.pop("feed", "crm"),
        "external_id": changes.pop("external_id", f"crm-{number}"),
        "occurred_at": changes.pop("occurred_at", NOW),
        "touches": changes.pop("touches", ()),
        "owner": changes.pop("owner", None),
        "status": changes.pop("status", None),
    }
    fields = {**PAT, "contact.email": email_of(number), "contact.phone": f"+4420794600{number:04}"}
    fields |= {path.replace("__", "."): value for path, value in changes.items()}
    kept = {path: value for path, value in fields.items() if value is not None}
    return LeadArrival(fields=kept, raw=f'{{"id": {number}}}', **told)


def email_of(number: int) -> str:
    """Each at a company of their own, so that none waits on the card of another."""
    return f"pat{number}@globex{'' if number == 1 else number}.test"


def touch(
    lead: str, *, feed: str = "crm", kind: str = "call", by: str | None = "amy@acme.test", at: datetime = NOW
) -> TouchArrival:
    """A touch of the lead that has this id in the feed, or this e-mail."""
    return TouchArrival(
        feed=feed, lead=lead, touch=Touch(kind=kind, at=at, by=by), raw=f'{{"touch": "{lead}"}}'
    )


def drawing(about: str, at: datetime = NOW, channel: str = "CLEADS", key: str = "") -> Due:
    return redraw(Sight.CARD, about, at, channel=channel, key=key)


def names(taken: list[Taken]) -> list[str]:
    """What jobs are about."""
    return [each.job.about for each in taken if isinstance(each.job, Redraw)]


def conflicts_of(*databases: Database) -> list[str]:
    """What went wrong in these from now on, though it was tried again and nobody noticed."""
    found: list[str] = []
    for each in databases:
        event.listen(
            each.engine, "handle_error", lambda context: found.append(str(context.original_exception))
        )
    return found


class Pause:
    """Holds a transaction open where it is called, until it is told to go on."""

    def __init__(self) -> None:
        self._reached, self._go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self._reached.set()
        assert self._go.wait(PATIENCE), "nobody said to go on"

    async def reached(self) -> None:
        assert await asyncio.to_thread(self._reached.wait, PATIENCE), "the transaction never came here"

    def go(self) -> None:
        self._go.set()

    def after(self, work: Callable[[Session], Any]) -> Callable[[Session], Any]:
        """The work, with its locks held until the word is given."""

        def held(session: Session) -> Any:
            answer = work(session)
            self()
            return answer

        return held


async def at_once(db: Database, *deeds: Coroutine[Any, Any, Any]) -> list[Any]:
    """What each comes to, or why it failed, when all stand in line while every writer is busy."""
    writers = 1 if db.engine.dialect.name == "sqlite" else POSTGRES_WRITERS
    pauses = [Pause() for _ in range(writers)]
    busy = [asyncio.create_task(db.write(pause.after(lambda _: None))) for pause in pauses]
    for pause in pauses:
        await pause.reached()
    line = [asyncio.create_task(deed) for deed in deeds]
    await asyncio.sleep(0)
    for pause in pauses:
        pause.go()
    await asyncio.gather(*busy)
    return await asyncio.gather(*line, return_exceptions=True)


@contextmanager
def next_commit_cut_off(db: Database) -> Iterator[None]:
    """The connection to PostgreSQL ends right before the next commit."""
    cuts: list[None] = []

    def cut(session: Session) -> None:
        if not cuts:
            cuts.append(None)
            session.flush()
            ours = session.execute(text("SELECT pg_backend_pid()")).scalar()
            with db.engine.connect() as another:
                another.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ours})

    event.listen(Session, "before_commit", cut)
    yield
    event.remove(Session, "before_commit", cut)
    assert cuts


async def somebody_waits(db: Database) -> None:
    """Until a transaction waits for a lock of another; PostgreSQL only."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + PATIENCE

    def looks(session: Session) -> None:
        while not session.execute(waiting).scalar():
            assert time.monotonic() < until, "nobody waits"

    await db.read(looks)
