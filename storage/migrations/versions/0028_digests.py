"""What the weekly message looks up: what waits for an answer, and the reminders of a week."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    undecided = sa.text("verdict IS NULL")
    op.create_index(
        "handoff_undecided",
        "handoff",
        ["workspace", "late_at"],
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
    op.create_index("nudge_at", "nudge", ["workspace", "at"])
