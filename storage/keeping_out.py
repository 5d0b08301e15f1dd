"""Who was removed is known again by keyed hashes alone: held where they come again, until an admin answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hmac import digest
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.arrivals import Arrival, DealArrival, LeadArrival, Problem, Senseless, TouchArrival
from bot.erasing import Comeback
from bot.errors import Refused
from bot.intake.values import dialled
from bot.jobs import Due, RetryQuarantine, Sight, redraw, show, to_person
from bot.leads.decision import UNKNOWN_YET
from bot.people import Role
from storage import jobs, people
from storage.db import Space
from storage.identities import EMAIL, PHONE, Key, id_in, keys_of
from storage.quarantine import aside_id, put_aside
from storage.tables import COMEBACK, ERASED, QUARANTINE, WORKSPACE
from storage.teams import team_now
from storage.upsert import insert_new

WHY: Final = "This person was removed from here. Nothing was taken in; an admin is asked."
NEVER: Final = "This lead was removed from here. Nothing was taken in."


class KeepingOut:
    """What admins see of who came again, and answer."""

    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def of(self, person: str) -> Comeback | None:
        return await self._space.read(lambda session: _comeback(session, self._space.workspace, person))

    async def answer(self, person: str, by: str, now: datetime, *, admitted: bool) -> Comeback:
        """Take them in, or keep them out. Raises Refused to who is no admin, and where it was answered before."""
        workspace = self._space.workspace

        def work(session: Session) -> Comeback:
            who = people.get(session, workspace, by)
            if who is None:
                raise Refused(UNKNOWN_YET)
            self._agreement.roles.need(who, Role.ADMIN)
            row = session.execute(_ours(workspace, person).with_for_update()).mappings().first()
            if row is None or row["answered_at"] is not None:
                raise Refused("This was answered already. Nothing for you to do.")
            told = {"answered_at": now, "answered_by": by, "admitted": admitted, "asides": []}
            session.execute(update(COMEBACK).where(*_here(workspace, person)).values(told))
            if admitted:
                forget(session, workspace, [person])
                jobs.add(session, workspace, [Due(job=RetryQuarantine(), at=now)])
            else:
                those = (QUARANTINE.c.workspace == workspace, QUARANTINE.c.id.in_(row["asides"]))
                session.execute(delete(QUARANTINE).where(*those))
            _tell(session, workspace, self._agreement, person, now, again=True)
            return _read({**row, **told, "asides": row["asides"]})

        return await self._space.write(work)

    async def admit(self, asked: str) -> int:
        """Let who is known by this e-mail, phone number or id in again; how many people that are."""
        feeds = self._agreement.settings.feeds
        keys = [
            (EMAIL, asked.lower()),
            (PHONE, dialled(asked, None)),
            *((id_in(feed), asked) for feed in feeds),
        ]

        def work(session: Session) -> int:
            persons = set(known(session, self._space.workspace, keys).values())
            forget(session, self._space.workspace, persons)
            return len(persons)

        return await self._space.write(work)


def remember(session: Session, workspace: str, keys: Iterable[Key], now: datetime) -> None:
    """Know this person again, without keeping by what."""
    secret = _key(session, workspace) or _begun_key(session, workspace)
    person = token_hex(16)
    rows = [
        {"workspace": workspace, "hash": hashed, "person": person, "at": now}
        for hashed in sorted({_hash(secret, key) for key in keys})
    ]
    insert_new(session, ERASED, rows)


def forget(session: Session, workspace: str, persons: Collection[str]) -> None:
    session.execute(delete(ERASED).where(ERASED.c.workspace == workspace, ERASED.c.person.in_(persons)))


def known(session: Session, workspace: str, keys: Collection[Key]) -> dict[Key, str]:
    """Of these the keys of people who were removed, with who that is."""
    secret = _key(session, workspace) if keys else None
    if secret is None:
        return {}
    hashes = {key: _hash(secret, key) for key in keys}
    query = select(ERASED.c.hash, ERASED.c.person).where(
        ERASED.c.workspace == workspace, ERASED.c.hash.in_(sorted(set(hashes.values())))
    )
    persons = {row.hash: row.person for row in session.execute(query)}
    return {key: persons[hashed] for key, hashed in hashes.items() if hashed in persons}


def without_removed(
    session: Session, workspace: str, items: Sequence[Arrival | Senseless]
) -> list[Arrival | Senseless]:
    """The same items; what is about somebody who was removed makes no sense here, and deals do not name them."""
    keys = [_keys(item) for item in items]
    removed = known(session, workspace, {key for each in keys for key in each})
    return [_held(item, each, removed) if removed else item for item, each in zip(items, keys, strict=True)]


def _keys(item: Arrival | Senseless) -> list[Key]:
    if isinstance(item, LeadArrival):
        told = keys_of(item)
        has_address = any(kind == EMAIL for kind, _ in told)
        return [key for key in told if key[0] != PHONE or not has_address]  # colleagues share a switchboard
    if isinstance(item, TouchArrival):
        return [_named(item.feed, item.lead)]
    if isinstance(item, DealArrival):
        return [_named(item.feed, each) for each in _leads(item)]
    return []


def _leads(deal: DealArrival) -> tuple[str, ...]:
    told = deal.fields.get("leads")
    return tuple(map(str, told)) if isinstance(told, tuple) else ()


def _named(feed: str, lead: str) -> Key:
    return (EMAIL, lead.lower()) if "@" in lead else (id_in(feed), lead)


def _held(item: Arrival | Senseless, keys: Sequence[Key], removed: Mapping[Key, str]) -> Arrival | Senseless:
    person = next((removed[key] for key in keys if key in removed), None)
    if person is None or isinstance(item, Senseless):
        return item
    if isinstance(item, DealArrival):
        others = tuple(each for each in _leads(item) if _named(item.feed, each) not in removed)
        return replace(item, fields={**item.fields, "leads": others})
    if isinstance(item, TouchArrival):
        return Senseless(problems=(Problem(path="touch.lead", words=NEVER),), raw="", removed=person)
    return Senseless(problems=(Problem(path="", words=WHY),), raw=item.raw, removed=person)


def hold(
    session: Session,
    workspace: str,
    agreement: Agreement,
    told: Mapping[str, Sequence[Senseless]],
    now: datetime,
) -> None:
    """Keep aside what was sent of people who were removed, and ask the admins, once for each; what they keep out is not kept."""
    for feed, each in [(feed, each) for feed, some in told.items() for each in some]:
        if each.removed is None or not each.raw:
            continue
        row = session.execute(_ours(workspace, each.removed).with_for_update()).mappings().first()
        if row is not None and row["admitted"] is False:
            continue
        put_aside(session, workspace, feed, [each], now)
        ident = aside_id(feed, each.raw)
        if row is None:
            began = {"person": each.removed, "feed": feed, "at": now, "asides": [ident]}
            _begin(session, workspace, began)
        elif ident not in row["asides"]:
            asides = [*row["asides"], ident]
            session.execute(update(COMEBACK).where(*_here(workspace, each.removed)).values(asides=asides))
        _tell(session, workspace, agreement, each.removed, now, again=row is not None)


def _begin(session: Session, workspace: str, row: Mapping[str, Any]) -> None:
    here = (ERASED.c.workspace == workspace, ERASED.c.person == row["person"])
    at = session.scalar(select(ERASED.c.at).where(*here).limit(1))
    insert_new(session, COMEBACK, [{**row, "workspace": workspace, "removed_at": at or row["at"]}])


def _tell(
    session: Session, workspace: str, agreement: Agreement, person: str, now: datetime, *, again: bool
) -> None:
    for each in team_now(session, workspace, agreement, "").admins:
        about = to_person(person, each.id)
        due = (
            redraw(Sight.COMEBACK, about, now, channel=each.id)
            if again
            else show(Sight.COMEBACK, about, each.may_be_told(now), channel=each.id)
        )
        jobs.add(session, workspace, [due])


def _comeback(session: Session, workspace: str, person: str) -> Comeback | None:
    row = session.execute(_ours(workspace, person)).mappings().first()
    return None if row is None else _read(dict(row))


def _read(row: Mapping[str, Any]) -> Comeback:
    return Comeback(
        person=row["person"],
        removed_at=row["removed_at"],
        feed=row["feed"],
        at=row["at"],
        times=len(row["asides"]),
        answered_by=row["answered_by"],
        admitted=row["admitted"],
    )


def _ours(workspace: str, person: str) -> Any:
    return select(COMEBACK).where(*_here(workspace, person))


def _here(workspace: str, person: str) -> tuple[Any, ...]:
    return COMEBACK.c.workspace == workspace, COMEBACK.c.person == person


def _key(session: Session, workspace: str) -> str | None:
    return session.scalar(_KEY, {"of": workspace})


_KEY: Final = select(WORKSPACE.c.erasure_key).where(WORKSPACE.c.workspace == bindparam("of"))


def _begun_key(session: Session, workspace: str) -> str:
    """Made with the first who is removed; one of two who make it at once waits for the other."""
    ours = WORKSPACE.c.workspace == workspace
    none_yet = WORKSPACE.c.erasure_key.is_(None)
    session.execute(update(WORKSPACE).where(ours, none_yet).values(erasure_key=token_hex(32)))
    return _key(session, workspace) or ""


def _hash(secret: str, key: Key) -> str:
    return digest(secret.encode(), "\n".join(key).encode("utf-8", "backslashreplace"), "sha256").hex()
