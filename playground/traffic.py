"""A bounded log of what went over the wire, both ways, with how each call ended."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from playground.things import Json

KEPT = 5000


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the bot. `status` 0: the connection was dropped on purpose; `ok` says whether the work was done."""

    method: str
    args: Json
    at: datetime
    status: int
    ok: bool
    error: str
    answer: Json
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the bot answered to one payload. Status 0: no answer, and `error` says why."""

    kind: str
    status: int
    body: object
    seconds: float
    error: str = ""
    payload: Json

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own number


class Traffic:
    """The newest calls of the bot and the newest payloads sent to it."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=KEPT)
        self.answers: deque[Answer] = deque(maxlen=KEPT)
        self._log: deque[Call | Answer] = deque(maxlen=KEPT)  # both, in order
        self.version = 0
        self.watchers: list[Callable[[], None]] = []

    def note(self, one: Call | Answer) -> None:
        self._log.append(one)
        if isinstance(one, Call):
            self.calls.append(one)
        else:
            self.answers.append(one)
        self._changed()

    def clear(self) -> None:
        for kept in (self.calls, self.answers, self._log):
            kept.clear()
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        for watcher in self.watchers:
            watcher()

    def newest(self, count: int) -> list[Call | Answer]:
        """Give what went over the wire last, newest first."""
        return list(islice(reversed(self._log), count))

    def of(self, method: str | None) -> list[Call]:
        return [call for call in self.calls if method in {None, call.method}]
