"""The clock's hands: takes the jobs that are due, a lane at a time, and runs them. It knows no job by name."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.errors import Again, Held, Hopeless, Later
from bot.jobs import Job
from bot.out.sending import OUTSIDE
from storage.jobs import Jobs, Taken

log = logging.getLogger(__name__)
GIVE_UP_AFTER: Final = 15  # attempts: about two hours
LONGEST_PAUSE: Final = timedelta(minutes=10)
AT_ONCE: Final = 20
OUTSIDE_AT_ONCE: Final = 6  # beside those: strangers may be slow, and hold up nobody here
BREATH: Final = 1.0  # seconds until we go on after the database failed us

# What runs a job: until when it is ours, and after which pause its lane may go on.
Runner = Callable[[Any, datetime], Awaitable[timedelta | None]]


async def _as_it_is() -> None:
    """Nothing ever becomes new."""


@dataclass(slots=True)
class Worker:
    """`renew` is awaited whenever work was looked for: a job never runs by what was in force before it was added."""

    jobs: Jobs
    table: Mapping[type[Job], Runner]
    now: Callable[[], datetime]
    lease: timedelta
    renew: Callable[[], Awaitable[None]] = _as_it_is
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[asyncio.Task[None], Taken] = field(default_factory=dict)
    _stopped: bool = False
    _alive: bool = False

    def wake(self) -> None:
        """There may be work: a change was committed, or time has passed."""
        self._wake.set()

    def alive(self) -> bool:
        """Whether it runs and takes work."""
        return self._alive and not self._stopped

    async def run(self) -> None:
        """Work until `stop`. That no work can be taken is logged once, until it can."""
        self._alive, failing = True, False
        try:
            while not self._stopped:
                await self._wake.wait()
                self._wake.clear()
                failed, failing = failing, bool(await self._fault(self.drain(), "taking work", again=failing))
                if failing:
                    await asyncio.sleep(BREATH)
                elif failed:
                    log.warning("work is taken again")
        finally:
            self._alive = False

    async def stop(self) -> None:
        """Take nothing more; let what runs end."""
        self._stopped = True
        self._wake.set()
        if self._running:
            await asyncio.wait(self._running)

    async def drain(self) -> None:
        """Run what is due now, and what becomes due by that, until nothing is."""
        while not self._stopped:
            busy = bool(self._running)  # who ends while we look leaves a place that was not looked for
            taken = await self._take()
            if taken or self._running:
                await self._until_something_happens()
            elif not busy:
                return

    async def _take(self) -> list[Taken]:
        outside = sum(each.lane.startswith(OUTSIDE) for each in self._running.values())
        room, places = AT_ONCE - len(self._running) + outside, OUTSIDE_AT_ONCE - outside
        if not room and not places:
            return []
        taken = await self.jobs.take(self.now(), limit=room, lease=self.lease, outside=places)
        await self.renew()
        for each in taken:
            task = asyncio.create_task(self._run(each))
            self._running[task] = each
            task.add_done_callback(self._running.pop)
        return taken

    async def _until_something_happens(self) -> None:
        """Until a job ends or a commit wakes us: a slow call in one lane holds up no other."""
        woken = asyncio.create_task(self._wake.wait())
        await asyncio.wait([woken, *self._running], return_when=asyncio.FIRST_COMPLETED)
        if not woken.done():
            woken.cancel()
        self._wake.clear()

    async def _run(self, taken: Taken) -> None:
        fault = await self._fault(self._do(taken), f"a job ({taken.job.kind})")
        if fault is not None:
            await self._fault(self._failed(taken, type(fault).__name__), "putting a job back")

    async def _do(self, taken: Taken) -> None:
        try:
            pace = await self.table[type(taken.job)](taken.job, taken.leased_until)
        except Later as later:
            at, held = self.now() + later.wait, isinstance(later, Held)
            await self.jobs.put_back(taken, at, hold_lane=held, now=self.now())
        except Again as again:
            await self._again(taken, again)
        except Hopeless as hopeless:
            log.warning("a job (%s) cannot succeed: %s", taken.job.kind, hopeless)
            await self.jobs.fail(taken, self.now(), str(hopeless))
        else:
            await self.jobs.end(taken, self.now(), pace=pace or timedelta())

    async def _again(self, taken: Taken, again: Again) -> None:
        """In its turn: what stands behind it in its lane waits."""
        now, tries = self.now(), taken.attempts
        at = again.spacing.next_try(taken.due_at, tries, now, again.wait)
        if at is None:
            log.warning("a job (%s) is given up after %s tries: %s", taken.job.kind, tries, again)
            await self.jobs.fail(taken, now, str(again))
            return
        log.info("a job (%s) is tried again at %s: %s", taken.job.kind, at, again)
        await self.jobs.put_back(taken, at, error=str(again), hold_lane=True, now=now)

    async def _failed(self, taken: Taken, error: str) -> None:
        if taken.attempts >= GIVE_UP_AFTER:
            log.error("a job (%s) failed %s times and is given up", taken.job.kind, taken.attempts)
            await self.jobs.fail(taken, self.now(), error)
            return
        pause = min(timedelta(seconds=2**taken.attempts), LONGEST_PAUSE)
        await self.jobs.put_back(taken, self.now() + pause, error=error, now=self.now())

    async def _fault(self, work: Awaitable[None], what: str, *, again: bool = False) -> Exception | None:
        """Do it, and answer what went wrong in a way that nobody foresaw: one failure never ends the worker."""
        try:
            await work
        except Exception as error:
            log.log(logging.DEBUG if again else logging.ERROR, "%s failed", what, exc_info=error)
            return error
        return None


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    """It works; at the end what it has begun is ended."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        await worker.stop()
        await task
