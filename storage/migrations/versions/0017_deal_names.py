"""The names by which deals tell of their leads."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal_name",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("deal", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "deal"], ["deal.workspace", "deal.id"]),
        sa.PrimaryKeyConstraint("workspace", "name", "deal"),
    )
    op.create_index("deal_name_deal", "deal_name", ["workspace", "deal"])
