"""Which settings were in force at the last start, so that a change of them is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("settings", sa.String(), nullable=True))
