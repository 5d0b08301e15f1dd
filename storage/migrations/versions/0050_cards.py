"""The card that a lead shares with others of its company, and those it was on; leads of a company that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    letters = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("handoff", sa.Column("joined", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("carded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "card_lead",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("card", letters, nullable=False),
        sa.Column("handoff", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "handoff"], ["handoff.workspace", "handoff.id"]),
        sa.PrimaryKeyConstraint("workspace", "card", "handoff"),
    )
    op.create_index("card_lead_handoff", "card_lead", ["workspace", "handoff"])
    for column in ("domain", "firm"):
        op.create_index(
            f"lead_{column}_offered",
            "lead",
            ["workspace", column],
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
