"""That a lead needs somebody is told like a reminder, of several at once: what was told before becomes one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HANDOFF = sa.table(
    "handoff",
    sa.column("workspace"),
    sa.column("id"),
    sa.column("lead"),
    sa.column("hot"),
    sa.column("offered_at", MOMENT),
)
POST = sa.table("post", sa.column("workspace"), sa.column("kind"), sa.column("about"), sa.column("ts"))
JOB = sa.table(
    "job", sa.column("id"), sa.column("workspace"), sa.column("payload", sa.JSON), sa.column("key")
)
NUDGE = sa.table(
    "nudge",
    *(sa.column(name) for name in ("workspace", "id", "lead", "handoff", "stage", "rung", "person", "hot")),
    *(sa.column(name, MOMENT) for name in ("due_at", "at")),
    *(sa.column(name) for name in ("waited", "waited_days", "managing", "reminder")),
)


class _Told(NamedTuple):
    workspace: str
    about: str  # handoff|person


def upgrade() -> None:
    move(op.get_bind())


def move(connection: sa.Connection) -> None:
    """Messages, and jobs that would show or draw them."""
    posts = connection.execute(
        sa.select(POST.c.workspace, POST.c.about, POST.c.ts).where(POST.c.kind == "help")
    )
    sent = {_Told(row.workspace, row.about): row.ts for row in posts}
    jobs = [(row, _Told(row.workspace, row.payload["about"])) for row in _jobs(connection)]
    reminders: dict[_Told, str] = {}
    for told in dict.fromkeys([*sent, *(told for _, told in jobs)]):
        reminders[told] = _reminder(connection, told, sent.get(told), {*reminders.values()})
    for told in sent:
        here = (POST.c.workspace == told.workspace) & (POST.c.kind == "help") & (POST.c.about == told.about)
        connection.execute(sa.update(POST).where(here).values(kind="reminder", about=reminders[told]))
    for row, told in jobs:
        payload = {**row.payload, "sight": "reminder", "about": reminders[told]}
        key = row.key and row.key.replace(f"help:{told.about}", f"reminder:{reminders[told]}")
        connection.execute(sa.update(JOB).where(JOB.c.id == row.id).values(payload=payload, key=key))


def _jobs(connection: sa.Connection) -> Iterator[Any]:
    named = sa.cast(JOB.c.payload, sa.String).like('%"help"%')
    for row in connection.execute(
        sa.select(JOB.c.id, JOB.c.workspace, JOB.c.payload, JOB.c.key).where(named)
    ):
        if row.payload.get("sight") == "help":
            yield row


def _reminder(connection: sa.Connection, told: _Told, ts: str | None, taken: set[str]) -> str:
    """The id of the message that tells of it from now on, by when it was sent, else by when it was offered."""
    handoff, _, person = told.about.partition("|")
    here = (HANDOFF.c.workspace == told.workspace) & (HANDOFF.c.id == handoff)
    row = connection.execute(sa.select(HANDOFF).where(here)).first()
    milliseconds = int(float(ts) * 1000) if ts else 0 if row is None else _milliseconds(row.offered_at)
    while (reminder := f"{person}.{milliseconds:015}") in taken:
        milliseconds += 1
    if row is not None:
        nudge = {
            "workspace": told.workspace,
            "id": f"{handoff}.1.help.{person}",
            "lead": row.lead,
            "handoff": handoff,
            "stage": "offer",
            "rung": "help",
            "person": person,
            "hot": row.hot,
            "due_at": row.offered_at,
            "at": row.offered_at,
            "waited": 0,
            "waited_days": 0,
            "managing": True,
            "reminder": reminder,
        }
        connection.execute(sa.insert(NUDGE).values(nudge))
    return reminder


def _milliseconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # as SQLite answers it
    return int(aware.timestamp() * 1000)
