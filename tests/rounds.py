"""What comes daily and finds nothing on a company's first morning: stories begin when it has been done."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import EndRetention, ForgetOld, FreezePeriods
from bot.retros.months import month_note
from storage.tables import ONCE
from storage.upsert import insert_new

THE_WEEK: tuple[str, ...] = ("digests:2026-W48",)


def made(workspace: str, agreement: Agreement, now: datetime, *, digests: bool) -> Callable[[Session], None]:
    """Today's rounds; with `digests` the message of the week is still to come."""
    today = f"{now:%Y-%m-%d}"
    daily = [f"{each.kind}:{today}" for each in (ForgetOld, EndRetention, FreezePeriods)]
    names = [*daily, f"bundles:{today}", month_note(agreement, now)[0], *(() if digests else THE_WEEK)]
    rows = [{"workspace": workspace, "name": each, "at": now} for each in names]
    return lambda session: insert_new(session, ONCE, rows)
