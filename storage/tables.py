"""Every table. Rows never leave `storage`; every table has `workspace`, and no query crosses it."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    TypeDecorator,
    text,
)
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[datetime]):
    """An aware moment in, an aware moment in UTC out, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime: {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Any) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


# SQLite counts rows by itself only in a column that is INTEGER to the letter.
Counter: Final = BigInteger().with_variant(Integer, "sqlite")


def _moment(*, nullable: bool = False) -> Any:
    return Field(sa_type=Utc, nullable=nullable)


def _json() -> Any:
    return Field(sa_type=JSON, nullable=False)


class LeadRow(SQLModel, table=True):
    __tablename__ = "lead"
    __table_args__ = (
        Index(
            "lead_hold",
            "workspace",
            "hold",
            sqlite_where=text("hold IS NOT NULL"),
            postgresql_where=text("hold IS NOT NULL"),
        ),
        Index(
            "lead_shelf",
            "workspace",
            "shelf",
            sqlite_where=text("shelf IS NOT NULL"),
            postgresql_where=text("shelf IS NOT NULL"),
        ),
        Index(
            "lead_owner",
            "workspace",
            "owner",
            "state",
            "contacted_at",
            sqlite_where=text("owner IS NOT NULL"),
            postgresql_where=text("owner IS NOT NULL"),
        ),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    feed: str
    external_id: str | None
    state: str
    arrived_at: datetime = _moment()
    occurred_at: datetime = _moment()
    fields: dict[str, Any] = _json()
    fields_at: dict[str, Any] = _json()
    owner: str | None
    contacted_at: datetime | None = _moment(nullable=True)
    attempts: int
    kept_because: list[str] = _json()
    sent_back: bool
    returns_at: datetime | None = _moment(nullable=True)
    hold: str | None
    shelf: str | None
    asked_while_closed: int
    handoff: str | None
    words: str  # name, company and e-mail in lower case: what a search looks at


class IdentityRow(SQLModel, table=True):
    """By what a lead is known: its id in a feed, its e-mail, its phone."""

    __tablename__ = "identity"
    __table_args__ = (Index("identity_lead", "workspace", "lead"),)

    workspace: str = Field(primary_key=True)
    value: str = Field(primary_key=True)  # before `kind`: a bare id is looked up in every feed
    kind: str = Field(primary_key=True)
    lead: str


class HandoffRow(SQLModel, table=True):
    __tablename__ = "handoff"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "lead"], ["lead.workspace", "lead.id"]),
        Index("handoff_line", "workspace", "week", "line"),
        Index("handoff_offered", "workspace", "channel", "offered_at"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lead: str
    number: int
    offered_at: datetime = _moment()
    channel: str
    week: str
    line: str
    hot: bool
    why: list[str] = _json()
    whose_score: str | None
    handed_by: str | None
    note: str | None
    shown_at: datetime | None = _moment(nullable=True)
    to: str | None
    named_by: str | None
    hidden_from: list[str] = _json()
    verdict: str | None
    decided_at: datetime | None = _moment(nullable=True)
    decided_by: str | None
    took: int | None
    origin: str | None
    before: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    rejection: str | None


class RejectionRow(SQLModel, table=True):
    __tablename__ = "rejection"
    __table_args__ = (ForeignKeyConstraint(["workspace", "handoff"], ["handoff.workspace", "handoff.id"]),)

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff: str
    at: datetime = _moment()
    by: str
    reason: str
    answer: str | None
    words: str | None
    until: datetime | None = _moment(nullable=True)
    taken_back_at: datetime | None = _moment(nullable=True)
    taken_back_by: str | None
    thanked_by: list[str] = _json()


class TouchRow(SQLModel, table=True):
    __tablename__ = "touch"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "lead"], ["lead.workspace", "lead.id"]),
        Index("touch_lead", "workspace", "lead", "at"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lead: str
    kind: str
    at: datetime = _moment()
    campaign: str | None
    detail: str | None
    by: str | None


class LogRow(SQLModel, table=True):
    """What was done, by whom, from where. Append-only."""

    __tablename__ = "log"
    __table_args__ = (Index("log_lead", "workspace", "lead", "id"),)

    id: int | None = Field(default=None, sa_type=Counter, primary_key=True)
    workspace: str
    lead: str
    at: datetime = _moment()
    what: str
    by: str | None
    origin: str
    detail: dict[str, Any] = _json()


class HoldRow(SQLModel, table=True):
    """Leads that wait together behind one message in a channel; one is open per channel at a time."""

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "hold_open",
            "workspace",
            "channel",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    opened_at: datetime = _moment()
    closed_at: datetime | None = _moment(nullable=True)
    daily: bool
    kept: bool
    pressed_by: str | None
    pressed_at: datetime | None = _moment(nullable=True)
    arrived: int


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
    )

    id: int | None = Field(default=None, sa_type=Counter, primary_key=True)
    workspace: str
    lane: str
    kind: str
    payload: dict[str, Any] = _json()
    key: str | None
    due_at: datetime = _moment()
    leased_until: datetime | None = _moment(nullable=True)
    attempts: int
    ended_at: datetime | None = _moment(nullable=True)
    error: str | None


class LaneRow(SQLModel, table=True):
    """Order and pace: not free before `free_at`, and without work before `due_at` (None: parked)."""

    __tablename__ = "lane"
    __table_args__ = (Index("lane_due", "workspace", "due_at"),)

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    free_at: datetime = _moment()
    due_at: datetime | None = _moment(nullable=True)


class OnceRow(SQLModel, table=True):
    """What happens once per name: a delivery, a digest."""

    __tablename__ = "once"
    __table_args__ = (Index("once_at", "workspace", "at"),)

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    at: datetime = _moment()


class PostRow(SQLModel, table=True):
    """Which message in Slack shows what."""

    __tablename__ = "post"
    __table_args__ = (
        Index("post_about", "workspace", "about", "kind", unique=True),
        Index("post_channel", "workspace", "channel", "ts"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    about: str
    kind: str
    channel: str
    thread: str | None
    ts: str | None
    shown_hash: str | None
    sending_at: datetime | None = _moment(nullable=True)
    looks: int
    deleted: int


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (Index("person_email", "workspace", "email"),)

    workspace: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    email: str | None
    name: str
    tz: str | None
    guest: bool
    external: bool
    deactivated: bool
    bot: bool
    admin: bool
    groups: list[str] = _json()
    seen_at: datetime = _moment()


class ChannelRow(SQLModel, table=True):
    """The channels of the settings, kept by id from the first start, so that a rename changes nothing."""

    __tablename__ = "channel"

    workspace: str = Field(primary_key=True)
    setting: str = Field(primary_key=True)
    slack_id: str


class QuarantineRow(SQLModel, table=True):
    """What was well formed and made no sense, as it came; the same again only counts up."""

    __tablename__ = "quarantine"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    feed: str
    raw: str
    problems: list[dict[str, str]] = _json()
    times: int
    first_at: datetime = _moment()
    last_at: datetime = _moment()


def table_of(row: type[SQLModel]) -> Table:
    """The Core table, for statements that skip the ORM."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


LEAD: Final = table_of(LeadRow)
IDENTITY: Final = table_of(IdentityRow)
HANDOFF: Final = table_of(HandoffRow)
REJECTION: Final = table_of(RejectionRow)
TOUCH: Final = table_of(TouchRow)
LOG: Final = table_of(LogRow)
HOLD: Final = table_of(HoldRow)
JOB: Final = table_of(JobRow)
LANE: Final = table_of(LaneRow)
ONCE: Final = table_of(OnceRow)
POST: Final = table_of(PostRow)
PERSON: Final = table_of(PersonRow)
CHANNEL: Final = table_of(ChannelRow)
QUARANTINE: Final = table_of(QuarantineRow)
