"""Leads that marketing sends again, and what a handoff keeps of the rejection before it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoff", sa.Column("back", sa.JSON(), nullable=True))
    op.add_column("lead", sa.Column("recycled_by", sa.String(), nullable=True))
    op.add_column("lead", sa.Column("recycled_to", sa.String(), nullable=True))
