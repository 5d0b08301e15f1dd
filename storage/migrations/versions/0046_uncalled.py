"""Who waits for a first contact is found without looking at all leads there ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    accepted = sa.text("state = 'accepted'")
    op.create_index("lead_uncalled", "lead", ["workspace"], sqlite_where=accepted, postgresql_where=accepted)
