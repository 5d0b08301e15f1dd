"""Deals, and the leads they grew from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("fields_at", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_index("deal_known", "deal", ["workspace", "feed", "external_id"], unique=True)
    op.create_table(
        "deal_lead",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("deal", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "deal"], ["deal.workspace", "deal.id"]),
        sa.ForeignKeyConstraint(["workspace", "lead"], ["lead.workspace", "lead.id"]),
        sa.PrimaryKeyConstraint("workspace", "deal", "lead"),
    )
    op.create_index("deal_lead_lead", "deal_lead", ["workspace", "lead"])
