"""A company's leads are found without those whose names begin alike, and a person's reminders without everybody's."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("lead_domain", "lead_firm", "lead_domain_offered", "lead_firm_offered"):
        op.drop_index(name, table_name="lead")
    op.create_index("lead_domain", "lead", ["workspace", "domain", "state"])
    op.create_index("lead_firm", "lead", ["workspace", "firm", "domain", "state"])
    op.drop_index("nudge_person", table_name="nudge")
    op.create_index("nudge_person", "nudge", ["workspace", "person", "reminder"])
