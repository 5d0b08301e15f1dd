"""The stages of a deal, and what deals are looked up and cut into periods by."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deal", sa.Column("stages", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("deal", sa.Column("owner", sa.String(), nullable=True))
    op.add_column("deal", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deal", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
