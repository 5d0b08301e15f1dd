"""What the ladder of reminders remembers: how long a handoff waits, who is there, whose turn it is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    op.add_column("lead", _moment("spoke_at"))
    op.add_column("lead", _moment("next_step_at"))
    op.add_column("handoff", sa.Column("team", sa.String(), nullable=False, server_default=""))
    op.add_column("handoff", sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("handoff", sa.Column("offers", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("handoff", sa.Column("cards", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("handoff", sa.Column("wait", sa.JSON(), nullable=True))
    op.add_column("handoff", _moment("late_at"))
    op.create_table(
        "member",
        _word("workspace"),
        _word("channel"),
        _word("slack_id"),
        sa.PrimaryKeyConstraint("workspace", "channel", "slack_id"),
    )
    op.create_table(
        "presence",
        _word("workspace"),
        _word("slack_id"),
        sa.Column("week", sa.JSON(), nullable=True),
        sa.Column("days_off", sa.JSON(), nullable=False),
        _moment("hot_until"),
        _moment("away_from"),
        _moment("away_until"),
        _word("why", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "slack_id"),
    )
    op.create_table(
        "rota",
        _word("workspace"),
        _word("team"),
        _word("slack_id"),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        _moment("last_lead_at"),
        sa.PrimaryKeyConstraint("workspace", "team", "slack_id"),
    )
    op.create_table(
        "standstill",
        _word("workspace"),
        _word("id"),
        _word("team"),
        _word("why"),
        _moment("begins_at", nullable=False),
        _moment("ends_at", nullable=False),
        _word("by", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_index("standstill_ends", "standstill", ["workspace", "ends_at"])
    op.create_table(
        "nudge",
        _word("workspace"),
        _word("id"),
        _word("lead"),
        _word("handoff"),
        _word("stage"),
        _word("rung"),
        _word("person"),
        sa.Column("hot", sa.Boolean(), nullable=False),
        _moment("due_at", nullable=False),
        _moment("at", nullable=False),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.Column("managing", sa.Boolean(), nullable=False),
        _word("reminder", nullable=True),
        _moment("acted_at"),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_index("nudge_handoff", "nudge", ["workspace", "handoff"])
    op.create_index("nudge_reminder", "nudge", ["workspace", "reminder"])
    op.create_index("nudge_person", "nudge", ["workspace", "person", "at"])
