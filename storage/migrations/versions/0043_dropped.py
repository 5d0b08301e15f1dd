"""Files of leads that people dropped on the bot."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dropped",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("by", "name", "stage", "words")),
        sa.Column("dates", sa.String(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "new", "changed", "unchanged", "refused")
        ),
        sa.Column("rejects", sa.String(), nullable=False),
        sa.Column("upload", sa.String(), nullable=True),
        sa.Column("allowed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
