"""What people say in the threads of retros."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retro_reply",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("retro", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "retro"], ["retro.workspace", "retro.id"]),
        sa.PrimaryKeyConstraint("workspace", "retro", "ts"),
    )
