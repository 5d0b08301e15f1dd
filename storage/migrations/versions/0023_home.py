"""Who has opened their Home; and what it lists is found without looking at every lead."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("shown_hash", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "slack_id"),
    )
    for name, table, columns, where in (
        ("handoff_waiting", "handoff", ["workspace", "team", "offered_at"], "verdict IS NULL"),
        ("lead_returns", "lead", ["workspace", "returns_at"], "returns_at IS NOT NULL"),
    ):
        some = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=some, postgresql_where=some)
