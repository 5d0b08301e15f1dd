"""The message that asks a rep about several leads of a company: which one a handoff is in."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoff", sa.Column("asked_in", sa.String(), nullable=True))
