"""The deals of one owner are found by an index."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("deal_owner", "deal", ["workspace", "owner", "state"])
