"""Retros that are talked over instead of written."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retro", sa.Column("meets_on", sa.Date(), nullable=True))
