"""The time machine: moves the clock, and on the way lets what falls due happen, one thing after the other."""

import asyncio
from datetime import datetime, timedelta
from math import ceil

from playground.clock import FileClock, pulse
from playground.desk import Desk
from playground.errors import NotOnScreen

STEP = timedelta(minutes=5)
STEPS = 24  # at most: an hour goes in steps of five minutes, a week in steps of seven hours
QUIET = 0.5  # seconds in which an app that has something to do begins it: it looks four times a second
PAUSE = 1.5  # seconds without a call or a payload: done; posts in one channel come a second apart
PATIENCE = 45.0  # seconds for all steps together, however much is going on
LOOK = 0.05  # seconds


class Machine:
    """Moves the playground's clock; who moves it meanwhile comes afterwards."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.bound_for: datetime | None = None  # where it is on its way to
        self.quiet, self.pause = QUIET, PAUSE
        self._moving = asyncio.Lock()

    @property
    def clock(self) -> FileClock:
        """Raises NotOnScreen where the clock is not ours to move."""
        if not isinstance(self.desk.now, FileClock):
            raise NotOnScreen("this playground's clock is moved by the test that owns it")
        return self.desk.now

    async def jump(self, by: timedelta | datetime) -> None:
        """Move the time at once, by so much or to a moment; what was due in between is late, as after an outage."""
        async with self._moving:
            now = self.desk.now()
            self._move(by - now if isinstance(by, datetime) else by)

    async def walk(self, by: timedelta | datetime) -> None:
        """Let the time pass, far quicker than it does: after each step wait until the app is quiet."""
        async with self._moving:
            now = self.desk.now()
            self.bound_for = by if isinstance(by, datetime) else now + by
            by = self.bound_for - now
            steps, began = min(STEPS, max(1, ceil(by / STEP))), pulse()
            try:
                for step in range(1, steps + 1):
                    self._move((self.bound_for - self.desk.now()) / (steps - step + 1))
                    await self._settled(began + PATIENCE * step / steps)
            finally:
                self.bound_for = None
                self.desk.store.changed()

    def _move(self, by: timedelta) -> None:
        self.clock.move(by)
        self.desk.store.changed()

    async def _settled(self, until: float) -> None:
        """Wait while the app is busy with what has fallen due; `until` is the longest, on the loop's clock.

        Counted in looks, which take longer where others are busy beside, as does what the app does.
        """
        traffic, left = self.desk.traffic, self.quiet
        seen, look = traffic.version, min(LOOK, self.quiet / 5)
        while left > 0 and pulse() < until:
            await asyncio.sleep(look)
            left -= look
            if traffic.version != seen or self.desk.outbound.busy:
                seen, left = traffic.version, self.pause
