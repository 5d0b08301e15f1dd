"""Second looks at rejections, and who of marketing wants to hear how a lead goes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rejection", sa.Column("dispute", sa.JSON(), nullable=True))
    op.add_column("handoff", sa.Column("disputed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("lead", sa.Column("followed_by", sa.JSON(), nullable=False, server_default="[]"))
