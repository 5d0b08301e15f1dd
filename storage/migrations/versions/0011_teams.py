"""Where a card moved to when its lead changed teams, and the company that a lead belongs to, by its domain."""

import sqlalchemy as sa
from alembic import op

from bot.companies import domain_of

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LEAD = sa.table(
    "lead", sa.column("workspace"), sa.column("id"), sa.column("fields", sa.JSON), sa.column("domain")
)


def upgrade() -> None:
    op.add_column("handoff", sa.Column("moved", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("lead", sa.Column("domain", sa.String(), nullable=True))
    op.create_index(
        "lead_domain",
        "lead",
        ["workspace", "domain", "state"],
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    rows = connection.execute(sa.select(LEAD.c.workspace, LEAD.c.id, LEAD.c.fields)).all()
    known = [{"of": row.workspace, "lead": row.id, "domain": domain_of(row.fields)} for row in rows]
    if known:
        here = (LEAD.c.workspace == sa.bindparam("of")) & (LEAD.c.id == sa.bindparam("lead"))
        connection.execute(sa.update(LEAD).where(here).values(domain=sa.bindparam("domain")), known)
