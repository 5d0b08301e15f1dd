"""What needs a hand is found each minute without looking at what merely waits."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, column in (("job_ended", "ended_at"), ("job_failing", "error")):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "job", ["workspace", "kind"], sqlite_where=there, postgresql_where=there)
