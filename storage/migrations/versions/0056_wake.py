"""Leads whose ladder had ended without a first contact are looked at again: now they are called stalled as well."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

JOB = """
INSERT INTO job (workspace, lane, kind, payload, key, due_at, attempts)
SELECT workspace, 'wake_ladders', 'wake_ladders', '{"person": "", "team": "", "after": ""}', 'wake_ladders:::', began_at, 0
FROM life
WHERE NOT EXISTS (
    SELECT 1 FROM job
    WHERE job.workspace = life.workspace AND job.lane = 'wake_ladders' AND job.key = 'wake_ladders:::'
)
"""
LANE = """
INSERT INTO lane (workspace, name, free_at, due_at)
SELECT workspace, 'wake_ladders', began_at, began_at FROM life WHERE true
ON CONFLICT (workspace, name) DO UPDATE SET due_at = excluded.due_at
"""


def upgrade() -> None:
    wake(op.get_bind())


def wake(connection: sa.Connection) -> None:
    """A job for each workspace, due at once."""
    for statement in (JOB, LANE):
        connection.exec_driver_sql(statement)
