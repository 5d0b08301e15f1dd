"""What customers said may be about a deal."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("voice", sa.Column("deal", sa.String(), nullable=True))
