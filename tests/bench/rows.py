"""The rows that one lead leaves in the database, made without any of the program's thinking.

What is the same in all of them is taken from a lead that the program itself has kept: so the floor writes every
column that the program writes, whatever is added to the tables.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Table, insert, select
from sqlmodel import Session

from storage.tables import HANDOFF, IDENTITY, JOB, LEAD, LOG, TOUCH, WORD

Row = Mapping[str, Any]
Rows = Mapping[Table, list[dict[str, Any]]]
TABLES: Final = (LEAD, WORD, IDENTITY, HANDOFF, TOUCH, LOG, JOB)


def pattern(session: Session) -> dict[Table, Row]:
    """A row of each table, as the program wrote it."""
    found: dict[Table, Row] = {}
    for table in TABLES:
        row = session.execute(select(table).limit(1)).mappings().first()
        counted = "id" if table in (LOG, JOB) else ""  # by the database itself
        found[table] = {
            name: value for name, value in (row or {}).items() if value is not None and name != counted
        }
    return found


def rows_of(told: Iterable[Row], like: Mapping[Table, Row], now: datetime) -> Rows:
    """The rows of each lead that is told: all that the program would keep of one that it offers."""
    rows: Rows = {table: [] for table in TABLES}
    for one in told:
        lead, contact, company = uuid4().hex, one["contact"], one["company"]
        fields = {f"contact.{name}": value for name, value in contact.items()}
        fields |= {f"company.{name}": value for name, value in company.items()}
        fields |= {"source": one["source"], "campaign": one["campaign"]}
        words = f"{contact['name']} {company['name']}".casefold().split()
        address = contact["email"].removesuffix(".test").split("@")
        found = dict.fromkeys(("", *words, *address))
        rows[WORD] += [{**like[WORD], "lead": lead, "word": word} for word in found]
        own = {
            "id": lead,
            "external_id": one["id"],
            "fields": fields,
            "fields_at": dict.fromkeys(fields, now.isoformat()),
            "words": " ".join(words),
            "handoff": f"{lead}-1",
        }
        rows[LEAD].append({**like[LEAD], **own})
        rows[IDENTITY].append({**like[IDENTITY], "lead": lead, "kind": "id:website", "value": one["id"]})
        rows[IDENTITY].append({**like[IDENTITY], "lead": lead, "kind": "email", "value": contact["email"]})
        rows[HANDOFF].append({**like[HANDOFF], "lead": lead, "id": f"{lead}-1"})
        rows[TOUCH].append({**like[TOUCH], "lead": lead, "id": uuid4().hex})
        rows[LOG].append({**like[LOG], "lead": lead})
        about = {"sight": "card", "about": f"{lead}-1"}
        rows[JOB].append({**like[JOB], "payload": about, "key": f"show:card:{lead}-1"})
    return rows


def put_in(session: Session, rows: Rows) -> None:
    """All of them, a statement for each table."""
    for table, values in rows.items():
        if values:
            session.execute(insert(table), values)
