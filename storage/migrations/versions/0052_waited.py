"""How many whole working days a lead had waited when somebody was reminded of it."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "nudge", sa.Column("waited_days", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
