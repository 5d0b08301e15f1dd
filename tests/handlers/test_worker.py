"""Stories of the worker: jobs that must wait, that can never succeed, that fail, and that take long."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from bot.__main__ import Clock
from bot.errors import Again, Held, Hopeless, Later
from bot.jobs import Due, ForgetOld, LearnPeople, NoteShown, ReturnLead
from bot.out.sending import SendEvent
from bot.out.spacing import Spacing
from handlers.worker import AT_ONCE, GIVE_UP_AFTER, LONGEST_PAUSE, OUTSIDE_AT_ONCE, Worker
from storage.db import Database
from storage.jobs import Jobs

Run = Callable[[Any], Awaitable[timedelta | None]]
LEASE = timedelta(minutes=1)


@dataclass
class Bench:
    """A worker whose jobs do what a test says; `done` is what ran, in order."""

    jobs: Jobs
    worker: Worker
    time: FrozenDateTimeFactory
    runs: dict[type, Run]
    done: list[str] = field(default_factory=list)

    async def add(self, *jobs: Any, lane: str = "") -> None:
        now = self.worker.now()
        for job in jobs:
            await self.jobs.add([Due(job=job, at=now, lane=lane)])

    async def passes(self, **by: float) -> None:
        self.time.tick(timedelta(**by))
        await self.worker.drain()


@pytest.fixture
def bench(db: Database, time: FrozenDateTimeFactory) -> Bench:
    jobs, runs = Jobs(db.of("T1")), dict[type, Run]()
    done: list[str] = []

    def runner(kind: type) -> Callable[[Any, Any], Awaitable[timedelta | None]]:
        async def run(job: Any, _until: Any) -> timedelta | None:
            done.append(name(job))
            return await runs[kind](job) if kind in runs else None

        return run

    kinds = (ForgetOld, LearnPeople, NoteShown, ReturnLead, SendEvent)
    worker = Worker(jobs, {kind: runner(kind) for kind in kinds}, Clock(), LEASE)
    db.on_commit = worker.wake
    return Bench(jobs=jobs, worker=worker, time=time, runs=runs, done=done)


def name(job: Any) -> str:
    return str(getattr(job, "lead", None) or job.kind)


def raises(*errors: Exception) -> Run:
    """Raise these, one each time, and succeed from then on."""
    left = list(errors)

    async def run(_job: Any) -> timedelta | None:
        if left:
            raise left.pop(0)
        return None

    return run


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_job_that_succeeds_is_forgotten(bench: Bench) -> None:
    await bench.add(ForgetOld())

    await bench.worker.drain()
    await bench.passes(hours=1)

    assert bench.done == ["forget_old"]
    assert await bench.jobs.next_due() is None


async def test_what_a_job_adds_is_done_at_once(bench: Bench) -> None:
    async def follow(_job: Any) -> None:
        await bench.add(ReturnLead(lead="a"))

    bench.runs[ForgetOld] = follow
    await bench.add(ForgetOld())

    await bench.worker.drain()

    assert bench.done == ["forget_old", "a"]


async def test_later_comes_again_after_its_pause_and_never_counts(bench: Bench) -> None:
    bench.runs[ForgetOld] = raises(*(Later(timedelta(minutes=5)) for _ in range(GIVE_UP_AFTER + 5)))
    await bench.add(ForgetOld())
    await bench.worker.drain()

    await bench.passes(minutes=4)
    assert len(bench.done) == 1
    for _ in range(GIVE_UP_AFTER + 5):
        await bench.passes(minutes=5)

    assert len(bench.done) == GIVE_UP_AFTER + 6
    assert await bench.jobs.count_failed() == 0


async def test_later_lets_the_rest_of_its_lane_go_on(bench: Bench) -> None:
    bench.runs[ForgetOld] = raises(Later(timedelta(minutes=5)))
    await bench.add(ForgetOld(), ReturnLead(lead="a"), lane="one")

    await bench.worker.drain()

    assert bench.done == ["forget_old", "a"]


async def test_held_makes_its_lane_wait_and_stays_the_first_of_it(bench: Bench) -> None:
    bench.runs[ForgetOld] = raises(Held(timedelta(minutes=5)))
    await bench.add(ForgetOld(), ReturnLead(lead="a"), lane="one")
    await bench.add(NoteShown(lead="b", handoff="b-1"), lane="two")

    await bench.worker.drain()
    assert sorted(bench.done) == ["b", "forget_old"]
    await bench.add(ReturnLead(lead="c"), lane="one")
    await bench.passes(minutes=5)

    assert bench.done[2:] == ["forget_old", "a", "c"]


async def test_hopeless_is_kept_for_the_operator_and_not_tried_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.runs[ForgetOld] = raises(Hopeless("Slack: user_disabled"))
    await bench.add(ForgetOld())

    await bench.worker.drain()
    await bench.passes(hours=3)

    assert bench.done == ["forget_old"]
    assert await bench.jobs.count_failed() == 1
    assert "a job (forget_old) cannot succeed: Slack: user_disabled" in caplog.text


async def test_a_fault_is_tried_again_ever_more_slowly(bench: Bench) -> None:
    bench.runs[ForgetOld] = raises(*(RuntimeError("boom") for _ in range(3)))
    await bench.add(ForgetOld())
    await bench.worker.drain()

    waits = []
    while (due := await bench.jobs.next_due()) is not None:
        waits.append((due - bench.worker.now()).total_seconds())
        await bench.passes(seconds=waits[-1])

    assert waits == [2, 4, 8]
    assert len(bench.done) == 4


async def test_a_fault_that_does_not_end_is_given_up_with_one_alert(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.runs[ForgetOld] = raises(*(RuntimeError("boom") for _ in range(99)))
    await bench.add(ForgetOld())
    await bench.worker.drain()

    waited = timedelta()
    while (due := await bench.jobs.next_due()) is not None:
        wait = due - bench.worker.now()
        assert wait <= LONGEST_PAUSE
        waited += wait
        await bench.passes(seconds=wait.total_seconds())

    assert len(bench.done) == GIVE_UP_AFTER
    assert timedelta(hours=1) < waited < timedelta(hours=3)
    assert await bench.jobs.count_failed() == 1
    assert [each for each in errors(caplog) if "given up" in each] == [
        f"a job (forget_old) failed {GIVE_UP_AFTER} times and is given up"
    ]


async def test_a_fault_in_one_lane_does_not_touch_another(bench: Bench) -> None:
    bench.runs[ForgetOld] = raises(RuntimeError("boom"))
    await bench.add(ForgetOld(), ReturnLead(lead="a"), NoteShown(lead="b", handoff="b-1"))

    await bench.worker.drain()

    assert sorted(bench.done) == ["a", "b", "forget_old"]


async def test_a_slow_job_holds_up_no_other_lane(bench: Bench) -> None:
    finish = asyncio.Event()

    async def slow(_job: Any) -> None:
        await finish.wait()

    bench.runs[ForgetOld] = slow
    await bench.add(ForgetOld())
    working = asyncio.create_task(bench.worker.drain())
    await until(lambda: bench.done == ["forget_old"])

    await bench.add(ReturnLead(lead="a"))
    await bench.add(ReturnLead(lead="b"))
    await until(lambda: bench.done == ["forget_old", "a", "b"])

    assert not working.done()
    finish.set()
    await working


async def test_the_next_of_a_lane_waits_for_the_one_that_runs(bench: Bench) -> None:
    finish = asyncio.Event()

    async def slow(_job: Any) -> None:
        await finish.wait()

    bench.runs[ForgetOld] = slow
    await bench.add(ForgetOld(), ReturnLead(lead="a"), lane="one")
    await bench.add(ReturnLead(lead="b"), lane="two")
    working = asyncio.create_task(bench.worker.drain())
    await until(lambda: "b" in bench.done)
    assert "a" not in bench.done

    finish.set()
    await working

    assert bench.done[2] == "a"


async def test_a_lane_keeps_the_pace_that_its_job_asks_for(bench: Bench) -> None:
    async def paced(_job: Any) -> timedelta:
        return timedelta(seconds=1)

    bench.runs[ReturnLead] = paced
    await bench.add(ReturnLead(lead="a"), ReturnLead(lead="b"), ReturnLead(lead="c"))

    await bench.worker.drain()
    assert bench.done == ["a"]
    await bench.passes(seconds=1)
    assert bench.done == ["a", "b"]


async def test_stop_ends_what_runs_and_takes_no_more(bench: Bench) -> None:
    finish = asyncio.Event()

    async def slow(_job: Any) -> None:
        await finish.wait()
        bench.done.append("ended")

    bench.runs[ForgetOld] = slow
    await bench.add(ForgetOld())
    bench.worker.wake()
    working = asyncio.create_task(bench.worker.run())
    await until(lambda: bench.done == ["forget_old"])

    stopping = asyncio.create_task(bench.worker.stop())
    await bench.add(ReturnLead(lead="a"))
    finish.set()
    await stopping
    await working

    assert bench.done == ["forget_old", "ended"]
    assert await bench.jobs.next_due() is not None


async def test_a_database_that_fails_does_not_end_the_worker_and_is_logged_once(
    bench: Bench, db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("handlers.worker.BREATH", 0)
    caplog.set_level(logging.DEBUG, "handlers.worker")
    await bench.add(ForgetOld())
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lane RENAME TO lane_gone")
    working = asyncio.create_task(bench.worker.run())
    for tries in (1, 2, 3):
        bench.worker.wake()
        await until(partial(tried, caplog, tries))

    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lane_gone RENAME TO lane")
    bench.worker.wake()
    await until(lambda: bench.done == ["forget_old"])
    await until(lambda: "work is taken again" in caplog.text)

    await bench.worker.stop()
    await working
    assert errors(caplog) == ["taking work failed"]


async def test_a_job_whose_outcome_cannot_be_kept_is_done_again(
    bench: Bench, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def pull_the_plug(_job: Any) -> None:
        if len(bench.done) == 1:
            with db.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE job RENAME TO job_gone")

    bench.runs[ForgetOld] = pull_the_plug
    await bench.add(ForgetOld())
    await bench.worker.drain()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE job_gone RENAME TO job")

    await bench.passes(minutes=2)

    assert bench.done == ["forget_old", "forget_old"]
    assert errors(caplog) == ["a job (forget_old) failed", "putting a job back failed"]


async def test_a_runner_that_died_gives_back_by_doing_nothing(bench: Bench) -> None:
    await bench.add(ForgetOld())
    await bench.jobs.take(bench.worker.now(), limit=1, lease=LEASE)

    await bench.passes(seconds=59)
    assert bench.done == []
    await bench.passes(seconds=2)

    assert bench.done == ["forget_old"]


def tried(caplog: pytest.LogCaptureFixture, times: int) -> bool:
    return caplog.text.count("taking work failed") == times


async def until(true: Callable[[], bool]) -> None:
    """As soon as it is so: what happens in the worker tells nobody."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0)


async def test_strangers_who_are_slow_hold_up_nobody_here(bench: Bench) -> None:
    begun, over, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def go_on(_job: Any) -> None:
        done.set()

    async def wait(_job: Any) -> None:
        if len(bench.done) == OUTSIDE_AT_ONCE:
            begun.set()
        await over.wait()

    bench.runs |= {SendEvent: wait, ForgetOld: go_on}
    told = [SendEvent(event=f"evt_{n}", to="crm.test/1", about=f"lead {n}") for n in range(AT_ONCE + 5)]
    for job in told:
        await bench.add(job, lane=job.lane)

    working = asyncio.create_task(bench.worker.drain())
    await begun.wait()
    await bench.add(ForgetOld())
    bench.worker.wake()
    await done.wait()
    before = bench.done.index("forget_old")
    over.set()
    await working

    assert before == OUTSIDE_AT_ONCE
    assert len(bench.done) == len(told) + 1


async def test_what_a_stranger_does_not_take_holds_its_lane_and_is_given_up_after_its_time(
    bench: Bench,
) -> None:
    spacing = Spacing(pauses=(timedelta(minutes=1),), patience=timedelta(minutes=2), least=1)
    bench.runs[ReturnLead] = raises(*(Again("No.", spacing) for _ in range(3)))
    await bench.add(ReturnLead(lead="a"), ForgetOld(), lane="out:crm.test/1:a")

    await bench.worker.drain()
    assert bench.done == ["a"]
    await bench.passes(minutes=1)
    await bench.passes(minutes=1)

    assert bench.done == ["a", "a", "a", "forget_old"]
    [failed] = await bench.jobs.failed(5)
    assert (failed.error, failed.attempts) == ("No.", 3)
