"""The rows that one lead leaves in the database, made without any of the program's thinking."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

Rows = list[dict[str, Any]]


def rows_of(told: Iterable[Mapping[str, Any]], now: datetime) -> tuple[Rows, Rows, Rows, Rows]:
    """Lead, identities, touch and log entry of each."""
    leads: Rows = []
    identities: Rows = []
    touches: Rows = []
    log: Rows = []
    for one in told:
        here = {"workspace": "T0ACME000", "lead": uuid4().hex}
        contact, company = one["contact"], one["company"]
        fields = {f"contact.{name}": value for name, value in contact.items()}
        fields |= {f"company.{name}": value for name, value in company.items()}
        leads.append(
            {
                "workspace": here["workspace"],
                "id": here["lead"],
                "feed": "website",
                "external_id": one["id"],
                "state": "new",
                "arrived_at": now,
                "occurred_at": now,
                "fields": fields,
                "fields_at": dict.fromkeys(fields, now.isoformat()),
                "attempts": 0,
                "kept_because": [],
                "sent_back": False,
                "asked_while_closed": 0,
                "words": f"{contact['name']} {company['name']} {contact['email']}".casefold(),
            }
        )
        identities.append({**here, "kind": "id:website", "value": one["id"]})
        identities.append({**here, "kind": "email", "value": contact["email"]})
        touches.append(
            {**here, "id": uuid4().hex, "kind": one["source"], "at": now, "campaign": one["campaign"]}
        )
        log.append({**here, "at": now, "what": "arrive", "origin": "website", "detail": {}})
    return leads, identities, touches, log
