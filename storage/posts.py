"""Which message in Slack shows what. A post is begun before it is sent, so that a lost answer is known as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Update, bindparam, func, select, update
from sqlmodel import Session

from bot.errors import Later
from bot.jobs import Due, LearnMembers
from bot.places import Closed
from storage import jobs, places
from storage.db import Space
from storage.jobs import LONG_AGO
from storage.tables import LANE, POST
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """What a workspace takes per minute of one kind of call, and how many of them at once."""

    name: str
    per_minute: int
    burst: int = 10

    @property
    def step(self) -> timedelta:
        """From one to the next."""
        return timedelta(minutes=1) / self.per_minute


POSTS: Final = Ceiling(name="ceiling:posts", per_minute=300)
UPDATES: Final = Ceiling(name="ceiling:updates", per_minute=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message of ours. `sending_at` without a `ts`: it was sent, and we do not know what became of it."""

    id: str
    about: str
    kind: str
    channel: str
    thread: str | None
    ts: str | None
    shown_hash: str | None
    sending_at: datetime | None
    looks: int
    deleted: int
    emptied: bool  # what it told of was removed


class Turns:
    """Who goes next where a ceiling is reached: each waits for a turn of its own.

    Else all who wait would be drawn anew whenever one of them may go. Kept by each process alone: whoever comes
    between, from another one, sends who comes then to the end of the line.
    """

    def __init__(self, ceiling: Ceiling) -> None:
        self._step = ceiling.step
        self._of: dict[str, datetime] = {}
        self._last = LONG_AGO

    def need(self, post: str, now: datetime) -> None:
        """Raise Later before its turn."""
        wait = self._of.get(post, now) - now
        if wait > timedelta():
            raise Later(wait)

    def use(self, post: str, now: datetime) -> None:
        """Go, if it has waited or nobody does; else raise Later."""
        if self._last <= now:
            self._of.clear()
        elif self._of.pop(post, None) is None:
            raise self.behind(post, timedelta(), now)

    def behind(self, post: str, wait: timedelta, now: datetime) -> Later:
        """At the end of the line, and not before `wait`."""
        self._last = self._of[post] = max(now + wait, self._last + self._step)
        return Later(self._last - now)


class Posts:
    def __init__(self, space: Space) -> None:
        self._space = space
        self._turns = Turns(UPDATES)

    async def find(self, sight: str, about: str) -> Post | None:
        return await self._space.read(lambda session: self._get(session, sight, about))

    async def find_in_turn(self, sight: str, about: str, now: datetime) -> Post | None:
        """Raises Later where it waits for its turn to be updated: until then it need not be drawn."""
        post = await self.find(sight, about)
        if post is not None:
            self._turns.need(post.id, now)
        return post

    async def begin(self, sight: str, about: str, now: datetime) -> Post:
        """The post as it is; one that is not in Slack yet is marked as being sent, from now on.

        Raises Later while the workspace has had all the posts of a minute.
        """

        def work(session: Session) -> Post:
            fresh = {"workspace": self._space.workspace, "id": uuid4().hex, "about": about, "kind": sight}
            insert_new(session, POST, [{**fresh, "channel": "", "looks": 0, "deleted": 0, "emptied": False}])
            post = self._get(session, sight, about, lock=True)
            if post is None:
                raise AssertionError("the row was just inserted")
            if post.ts is None and post.sending_at is None:
                take_token(session, self._space.workspace, POSTS, now)
                self._set(session, post.id, sending_at=now)
            return post

        return await self._space.write(work)

    async def add(self, due: Sequence[Due]) -> None:
        """What is to be shown next."""
        await self._space.write(lambda session: jobs.add(session, self._space.workspace, due))

    async def take_update(self, post: Post, now: datetime) -> None:
        """Raise Later, with its turn, while the workspace has had all the updates of a minute."""
        self._turns.use(post.id, now)
        try:
            await self._space.write(lambda session: take_token(session, self._space.workspace, UPDATES, now))
        except Later as later:
            raise self._turns.behind(post.id, later.wait, now) from None

    async def keep(
        self,
        post: Post,
        *,
        channel: str,
        thread: str | None,
        ts: str,
        shown_hash: str | None,
        then: Sequence[Due] = (),
    ) -> None:
        """It is in Slack, and shows this; what follows from that is kept in the same breath."""

        def work(session: Session) -> None:
            self._set(
                session,
                post.id,
                channel=channel,
                thread=thread,
                ts=ts,
                shown_hash=shown_hash,
                sending_at=None,
                looks=0,
            )
            jobs.add(session, self._space.workspace, then)

        await self._space.write(work)

    async def not_sent(self, post: Post) -> None:
        """Slack said no, so it is certain that nothing was posted."""
        await self._space.write(lambda session: self._set(session, post.id, sending_at=None, looks=0))

    async def looked(self, post: Post) -> None:
        """We looked for a lost answer, and it is not there yet."""
        await self._space.write(lambda session: self._set(session, post.id, looks=post.looks + 1))

    async def gone(self, post: Post, then: Sequence[Due]) -> None:
        """A person deleted it."""

        def work(session: Session) -> None:
            self._set(session, post.id, ts=None, shown_hash=None, deleted=post.deleted + 1)
            jobs.add(session, self._space.workspace, then)

        await self._space.write(work)

    async def is_shared(self, channel: str) -> bool:
        """Whether people of other companies would read what is posted there."""
        workspace = self._space.workspace
        why = await self._space.read(lambda session: places.why_closed(session, workspace, channel))
        return why is Closed.SHARED

    async def look_anew(self, channel: str) -> None:
        """Ask Slack what the channel is by now: the event that tells of it may not have reached us."""
        learn = Due(job=LearnMembers(channel=channel), at=LONG_AGO)
        await self._space.write(lambda session: jobs.add(session, self._space.workspace, [learn]))

    async def note_closed(self, channel: str, why: Closed | None) -> None:
        """Slack takes nothing for this channel; None: it does."""
        await self._space.write(lambda session: places.note(session, self._space.workspace, channel, why))

    async def newest_ts(self, channel: str) -> str | None:
        """The newest message of ours in this channel that we know of."""
        here = (POST.c.workspace == self._space.workspace) & (POST.c.channel == channel)
        return await self._space.read(lambda session: session.scalar(select(func.max(POST.c.ts)).where(here)))

    def _get(self, session: Session, sight: str, about: str, *, lock: bool = False) -> Post | None:
        this = {"workspace": self._space.workspace, "about": about, "kind": sight}
        row = session.execute(_LOCKED if lock else _ONE, this).mappings().first()
        return None if row is None else Post(**{name: row[name] for name in Post.__slots__})

    def _set(self, session: Session, post: str, **values: Any) -> None:
        this = {"in_": self._space.workspace, "post": post}
        session.connection().execute(_setting(tuple(values)), {**this, **values})


def take_token(session: Session, workspace: str, ceiling: Ceiling, now: datetime) -> None:
    """Let one more through, or raise Later. The lane's `free_at` is when all let through so far are paid for."""
    lane = {"workspace": workspace, "name": ceiling.name}
    insert_new(session, LANE, [{**lane, "free_at": LONG_AGO}])
    paid = session.scalar(_PAID, lane)
    start = max(paid or LONG_AGO, now.astimezone(UTC))
    wait = start - now - ceiling.step * (ceiling.burst - 1)
    if wait > timedelta():
        raise Later(wait)
    session.connection().execute(_PAY, {"in_": workspace, "lane": ceiling.name, "paid": start + ceiling.step})


_ONE: Final = select(POST).where(
    POST.c.workspace == bindparam("workspace"),
    POST.c.about == bindparam("about"),
    POST.c.kind == bindparam("kind"),
)
_LOCKED: Final = _ONE.with_for_update()
_PAID: Final = (
    select(LANE.c.free_at)
    .where(LANE.c.workspace == bindparam("workspace"), LANE.c.name == bindparam("name"))
    .with_for_update()
)
_PAY: Final = (
    update(LANE)
    .where(LANE.c.workspace == bindparam("in_"), LANE.c.name == bindparam("lane"))
    .values(free_at=bindparam("paid"))
)


@cache
def _setting(names: tuple[str, ...]) -> Update:
    """Write these columns of one post."""
    this = (POST.c.workspace == bindparam("in_"), POST.c.id == bindparam("post"))
    return update(POST).where(*this).values({name: bindparam(name) for name in names})
