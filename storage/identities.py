"""By what leads are known: an id in a feed, then an e-mail, then a phone. One key belongs to one lead."""

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlmodel import Session

from bot.arrivals import LeadArrival
from storage.tables import IDENTITY
from storage.upsert import insert

Key = tuple[str, str]
EMAIL: Final = "email"
PHONE: Final = "phone"


def find_or_begin(session: Session, workspace: str, arrivals: Sequence[LeadArrival]) -> list[str]:
    """The lead's id for each arrival, a new id where nobody knows it; the keys are theirs from now on."""
    candidates = [uuid4().hex for _ in arrivals]
    keys = [_keys(arrival) for arrival in arrivals]
    wanted: dict[Key, str] = {}
    for candidate, own in zip(candidates, keys, strict=True):
        for key in own:
            wanted.setdefault(key, candidate)
    holders = _claim(session, workspace, wanted)
    found: list[str] = []
    for candidate, own in zip(candidates, keys, strict=True):
        lead = _first_known(session, workspace, own, holders, candidate)
        mine = [key for key in own if holders[key] == candidate != lead]
        if mine:
            _move(session, workspace, candidate, lead)
            holders.update(dict.fromkeys(mine, lead))
        found.append(lead)
    return found


def of_touch(session: Session, workspace: str, feed: str, lead: str) -> str | None:
    """The lead that a touch names by an e-mail or a bare id: in its feed, then in all if one has it."""
    here = IDENTITY.c.workspace == workspace
    if "@" in lead:
        by_email = (IDENTITY.c.kind == EMAIL) & (IDENTITY.c.value == lead.lower())
        holder: str | None = session.scalar(select(IDENTITY.c.lead).where(here, by_email))
        return holder
    by_id = select(IDENTITY.c.lead).where(here, IDENTITY.c.value == lead)
    known: str | None = session.scalar(by_id.where(IDENTITY.c.kind == _id_in(feed)))
    if known is not None:
        return known
    anywhere = session.scalars(by_id.where(IDENTITY.c.kind.startswith("id:")).limit(2)).all()
    return anywhere[0] if len(anywhere) == 1 else None


def _id_in(feed: str) -> str:
    return f"id:{feed}"


def _keys(arrival: LeadArrival) -> list[Key]:
    """What the arrival is known by, the strongest first."""
    email, phone = arrival.fields.get("contact.email"), arrival.fields.get("contact.phone")
    keys: list[Key] = []
    if arrival.external_id:
        keys.append((_id_in(arrival.feed), arrival.external_id))
    if isinstance(email, str):
        keys.append((EMAIL, email))
    if isinstance(phone, str) and phone.startswith("+"):  # only a whole number is somebody's
        keys.append((PHONE, phone))
    return keys


def _claim(session: Session, workspace: str, wanted: dict[Key, str]) -> dict[Key, str]:
    """Insert each key for its candidate; answer who holds it. In order, so that two never lock crosswise."""
    if not wanted:
        return {}
    statement = insert(session, IDENTITY)
    claimed = session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "kind", "value"], set_={"lead": IDENTITY.c.lead}
        ).returning(IDENTITY.c.kind, IDENTITY.c.value, IDENTITY.c.lead),
        [
            {"workspace": workspace, "kind": kind, "value": value, "lead": wanted[kind, value]}
            for kind, value in sorted(wanted)
        ],
    )
    return {(row.kind, row.value): row.lead for row in claimed}


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


def _move(session: Session, workspace: str, candidate: str, lead: str) -> None:
    here = (IDENTITY.c.workspace == workspace) & (IDENTITY.c.lead == candidate)
    session.execute(update(IDENTITY).where(here).values(lead=lead))
