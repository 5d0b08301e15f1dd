"""What is looked after for somebody is found without looking at all that is not."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    covered = sa.text("cover_for IS NOT NULL")
    op.create_index(
        "handoff_cover",
        "handoff",
        ["workspace", "cover_for"],
        sqlite_where=covered,
        postgresql_where=covered,
    )
