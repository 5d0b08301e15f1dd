"""When people are not to be disturbed, and since when Truce has been running."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("presence", sa.Column("quiet_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("presence", sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("presence", sa.Column("status", sa.String(), nullable=True))
    op.create_table(
        "life",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )
