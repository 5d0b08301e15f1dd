"""Who wants no daily message about their campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundle_off",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "slack_id"),
    )
