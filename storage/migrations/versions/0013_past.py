"""Absences that were: clocks that still run stood still in them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("presence", sa.Column("past", sa.JSON(), nullable=False, server_default="[]"))
