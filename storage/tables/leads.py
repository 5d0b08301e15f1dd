"""Leads, their handoffs, and all that was told and done about them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import Counter, Letters, json, moment, table_of


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
            "lead_returns",
            "workspace",
            "returns_at",
            sqlite_where=text("returns_at IS NOT NULL"),
            postgresql_where=text("returns_at IS NOT NULL"),
        ),
        Index(
            "lead_kept",
            "workspace",
            "state",
            "changed_at",
            sqlite_where=text("erased_at IS NULL AND state IN ('closed', 'nurture')"),
            postgresql_where=text("erased_at IS NULL AND state IN ('closed', 'nurture')"),
        ),
        Index(
            "lead_uncalled",
            "workspace",
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index("lead_domain", "workspace", "domain", "state"),
        Index("lead_firm", "workspace", "firm", "domain", "state"),
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
    arrived_at: datetime = moment()
    occurred_at: datetime = moment()
    fields: dict[str, Any] = json()
    fields_at: dict[str, Any] = json()
    owner: str | None
    contacted_at: datetime | None = moment(nullable=True)
    attempts: int
    kept_because: list[str] = json()
    sent_back: bool
    returns_at: datetime | None = moment(nullable=True)
    spoke_at: datetime | None = moment(nullable=True)
    next_step_at: datetime | None = moment(nullable=True)
    hold: str | None
    shelf: str | None
    asked_while_closed: int
    recycled_by: str | None
    recycled_to: str | None
    followed_by: list[str] = json()
    handoff: str | None
    erased_at: datetime | None = moment(nullable=True)
    changed_at: datetime | None = moment(nullable=True)  # last here, by whomever: what retention counts from
    domain: str | None  # of its company (bot/companies.py)
    firm: str | None  # how its company's name begins, without its form (bot/firms.py)
    words: str  # by which it is found, with spaces between them (bot/searching.py)


class WordRow(SQLModel, table=True):
    """A word by which a lead is found, in the order of answers: the newest lead first."""

    __tablename__ = "word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace: str = Field(primary_key=True)
    word: str = Field(sa_type=Letters, primary_key=True)
    place: int = Field(sa_type=BigInteger, primary_key=True)  # seconds; the later it arrived, the smaller
    lead: str = Field(primary_key=True)


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
        Index("handoff_lead", "workspace", "lead"),
        Index(
            "handoff_cover",
            "workspace",
            "cover_for",
            sqlite_where=text("cover_for IS NOT NULL"),
            postgresql_where=text("cover_for IS NOT NULL"),
        ),
        Index("handoff_stalled", "workspace", sqlite_where=text("stalled"), postgresql_where=text("stalled")),
        Index(
            "handoff_unreminded",
            "workspace",
            sqlite_where=text("unreminded"),
            postgresql_where=text("unreminded"),
        ),
        Index(
            "handoff_untouched",
            "workspace",
            "contact_due",
            sqlite_where=text("verdict = 'accepted' AND contacted_at IS NULL"),
            postgresql_where=text("verdict = 'accepted' AND contacted_at IS NULL"),
        ),
        Index("handoff_line", "workspace", "week", "line"),
        Index(
            "handoff_waiting",
            "workspace",
            "team",
            "offered_at",
            sqlite_where=text("verdict IS NULL"),
            postgresql_where=text("verdict IS NULL"),
        ),
        Index("handoff_offered", "workspace", "channel", "offered_at"),
        Index("handoff_period", "workspace", "offered_at"),
        Index("handoff_decided", "workspace", "decided_at"),
        Index(
            "handoff_undecided",
            "workspace",
            "late_at",
            sqlite_where=text("verdict IS NULL"),
            postgresql_where=text("verdict IS NULL"),
        ),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lead: str
    number: int
    offered_at: datetime = moment()
    channel: str
    week: str
    line: str
    hot: bool
    why: list[str] = json()
    whose_score: str | None
    handed_by: str | None
    note: str | None
    source: str
    shown_at: datetime | None = moment(nullable=True)
    shown_after: int | None
    imported: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    team: str
    to: str | None
    alone: bool
    asked_in: str | None
    whose: str | None
    until: datetime | None = moment(nullable=True)
    named_by: str | None
    named_note: str | None
    given_by: str | None
    cover_for: str | None
    helped_by: list[str] = json()
    passed: list[dict[str, str]] = json()
    asked: list[str] = json()
    moved: dict[str, str] = json()
    shares: dict[str, int] = json()
    hidden_from: list[str] = json()
    offers: int
    cards: int
    joined: str | None
    carded_at: datetime | None = moment(nullable=True)
    wait: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    stalled: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})  # as `wait` says
    unreminded: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )  # somebody was reminded as often as anybody is, as `wait` says
    late_at: datetime | None = moment(nullable=True)
    verdict: str | None
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str | None
    took: int | None
    origin: str | None
    contact_due: datetime | None = moment(nullable=True)
    contacted_at: datetime | None = moment(nullable=True)
    contact_took: int | None
    before: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    rejection: str | None
    back: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    disputed: bool


class RejectionRow(SQLModel, table=True):
    __tablename__ = "rejection"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "handoff"], ["handoff.workspace", "handoff.id"]),
        Index("rejection_handoff", "workspace", "handoff"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff: str
    at: datetime = moment()
    by: str
    reason: str
    answer: str | None
    words: str | None
    until: datetime | None = moment(nullable=True)
    record: str | None
    taken_back_at: datetime | None = moment(nullable=True)
    taken_back_by: str | None
    thanked_by: list[str] = json()
    dispute: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)


class MergeRow(SQLModel, table=True):
    """A lead that was known already, and what went to its record by that."""

    __tablename__ = "merge"
    __table_args__ = (Index("merge_into", "workspace", "into"),)

    workspace: str = Field(primary_key=True)
    lead: str = Field(primary_key=True)
    into: str
    at: datetime = moment()
    keys: list[list[str]] = json()
    touches: list[str] = json()
    voices: list[str] = json()
    facts: dict[str, str] = json()  # that it had not, by their path: since when they were known
    parted_at: datetime | None = moment(nullable=True)


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
    at: datetime = moment()
    campaign: str | None
    detail: str | None
    by: str | None


class LogRow(SQLModel, table=True):
    """What was done, by whom, from where. Append-only."""

    __tablename__ = "log"
    __table_args__ = (
        Index("log_lead", "workspace", "lead", "id"),
        Index(
            "log_stopped",
            "workspace",
            "at",
            sqlite_where=text("what = 'stopreminding'"),
            postgresql_where=text("what = 'stopreminding'"),
        ),
    )

    id: int | None = Field(default=None, sa_type=Counter, primary_key=True)
    workspace: str
    lead: str
    at: datetime = moment()
    what: str
    by: str | None
    origin: str
    detail: dict[str, Any] = json()


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
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    daily: bool
    kept: bool
    pressed_by: str | None
    pressed_at: datetime | None = moment(nullable=True)
    arrived: int


class CampaignRow(SQLModel, table=True):
    """What marketing says of a campaign, or of a source; its leads are counted by its line."""

    __tablename__ = "campaign"

    workspace: str = Field(primary_key=True)
    line: str = Field(primary_key=True)
    owner: str | None
    starts: str | None  # a day: 2026-11-22
    for_sales: str | None


class VoiceRow(SQLModel, table=True):
    """What a customer said; `found_by` is what a search looks at."""

    __tablename__ = "voice"
    __table_args__ = (Index("voice_at", "workspace", "at"),)

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = moment()
    by: str
    kind: str
    theme: str
    words: str
    lead: str | None
    deal: str | None
    found_by: str


CAMPAIGN: Final = table_of(CampaignRow)
VOICE: Final = table_of(VoiceRow)
LEAD: Final = table_of(LeadRow)
WORD: Final = table_of(WordRow)
IDENTITY: Final = table_of(IdentityRow)
HANDOFF: Final = table_of(HandoffRow)
REJECTION: Final = table_of(RejectionRow)
MERGE: Final = table_of(MergeRow)
TOUCH: Final = table_of(TouchRow)
LOG: Final = table_of(LogRow)
HOLD: Final = table_of(HoldRow)
