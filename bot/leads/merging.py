"""A lead that sales knows already is merged with the record it is, and can be taken apart again for a while."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import Refused
from bot.leads.decision import Facts
from bot.leads.lead import Lead, Rejection, State

APART_WITHIN: Final = timedelta(days=30)  # product.md section 4
HOW_IT_CAME: Final = frozenset(
    {"source", "campaign", "score", "url"}
)  # of the lead alone, and no fact of the person
STILL: Final = (State.REJECTED, State.DISPUTED, State.CLOSED)


def merged_into(lead: Lead) -> str | None:
    """The record that the lead is merged with, as long as nobody does anything else with it."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if rejection is None or rejection.taken_back_at is not None or lead.state not in STILL:
        return None
    return rejection.record


def may_be_parted(lead: Lead, now: datetime) -> str | None:
    """The rejection by which the lead is merged, while it may still be taken apart from its record."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if rejection is None or merged_into(lead) is None or now - rejection.at > APART_WITHIN:
        return None
    return rejection.id


def filled_in(record: Lead, lead: Lead) -> tuple[Lead, dict[str, datetime]]:
    """The record with what only the lead knows of the person and the company; and since when each fact was known."""
    missing = {
        path: lead.fields_at[path]
        for path, value in lead.fields.items()
        if value is not None and path not in HOW_IT_CAME and path not in record.fields_at
    }
    fields = {**record.fields, **{path: lead.fields[path] for path in missing}}
    return replace(record, fields=fields, fields_at={**record.fields_at, **missing}), missing


def taken_back(record: Lead, facts: Mapping[str, datetime]) -> Lead:
    """The record without what was filled in, unless it was told the same or something else since."""
    gone = {path for path, at in facts.items() if record.fields_at.get(path) == at}
    return replace(
        record,
        fields={path: value for path, value in record.fields.items() if path not in gone},
        fields_at={path: at for path, at in record.fields_at.items() if path not in gone},
    )


def refuse_too_long_ago(rejection: Rejection, facts: Facts) -> None:
    """Raise Refused where it was merged so long ago that it stays so."""
    if rejection.record is not None and facts.now - rejection.at > APART_WITHIN:
        raise Refused(
            "It was merged with its record over 30 days ago, and stays so. Its history is on that record."
        )
