"""The log is append-only: the database itself refuses to change it or to take from it.

Of an entry only the detail may go, when a person is erased: time, kind and actor stay.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEPT = ("id", "workspace", "lead", "at", "what", "by", "origin")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in _KEPT)
        refuse = "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        op.execute(
            f"CREATE TRIGGER log_stays BEFORE UPDATE ON log WHEN NOT ({same} AND NEW.detail = '{{}}') {refuse}"
        )
        op.execute(f"CREATE TRIGGER log_keeps BEFORE DELETE ON log {refuse}")
        return
    same = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in _KEPT)
    op.execute(
        "CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF TG_OP = 'UPDATE' AND {same} AND NEW.detail::text = '{{}}' THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION 'the log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER log_stays BEFORE UPDATE OR DELETE ON log"
        " FOR EACH ROW EXECUTE FUNCTION log_is_append_only()"
    )
