"""What somebody is no longer reminded of is found by their manager; who asked for that is counted by its day."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "handoff", sa.Column("unreminded", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    unreminded, stopped = sa.text("unreminded"), sa.text("what = 'stopreminding'")
    op.create_index(
        "handoff_unreminded", "handoff", ["workspace"], sqlite_where=unreminded, postgresql_where=unreminded
    )
    op.create_index("log_stopped", "log", ["workspace", "at"], sqlite_where=stopped, postgresql_where=stopped)
