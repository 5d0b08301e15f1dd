"""What retros are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retro", sa.Column("words", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("retro", sa.Column("campaign", sa.String(), nullable=True))
    op.create_index("retro_summed", "retro", ["workspace", "summed_at"])
