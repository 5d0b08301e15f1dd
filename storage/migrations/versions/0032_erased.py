"""Who was removed: what is left of a lead, what is known of them, and since when each lead is as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_LAST = "SELECT max(log.at) FROM log WHERE log.workspace = lead.workspace AND log.lead = lead.id"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("lead", _moment("erased_at", nullable=True))
    op.add_column("lead", _moment("changed_at", nullable=True))
    op.execute(f"UPDATE lead SET changed_at = coalesce(({_LAST}), arrived_at)")  # noqa: S608 - our own words alone
    kept = sa.text("erased_at IS NULL AND state IN ('closed', 'nurture')")
    columns = ["workspace", "state", "changed_at"]
    op.create_index("lead_kept", "lead", columns, sqlite_where=kept, postgresql_where=kept)
    op.add_column("post", sa.Column("emptied", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":  # found by how it begins, as SQLite compares it anyway
        op.alter_column("post", "about", type_=sa.String(collation="C"))
    op.add_column("workspace", sa.Column("erasure_key", sa.String(), nullable=True))
    op.create_table(
        "erased",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("workspace", "hash"),
    )
    op.create_index("erased_person", "erased", ["workspace", "person"])
    op.create_table(
        "comeback",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        _moment("at"),
        _moment("removed_at"),
        sa.Column("asides", sa.JSON(), nullable=False),
        _moment("answered_at", nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("admitted", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "person"),
    )
