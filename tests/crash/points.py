"""The named moments of the program at which it can be killed: put into the real program from outside, by tests.

A process does as the file named by CRASH_ORDER says: `{"at": "after commit", "nth": 3}` kills it when it comes
there for the third time. A place is named by how its name begins. CRASH_PAUSE makes it linger somewhere each
time, so that what others do meanwhile is seen: `{"at": "before commit of Leads", "seconds": 0.2}`.

Whatever is patched here has to be there: a program in which one of the places is missing does not start.
"""

import asyncio
import json
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from inspect import getclosurevars
from pathlib import Path
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from handlers.intake import IntakeHandlers
from handlers.web import SlackDoor
from handlers.worker import Worker
from storage import db
from storage.jobs import Jobs
from storage.posts import Posts

LINGER: Final = 0.25  # seconds: what was let out too early has left by then, on a busy machine too
ASKED_BY: Final = {  # what does it, and what is called for it
    "Leads._change_all": "Leads.change",
    "Leads._change_alone": "Leads.change",
    "Intake._deliver": "Intake.keep",
}
NAMED: Final = (
    "before commit of Intake.keep",
    "after commit of Intake.keep",
    "before commit of Leads.change (Accept)",
    "after commit of Leads.change (Accept)",
    "before commit of Leads.change (Reject)",
    "after commit of Leads.change (Reject)",
    "after commit of Leads.change (Shown)",
    "after commit of Posts.begin",
    "after commit of Posts.keep",
    "after commit of Jobs.take",
    "after commit of Jobs.end",
    "before answering a webhook",
    "before answering Slack",
    "before chat.postMessage",
    "during chat.postMessage",
    "after chat.postMessage",
    "after chat.update",
    "after conversations.history",
    "after views.open",
    "before the ts is kept",
    "between taking and running a job",
    "before a job is ended",
    "before a job is put back",
)


class Watch:
    """What this process was ordered to do, read anew whenever the order changes."""

    def __init__(self) -> None:
        self._order: Path | None = None
        self._read_at = -1
        self._at, self._left, self._lingers = "", 0, False
        self._pause: dict[str, Any] = {}
        self._lock = threading.Lock()
        self.works = threading.local()

    def arm(self) -> None:
        self._order = Path(os.environ["CRASH_ORDER"])
        self._pause = json.loads(os.environ.get("CRASH_PAUSE", "{}"))

    def passes(self, place: str) -> None:
        """The process comes to this place; it may be its last."""
        if self._pause and place.startswith(self._pause["at"]):
            threading.Event().wait(self._pause["seconds"])
        if self._is_due(place):
            if place.startswith("before"):
                threading.Event().wait(LINGER)
            os.kill(os.getpid(), signal.SIGKILL)

    def passes_soon(self, place: str, seconds: float) -> None:
        """The process will be in the middle of this."""
        if self._is_due(place):
            loop = asyncio.get_running_loop()
            loop.call_later(seconds, os.kill, os.getpid(), signal.SIGKILL)

    def _is_due(self, place: str) -> bool:
        if self._order is None:
            return False
        with self._lock:
            self._read()
            if not self._at or not place.startswith(self._at):
                return False
            self._left -= 1
            return self._left == 0

    def _read(self) -> None:
        try:
            changed = self._order.stat().st_mtime_ns if self._order else -1
            if changed != self._read_at and self._order:
                told = json.loads(self._order.read_text())
                self._read_at, self._at, self._left = changed, told["at"], told["nth"]
        except FileNotFoundError:
            self._read_at, self._at = -1, ""


WATCH: Final = Watch()


def install() -> None:
    """Put the places into the program's classes, before any of them runs."""
    _around_transactions()
    _after(SlackDoor, "receive", "before answering Slack")
    _after(IntakeHandlers, "receive", "before answering a webhook")
    _before(Posts, "keep", "before the ts is kept")
    _before(Worker, "_run", "between taking and running a job")
    _before(Jobs, "end", "before a job is ended")
    _before(Jobs, "put_back", "before a job is put back")
    _around_calls()


def arm(news: int) -> None:
    """In a process of its own: follow its orders, and say when it is ready."""
    WATCH.arm()

    def told(record: logging.LogRecord) -> bool:
        if record.getMessage().startswith("Truce is ready"):
            os.write(news, f"ready {os.getpid()}\n".encode())
        return True

    logging.getLogger("bot.__main__").addFilter(told)


def _around_transactions() -> None:
    once = db._once

    def named(work: Callable[[Session], Any], *rest: Any) -> Any:
        together = work.works if isinstance(work, db._Together) else (work,)
        WATCH.works.names = [_name(each) for each in together]
        return once(work, *rest)

    db.__dict__["_once"] = named

    def at(moment: str) -> None:
        for name in WATCH.works.names:
            WATCH.passes(f"{moment} commit of {name}")

    event.listen(Session, "before_commit", lambda _: at("before"))
    event.listen(Session, "after_commit", lambda _: at("after"))


def _name(work: Callable[..., Any]) -> str:
    """Whose transaction it is, and of which command: "Leads.change (Accept)"."""
    if isinstance(work, db.Alike):
        return _spoken(work.done.__qualname__, getattr(work.what, "command", None))
    if isinstance(work, partial):
        return _spoken(work.func.__qualname__, getattr(next(iter(work.args), None), "command", None))
    owner = work.__qualname__.partition(".<locals>")[0]
    return _spoken(owner, getclosurevars(work).nonlocals.get("command"))


def _spoken(owner: str, command: object) -> str:
    owner = ASKED_BY.get(owner, owner)
    return owner if command is None else f"{owner} ({type(command).__name__})"


def _around_calls() -> None:
    call = AsyncWebClient.api_call

    async def watched(self: AsyncWebClient, api_method: str, **arguments: Any) -> Any:
        WATCH.passes(f"before {api_method}")
        WATCH.passes_soon(f"during {api_method}", 0.002)
        answer = await call(self, api_method, **arguments)
        WATCH.passes(f"after {api_method}")
        return answer

    _put(AsyncWebClient, "api_call", watched)


def _before(owner: type, name: str, place: str) -> None:
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(method)
    async def watched(*arguments: Any, **named: Any) -> Any:
        WATCH.passes(place)
        return await method(*arguments, **named)

    _put(owner, name, watched)


def _after(owner: type, name: str, place: str) -> None:
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(method)
    async def watched(*arguments: Any, **named: Any) -> Any:
        answer = await method(*arguments, **named)
        WATCH.passes(place)
        return answer

    _put(owner, name, watched)


def _put(owner: type, name: str, watched: Callable[..., Awaitable[Any]]) -> None:
    setattr(owner, name, watched)
