"""What is stalled, and what waits for a first contact, is found without looking at what is long over."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "handoff", sa.Column("stalled", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    kept = sa.text(
        """UPDATE handoff SET stalled = true
        WHERE CAST(wait AS VARCHAR) LIKE '%"stage": "stalled"%' AND CAST(wait AS VARCHAR) LIKE '%"sent": [%"stalled%'"""
    )
    op.execute(kept)
    stalled, untouched = sa.text("stalled"), sa.text("verdict = 'accepted' AND contacted_at IS NULL")
    op.create_index(
        "handoff_stalled", "handoff", ["workspace"], sqlite_where=stalled, postgresql_where=stalled
    )
    op.create_index(
        "handoff_untouched",
        "handoff",
        ["workspace", "contact_due"],
        sqlite_where=untouched,
        postgresql_where=untouched,
    )
