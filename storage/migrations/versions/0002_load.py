"""What a rep has in hand is counted in the index alone, without a look at each lead."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    op.drop_index("lead_owner", table_name="lead")
    op.create_index(
        "lead_owner",
        "lead",
        ["workspace", "owner", "state", "contacted_at"],
        sqlite_where=OWNED,
        postgresql_where=OWNED,
    )
