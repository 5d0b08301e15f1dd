"""How often a method may be called: token buckets, in the playground's time."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from playground.clock import Now
from playground.errors import RateLimited

# calls a minute; Slack promises at least these (slack: "1+", "20+" ...) and so do we, exactly
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
POST_BURST = 4  # Slack allows "short bursts" above one a second and channel, without a number
POSTS_PER_MINUTE = 300  # a workspace: "several hundred messages per minute"


@dataclass
class Bucket:
    """Holds up to `size` tokens and gains `rate` a second."""

    size: float
    rate: float
    tokens: float
    at: datetime

    def take(self, now: datetime) -> int:
        """Give 0 when a token was there, else the seconds until the next."""
        self.tokens = min(self.size, self.tokens + max(0.0, (now - self.at).total_seconds()) * self.rate)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0
        return max(1, ceil((1 - self.tokens) / self.rate))


class Pace:
    """All buckets of one app in one workspace; `on=False` lets everything pass."""

    def __init__(self, now: Now, *, on: bool) -> None:
        self.now = now
        self.on = on
        self._buckets: dict[str, Bucket] = {}

    def tier(self, method: str, tier: int) -> None:
        self._take(method, TIERS[tier], TIERS[tier] / 60)

    def post(self, channel: str) -> None:
        self._take(f"post to {channel}", POST_BURST, 1)
        self._take("posts", POSTS_PER_MINUTE, POSTS_PER_MINUTE / 60)

    def _take(self, name: str, size: float, rate: float) -> None:
        if not self.on:
            return
        now = self.now()
        bucket = self._buckets.setdefault(name, Bucket(size, rate, size, now))
        if wait := bucket.take(now):
            raise RateLimited(wait)
