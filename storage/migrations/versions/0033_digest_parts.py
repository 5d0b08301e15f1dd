"""Imports are told from other leads, managers may be switched on early, digests off; figures of old periods stand."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "handoff", sa.Column("imported", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("life", sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("life", sa.Column("switched_on_by", sa.String(), nullable=True))
    op.create_table(
        "digest_off",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "slack_id"),
    )
    op.create_table(
        "frozen",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "period", "team"),
    )
    open_, acting = (
        sa.text("state = 'open'"),
        sa.text("state IN ('acting', 'waiting', 'held', 'open', 'summed')"),
    )
    op.create_index("deal_open", "deal", ["workspace"], sqlite_where=open_, postgresql_where=open_)
    op.create_index(
        "retro_at_work", "retro", ["workspace", "state"], sqlite_where=acting, postgresql_where=acting
    )
    op.create_index("handoff_lead", "handoff", ["workspace", "lead"])
    op.create_index("rejection_handoff", "rejection", ["workspace", "handoff"])
    op.create_index("retro_noted", "retro", ["workspace", "noted_at"])
