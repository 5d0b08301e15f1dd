"""Which messages in Slack show words that stand in a row: to be drawn anew when the words are changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, false, or_, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Sight
from storage.tables import CAMPAIGN, DEAL, HANDOFF, POST, REJECTION, RETRO, RETRO_REPLY, RETRO_SEAT, TOUCH
from storage.traces import Keyed, Place, begins_with

A_DIGEST: Final = timedelta(days=8)  # in which a week's message may tell of something after it was over
AT_ONCE: Final = 50
# Where a message that tells of a row is about something that begins otherwise than by the row's own id.
_OWN: Final = {RETRO_REPLY.name: "retro"}
# From when to when the messages of weeks tell of a row; to this day where it has no end.
_TIMES: Final[Mapping[str, tuple[str, str | None]]] = {
    REJECTION.name: ("at", "at"),
    DEAL.name: ("opened_at", "closed_at"),
    RETRO.name: ("noted_at", None),
}


def telling(
    session: Session,
    workspace: str,
    agreement: Agreement,
    place: Place,
    keys: Sequence[Keyed],
    *,
    now: datetime,
) -> list[RowMapping]:
    """Those that are about these rows, or may tell of them among others."""
    ids = [str(key[_OWN.get(place.table.name, "id")]) for key in keys if place.table is not CAMPAIGN]
    near: list[ColumnElement[bool]] = []
    if place.table is CAMPAIGN:
        near = _of_lines(session, workspace, [str(key["line"]) for key in keys])
    elif place.table is TOUCH:
        query = select(TOUCH.c.lead).where(TOUCH.c.workspace == workspace, TOUCH.c.id.in_(ids))
        near = [begins_with(each) for each in (*session.scalars(query.distinct()), *ids)]
    else:
        near = [begins_with(each) for each in ids]
    if place.table in (DEAL, RETRO):
        near += _of_retros(session, workspace, ids)
    if place.table.name in _TIMES:
        near += _weeks(session, workspace, agreement, place, ids, now=now)
    return [
        row
        for start in range(0, len(near), AT_ONCE)
        for row in _posts(session, workspace, near[start:][:AT_ONCE])
    ]


def _posts(session: Session, workspace: str, near: Sequence[ColumnElement[bool]]) -> Sequence[RowMapping]:
    query = select(POST.c.id, POST.c.kind, POST.c.about, POST.c.channel, POST.c.ts)
    here = (POST.c.workspace == workspace, or_(false(), *near))
    return session.execute(query.where(*here).order_by(POST.c.id)).mappings().all()


def _of_lines(session: Session, workspace: str, lines: Sequence[str]) -> list[ColumnElement[bool]]:
    """The cards of their leads, whose line for sales they show, and their messages to marketing."""
    here = (HANDOFF.c.workspace == workspace, HANDOFF.c.line.in_(lines))
    cards = session.scalars(select(HANDOFF.c.id).where(*here)).all()
    weeks = session.execute(select(HANDOFF.c.week, HANDOFF.c.line).where(*here).distinct())
    campaigns = [f"{row.week}|{row.line}" for row in weeks]
    return [*(begins_with(each) for each in cards), POST.c.about.in_(campaigns)]


def _of_retros(session: Session, workspace: str, ids: Sequence[str]) -> list[ColumnElement[bool]]:
    """What waits together, and what one person is asked together, names the deals."""
    asked = select(RETRO_SEAT.c.dm).where(RETRO_SEAT.c.workspace == workspace, RETRO_SEAT.c.retro.in_(ids))
    heaps = select(RETRO.c.heap).where(RETRO.c.workspace == workspace, RETRO.c.id.in_(ids))
    about = {each for query in (asked, heaps) for each in session.scalars(query) if each}
    return [POST.c.about.in_(sorted(about))]


def _weeks(
    session: Session, workspace: str, agreement: Agreement, place: Place, ids: Sequence[str], *, now: datetime
) -> list[ColumnElement[bool]]:
    """The digests, and the daily messages to marketers, that may quote or name them."""
    table, (begin, end) = place.table, _TIMES[place.table.name]
    columns = [table.c[begin].label("begin"), *([table.c[end].label("end")] if end else [])]
    rows = session.execute(select(*columns).where(table.c.workspace == workspace, table.c.id.in_(ids)))
    near: dict[tuple[Any, ...], ColumnElement[bool]] = {}
    for row in rows.mappings():
        first = row["begin"] or row.get("end") or now
        last = min(now, (row.get("end") or now) + A_DIGEST)
        weeks, days = (agreement.week(first), agreement.week(last)), (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
        near[weeks] = and_(
            POST.c.about >= weeks[0], POST.c.about < f"{weeks[1]}~", POST.c.kind == Sight.DIGEST
        )
        if table is REJECTION:
            near[days] = and_(
                POST.c.about >= days[0], POST.c.about < f"{days[1]}~", POST.c.kind == Sight.BUNDLE
            )
    return list(near.values())
