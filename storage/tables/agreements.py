"""What both sides agreed on, version by version."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table_of


class AgreementRow(SQLModel, table=True):
    """A version of the agreement; rows are only added. `by` None: app.yaml said so."""

    __tablename__ = "agreement"

    workspace: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = moment()
    by: str | None
    written: dict[str, Any] = Field(sa_type=JSON, nullable=False)  # by key, as bot/settings/written.py has it
    changes: dict[str, Any] = Field(sa_type=JSON, nullable=False)  # by key: before, and after


class SettingsFileRow(SQLModel, table=True):
    """app.yaml as it was last read, and the version that held after it."""

    __tablename__ = "settings_file"

    workspace: str = Field(primary_key=True)
    written: dict[str, Any] = Field(sa_type=JSON, nullable=False)
    version: int


class SignatureRow(SQLModel, table=True):
    """The head of a side has signed a version."""

    __tablename__ = "signature"

    workspace: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    side: str = Field(primary_key=True)
    by: str
    at: datetime = moment()


class SuggestionRow(SQLModel, table=True):
    """What somebody would change in a version."""

    __tablename__ = "suggestion"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int
    by: str
    at: datetime = moment()
    words: str


AGREEMENT: Final = table_of(AgreementRow)
SETTINGS_FILE: Final = table_of(SettingsFileRow)
SIGNATURE: Final = table_of(SignatureRow)
SUGGESTION: Final = table_of(SuggestionRow)
