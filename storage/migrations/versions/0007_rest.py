"""When people are not to be disturbed by their own do-not-disturb."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("presence", sa.Column("dnd_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("presence", sa.Column("dnd_until", sa.DateTime(timezone=True), nullable=True))
