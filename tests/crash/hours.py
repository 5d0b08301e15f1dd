"""The time of a crash run: real, but where everybody only waits it moves on to what they wait for.

It never moves while a process that may live has a job, or something is on its way: a lease is as long for them as
it says, however slow they are. Where all have died, their leases are waited out in one step.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playground.clock import FileClock, pulse
from tests.crash.books import Books
from tests.crash.machines import Balancer
from tests.program import a_moment

OPENING = datetime(2026, 11, 24, 10, tzinfo=UTC)  # a Tuesday morning: at night people are told nothing
LEASE = timedelta(seconds=3)
LOOKS_EVERY = 0.04  # seconds
AT_LEAST = timedelta(milliseconds=10)
# A call whose caller has given up may still be done by Slack: that has to come before the third look for it.
FAR = timedelta(seconds=2)
FAR_EVERY = 0.5  # seconds between two long steps


@dataclass
class Hours:
    clock: FileClock
    books: Books
    balancer: Balancer
    _dead: datetime | None = None
    _far_at: float = 0.0

    async def pass_by(self) -> None:
        while True:
            await a_moment(LOOKS_EVERY)
            self.move_on()

    def all_died(self) -> None:
        """Whatever is taken now, nobody has it any more."""
        self._dead = self.clock() + LEASE

    def move_on(self) -> None:
        if self.balancer.under_way:
            return
        now = self.clock()
        leases = self.books.leases(now)
        if any(self._dead is None or lease > self._dead for lease in leases):
            return
        wait = min(leases) - now if leases else self.books.next_due(now)
        if wait is None or wait <= AT_LEAST:
            return
        if wait > FAR and not leases:
            if pulse() - self._far_at < FAR_EVERY:
                return
            self._far_at = pulse()
        self.clock.move(wait)

    def is_quiet(self) -> bool:
        """Whether nothing is left to do, but for timers."""
        now = self.clock()
        return not self.books.leases(now) and self.books.next_due(now) is None

    async def quiet(self, patience: float) -> None:
        async with asyncio.timeout(patience):
            while not self.is_quiet():
                await a_moment(LOOKS_EVERY)
