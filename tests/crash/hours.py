"""The time of a crash run: real, but where everybody only waits it moves on to what they wait for.

It never moves while a living process has a job, or something is on its way: a lease is as long for them as it
says. A dead one's lease is waited out in one step.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playground.clock import FileClock, pulse
from tests.crash.books import Books
from tests.crash.machines import Balancer, a_moment

LEASE = timedelta(seconds=3)
LOOKS_EVERY = 0.02  # seconds
AT_LEAST = timedelta(milliseconds=10)
# A call whose caller has given up may still be done by Slack: that has to come before the third look for it.
FAR = timedelta(seconds=2)
FAR_EVERY = 0.5  # seconds between two long steps
NOBODY_HAS_IT = 1.8  # seconds of one job without an end: three calls of Slack that all time out take less


@dataclass
class Hours:
    clock: FileClock
    books: Books
    balancer: Balancer
    _seen: dict[datetime, float] = field(default_factory=dict)
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
        self._seen = {lease: self._seen.get(lease, pulse()) for lease in leases}
        if any(self._is_alive(lease) for lease in leases):
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

    def _is_alive(self, lease: datetime) -> bool:
        if self._dead is not None and lease <= self._dead:
            return False
        return pulse() - self._seen[lease] < NOBODY_HAS_IT
