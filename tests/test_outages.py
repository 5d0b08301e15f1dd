"""What the program needs goes away and comes back: nothing is lost, nothing doubled, and nobody is told what is not so.

Real processes. The time is real while something is away, and runs faster while all that waits is done.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text

from playground.clock import FileClock, pulse
from playground.server import Playground
from playground.things import Message
from playground.workspace import Channel, Person, Workspace
from tests.postgres import Postgres
from tests.program import Desk, Doors, a_moment, desk, until
from tests.wire import Wire

pytestmark = pytest.mark.slow
REPS = ("amy", "ben", "chi")
SETTINGS = {
    "channels": {"leads": "#leads", "feedback": "#marketing-feedback"},
    "people": {"reps": [f"{rep}@acme.test" for rep in REPS]},
    "hours": {"timezone": "Europe/London"},
    "feeds": {"website": {}},
    "leads": {"flood": {"offers": 1_000_000}},
}
PATIENT = 20.0  # seconds that Slack waits here: how soon we answer is looked at elsewhere
LONGEST = 300.0  # seconds until all is as it should be again: a few, where nobody else is busy
NOT_DONE = re.compile(r"Something went wrong on our side; nothing was changed\. Reference: [0-9a-f]{4}")
NOT_KNOWN = re.compile(
    r"I cannot tell whether this was kept\. Please look in a moment, and press again if it was not\. "
    r"Reference: [0-9a-f]{4}"
)
ACCEPTED = 202


def name(number: int) -> str:
    return f"Pat{number:04}"


@dataclass
class Company:
    """Three reps and a website, a bot, and what lies between it and what it needs."""

    slack: Playground
    clock: FileClock
    doors: Doors
    url: str  # of the database, as we reach it whatever happens
    told: dict[int, str] = field(default_factory=dict)  # what a rep heard after accepting a lead

    async def hears_of(self, numbers: range) -> None:
        """The website tells of each until it gets a 202."""
        for number in numbers:
            email = f"pat@{name(number).lower()}.test"  # companies of their own: cards of their own
            about = {
                "id": f"web-{number}",
                "source": "webinar",
                "contact": {"name": name(number), "email": email},
            }
            while await self.doors.sends(about, f"msg_{number}") != ACCEPTED:
                await a_moment(0.1)

    async def accept(self, numbers: range) -> None:
        """Each lead is accepted by a rep who then waits until something is to be seen."""
        each = [numbers[turn :: len(REPS)] for turn in range(len(REPS))]
        await asyncio.gather(*(self._accepts(rep, mine) for rep, mine in zip(REPS, each, strict=True)))

    async def _accepts(self, rep: str, numbers: range) -> None:
        for number in numbers:
            card, before = self.cards(number)[0], len(self.slack.ephemerals(rep))
            while not (await self.slack.click(rep, card, "Accept")).ok:
                await a_moment(0.1)  # Slack itself has said that it did not work: they press again
            await until(partial(self._sees, rep, before, number), LONGEST)
            self.told[number] = "".join(each.text for each in self.slack.ephemerals(rep)[before:])

    def _sees(self, rep: str, before: int, number: int) -> bool:
        return len(self.slack.ephemerals(rep)) > before or "Accept" not in self.cards(number)[0].buttons

    def cards(self, number: int) -> list[Message]:
        return [each for each in self.slack.messages("leads") if name(number) in each.text]

    # --- the end

    async def settles(self, leads: int) -> None:
        """Until all is as it should be; time runs ten times as fast."""
        ends = pulse() + LONGEST
        while faults := self.faults(leads):
            assert pulse() < ends, faults
            self.clock.move(timedelta(seconds=1))
            await a_moment(0.1)

    def faults(self, leads: int) -> list[str]:
        found = []
        accepted = self._accepted()
        shown = [each.text for each in self.slack.messages("leads")]
        told = [each.text for rep in REPS for each in self.slack.dms(rep)]
        for number in range(leads):
            times = accepted.get(f"web-{number}")
            cards = [words for words in shown if name(number) in words]
            if len(cards) != 1:
                found.append(f"{name(number)} has {len(cards)} cards")
            elif ("took this" in cards[0]) is not bool(times):
                found.append(f"{name(number)} was accepted {times} times: {cards[0]}")
            notes = sum(name(number) in words for words in told)
            if times is None or notes != times:
                found.append(f"{name(number)} was accepted {times} times, {notes} direct messages tell so")
            if number in self.told and not self._is_true(self.told[number], times or 0):
                found.append(f"{name(number)} was accepted {times} times, and told {self.told[number]!r}")
        return found

    def _is_true(self, told: str, times: int) -> bool:
        if told in ("", "This is already yours."):
            return times == 1
        return bool(times == 0 and NOT_DONE.fullmatch(told)) or bool(times <= 1 and NOT_KNOWN.fullmatch(told))

    def _accepted(self) -> dict[str, int]:
        """By every lead that is there, how often it was accepted."""
        query = """SELECT lead.external_id, count(log.id), count(DISTINCT lead.id) FROM lead LEFT JOIN log
            ON log.workspace = lead.workspace AND log.lead = lead.id AND log.what = 'accept'
            GROUP BY lead.external_id"""
        engine = create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            rows = connection.execute(text(query)).all()
        engine.dispose()
        assert all(row[2] == 1 for row in rows)
        return {row[0]: row[1] for row in rows}


@dataclass
class Place:
    """Where a company is put together."""

    stack: AsyncExitStack
    folder: Path

    async def company(self, url: str, **more: str) -> tuple[Company, Desk]:
        clock = FileClock(self.folder / "clock")
        doors = await self.stack.enter_async_context(Doors.open(clock))
        people = [Person(handle=rep, name=rep.capitalize(), email=f"{rep}@acme.test") for rep in REPS]
        channels = [Channel(name="leads"), Channel(name="marketing-feedback")]
        running = Playground.running(Workspace(people=people, channels=channels), now=clock, limits=False)
        slack = await self.stack.enter_async_context(running)
        slack.desk.outbound.patience = PATIENT
        here = await self.stack.enter_async_context(desk(self.folder, slack, SETTINGS))
        here.more.update(DATABASE_URL=url, TRUCE_CLOCK=str(self.folder / "clock"), **more)
        doors.ports = [here.port]
        return Company(slack, clock, doors, url), here


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield Place(stack, tmp_path)


Outage = Callable[[Postgres, Wire, Company], Coroutine[Any, Any, None]]


async def restarted(mode: Any, postgres: Postgres, _wire: Wire, _company: Company) -> None:
    await asyncio.to_thread(postgres.restart, mode)


async def connections_cut(postgres: Postgres, _wire: Wire, _company: Company) -> None:
    """Again and again, so that some are cut amid a commit."""
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'empty'"
    async with await psycopg.AsyncConnection.connect(postgres.url("postgres"), autocommit=True) as admin:
        for _ in range(40):
            await admin.execute(ended)
            await a_moment(0.05)


async def wire_cut(_postgres: Postgres, wire: Wire, _company: Company) -> None:
    for _ in range(20):
        wire.drop()
        await a_moment(0.1)


async def away_for_a_minute(_postgres: Postgres, wire: Wire, company: Company) -> None:
    await wire.cut()
    for _ in range(20):
        company.clock.move(timedelta(seconds=3))
        await a_moment(0.1)
    await wire.mend()


async def silent(_postgres: Postgres, wire: Wire, _company: Company) -> None:
    """Connected, and without an answer."""
    wire.silence()
    await a_moment(5)
    await wire.mend()


@pytest.mark.parametrize(
    "outage",
    [
        partial(restarted, "fast"),
        partial(restarted, "immediate"),
        connections_cut,
        wire_cut,
        away_for_a_minute,
        silent,
    ],
    ids=["restarted", "power cut", "connections ended", "wire cut", "away for a minute", "silent"],
)
async def test_postgresql_goes_away_under_a_running_bot(
    place: Place, postgres: Postgres, outage: Outage
) -> None:
    direct = place.stack.enter_context(postgres.empty())
    with psycopg.connect(
        direct, autocommit=True
    ) as admin:  # the tests' own server keeps less than a real one
        admin.execute("ALTER DATABASE empty SET synchronous_commit = on")
    reached = partial(asyncio.open_unix_connection, str(postgres.folder / ".s.PGSQL.5432"))
    wire = await place.stack.enter_async_context(Wire.to(reached))
    company, here = await place.company(f"postgresql://postgres@127.0.0.1:{wire.port}/empty")
    company.url = direct

    async with here.running() as process:
        await company.hears_of(range(6))
        await company.settles(6)
        async with asyncio.TaskGroup() as group:
            group.create_task(outage(postgres, wire, company))
            group.create_task(company.hears_of(range(6, 12)))
            group.create_task(company.accept(range(6)))
        await company.settles(12)

        assert process.returncode is None


async def test_the_disk_is_full_for_a_while(place: Place) -> None:
    full = place.folder / "full"
    company, here = await place.company(f"sqlite:///{place.folder}/truce.db", FULL_DISK=str(full))
    here.program = "tests.full_disk"

    async with here.running() as process:
        await company.hears_of(range(12))
        await company.settles(12)
        full.touch()
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(company.hears_of(range(12, 30)))
            await until(lambda: "database or disk is full" in here.said)
            group.create_task(company.accept(range(12)))
            await until(lambda: any(NOT_DONE.fullmatch(told) for told in company.told.values()))
            assert not hearing.done()
            full.unlink()
        await company.settles(30)

        assert process.returncode is None


async def over_a_wire(place: Place) -> tuple[Company, Desk, Wire]:
    """A company whose bot reaches Slack, and is reached by it, by sockets over one wire."""
    company, here = await place.company(f"sqlite:///{place.folder}/truce.db")
    slack = company.slack
    port = int(slack.url.rpartition(":")[2])
    wire = await place.stack.enter_async_context(Wire.to(partial(asyncio.open_connection, "127.0.0.1", port)))
    slack.url = slack.desk.url = f"http://127.0.0.1:{wire.port}"
    here.more["SLACK_APP_TOKEN"] = slack.permission()["app_token"]
    return company, here, wire


async def test_slack_is_away_for_ten_minutes(place: Place) -> None:
    company, here, wire = await over_a_wire(place)

    async with here.running() as process:
        await company.hears_of(range(6))
        await company.settles(6)
        await wire.cut()
        await company.hears_of(range(6, 12))
        for _ in range(60):
            company.clock.move(timedelta(seconds=10))
            await a_moment(0.05)
        await wire.mend()
        await company.slack.connected(2)
        await company.accept(range(6))
        await company.settles(12)

        assert process.returncode is None


async def test_sockets_that_are_closed_come_back_whatever_comes_between(place: Place) -> None:
    company, here, wire = await over_a_wire(place)

    async with here.running() as process:
        await company.hears_of(range(9))
        await company.settles(9)
        await company.slack.refresh_sockets()
        await company.slack.connected(1)
        await company.accept(range(3))
        company.slack.refuse_sockets(3)
        wire.drop()
        await company.slack.connected(2)
        await company.accept(range(3, 6))
        await wire.cut()
        assert not (await company.slack.click("amy", company.cards(6)[0], "Accept")).ok
        await wire.mend()
        await company.slack.connected(2)
        await company.accept(range(6, 9))
        await company.settles(9)

        assert process.returncode is None


async def test_a_file_is_dropped_while_nobody_can_tell_us_of_it(place: Place) -> None:
    company, here, wire = await over_a_wire(place)
    company.slack.desk.outbound.retry_after = ()  # Slack does not tell it again

    def told(name: str) -> int:
        return sum(each.text.startswith(f"{name}: 1 row.") for each in company.slack.dms("amy"))

    async with here.running():
        await company.hears_of(range(1))
        await company.settles(1)
    await company.slack.drops("amy", "dm", "down.csv", b"Email\npat@globex.test\n")
    async with here.running():
        await until(lambda: told("down.csv"), LONGEST)
        await company.slack.connected(2)
        await wire.cut()
        await company.slack.drops("amy", "dm", "away.csv", b"Email\nrobin@globex.test\n")
        await wire.mend()
        await until(lambda: told("away.csv"), LONGEST)

    assert (told("down.csv"), told("away.csv")) == (1, 1)
