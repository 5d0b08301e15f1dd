"""What was done to each lead: who, what, when, from where. Append-only."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from bot.leads.acting import SLACK, TRUCE, acted, unanswered, waits_on, went_to
from bot.leads.commands import Arrive, Command, Convert, Erase, Hear, Rise
from bot.leads.decision import Decision
from bot.leads.lead import Lead
from bot.leads.wait import Rung
from bot.nudges import Nudge
from bot.timeline import SPOKEN, Entry
from storage.tables import LOG

REMINDED: Final = "reminded"
CALLED_FOR_HELP: Final = "calledforhelp"
_ADDING: Final = insert(LOG)
_EMPTYING: Final = (
    update(LOG)
    .where(LOG.c.workspace == bindparam("of"), LOG.c.lead.in_(bindparam("leads", expanding=True)))
    .values(detail={})
)
_EMPTYING_ONE: Final = (
    update(LOG)
    .where(LOG.c.workspace == bindparam("of"), LOG.c.id.in_(bindparam("ids", expanding=True)))
    .values(detail={})
)


def add(
    session: Session, workspace: str, done: Sequence[tuple[Lead, Command, Decision]], now: datetime
) -> None:
    """One entry for each command that was obeyed, and for what followed from a timer: each reminder, a new offer."""
    rows = [
        {"workspace": workspace, "lead": decision.lead.id, "at": now, **entry}
        for before, command, decision in done
        for entry in _entries(before, command, decision)
    ]
    if rows:
        session.execute(_ADDING, rows)


def of(session: Session, workspace: str, lead: str, most: int) -> list[Entry]:
    """The newest entries of one lead that a timeline has words for, in order."""
    query = (
        select(LOG)
        .where(LOG.c.workspace == workspace, LOG.c.lead == lead, LOG.c.what.in_(sorted(SPOKEN)))
        .order_by(LOG.c.id.desc())
        .limit(most)
    )
    names = [field.name for field in fields(Entry)]
    rows = session.execute(query).mappings().all()
    return [Entry(**{name: row[name] for name in names}) for row in reversed(rows)]


def note(
    session: Session, workspace: str, leads: Sequence[str], what: str, *, by: str | None, now: datetime
) -> None:
    """What followed for each of these leads from something that somebody did."""
    origin = SLACK if by else TRUCE
    told = {"workspace": workspace, "at": now, "what": what, "by": by, "origin": origin, "detail": {}}
    session.execute(_ADDING, [{**told, "lead": lead} for lead in leads])


def empty(session: Session, workspace: str, leads: Sequence[str]) -> None:
    """Of the entries of people who are removed only when, what kind and who of us stays."""
    session.execute(_EMPTYING, {"of": workspace, "leads": list(leads)})


def empty_entries(session: Session, workspace: str, entries: Sequence[int]) -> None:
    """The same for single entries, which name somebody who is removed."""
    session.execute(_EMPTYING_ONE, {"of": workspace, "ids": list(entries)})


def _entries(before: Lead, command: Command, decision: Decision) -> list[dict[str, Any]]:
    told = [_told(nudge) for nudge in decision.nudges]
    if not isinstance(command, Rise):
        return told if waits_on(command, decision.lead) else [_entry(command, decision.lead), *told]
    for what, detail in filter(None, [unanswered(before, decision.lead)]):
        told.append({"by": None, "origin": TRUCE, "what": what, "detail": detail})
    return told


def _told(nudge: Nudge) -> dict[str, Any]:
    """Whom Truce asked by itself."""
    what = CALLED_FOR_HELP if nudge.rung is Rung.HELP else REMINDED
    detail = {"rung": nudge.rung, "colleague": nudge.person or None}
    return {"by": None, "origin": TRUCE, "what": what, "detail": detail}


def _entry(command: Command, lead: Lead) -> dict[str, Any]:
    what, (by, origin) = type(command).__name__.lower(), acted(command)
    detail = {**_detail(command), **went_to(command, lead)}
    return {"what": what, "by": by, "origin": origin, "detail": detail}


def _detail(command: Command) -> dict[str, Any]:
    if isinstance(command, Arrive):
        arrival = command.arrival
        return {"fields": sorted(arrival.fields), "touches": len(arrival.touches)}
    if isinstance(command, Hear):
        return {"kind": command.touch.kind}
    if isinstance(command, Convert):
        return {"deal": command.deal}
    if isinstance(command, Erase):
        return {}
    return {
        field.name: _plain(getattr(command, field.name))
        for field in fields(command)
        if field.name not in ("by", "needs") and getattr(command, field.name) not in (None, ())
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int) else len(value) if isinstance(value, tuple) else str(value)
