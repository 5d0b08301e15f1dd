"""Deals, and the leads they grew from."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import json, moment, table_of


class DealRow(SQLModel, table=True):
    __tablename__ = "deal"
    __table_args__ = (
        Index("deal_known", "workspace", "feed", "external_id", unique=True),
        Index("deal_closed", "workspace", "closed_at"),
        Index(
            "deal_open",
            "workspace",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("deal_owner", "workspace", "owner", "state"),
    )

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    feed: str
    external_id: str
    state: str
    amount: int | None = Field(sa_type=BigInteger)  # in ten-thousandths of the currency
    currency: str | None
    fields: dict[str, Any] = json()
    fields_at: dict[str, Any] = json()
    stages: list[dict[str, Any]] = json()
    owner: str | None
    opened_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)


class DealLeadRow(SQLModel, table=True):
    """A deal may grow from several leads, and a lead into several deals."""

    __tablename__ = "deal_lead"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "deal"], ["deal.workspace", "deal.id"]),
        ForeignKeyConstraint(["workspace", "lead"], ["lead.workspace", "lead.id"]),
        Index("deal_lead_lead", "workspace", "lead"),
    )

    workspace: str = Field(primary_key=True)
    deal: str = Field(primary_key=True)
    lead: str = Field(primary_key=True)


class DealNameRow(SQLModel, table=True):
    """How a deal names a lead that it grew from: an id, an e-mail or a domain, in lower case."""

    __tablename__ = "deal_name"
    __table_args__ = (
        ForeignKeyConstraint(["workspace", "deal"], ["deal.workspace", "deal.id"]),
        Index("deal_name_deal", "workspace", "deal"),
    )

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    deal: str = Field(primary_key=True)


DEAL: Final = table_of(DealRow)
DEAL_LEAD: Final = table_of(DealLeadRow)
DEAL_NAME: Final = table_of(DealNameRow)
