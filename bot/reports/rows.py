"""The leads of a report as rows of a spreadsheet: what channels show of them, and nothing that a cell could run."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.text import one_line

HEAD: Final = (
    *("handed_over_at", "campaign", "source", "team", "hot"),
    *("name", "title", "company", "industry", "country"),
    *("outcome", "reason", "decided_at", "working_hours_to_decision", "within_the_clock"),
    *("contacted_at", "working_hours_to_contact", "followed_up_in_time"),
)
FIELDS: Final = (*("contact.name", "contact.title", "company.name", "company.industry", "company.country"),)
MARK: Final = "\ufeff"  # by which spreadsheets know that it is UTF-8
RUN: Final = "=+-@\uff1d\uff0b\uff0d\uff20|%"  # what a spreadsheet would begin to calculate with
HOUR: Final = 3600


def head() -> str:
    return MARK + _lines([HEAD])


def lines(rows: Iterable[Any], zone: ZoneInfo) -> str:
    """Each row that the database has, as a line; times by the team's clock."""
    return _lines([_cells(row, zone) for row in rows])


def _cells(row: Any, zone: ZoneInfo) -> list[str]:
    kind, _, name = row.line.partition(":")
    fields = [cell(row.fields.get(path)) for path in FIELDS]
    decided, contacted = row.decided_at is not None, row.contacted_at is not None
    in_time = contacted and row.contact_due is not None and row.contacted_at <= row.contact_due
    within = decided and (row.late_at is None or row.late_at > row.decided_at)
    return [
        _time(row.offered_at, zone),
        cell(name if kind == "campaign" else ""),
        cell(row.source),
        cell(row.team),
        _yes(yes=row.hot),
        *fields,
        row.outcome,
        row.reason or "",
        _time(row.decided_at, zone),
        _hours(row.took),
        _yes(yes=within) if decided else "",
        _time(row.contacted_at, zone),
        _hours(row.contact_took),
        _yes(yes=in_time) if contacted else "",
    ]


def cell(value: object) -> str:
    """Words from outside: one line, and never the beginning of a formula."""
    words = one_line("" if value is None else str(value))
    return f"'{words}" if words[:1] in RUN and words else words


def _time(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _hours(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds / HOUR:.2f}"


def _yes(*, yes: bool) -> str:
    return "yes" if yes else "no"


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
