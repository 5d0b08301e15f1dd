"""Who is asked to look back, what they say, and what is to change."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retro", sa.Column("summed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("retro", sa.Column("heap", sa.String(), nullable=True))
    op.add_column("retro", sa.Column("answers", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("retro", sa.Column("action", sa.JSON(), nullable=True))
    op.create_index("retro_owner", "retro", ["workspace", "owner", "noted_at"])
    op.create_index(
        "retro_heap",
        "retro",
        ["workspace", "heap"],
        sqlite_where=sa.text("heap IS NOT NULL"),
        postgresql_where=sa.text("heap IS NOT NULL"),
    )
    op.create_table(
        "retro_seat",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("retro", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("dm", sa.String(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["workspace", "retro"], ["retro.workspace", "retro.id"]),
        sa.PrimaryKeyConstraint("workspace", "retro", "person"),
    )
    op.create_index("retro_seat_person", "retro_seat", ["workspace", "person", "answered"])
    op.create_index("retro_seat_dm", "retro_seat", ["workspace", "dm"])
