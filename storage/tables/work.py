"""What is still to be done, and what Slack shows of it."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import Counter, Letters, json, moment, table_of


class JobRow(SQLModel, table=True):
    __tablename__ = "job"
    __table_args__ = (
        Index(
            "job_key",
            "workspace",
            "lane",
            "key",
            unique=True,
            sqlite_where=text("leased_until IS NULL AND ended_at IS NULL"),
            postgresql_where=text("leased_until IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "job_due",
            "workspace",
            "lane",
            "due_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # what needs a hand, looked for every minute: few rows, or none
        Index(
            "job_ended",
            "workspace",
            "kind",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "job_failing",
            "workspace",
            "kind",
            sqlite_where=text("error IS NOT NULL"),
            postgresql_where=text("error IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, sa_type=Counter, primary_key=True)
    workspace: str
    lane: str
    kind: str
    payload: dict[str, Any] = json()
    key: str | None
    due_at: datetime = moment()
    leased_until: datetime | None = moment(nullable=True)
    attempts: int
    ended_at: datetime | None = moment(nullable=True)
    error: str | None


class LaneRow(SQLModel, table=True):
    """Order and pace: not free before `free_at`, and without work before `due_at` (None: parked)."""

    __tablename__ = "lane"
    __table_args__ = (Index("lane_due", "workspace", "due_at"),)

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    free_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)


class OnceRow(SQLModel, table=True):
    """What happens once per name: a delivery, a digest."""

    __tablename__ = "once"
    __table_args__ = (Index("once_at", "workspace", "at"),)

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    at: datetime = moment()


class PostRow(SQLModel, table=True):
    """Which message in Slack shows what."""

    __tablename__ = "post"
    __table_args__ = (
        Index("post_about", "workspace", "about", "kind", unique=True),
        Index("post_channel", "workspace", "channel", "ts"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    about: str = Field(sa_type=Letters)  # begins with the id of what it tells of
    kind: str
    channel: str
    thread: str | None
    ts: str | None
    shown_hash: str | None
    sending_at: datetime | None = moment(nullable=True)
    looks: int
    deleted: int
    emptied: bool  # it told of somebody who was removed


class NudgeRow(SQLModel, table=True):
    """One reminder of one lead to one person, or into the channel where nobody is named."""

    __tablename__ = "nudge"
    __table_args__ = (
        Index("nudge_handoff", "workspace", "handoff"),
        Index("nudge_reminder", "workspace", "reminder"),
        Index("nudge_person", "workspace", "person", "reminder"),
        Index("nudge_at", "workspace", "at"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lead: str
    handoff: str
    stage: str
    rung: str
    person: str
    hot: bool
    due_at: datetime = moment()
    at: datetime = moment()
    waited: int  # seconds of working time ...
    waited_days: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})  # ... and whole days
    managing: bool
    reminder: str | None  # the message that tells of it; None: it waits for one
    acted_at: datetime | None = moment(nullable=True)


class FrozenRow(SQLModel, table=True):
    """The figures of a finished period as they stood when it was frozen; `team` is empty for all of them."""

    __tablename__ = "frozen"

    workspace: str = Field(primary_key=True)
    period: str = Field(primary_key=True)  # its days: 2026-11-16..2026-11-22
    team: str = Field(primary_key=True)
    at: datetime = moment()
    figures: dict[str, Any] = json()


class HandoutRow(SQLModel, table=True):
    """The leads of a report, given to somebody as a file; kept for good: who, when, what, how many."""

    __tablename__ = "handout"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = moment()
    by: str
    words: str  # what was asked for
    period: str  # its days
    rows: int
    allowed_by: str | None  # who may: themselves, or an admin where it is much
    taken_at: datetime | None = moment(nullable=True)


class DroppedRow(SQLModel, table=True):
    """A file of leads that somebody dropped on the bot; kept for good: who, when, how many."""

    __tablename__ = "dropped"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)  # Slack's
    at: datetime = moment()
    by: str
    name: str
    stage: str
    words: str  # what is said of it; nothing that stands in its rows
    dates: str | None  # day-first or month-first, as somebody said
    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    rejects: str  # refused rows, until they are given back
    upload: str | None  # the file of Slack's in which they are
    allowed_by: str | None


class EventRow(SQLModel, table=True):
    """What other systems are told, as it is sent; `about` is a lead, or a deal, whose order is that of `at`."""

    __tablename__ = "event"
    __table_args__ = (
        Index("event_about", "workspace", "about", "at"),
        Index("event_at", "workspace", "at"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    about: str
    at: datetime = moment()
    body: dict[str, Any] = json()


class CardLeadRow(SQLModel, table=True):
    """A handoff that shares the card of another, or the message that asks a rep, or did: who left it is still named there."""

    __tablename__ = "card_lead"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "handoff"], ["handoff.workspace", "handoff.id"]),
        Index("card_lead_handoff", "workspace", "handoff"),
    )

    workspace: str = Field(primary_key=True)
    card: str = Field(sa_type=Letters, primary_key=True)  # by what its message is about
    handoff: str = Field(primary_key=True)
    number: int  # which of the handoff's cards it was


class QuarantineRow(SQLModel, table=True):
    """What was well formed and made no sense, as it came; the same again only counts up."""

    __tablename__ = "quarantine"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    feed: str
    raw: str
    problems: list[dict[str, str]] = json()
    times: int
    first_at: datetime = moment()
    last_at: datetime = moment()


DROPPED: Final = table_of(DroppedRow)
EVENT: Final = table_of(EventRow)
HANDOUT: Final = table_of(HandoutRow)
FROZEN: Final = table_of(FrozenRow)
JOB: Final = table_of(JobRow)
LANE: Final = table_of(LaneRow)
ONCE: Final = table_of(OnceRow)
POST: Final = table_of(PostRow)
NUDGE: Final = table_of(NudgeRow)
CARD_LEAD: Final = table_of(CardLeadRow)
QUARANTINE: Final = table_of(QuarantineRow)
