"""Who was offered a lead in turn, in one handoff."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoff", sa.Column("asked", sa.JSON(), nullable=False, server_default="[]"))
