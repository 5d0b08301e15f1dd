"""How the name of a lead's company begins, for leads without a domain; and what facts went to a lead's record."""

import sqlalchemy as sa
from alembic import op

from bot.firms import head_of

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

AT_ONCE = 1000
LEAD = sa.table(
    "lead", sa.column("workspace"), sa.column("id"), sa.column("fields", sa.JSON), sa.column("firm")
)


def upgrade() -> None:
    op.add_column("lead", sa.Column("firm", sa.String(), nullable=True))
    op.create_index(
        "lead_firm",
        "lead",
        ["workspace", "firm", "state"],
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.add_column("merge", sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Some at a time, however many there are."""
    place = sa.tuple_(LEAD.c.workspace, LEAD.c.id)
    here = (LEAD.c.workspace == sa.bindparam("of")) & (LEAD.c.id == sa.bindparam("lead"))
    last = ("", "")
    while True:
        query = sa.select(LEAD.c.workspace, LEAD.c.id, LEAD.c.fields).where(place > last)
        rows = connection.execute(query.order_by(LEAD.c.workspace, LEAD.c.id).limit(AT_ONCE)).all()
        if not rows:
            return
        last = (rows[-1].workspace, rows[-1].id)
        known = [{"of": row.workspace, "lead": row.id, "head": head_of(row.fields)} for row in rows]
        connection.execute(sa.update(LEAD).where(here).values(firm=sa.bindparam("head")), known)
