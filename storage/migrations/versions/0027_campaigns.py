"""What marketing says of a campaign: whose it is, when it began, one line for sales."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("for_sales", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "line"),
    )
