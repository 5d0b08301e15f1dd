"""A lead that was already known: what is known of it goes to the record that it is, and comes back if that was wrong.

Its touches stand with the record as well, its facts fill in what the record does not know, and its e-mail, phone and ids
lead there. Taken apart, each has its own again.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Due, Sight, climb, show
from bot.leads.arriving import asks_owner
from bot.leads.decision import Decision
from bot.leads.lead import Lead
from bot.leads.merging import filled_in, merged_into, taken_back
from bot.leads.showing import card
from bot.leads.wait import asked_again
from bot.touches import identity
from storage import identities, jobs, log, words
from storage.lead_rows import handoff_row, lead_row, load, touch_row, touches_of
from storage.tables import HANDOFF, LEAD, MERGE, TOUCH, VOICE
from storage.upsert import change, insert_new, put

MERGED: Final = "merge"
PARTED: Final = "part"


def follow(
    session: Session,
    workspace: str,
    agreement: Agreement,
    changes: Sequence[tuple[Lead, Any, Decision]],
    now: datetime,
) -> None:
    """Merge and take apart what these changes ask for."""
    for before, command, decision in changes:
        was, is_now = merged_into(before), merged_into(decision.lead)
        by = getattr(command, "by", None)
        if was is not None and was != is_now:
            _part(session, workspace, decision.lead, by, now)
        if is_now is not None and was != is_now:
            _merge(session, workspace, agreement, decision.lead, is_now, by=by, now=now)


def whole(session: Session, workspace: str, leads: Collection[str]) -> set[str]:
    """These leads, those they are merged with, and those that are merged with them: one person."""
    known = set(leads)
    while True:
        query = select(MERGE.c.lead, MERGE.c.into).where(
            MERGE.c.workspace == workspace,
            MERGE.c.parted_at.is_(None),
            or_(MERGE.c.lead.in_(known), MERGE.c.into.in_(known)),
        )
        more = {each for row in session.execute(query) for each in row} - known
        if not more:
            return known
        known |= more


def forget(session: Session, workspace: str, leads: Collection[str]) -> None:
    """By what these leads were known when they were merged goes: they are not taken apart any more."""
    theirs = or_(MERGE.c.lead.in_(leads), MERGE.c.into.in_(leads))
    session.execute(update(MERGE).where(MERGE.c.workspace == workspace, theirs).values(keys=[]))


def _merge(
    session: Session,
    workspace: str,
    agreement: Agreement,
    lead: Lead,
    into: str,
    *,
    by: str | None,
    now: datetime,
) -> None:
    record = load(session, workspace, [into], lock_them=True, some=True).get(into)
    if record is None or record.erased_at is not None or into in _under(session, workspace, lead.id):
        return  # the rejection stands, and there is nothing to go to
    keys = identities.of_leads(session, workspace, [lead.id])
    identities.give(session, workspace, keys, into)
    there = {identity(into, each) for each in touches_of(session, workspace, [into])[into]}
    touches = touches_of(session, workspace, [lead.id])[lead.id]
    fresh = [each for each in touches if identity(into, each) not in there]
    insert_new(session, TOUCH, [touch_row(workspace, into, each) for each in fresh])
    theirs = (VOICE.c.workspace == workspace, VOICE.c.lead == lead.id)
    voices = list(session.scalars(select(VOICE.c.id).where(*theirs)))
    session.execute(update(VOICE).where(*theirs).values(lead=into))
    fuller, facts = filled_in(record, lead)
    _keep(session, workspace, record, fuller, now)
    row = {
        "workspace": workspace,
        "lead": lead.id,
        "into": into,
        "at": now,
        "keys": [list(key) for key in keys],
        "touches": [identity(into, each) for each in fresh],
        "voices": voices,
        "facts": {path: at.isoformat() for path, at in facts.items()},
        "parted_at": None,
    }
    put(session, MERGE, [row])
    log.note(session, workspace, [lead.id, into], MERGED, by=by, now=now)
    told = _owner_told(session, workspace, record, asks_owner(record, fresh, agreement, now), now)
    jobs.add(session, workspace, [*_drawn(record, now), *told])


def _owner_told(session: Session, workspace: str, record: Lead, asks: str, now: datetime) -> list[Due]:
    """What the lead asks of who has the record, who has to answer it as if they were asked today."""
    handoff = record.handoff
    if not asks or handoff is None or record.owner is None:
        return []
    again = replace(handoff, wait=asked_again(now, handoff.wait, asks))
    change(
        session,
        HANDOFF,
        [(handoff_row(workspace, record.id, handoff), handoff_row(workspace, record.id, again))],
    )
    return [show(Sight.ASKED, asks, now, channel=record.owner), climb(record.id, handoff.id, now)]


def _part(session: Session, workspace: str, lead: Lead, by: str | None, now: datetime) -> None:
    """Each has its own again. What the record was told by itself since then stays with it."""
    here = (MERGE.c.workspace == workspace, MERGE.c.lead == lead.id)
    row = session.execute(select(MERGE).where(*here, MERGE.c.parted_at.is_(None)).with_for_update()).first()
    if row is None:
        return
    held = set(identities.of_leads(session, workspace, [row.into]))
    keys = [(kind, value) for kind, value in row.keys if (kind, value) in held]
    identities.give(session, workspace, keys, lead.id)
    session.execute(delete(TOUCH).where(TOUCH.c.workspace == workspace, TOUCH.c.id.in_(row.touches)))
    theirs = (VOICE.c.workspace == workspace, VOICE.c.id.in_(row.voices))
    session.execute(update(VOICE).where(*theirs).values(lead=lead.id))
    session.execute(update(MERGE).where(*here).values(parted_at=now))
    log.note(session, workspace, [lead.id, row.into], PARTED, by=by, now=now)
    record = load(session, workspace, [row.into], lock_them=True, some=True).get(row.into)
    if record is not None:
        facts = {path: datetime.fromisoformat(at) for path, at in row.facts.items()}
        _keep(session, workspace, record, taken_back(record, facts), now)
        jobs.add(session, workspace, _drawn(record, now))


def _keep(session: Session, workspace: str, before: Lead, after: Lead, now: datetime) -> None:
    """Write what the record knows of the person by now, and what it is found by."""
    if after.fields != before.fields:
        was, row = ({**lead_row(workspace, each), "changed_at": None} for each in (before, after))
        change(session, LEAD, [(was, {**row, "changed_at": now})])
        words.change(session, workspace, [(before, after)])


def _under(session: Session, workspace: str, lead: str) -> set[str]:
    """The lead, and all that are merged into it, one after another: merging with one of them would be a circle."""
    known = {lead}
    while True:
        query = select(MERGE.c.lead).where(
            MERGE.c.workspace == workspace, MERGE.c.parted_at.is_(None), MERGE.c.into.in_(known)
        )
        more = set(session.scalars(query)) - known
        if not more:
            return known
        known |= more


def _drawn(record: Lead, now: datetime) -> list[Due]:
    return [] if record.handoff is None else list(card(record, now))
