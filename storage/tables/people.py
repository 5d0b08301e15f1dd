"""Who is in the workspace, when they work, and whose turn it is."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import json, moment, table_of


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
    groups: list[str] = json()
    seen_at: datetime = moment()


class WorkspaceRow(SQLModel, table=True):
    """A workspace, as it was found at the last start."""

    __tablename__ = "workspace"

    workspace: str = Field(primary_key=True)
    zone: str
    settings: str | None  # what tells the settings from others
    erasure_key: str | None  # of the hashes by which who was removed is known again


class ChannelRow(SQLModel, table=True):
    """The channels of the settings, kept by id from the first start, so that a rename changes nothing."""

    __tablename__ = "channel"

    workspace: str = Field(primary_key=True)
    setting: str = Field(primary_key=True)
    slack_id: str


class PlaceRow(SQLModel, table=True):
    """A channel that takes nothing from us now, and why."""

    __tablename__ = "place"

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    why: str


class MemberRow(SQLModel, table=True):
    """Who is in a channel: whom a role that the settings leave out belongs to."""

    __tablename__ = "member"

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)


class PresenceRow(SQLModel, table=True):
    """What somebody's hours are besides those of the team, and whether they are away."""

    __tablename__ = "presence"

    workspace: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    week: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    days_off: list[str] = json()
    hot_until: datetime | None = moment(nullable=True)
    away_from: datetime | None = moment(nullable=True)
    away_until: datetime | None = moment(nullable=True)
    why: str | None
    past: list[list[str]] = json()  # absences: from when, until when
    quiet_from: datetime | None = moment(nullable=True)
    quiet_until: datetime | None = moment(nullable=True)
    dnd_from: datetime | None = moment(nullable=True)
    dnd_until: datetime | None = moment(nullable=True)
    status: str | None


class HomeRow(SQLModel, table=True):
    """Who has opened their Home, which pages they are on, and what it shows."""

    __tablename__ = "home"

    workspace: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    opened_at: datetime = moment()
    pages: dict[str, int] = json()
    shown_hash: str | None
    slack_hash: str | None  # Slack's own, of the view that shows it


class DigestOffRow(SQLModel, table=True):
    """Who wants no digest of their own leads."""

    __tablename__ = "digest_off"

    workspace: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)


class BundleOffRow(SQLModel, table=True):
    """Who wants no daily message about the campaigns that they own."""

    __tablename__ = "bundle_off"

    workspace: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)


class RotaRow(SQLModel, table=True):
    """Whose turn it is: who had how many leads of a team, and when the last."""

    __tablename__ = "rota"

    workspace: str = Field(primary_key=True)
    team: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    turns: int
    credit: int  # of a fair share not had yet, in parts of a lead (bot/rota.py)
    refused: int  # rejections in a row
    last_lead_at: datetime | None = moment(nullable=True)


class StandstillRow(SQLModel, table=True):
    """Time that is nobody's working time: Truce was down, Slack refused it, or a team paused."""

    __tablename__ = "standstill"
    __table_args__ = (Index("standstill_ends", "workspace", "ends_at"),)

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    team: str  # empty: every team's
    why: str
    begins_at: datetime = moment()
    ends_at: datetime = moment()
    by: str | None


class ErasedRow(SQLModel, table=True):
    """By what somebody who was removed would be known again: a keyed hash of an e-mail, a phone or an id."""

    __tablename__ = "erased"
    __table_args__ = (Index("erased_person", "workspace", "person"),)

    workspace: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    person: str  # one for all hashes of one person; tells nothing
    at: datetime = moment()


class ComebackRow(SQLModel, table=True):
    """Somebody who was removed came again, and the admins are asked; what was sent waits in quarantine."""

    __tablename__ = "comeback"

    workspace: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    feed: str
    at: datetime = moment()
    removed_at: datetime = moment()
    asides: list[str] = json()
    answered_at: datetime | None = moment(nullable=True)
    answered_by: str | None
    admitted: bool | None


class LifeRow(SQLModel, table=True):
    """How long Truce has been in this workspace, and when it last was known to run."""

    __tablename__ = "life"

    workspace: str = Field(primary_key=True)
    began_at: datetime = moment()
    beat_at: datetime = moment()
    switched_on_at: datetime | None = moment(
        nullable=True
    )  # managers are reminded from then on, before it is time
    switched_on_by: str | None = None


PERSON: Final = table_of(PersonRow)
WORKSPACE: Final = table_of(WorkspaceRow)
CHANNEL: Final = table_of(ChannelRow)
BUNDLE_OFF: Final = table_of(BundleOffRow)
PLACE: Final = table_of(PlaceRow)
MEMBER: Final = table_of(MemberRow)
PRESENCE: Final = table_of(PresenceRow)
HOME: Final = table_of(HomeRow)
DIGEST_OFF: Final = table_of(DigestOffRow)
ROTA: Final = table_of(RotaRow)
STANDSTILL: Final = table_of(StandstillRow)
LIFE: Final = table_of(LifeRow)
ERASED: Final = table_of(ErasedRow)
COMEBACK: Final = table_of(ComebackRow)
