"""Leads that were known already, and what went to their records."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rejection", sa.Column("record", sa.String(), nullable=True))
    op.create_table(
        "merge",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("touches", sa.JSON(), nullable=False),
        sa.Column("voices", sa.JSON(), nullable=False),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "lead"),
    )
    op.create_index("merge_into", "merge", ["workspace", "into"])
