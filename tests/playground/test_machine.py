"""The time machine: what falls due on the way happens in its order, unless one jumps."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from playground.clock import FileClock
from playground.errors import NotOnScreen
from playground.server import Playground
from tests.playground.office import Clock, Office, office_workspace
from tests.program import until

MINUTES = (7, 12, 16)


class Reminders:
    """An app that reads the playground's clock, and posts once each of its moments has come."""

    def __init__(self, office: Office, clock: FileClock) -> None:
        self.office, self.clock = office, clock
        self.start = clock()
        self.told: list[timedelta] = []

    async def run(self) -> None:
        for minutes in MINUTES:
            due = self.start + timedelta(minutes=minutes)
            await until(lambda due=due: self.clock() >= due)  # type: ignore[misc]  # a default is no annotation
            await self.office.post(f"{minutes} minutes are over")
            self.told.append(self.clock() - self.start)


@pytest.fixture
async def reminders() -> AsyncIterator[Reminders]:
    clock = FileClock(None)
    async with Playground.running(office_workspace(), now=clock, limits=False) as slack:
        slack.machine.quiet = slack.machine.pause = 0.05
        async with Office.running(slack) as office:
            app = Reminders(office, clock)
            working = asyncio.create_task(app.run())
            yield app
            working.cancel()


def minutes(told: list[timedelta]) -> list[int]:
    return [one // timedelta(minutes=1) for one in told]


async def test_what_falls_due_on_the_way_happens_when_it_would_have(reminders: Reminders) -> None:
    machine = reminders.office.slack.machine
    await machine.walk(timedelta(minutes=20))

    assert minutes(reminders.told) == [10, 15, 20]
    assert timedelta(minutes=20) <= reminders.clock() - reminders.start < timedelta(minutes=21)
    assert machine.bound_for is None


async def test_a_jump_makes_everything_late_at_once(reminders: Reminders) -> None:
    await reminders.office.slack.machine.jump(timedelta(minutes=20))
    await reminders.office.slack.machine.walk(timedelta())

    assert minutes(reminders.told) == [20, 20, 20]


async def test_a_long_way_goes_in_larger_steps_and_arrives_on_the_moment(reminders: Reminders) -> None:
    machine = reminders.office.slack.machine
    machine.quiet = machine.pause = 0.0
    to = reminders.clock() + timedelta(days=7)
    seen: list[datetime] = []
    reminders.office.slack.desk.store.watchers.append(lambda: seen.append(reminders.clock()))
    await asyncio.gather(machine.walk(to), machine.walk(to))  # pressed twice it is the same moment

    assert 20 < len(set(seen)) < 30
    assert to <= reminders.clock() < to + timedelta(seconds=30)


async def test_who_moves_the_clock_meanwhile_comes_afterwards(reminders: Reminders) -> None:
    machine = reminders.office.slack.machine
    await asyncio.gather(*(machine.walk(timedelta(minutes=5)) for _ in range(4)))

    assert minutes(reminders.told) == [10, 15, 20]


async def test_a_clock_of_somebody_else_is_not_moved(slack: Playground, clock: Clock) -> None:
    before = clock()
    with pytest.raises(NotOnScreen, match="moved by the test"):
        await slack.machine.walk(timedelta(hours=1))

    assert clock() == before
