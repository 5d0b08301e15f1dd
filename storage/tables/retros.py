"""Retros: the look back at each closed deal."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import Counter, json, moment, table_of

AT_WORK: Final = "state IN ('acting', 'waiting', 'held', 'open', 'summed')"


class RetroRow(SQLModel, table=True):
    """Of a deal there is one, and it has the deal's id.

    Its answers are one value, in the order of their random ids, written anew with each: neither rows nor
    their order tell who wrote which, or when.
    """

    __tablename__ = "retro"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "id"], ["deal.workspace", "deal.id"]),
        Index("retro_summed", "workspace", "summed_at"),
        Index("retro_noted", "workspace", "noted_at"),
        Index(
            "retro_at_work",
            "workspace",
            "state",
            sqlite_where=text(AT_WORK),
            postgresql_where=text(AT_WORK),
        ),
        Index("retro_owner", "workspace", "owner", "noted_at"),
        Index(
            "retro_heap",
            "workspace",
            "heap",
            sqlite_where=text("heap IS NOT NULL"),
            postgresql_where=text("heap IS NOT NULL"),
        ),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str
    outcome: str
    noted_at: datetime = moment()
    owner: str | None
    amount: int | None = Field(sa_type=BigInteger)  # in ten-thousandths of the deal's currency
    started_at: datetime | None = moment(nullable=True)
    turns: list[str] = json()
    summed_at: datetime | None = moment(nullable=True)
    heap: str | None
    answers: list[dict[str, Any]] = json()
    action: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    campaign: str | None = None  # the first of its leads'
    segment: list[str] | None = Field(
        default=None, sa_type=JSON, nullable=True
    )  # their industries, countries
    meets_on: date | None = None


class RetroSeatRow(SQLModel, table=True):
    """Who is asked, and that they have answered: not what, and not when."""

    __tablename__ = "retro_seat"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "retro"], ["retro.workspace", "retro.id"]),
        Index("retro_seat_person", "workspace", "person", "answered"),
        Index("retro_seat_dm", "workspace", "dm"),
    )

    workspace: str = Field(primary_key=True)
    retro: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    place: int
    part: str
    asked: int
    dm: str | None
    answered: bool
    draft: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)


class RetroTextRow(SQLModel, table=True):
    """What a retro that is over is found by: its words, each once, with a space between.

    Full text is each database's own: on PostgreSQL an index over `words`, on SQLite the table retro_fts (FTS5) whose
    rows have the number `n`. No migration tool knows either: storage/retro_search.py speaks to both.
    """

    __tablename__ = "retro_text"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "retro"], ["retro.workspace", "retro.id"]),
        UniqueConstraint("workspace", "retro", name="retro_text_retro"),
    )

    n: int | None = Field(default=None, sa_type=Counter, primary_key=True)
    workspace: str
    retro: str
    words: str


class RetroReplyRow(SQLModel, table=True):
    """What somebody says in the thread, as it stands there now."""

    __tablename__ = "retro_reply"
    __table_args__ = (ForeignKeyConstraint(["workspace", "retro"], ["retro.workspace", "retro.id"]),)

    workspace: str = Field(primary_key=True)
    retro: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    by: str
    words: str


RETRO: Final = table_of(RetroRow)
RETRO_SEAT: Final = table_of(RetroSeatRow)
RETRO_TEXT: Final = table_of(RetroTextRow)
RETRO_REPLY: Final = table_of(RetroReplyRow)
