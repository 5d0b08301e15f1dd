"""By what leads are known: an id in a feed, then an e-mail, then a phone. One key belongs to one lead."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Final
from uuid import uuid4

from sqlalchemy import Executable, bindparam, delete, select, update
from sqlmodel import Session

from bot.arrivals import LeadArrival
from storage.tables import IDENTITY, LEAD
from storage.upsert import insert_for, insert_new

Key = tuple[str, str]
EMAIL: Final = "email"
PHONE: Final = "phone"
ID: Final = "id:"  # before the name of the feed


def find_or_begin(session: Session, workspace: str, arrivals: Sequence[LeadArrival]) -> list[str]:
    """The lead's id for each arrival, a new id where nobody knows it; the keys are theirs from now on."""
    candidates = [uuid4().hex for _ in arrivals]
    keys = [keys_of(arrival) for arrival in arrivals]
    wanted: dict[Key, str] = {}
    for candidate, own in zip(candidates, keys, strict=True):
        for key in own:
            wanted.setdefault(key, candidate)
    holders = _claim(session, workspace, wanted)
    found: list[str] = []
    for candidate, own in zip(candidates, keys, strict=True):
        lead = _first_known(session, workspace, own, holders, candidate)
        if mine := [key for key in own if holders[key] == candidate != lead]:
            _move(session, workspace, mine, lead)
            holders.update(dict.fromkeys(mine, lead))
        found.append(lead)
    return found


def learn(session: Session, workspace: str, lead: str, told: Iterable[tuple[str, str]]) -> None:
    """A lead is known by this e-mail and phone as well, unless another has them."""
    fields = {path: value for path, value in told if value}
    keys = keys_of(LeadArrival(feed="", external_id=None, occurred_at=None, fields=fields))
    rows = [{"workspace": workspace, "kind": kind, "value": value, "lead": lead} for kind, value in keys]
    insert_new(session, IDENTITY, rows)


def known(session: Session, workspace: str, arrival: LeadArrival) -> str | None:
    """The lead that this e-mail is known to be of; without one, this phone number, which colleagues may share."""
    wanted = [key for key in keys_of(arrival) if key[0] in (EMAIL, PHONE)][:1]
    query = select(IDENTITY.c.value, IDENTITY.c.kind, IDENTITY.c.lead).where(
        IDENTITY.c.workspace == workspace, IDENTITY.c.value.in_([value for _, value in wanted])
    )
    holders = {(row.kind, row.value): str(row.lead) for row in session.execute(query)}
    return next((holders[key] for key in wanted if key in holders), None)


def named(session: Session, workspace: str, values: Collection[str]) -> list[str]:
    """The leads that are known by one of these: an e-mail, a phone number, an id in any feed."""
    here = (IDENTITY.c.workspace == workspace, IDENTITY.c.value.in_(values))
    return list(session.scalars(select(IDENTITY.c.lead).where(*here)))


def asked_for(session: Session, workspace: str, asked: str, dialled: str) -> set[str]:
    """The leads that have this e-mail, this phone number, or this id, in any feed or here."""
    told = select(IDENTITY.c.lead).where(
        IDENTITY.c.workspace == workspace, IDENTITY.c.value.in_([asked, asked.lower(), dialled])
    )
    ours = select(LEAD.c.id).where(LEAD.c.workspace == workspace, LEAD.c.id == asked)
    return {*session.scalars(told), *session.scalars(ours)}


def of_leads(session: Session, workspace: str, leads: Collection[str]) -> list[Key]:
    """All that these leads are known by."""
    query = select(IDENTITY.c.kind, IDENTITY.c.value).where(
        IDENTITY.c.workspace == workspace, IDENTITY.c.lead.in_(leads)
    )
    return [(row.kind, row.value) for row in session.execute(query.order_by(*IDENTITY.primary_key))]


def give(session: Session, workspace: str, keys: Sequence[Key], lead: str) -> None:
    """From now on these are this lead's."""
    if keys:
        _move(session, workspace, keys, lead)


def end(session: Session, workspace: str, leads: Collection[str]) -> None:
    """These leads are known by nothing any more."""
    session.execute(delete(IDENTITY).where(IDENTITY.c.workspace == workspace, IDENTITY.c.lead.in_(leads)))


def of_touches(
    session: Session, workspace: str, told: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str | None]:
    """The leads that touches and deals name, by (feed, e-mail or bare id): in that feed, then in all if one has it."""
    named = sorted({lead.lower() if "@" in lead else lead for _, lead in told})
    query = select(IDENTITY.c.value, IDENTITY.c.kind, IDENTITY.c.lead).where(
        IDENTITY.c.workspace == workspace, IDENTITY.c.value.in_(named)
    )
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for row in session.execute(query) if named else ():
        known[row.value][row.kind] = row.lead
    return {(feed, lead): _meant(feed, lead, known) for feed, lead in told}


def _meant(feed: str, lead: str, known: dict[str, dict[str, str]]) -> str | None:
    if "@" in lead:
        return known[lead.lower()].get(EMAIL)
    holders = known[lead]
    anywhere = [holder for kind, holder in holders.items() if kind.startswith(id_in(""))]
    return holders.get(id_in(feed)) or (anywhere[0] if len(anywhere) == 1 else None)


def id_in(feed: str) -> str:
    return f"{ID}{feed}"


def keys_of(arrival: LeadArrival) -> list[Key]:
    """What the arrival is known by, the strongest first."""
    email, phone = arrival.fields.get("contact.email"), arrival.fields.get("contact.phone")
    keys: list[Key] = []
    if arrival.external_id:
        keys.append((id_in(arrival.feed), arrival.external_id))
    if isinstance(email, str):
        keys.append((EMAIL, email))
    if isinstance(phone, str) and phone.startswith("+"):  # only a whole number is somebody's
        keys.append((PHONE, phone))
    return keys


def _claim(session: Session, workspace: str, wanted: dict[Key, str]) -> dict[Key, str]:
    """Insert each key for its candidate; answer who holds it. In order, so that two never lock crosswise."""
    if not wanted:
        return {}
    claimed = session.execute(
        _claiming(session.get_bind().dialect.name),
        [
            {"workspace": workspace, "kind": kind, "value": value, "lead": wanted[kind, value]}
            for kind, value in sorted(wanted)
        ],
    )
    return {(row.kind, row.value): row.lead for row in claimed}


@cache
def _claiming(dialect: str) -> Executable:
    statement = insert_for(dialect, IDENTITY).on_conflict_do_update(
        index_elements=["workspace", "kind", "value"], set_={"lead": IDENTITY.c.lead}
    )
    return statement.returning(IDENTITY.c.kind, IDENTITY.c.value, IDENTITY.c.lead)


def _first_known(
    session: Session, workspace: str, own: list[Key], holders: dict[Key, str], candidate: str
) -> str:
    for key in own:
        holder = holders[key]
        if holder == candidate:
            continue
        if key[0] == PHONE and _is_of_another(session, workspace, own, holder):
            continue
        return holder
    return candidate


def _is_of_another(session: Session, workspace: str, own: list[Key], holder: str) -> bool:
    """Colleagues share a switchboard: a phone does not make one person of two e-mail addresses."""
    if all(kind != EMAIL for kind, _ in own):
        return False
    addressed = select(IDENTITY.c.value).where(
        IDENTITY.c.workspace == workspace, IDENTITY.c.lead == holder, IDENTITY.c.kind == EMAIL
    )
    return session.execute(addressed.limit(1)).first() is not None


def _move(session: Session, workspace: str, keys: Sequence[Key], lead: str) -> None:
    here = (
        (IDENTITY.c.workspace == workspace)
        & (IDENTITY.c.kind == bindparam("of_kind"))
        & (IDENTITY.c.value == bindparam("of_value"))
    )
    session.connection().execute(
        update(IDENTITY).where(here).values(lead=lead),
        [{"of_kind": kind, "of_value": value} for kind, value in keys],
    )
