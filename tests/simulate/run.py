"""Plays a plan through the real intake, rules, jobs and messages; the time goes from one due moment to the next."""

import asyncio
import gc
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any, Final, TypeVar

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlmodel import Session

from bot.__main__ import Truce, assemble
from bot.arrivals import LeadArrival
from bot.environment import Environment
from bot.errors import Refused
from bot.leads.commands import Accept, Command, Contact, Convert, Reject, Rise, Undo
from bot.leads.commands import Plan as PlanStep
from bot.leads.lead import Lead, State, Whose
from bot.presence import away, back, hours
from bot.settings import Settings
from handlers.workspace import Web, agreed
from storage.db import Database
from storage.leads import Leads
from storage.presence import Presences
from storage.tables import HANDOFF, LEAD, LIFE, NUDGE, POST, PRESENCE
from tests.simulate.company import WORKSPACE, Company, Intent, Plan
from tests.simulate.slack import Posted, Wire

HAIR: Final = timedelta(milliseconds=1)
AGAIN: Final = timedelta(hours=5)  # after which somebody comes back to a lead that they could not have
NOT_NOW: Final = timedelta(minutes=1)  # what was to be done so long ago fell into an outage
LONGEST: Final = timedelta(seconds=8)  # between two looks at what cannot be taken yet
KNOWN_SINCE: Final = timedelta(days=40)  # past its first week, in which managers are left alone
Row = dict[str, Any]
Decided = tuple[datetime, str, str | None]  # anything of this lead, and who is asked about it from then on
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done, and not refused."""

    at: datetime
    what: str
    lead: str = ""  # our id of it
    by: str = ""
    hot: bool = False
    until: datetime | None = None


@dataclass(slots=True)
class History:
    """What happened, and what people were sent."""

    plan: Plan
    company: Company
    events: list[Event] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    posts: dict[str, Row] = field(default_factory=dict)  # by the id in the metadata
    nudges: list[Row] = field(default_factory=list)
    handoffs: list[Row] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    looked: list[tuple[datetime, str]] = field(default_factory=list)  # whose ladder, and when


@dataclass(slots=True)
class Time:
    """A clock that is moved, and goes on by a hair at each look: a timer comes a hair before its moment."""

    at: datetime

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


@dataclass(slots=True)
class Player:
    """One company's play. `truces` are the processes that share its database."""

    history: History
    wire: Wire
    time: Time
    db: Database
    truces: list[Truce]
    leads: Leads
    presences: Presences
    tell: "Callable[[Player], bool]"  # once a day: how far it is, and whether that is far enough
    killed: tuple[datetime, ...] = ()
    random: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - a game
    _ids: dict[str, str] = field(default_factory=dict)
    _agenda: list[tuple[datetime, int, Intent]] = field(default_factory=list)  # a heap
    _late: dict[str, timedelta] = field(
        default_factory=lambda: defaultdict(timedelta)
    )  # by the name of the lead

    async def play(self) -> History:
        plan = self.history.plan
        self._agenda = [(each.at, number, each) for number, each in enumerate(plan.intents)]
        kills = deque(self.killed)
        begun, pause = self.time.at, HAIR
        while True:
            due = await self.truces[0].jobs.next_due()
            at = min(filter(None, (due, self._agenda[0][0] if self._agenda else None)), default=plan.end)
            if at >= plan.end:
                break
            self.time.at = max(at, self.time.at)
            if self.time.at - begun > timedelta(days=1):
                begun = self.time.at
                await self.truces[0].recurring.ensure()
                if self.tell(self):
                    self.history.plan = plan.up_to(self.time.at)
                    break
            while self._agenda and self._agenda[0][0] <= self.time.at:
                await self._do_next()
            if kills and kills[0] <= self.time.at and await self._die():
                kills.popleft()
            before = due
            await self._drain()
            stuck = before is not None and before == await self.truces[0].jobs.next_due()
            pause = min(pause * 2, LONGEST) if stuck else HAIR
            self.time.at += pause if stuck else timedelta()
        await self._look_back()
        return self.history

    async def _drain(self) -> None:
        await asyncio.gather(*(each.worker.drain() for each in self.truces))

    async def _do_next(self) -> None:
        """The rest of a lead's story comes as much later as somebody had to come back to it."""
        at, number, intent = heappop(self._agenda)
        later = intent.at + self._late[intent.lead] if intent.lead else at
        was_down = bool(intent.lead) and self.time.at - at > NOT_NOW
        if later == at and (was_down or not await self._do(intent)):
            self._late[intent.lead] += AGAIN
            later += AGAIN
        if later > at:
            heappush(self._agenda, (later, number, intent))

    async def _do(self, intent: Intent) -> bool:
        """Whether it was done, or never will be."""
        match intent.what:
            case "arrive":
                await self._arrives(intent)
            case "down":
                await self._is_down(intent)
            case "hours" | "away" | "back":
                await self._says(intent)
            case _:
                return await self._acts(intent)
        return True

    async def _arrives(self, intent: Intent) -> None:
        name = intent.lead
        fields = {
            "source": "demo_request" if intent.hot else "webinar",
            "campaign": f"Week {self.time.at.isocalendar().week}",
            "contact.name": name,
            "contact.email": f"pat@{name}.test",
            "company.name": name,
        }
        told = LeadArrival(feed="website", external_id=name, occurred_at=self.time.at, fields=fields)
        await self.truces[0].wired.intake.keep([told], feed="website", now=self.time.at)
        query = select(LEAD.c.id).where(LEAD.c.workspace == WORKSPACE, LEAD.c.external_id == name)
        with self.db.engine.connect() as connection:
            self._ids[name] = connection.execute(query).scalar_one()
        self._note(intent)

    async def _is_down(self, intent: Intent) -> None:
        assert intent.until is not None
        for each in self.truces:
            await each.recurring.standstills.beat(self.time.at)
        self.time.at = intent.until
        for each in self.truces:
            await each.recurring.begin()
        self.history.events.append(Event(at=intent.at, what="down", until=intent.until))

    async def _says(self, intent: Intent) -> None:
        if intent.what == "away":
            assert intent.until is not None
            words = f"{intent.until:%d %b %Y}"
            await self.presences.ask(intent.by, away, f"until {words}", self.time.at)
        elif intent.what == "back":
            await self.presences.ask(intent.by, back, "", self.time.at)
        else:
            words = next(each.words for each in self.history.company.everyone if each.id == intent.by)
            await self.presences.ask(intent.by, hours, words, self.time.at)
        until = None
        if intent.what == "away":
            query = select(PRESENCE.c.away_until).where(
                PRESENCE.c.workspace == WORKSPACE, PRESENCE.c.slack_id == intent.by
            )
            with self.db.engine.connect() as connection:
                until = connection.execute(query).scalar_one()
        self._note(intent, until=until)

    async def _acts(self, intent: Intent) -> bool:
        """False: the lead waits still, and somebody will come back to it."""
        if intent.lead not in self._ids:
            return True  # an outage came between: it has not arrived yet
        by, until = self._asked(intent.lead) or intent.by, intent.until or self.time.at
        commands: dict[str, Command] = {
            "accept": Accept(by=by),
            "reject": Reject(by=by, reason="no_budget"),
            "undo": Undo(by=by),
            "contact": Contact(by=by),
            "convert": Convert(feed="website", deal=f"deal of {intent.lead}", by=by),
            "plan": PlanStep(by=by, at=until),
        }
        try:
            after = await self.leads.change(self._ids[intent.lead], commands[intent.what], self.time.at)
        except Refused:
            return intent.what not in {"accept", "reject"} or not self._waits(intent.lead)
        if intent.what != "convert" or after.state is State.CONVERTED:
            self._note(replace(intent, by=by), until=intent.until)
        return True  # where nobody has it the deal is noted, and the lead waits on

    def _waits(self, lead: str) -> bool:
        query = select(LEAD.c.state).where(LEAD.c.workspace == WORKSPACE, LEAD.c.id == self._ids[lead])
        with self.db.engine.connect() as connection:
            return bool(connection.execute(query).scalar_one() == State.OFFERED)

    def _asked(self, lead: str) -> str | None:
        """Who has the lead, or is asked for it alone: of others nothing would be taken."""
        query = (
            select(LEAD.c.owner, HANDOFF.c.to)
            .join(HANDOFF, HANDOFF.c.id == LEAD.c.handoff)
            .where(LEAD.c.workspace == WORKSPACE, HANDOFF.c.workspace == WORKSPACE)
            .where(LEAD.c.id == self._ids[lead])
        )
        with self.db.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None or self.history.company.offer == "channel" else row.owner or row.to

    def _note(self, intent: Intent, until: datetime | None = None) -> None:
        lead = self._ids.get(intent.lead, "")
        self.history.events.append(
            Event(at=self.time.at, what=intent.what, lead=lead, by=intent.by, hot=intent.hot, until=until)
        )

    async def _die(self) -> bool:
        """Take what is due and run a part of it, and never say that it was done; whether there was anything."""
        truce = self.random.choice(self.truces)
        taken = await truce.jobs.take(self.time.at, limit=20, lease=truce.worker.lease)
        for each in taken:
            if self.random.random() < 0.5:
                await truce.worker.table[type(each.job)](each.job, each.leased_until)
        return bool(taken)

    async def _look_back(self) -> None:
        """What the database kept of it."""
        with self.db.engine.connect() as connection:

            def rows(table: Any, *names: str) -> list[Row]:
                columns = [table.c[name] for name in names] or table.c
                query = select(*columns).where(table.c.workspace == WORKSPACE)
                return [dict(row) for row in connection.execute(query).mappings()]

            self.history.posts = {row["id"]: row for row in rows(POST, "id", "kind", "about")}
            self.history.nudges = rows(NUDGE)
            self.history.handoffs = rows(HANDOFF, "id", "lead")
        self.history.posted = self.wire.posted


def _whose_turn(lead: Lead) -> str | None:
    """Who is asked about it; before work begins nobody is, though one of them may start first."""
    handoff = lead.handoff
    return None if handoff is None or handoff.whose is Whose.STARTS else handoff.to


@contextmanager
def _noting(history: History) -> Iterator[None]:
    """Keeps in which order the leads of one moment were offered, which their messages do not tell, and each look."""
    apply = Leads.apply

    def noted(
        self: Leads, session: Session, leads: Sequence[str], command: Command, now: datetime
    ) -> dict[str, Lead]:
        done = apply(self, session, leads, command, now)
        history.decided.extend((now, lead, _whose_turn(done[lead])) for lead in leads if lead in done)
        if isinstance(command, Rise):
            history.looked.extend((now, lead) for lead in leads)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Leads, "apply", noted)
        yield


class _Alone(Database):
    """The database of one process that has no work besides: in its own thread, as nobody else is to be waited for."""

    async def read(self, work: Callable[[Session], T]) -> T:
        with Session(self._for_readers, expire_on_commit=False) as session:
            return work(session)

    async def write(self, work: Callable[[Session], T], *, bulk: bool = False) -> T:
        with Session(self._for_bulk if bulk else self.engine, expire_on_commit=False) as session:
            answer = work(session)
            session.commit()
        self.on_commit()
        return answer


def _to_the_end(_player: Player) -> bool:
    """Nobody watches."""
    return False


@asynccontextmanager
async def player(
    url: str,
    company: Company,
    plan: Plan,
    *,
    kills: int = 0,
    processes: int = 1,
    seed: int = 1,
    tell: Callable[[Player], bool] = _to_the_end,
) -> AsyncIterator[Player]:
    """A company on its first morning; `url` is that of a migrated database in which there is nothing yet."""
    time = Time(plan.begin)
    wire = Wire(company, time)
    environment = Environment(
        slack_bot_token=SecretStr("xoxb-simulate"),
        slack_signing_secret=SecretStr("simulate"),
        slack_api_url="http://127.0.0.1:9/api/",
    )
    environment._feed_secrets.update(
        TRUCE_SECRET_WEBSITE=SecretStr("whsec_c2ltdWxhdGUgc2ltdWxhdGUgc2ltdWxhdGU=")
    )
    settings = Settings.model_validate(company.settings())
    random = Random(seed)  # noqa: S311 - a game
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        databases, truces = [], []
        for _ in range(processes):
            db = (_Alone if processes == 1 else Database)(url)
            stack.callback(db.close)
            truce = await assemble(environment, settings, db, Web(client=wire, session=session), time)
            await truce.recurring.begin()
            databases.append(db)
            truces.append(truce)
        db, space = databases[0], databases[0].of(WORKSPACE)
        with db.engine.begin() as connection:
            mine = LIFE.c.workspace == WORKSPACE
            connection.execute(update(LIFE).where(mine).values(began_at=plan.begin - KNOWN_SINCE))
        await truces[0].recurring.ensure()
        for truce in truces:
            await truce.worker.drain()
        agreement = await agreed(space, settings, wire, time)
        length = (plan.end - plan.begin) * 0.95
        yield Player(
            history=History(plan=plan, company=company),
            wire=wire,
            time=time,
            db=db,
            truces=truces,
            leads=Leads(space, agreement),
            presences=Presences(space, agreement),
            tell=tell,
            killed=tuple(sorted(plan.begin + random.random() * length for _ in range(kills))),
            random=random,
        )


async def play(url: str, company: Company, plan: Plan, **how: Any) -> History:
    """`how`: what `player` knows besides."""
    async with player(url, company, plan, **how) as it:
        gc.freeze()  # hundreds of thousands of small objects stay to the end
        with _noting(it.history):
            return await it.play()
