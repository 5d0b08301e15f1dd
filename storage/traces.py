"""Where a person's data is: their leads, what waits in quarantine, and words of others that tell of them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, RowMapping, String, Table, and_, cast, delete, false, func, or_, select, update
from sqlmodel import Session

from bot.erasing import Traces
from bot.errors import Refused
from bot.intake.values import dialled
from bot.jobs import Sight
from storage import identities, merges
from storage.db import Space
from storage.identities import EMAIL, ID, PHONE, Key
from storage.lead_rows import load
from storage.tables import (
    CAMPAIGN,
    CARD_LEAD,
    DEAL,
    DEAL_LEAD,
    DEAL_NAME,
    DROPPED,
    EVENT,
    HANDOFF,
    LEAD,
    LOG,
    NUDGE,
    POST,
    QUARANTINE,
    REJECTION,
    RETRO,
    RETRO_REPLY,
    RETRO_SEAT,
    SUGGESTION,
    TOUCH,
    VOICE,
)
from storage.upsert import change

PAGE: Final = 500
Keyed = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A column in which people or feeds write. `within`: of a JSON object, how the keys begin that are looked at."""

    table: Table
    column: str
    within: tuple[str, ...] = ("",)

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column}"

    @property
    def told(self) -> "Column[Any]":
        return self.table.c[self.column]

    @property
    def lead(self) -> "Column[Any] | None":
        """Whose row it is, where it is a lead's."""
        return self.table.c.id if self.table is LEAD else self.table.c.get("lead")

    def cleaned(self, told: Any, traces: Traces) -> Any:
        """The value without the person. What stands elsewhere in it is somebody's own."""
        if isinstance(told, Mapping):
            return {
                key: traces.cleaned(value) if key.startswith(self.within) else value
                for key, value in told.items()
            }
        return traces.cleaned(told)


PLACES: Final = (
    Place(table=LEAD, column="fields", within=("facts.", "url")),  # a name and a phone may be another's too
    Place(table=TOUCH, column="detail"),
    Place(table=HANDOFF, column="note"),
    Place(table=HANDOFF, column="named_note"),
    Place(table=HANDOFF, column="back"),
    Place(table=REJECTION, column="words"),
    Place(table=REJECTION, column="answer"),
    Place(table=REJECTION, column="dispute"),
    Place(table=CAMPAIGN, column="for_sales"),
    Place(table=VOICE, column="words"),
    Place(table=VOICE, column="theme"),
    Place(table=VOICE, column="found_by"),
    Place(table=DEAL, column="fields"),
    Place(table=RETRO, column="answers"),
    Place(table=RETRO, column="action"),
    Place(table=RETRO_SEAT, column="draft"),
    Place(table=RETRO_REPLY, column="words"),
    Place(table=EVENT, column="body"),
    Place(table=DROPPED, column="name"),
    Place(table=DROPPED, column="words"),
    Place(table=DROPPED, column="rejects"),
    Place(table=SUGGESTION, column="words"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that was found of one person. `texts` are primary keys by place, `logs` the ids of other leads' entries."""

    leads: Sequence[str]
    keys: Sequence[Key]
    traces: Traces
    asides: Sequence[str]
    texts: Mapping[Place, Sequence[Keyed]]
    logs: Sequence[int]

    @property
    def is_nothing(self) -> bool:
        return not (self.leads or self.asides or self.logs or any(self.texts.values()))


async def find(space: Space, asked: str) -> Found:
    """By an e-mail, a phone number, or the id of a lead, here or in a feed. Raises Refused where several have that id."""
    return await space.read(lambda session: _find(session, space.workspace, asked.strip()))


def _find(session: Session, workspace: str, asked: str) -> Found:
    known = identities.asked_for(session, workspace, asked, dialled(asked, None))
    if len(known) > 1:
        raise Refused("Several leads have this id, in several feeds: name the person by e-mail or phone.")
    leads = sorted(_all_of(session, workspace, known, asked))
    keys = identities.of_leads(session, workspace, leads)
    if not leads and "@" in asked:
        keys = [(EMAIL, asked.lower())]
    elif not leads and asked.startswith(("+", "00")):
        keys = [(PHONE, dialled(asked, None))]
    traces = _traces(session, workspace, leads, keys)
    return Found(
        leads=leads,
        keys=keys,
        traces=traces,
        asides=tuple(_asides(session, workspace, traces)),
        texts={place: tuple(_told_in(session, workspace, place, traces, leads)) for place in PLACES},
        logs=tuple(_logs(session, workspace, traces, leads)),
    )


def _all_of(session: Session, workspace: str, known: Collection[str], asked: str) -> set[str]:
    """These leads, those merged with them, and those that were told the same e-mail: one person."""
    leads, emails = merges.whole(session, workspace, known), {asked.lower()} if "@" in asked else set()
    while True:
        found = load(session, workspace, sorted(leads), some=True).values()
        emails |= {value for kind, value in identities.of_leads(session, workspace, leads) if kind == EMAIL}
        emails |= {lead.text("contact.email").lower() for lead in found} - {""}
        more = set(_with_address(session, workspace, Traces(emails=frozenset(emails)))) - leads
        if not more:
            return leads
        leads |= merges.whole(session, workspace, more)


def _with_address(session: Session, workspace: str, traces: Traces) -> Iterator[str]:
    query = select(LEAD.c.id, LEAD.c.fields).where(
        LEAD.c.workspace == workspace, _hinted(LEAD.c.fields, traces)
    )
    for row in session.execute(query.execution_options(yield_per=PAGE)):
        if str(row.fields.get("contact.email") or "").lower() in traces.emails:
            yield row.id


def _traces(session: Session, workspace: str, leads: Sequence[str], keys: Sequence[Key]) -> Traces:
    emails = {value for kind, value in keys if kind == EMAIL}
    phones = {value for kind, value in keys if kind == PHONE}
    names = set()
    for lead in load(session, workspace, leads, some=True).values():
        emails |= {lead.text("contact.email").lower()}
        phones |= {phone for phone in [lead.text("contact.phone")] if phone.startswith("+")}
        names |= {lead.text("contact.name")}
    return Traces(
        emails=frozenset(emails - {""}),
        phones=frozenset(phones),
        names=frozenset(names - {""}),
        ids=frozenset((kind.removeprefix(ID), value) for kind, value in keys if kind.startswith(ID)),
    )


def _asides(session: Session, workspace: str, traces: Traces) -> Iterator[str]:
    query = select(QUARANTINE.c.id, QUARANTINE.c.feed, QUARANTINE.c.raw).where(
        QUARANTINE.c.workspace == workspace
    )
    for row in session.execute(query.execution_options(yield_per=PAGE)):
        if traces.sent(row.feed, json.loads(row.raw)):
            yield row.id


def _told_in(
    session: Session, workspace: str, place: Place, traces: Traces, leads: Sequence[str]
) -> Iterator[Keyed]:
    """The primary keys of rows of this place whose words tell of the person; their own leads' are seen to whole."""
    table = place.table
    keys = [column for column in table.primary_key if column.name != "workspace"]
    query = select(*keys, place.told.label("told")).where(
        table.c.workspace == workspace, place.told.is_not(None), _hinted(place.told, traces)
    )
    if place.lead is not None and leads:
        query = query.where(or_(place.lead.is_(None), place.lead.not_in(leads)))
    if table is REJECTION and leads:
        own = select(HANDOFF.c.id).where(HANDOFF.c.workspace == workspace, HANDOFF.c.lead.in_(leads))
        query = query.where(REJECTION.c.handoff.not_in(own))
    for row in session.execute(query.execution_options(yield_per=PAGE)).mappings():
        if place.cleaned(row["told"], traces) != row["told"]:
            yield {column.name: row[column.name] for column in keys}


def _logs(session: Session, workspace: str, traces: Traces, leads: Sequence[str]) -> Iterator[int]:
    query = select(LOG.c.id, LOG.c.detail).where(
        LOG.c.workspace == workspace, LOG.c.lead.not_in(leads), _hinted(LOG.c.detail, traces)
    )
    for row in session.execute(query.execution_options(yield_per=PAGE)):
        if traces.is_in(row.detail):
            yield row.id


def _hinted(column: "Column[Any]", traces: Traces) -> Any:
    """What a database can tell quickly: all that fits is looked at closely afterwards."""
    hints = traces.hints()
    text = func.lower(cast(column, String))
    return or_(*(text.contains(each.lower(), autoescape=True) for each in hints)) if hints else false()


def clean(session: Session, workspace: str, place: Place, keys: Sequence[Keyed], traces: Traces) -> None:
    """Take the person out of these rows, as they are by now."""
    names = ["workspace", *keys[0]]
    for key in keys:
        here = [place.table.c[name] == value for name, value in {"workspace": workspace, **key}.items()]
        told = session.scalar(select(place.told).where(*here).with_for_update())
        row = {name: {"workspace": workspace, **key}[name] for name in names}
        cleaned = place.cleaned(told, traces)
        if cleaned != told:
            change(session, place.table, [({**row, place.column: told}, {**row, place.column: cleaned})])


async def export(space: Space, found: Found) -> dict[str, Any]:
    """All that is kept of the person, as it is kept, by kind."""
    return await space.read(lambda session: _export(session, space.workspace, found))


def _export(session: Session, workspace: str, found: Found) -> dict[str, Any]:
    handoffs = select(HANDOFF.c.id).where(HANDOFF.c.workspace == workspace, HANDOFF.c.lead.in_(found.leads))
    deals = select(DEAL_LEAD.c.deal).where(
        DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.lead.in_(found.leads)
    )
    wanted: dict[str, tuple[Table, Any]] = {
        "leads": (LEAD, LEAD.c.id.in_(found.leads)),
        "touches": (TOUCH, TOUCH.c.lead.in_(found.leads)),
        "handoffs": (HANDOFF, HANDOFF.c.lead.in_(found.leads)),
        "rejections": (REJECTION, REJECTION.c.handoff.in_(handoffs)),
        "reminders": (NUDGE, NUDGE.c.lead.in_(found.leads)),
        "heard": (VOICE, VOICE.c.lead.in_(found.leads)),
        "told_to_other_systems": (EVENT, EVENT.c.about.in_(found.leads)),
        "deals": (DEAL, DEAL.c.id.in_(deals)),
        "log": (LOG, LOG.c.lead.in_(found.leads)),
        "quarantine": (QUARANTINE, QUARANTINE.c.id.in_(found.asides)),
    }
    told: dict[str, Any] = {
        kind: [_plain(row) for row in session.execute(_rows(table, workspace, where)).mappings()]
        for kind, (table, where) in wanted.items()
    }
    told["known_by"] = [{"kind": kind, "value": value} for kind, value in found.keys]
    shared = _shared_posts(session, workspace, found.leads)
    told["messages_in_slack"] = [_plain(row) for row in (*posts_of(session, workspace, found.leads), *shared)]
    told["named_in"] = [
        {"where": place.name, **_row_told(session, workspace, place, key)}
        for place, keys in found.texts.items()
        for key in keys
    ]
    return told


def _rows(table: Table, workspace: str, where: Any) -> Any:
    return select(table).where(table.c.workspace == workspace, where).order_by(*table.primary_key)


def _row_told(session: Session, workspace: str, place: Place, key: Keyed) -> dict[str, Any]:
    here = [place.table.c[name] == value for name, value in {"workspace": workspace, **key}.items()]
    return {**key, "words": session.scalar(select(place.told).where(*here))}


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "workspace" and value is not None}


def posts_of(session: Session, workspace: str, leads: Sequence[str]) -> list[RowMapping]:
    """The messages that tell of these leads alone: what they are about begins with the lead's id, or a touch's."""
    touches = select(TOUCH.c.id).where(TOUCH.c.workspace == workspace, TOUCH.c.lead.in_(leads))
    begins = [f"{lead}-" for lead in leads] + list(session.scalars(touches))
    found: list[RowMapping] = []
    for start in range(0, len(begins), 50):
        near = or_(*(begins_with(each) for each in begins[start : start + 50]))
        query = select(POST.c.id, POST.c.kind, POST.c.about, POST.c.channel, POST.c.ts).where(
            POST.c.workspace == workspace, near
        )
        found += session.execute(query.order_by(POST.c.id)).mappings().all()
    return list(found)


def _shared_posts(session: Session, workspace: str, leads: Collection[str]) -> Sequence[RowMapping]:
    """The cards and messages to reps on which these leads stand beside others, or did, and which are not their own.

    What stands there about these is drawn from their facts and handoffs.
    """
    handoffs = select(HANDOFF.c.id).where(HANDOFF.c.workspace == workspace, HANDOFF.c.lead.in_(leads))
    theirs = select(CARD_LEAD.c.card).where(
        CARD_LEAD.c.workspace == workspace, CARD_LEAD.c.handoff.in_(handoffs)
    )
    query = select(POST.c.id, POST.c.kind, POST.c.about, POST.c.channel, POST.c.ts).where(
        POST.c.workspace == workspace, POST.c.about.in_(theirs), POST.c.kind.in_([Sight.CARD, Sight.ASK])
    )
    return session.execute(query.order_by(POST.c.id)).mappings().all()


def begins_with(what: str) -> Any:
    """By the index: about sorts as its letters do."""
    return and_(POST.c.about >= what, POST.c.about < what[:-1] + chr(ord(what[-1]) + 1))


def cut_names(session: Session, workspace: str, found: Found) -> None:
    """Deals no longer name the person by e-mail or id; that they grew from a lead stays."""
    told = {value.lower() for kind, value in found.keys if kind != PHONE}
    grown = select(DEAL_LEAD.c.deal).where(
        DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.lead.in_(found.leads)
    )
    named = select(DEAL_NAME.c.deal).where(DEAL_NAME.c.workspace == workspace, DEAL_NAME.c.name.in_(told))
    those = or_(DEAL.c.id.in_(grown), DEAL.c.id.in_(named))
    query = select(DEAL.c.id, DEAL.c.fields).where(DEAL.c.workspace == workspace, those).with_for_update()
    for row in session.execute(query).all():
        leads = [each for each in row.fields.get("leads") or () if str(each).lower() not in told]
        fields = {**row.fields, "leads": leads} if "leads" in row.fields else row.fields
        session.execute(
            update(DEAL).where(DEAL.c.workspace == workspace, DEAL.c.id == row.id).values(fields=fields)
        )
    gone = (DEAL_NAME.c.workspace == workspace, DEAL_NAME.c.name.in_(told))
    session.execute(delete(DEAL_NAME).where(*gone))


def empty_touches(session: Session, workspace: str, leads: Sequence[str]) -> None:
    here = (TOUCH.c.workspace == workspace, TOUCH.c.lead.in_(leads))
    session.execute(update(TOUCH).where(*here).values(detail=None))
