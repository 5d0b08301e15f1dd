"""Retros: the look back at each closed deal."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json, moment, table_of


class RetroRow(SQLModel, table=True):
    """Of a deal there is one, and it has the deal's id."""

    __tablename__ = "retro"
    __table_args__ = (ForeignKeyConstraint(["workspace", "id"], ["deal.workspace", "deal.id"]),)

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str
    outcome: str
    noted_at: datetime = moment()
    owner: str | None
    amount: int | None = Field(sa_type=BigInteger)  # in ten-thousandths of the deal's currency
    started_at: datetime | None = moment(nullable=True)
    turns: list[str] = json()


RETRO: Final = table_of(RetroRow)
