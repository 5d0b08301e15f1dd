"""Which picture a message shows."""

from datetime import datetime
from typing import Final

from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table_of


class PictureRow(SQLModel, table=True):
    """`file`, as Slack calls it, shows what has the hash `shown_hash`; `wanted_hash` is to be drawn."""

    __tablename__ = "picture"

    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    about: str = Field(primary_key=True)
    wanted_hash: str
    wanted_at: datetime = moment()
    sending: str | None  # the file in which Slack gets it: whether it arrived is not known yet
    file: str | None
    shown_hash: str | None
    refused_hash: str | None  # what could not be drawn or handed over: shown without


PICTURE: Final = table_of(PictureRow)
