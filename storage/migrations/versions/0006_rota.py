"""Why an offer is one rep's, who passed it on, and what each rep's fair share still lacks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("whose", "named_note", "given_by"):
        op.add_column("handoff", sa.Column(name, sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoff", sa.Column("helped_by", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("handoff", sa.Column("passed", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("handoff", sa.Column("shares", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("rota", sa.Column("credit", sa.Integer(), nullable=False, server_default="0"))
