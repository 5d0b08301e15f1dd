"""What Slack calls the view that somebody's Home shows, so that an older one never takes its place."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("home", sa.Column("slack_hash", sa.String(), nullable=True))
