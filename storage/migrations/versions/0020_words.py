"""The words of each lead, in the order in which a search answers."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.leads.lead import Lead, State
from bot.searching import words_of

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    letters = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "word",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("word", letters, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "word", "place", "lead"),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind())


def _fill(database: sa.Connection) -> None:
    """The words of the leads that are there, some at a time."""
    some = sa.text(
        "SELECT workspace, id, arrived_at, fields FROM lead"
        " WHERE lead.workspace > :workspace OR (lead.workspace = :workspace AND lead.id > :id)"
        " ORDER BY workspace, id LIMIT :most"
    )
    here = {"workspace": "", "id": ""}
    while rows := database.execute(some, {**here, "most": _AT_ONCE}).mappings().all():
        told = [(row, words_of(_lead(row))) for row in rows]
        database.execute(
            sa.text(
                "INSERT INTO word (workspace, word, place, lead) VALUES (:workspace, :word, :place, :lead)"
            ),
            [
                {
                    "workspace": row["workspace"],
                    "lead": row["id"],
                    "word": word,
                    "place": -int(_moment(row["arrived_at"]).timestamp()),
                }
                for row, words in told
                for word in ("", *words)
            ],
        )
        database.execute(
            sa.text("UPDATE lead SET words = :words WHERE lead.workspace = :workspace AND lead.id = :id"),
            [
                {"workspace": row["workspace"], "id": row["id"], "words": " ".join(words)}
                for row, words in told
            ],
        )
        here = {"workspace": rows[-1]["workspace"], "id": rows[-1]["id"]}


def _lead(row: Any) -> Lead:
    fields = json.loads(row["fields"]) if isinstance(row["fields"], str) else row["fields"]
    at = _moment(row["arrived_at"])
    return Lead(
        id=row["id"],
        feed="",
        external_id=None,
        state=State.NEW,
        arrived_at=at,
        occurred_at=at,
        fields=fields,
    )


def _moment(kept: Any) -> datetime:
    moment = datetime.fromisoformat(kept) if isinstance(kept, str) else kept
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
