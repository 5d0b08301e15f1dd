"""Which picture a message shows."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("wanted_hash", sa.String(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending", sa.String(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("shown_hash", sa.String(), nullable=True),
        sa.Column("refused_hash", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "kind", "about"),
    )
