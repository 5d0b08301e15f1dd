"""What the figures are counted by: a handoff's source, its first contact and agreed time, and its periods."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SOURCE = {
    "sqlite": "json_extract(lead.fields, '$.source')",
    "postgresql": "lead.fields ->> 'source'",
}


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    op.add_column("handoff", sa.Column("source", sa.String(), nullable=False, server_default=""))
    op.add_column("handoff", sa.Column("shown_after", sa.Integer(), nullable=True))
    op.add_column("handoff", _moment("contact_due"))
    op.add_column("handoff", _moment("contacted_at"))
    op.add_column("handoff", sa.Column("contact_took", sa.Integer(), nullable=True))
    source = SOURCE[op.get_bind().dialect.name]
    its_lead = "FROM lead WHERE lead.workspace = handoff.workspace AND lead.id = handoff.lead"
    op.execute(sa.text(f"UPDATE handoff SET source = coalesce((SELECT {source} {its_lead}), '')"))  # noqa: S608 - our own words alone
    current = f"{its_lead} AND lead.handoff = handoff.id"
    op.execute(sa.text(f"UPDATE handoff SET contacted_at = (SELECT lead.contacted_at {current})"))  # noqa: S608 - our own words alone
    op.create_index("handoff_period", "handoff", ["workspace", "offered_at"])
    op.create_index("handoff_decided", "handoff", ["workspace", "decided_at"])
    op.create_index("deal_closed", "deal", ["workspace", "closed_at"])
