"""Leads, handoffs, rejections and touches as rows, and back, by their ids. The only place that knows both shapes."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Session

from bot.arrivals import Touch
from bot.companies import domain_of
from bot.errors import Refused
from bot.firms import head_of
from bot.leads.lead import Back, Before, Disputed, Handoff, Lead, Passed, Rejection, State, Verdict, Whose
from bot.leads.wait import Rung, Silence, Stage, Wait
from bot.searching import words_of
from bot.touches import identity
from bot.working_time import Waited
from storage.tables import HANDOFF, LEAD, REJECTION, TOUCH
from storage.turns import lock, locking

NOT_HERE: Final = "This lead is not here any more."
MOST_TOUCHES: Final = 500  # of one lead, the newest: what a rule or a card looks at

_SEPARATOR = "__"
_OF_LEAD, _OF_HANDOFF, _OF_REJECTION, _OF_TOUCH = (
    tuple(field.name for field in fields(kind)) for kind in (Lead, Handoff, Rejection, Touch)
)


# A whole lead: its own columns, those of its current handoff, and of that handoff's last rejection.
COLUMNS: Final = (
    *LEAD.c,
    *(column.label(f"h{_SEPARATOR}{column.name}") for column in HANDOFF.c),
    *(column.label(f"r{_SEPARATOR}{column.name}") for column in REJECTION.c),
)
WITH_REJECTION: Final = (REJECTION.c.workspace == HANDOFF.c.workspace) & (
    REJECTION.c.id == HANDOFF.c.rejection
)
WHOLE_LEAD: Final = select(*COLUMNS).select_from(
    LEAD.outerjoin(
        HANDOFF, (HANDOFF.c.workspace == LEAD.c.workspace) & (HANDOFF.c.id == LEAD.c.handoff)
    ).outerjoin(REJECTION, WITH_REJECTION)
)


def read_lead(row: RowMapping) -> Lead:
    told = {name: row[name] for name in _OF_LEAD if name != "handoff"}
    return Lead(
        **{
            **told,
            "state": State(row["state"]),
            "fields_at": {path: datetime.fromisoformat(at) for path, at in row["fields_at"].items()},
            "kept_because": tuple(row["kept_because"]),
            "followed_by": tuple(row["followed_by"]),
            "handoff": None if row["h__id"] is None else _read_handoff(row),
        }
    )


def _read_handoff(row: RowMapping) -> Handoff:
    told = {name: row[f"h__{name}"] for name in _OF_HANDOFF}
    verdict, before = told["verdict"], told["before"]
    return Handoff(
        **{
            **told,
            "why": tuple(told["why"]),
            "hidden_from": tuple(told["hidden_from"]),
            "whose": None if told["whose"] is None else Whose(told["whose"]),
            "asked": tuple(told["asked"]),
            "helped_by": tuple(told["helped_by"]),
            "passed": tuple(Passed(**each) for each in told["passed"]),
            "wait": None if told["wait"] is None else _read_wait(told["wait"]),
            "verdict": None if verdict is None else Verdict(verdict),
            "before": None if before is None else _read_before(before),
            "back": None if told["back"] is None else _read_back(told["back"]),
            "rejection": None if row["r__id"] is None else read_rejection(row, "r__"),
        }
    )


def read_rejection(row: RowMapping, prefix: str = "") -> Rejection:
    told = {name: row[f"{prefix}{name}"] for name in _OF_REJECTION}
    dispute = None if told["dispute"] is None else _read_dispute(told["dispute"])
    return Rejection(**{**told, "thanked_by": tuple(told["thanked_by"]), "dispute": dispute})


def _read_dispute(kept: Mapping[str, Any]) -> Disputed:
    at, answered_at = datetime.fromisoformat(kept["at"]), _moment(kept["answered_at"])
    return Disputed(**{**kept, "at": at, "whom": tuple(kept["whom"]), "answered_at": answered_at})


def _read_before(kept: RowMapping) -> Before:
    at, verdict = kept["decided_at"], kept["verdict"]
    return Before(
        **{
            **kept,
            "state": State(kept["state"]),
            "verdict": None if verdict is None else Verdict(verdict),
            "decided_at": None if at is None else datetime.fromisoformat(at),
            "wait": None if kept.get("wait") is None else _read_wait(kept["wait"]),
        }
    )


def lead_row(workspace: str, lead: Lead) -> dict[str, Any]:
    told = {name: getattr(lead, name) for name in _OF_LEAD}
    return {
        **told,
        "workspace": workspace,
        "fields": dict(lead.fields),
        "fields_at": {path: at.astimezone(UTC).isoformat() for path, at in lead.fields_at.items()},
        "kept_because": list(lead.kept_because),
        "followed_by": list(lead.followed_by),
        "handoff": None if lead.handoff is None else lead.handoff.id,
        "domain": domain_of(lead.fields),
        "firm": head_of(lead.fields),
        "words": " ".join(words_of(lead)),
    }


def handoff_row(workspace: str, lead: str, handoff: Handoff) -> dict[str, Any]:
    told = {name: getattr(handoff, name) for name in _OF_HANDOFF}
    before = handoff.before
    return {
        **told,
        "workspace": workspace,
        "lead": lead,
        "why": list(handoff.why),
        "hidden_from": list(handoff.hidden_from),
        "asked": list(handoff.asked),
        "helped_by": list(handoff.helped_by),
        "passed": [asdict(each) for each in handoff.passed],
        "shares": dict(handoff.shares),
        "moved": dict(handoff.moved),
        "wait": None if handoff.wait is None else _wait_row(handoff.wait),
        "stalled": _is_stalled(handoff.wait),
        "unreminded": handoff.wait is not None and bool(handoff.wait.spent),
        "before": None if before is None else _before_row(before),
        "back": None if handoff.back is None else _back_row(handoff.back),
        "rejection": None if handoff.rejection is None else handoff.rejection.id,
    }


def _is_stalled(wait: Wait | None) -> bool:
    """The ladder has said that nothing happens: kept beside, so that a digest finds it."""
    silent = (Rung.STALLED, Rung.STALLED_AGAIN, Rung.STALLED_LONG)
    return wait is not None and any(each in silent for each in wait.sent)


def _read_back(kept: Mapping[str, Any]) -> Back:
    at, since_at = datetime.fromisoformat(kept["at"]), _moment(kept["since_at"])
    return Back(**{**kept, "at": at, "since_at": since_at, "fixed": tuple(kept["fixed"])})


def _back_row(back: Back) -> dict[str, Any]:
    at, since_at = back.at.astimezone(UTC).isoformat(), _written(back.since_at)
    return {**asdict(back), "at": at, "since_at": since_at}


def _before_row(before: Before) -> dict[str, Any]:
    at = before.decided_at
    wait = None if before.wait is None else _wait_row(before.wait)
    told = {field.name: getattr(before, field.name) for field in fields(Before)}
    return {**told, "decided_at": None if at is None else at.astimezone(UTC).isoformat(), "wait": wait}


def _read_wait(kept: Mapping[str, Any]) -> Wait:
    return Wait(
        **{
            **kept,
            "stage": Stage(kept["stage"]),
            "since": _moment(kept["since"]),
            "first_since": _moment(kept["first_since"]),
            "free_since": _moment(kept.get("free_since")),
            "sent": tuple(Rung(each) for each in kept["sent"]),
            "told": tuple(kept["told"]),
            "quiet": {person: datetime.fromisoformat(until) for person, until in kept["quiet"].items()},
            "stopped": tuple(kept["stopped"]),
            "spent": tuple(kept.get("spent", ())),
            "asks": tuple(kept.get("asks", ())),
            "silent": {
                person: Silence(datetime.fromisoformat(at), Waited(*waited))
                for person, (at, *waited) in kept.get("silent", {}).items()
            },
        }
    )


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _wait_row(wait: Wait) -> dict[str, Any]:
    told = {field.name: getattr(wait, field.name) for field in fields(Wait)}
    return {
        **told,
        "since": _written(wait.since),
        "first_since": _written(wait.first_since),
        "free_since": _written(wait.free_since),
        "quiet": {person: until.astimezone(UTC).isoformat() for person, until in wait.quiet.items()},
        "snoozed": dict(wait.snoozed),
        "silent": {person: [_written(each.at), *each.waited] for person, each in wait.silent.items()},
    }


def rejection_row(workspace: str, handoff: str, rejection: Rejection) -> dict[str, Any]:
    told = {name: getattr(rejection, name) for name in _OF_REJECTION}
    asked = rejection.dispute
    return {
        **told,
        "workspace": workspace,
        "handoff": handoff,
        "thanked_by": list(rejection.thanked_by),
        "dispute": None if asked is None else _dispute_row(asked),
    }


def _dispute_row(asked: Disputed) -> dict[str, Any]:
    at, answered_at = asked.at.astimezone(UTC).isoformat(), _written(asked.answered_at)
    return {**asdict(asked), "at": at, "answered_at": answered_at}


def touch_row(workspace: str, lead: str, touch: Touch) -> dict[str, Any]:
    told = {name: getattr(touch, name) for name in _OF_TOUCH}
    return {**told, "workspace": workspace, "lead": lead, "id": identity(lead, touch)}


def read_touch(row: RowMapping) -> Touch:
    return Touch(**{name: row[name] for name in _OF_TOUCH})


def load(
    session: Session,
    workspace: str,
    ids: Collection[str],
    *,
    lock_them: bool = False,
    some: bool = False,
) -> dict[str, Lead]:
    """Leads by id, locked in order of their ids. Raises Refused where one is not there, unless `some` will do."""
    these = {"workspace": workspace, "ids": sorted(set(ids))}
    if lock_them:
        # On its own: a statement that waited for a lead would see it with the handoff from before.
        lock(session, _LOCKED, these)
    found = {row["id"]: read_lead(row) for row in session.execute(_WHOLE, these).mappings()}
    if len(found) < len(these["ids"]) and not some:
        raise Refused(NOT_HERE)
    return found


def touches_of(session: Session, workspace: str, leads: Collection[str]) -> dict[str, tuple[Touch, ...]]:
    """The touches of each lead, the newest first; of one that has very many, the newest."""
    found: dict[str, list[Touch]] = {lead: [] for lead in leads}
    if found:
        these = {"workspace": workspace, "ids": list(found), "most": MOST_TOUCHES}
        for row in session.execute(_TOUCHES, these).mappings():
            found[row["lead"]].append(read_touch(row))
    return {lead: tuple(touches) for lead, touches in found.items()}


_THESE: Final = (LEAD.c.workspace == bindparam("workspace"), LEAD.c.id.in_(bindparam("ids", expanding=True)))
_LOCKED: Final = locking(select(LEAD.c.id).where(*_THESE).order_by(LEAD.c.id))
_WHOLE: Final = WHOLE_LEAD.where(*_THESE)
_RANKED: Final = (
    select(
        TOUCH,
        func.row_number()
        .over(partition_by=TOUCH.c.lead, order_by=(TOUCH.c.at.desc(), TOUCH.c.id))
        .label("place"),
    )
    .where(TOUCH.c.workspace == bindparam("workspace"), TOUCH.c.lead.in_(bindparam("ids", expanding=True)))
    .subquery("ranked")
)
_TOUCHES: Final = select(_RANKED).where(_RANKED.c.place <= bindparam("most")).order_by(_RANKED.c.place)
