"""What other systems are told, kept: written with the change that causes it, with a job for each address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import Due
from bot.leads.commands import Command
from bot.leads.decision import Decision
from bot.leads.lead import Lead
from bot.out.addresses import Address
from bot.out.sending import SendEvent
from bot.out.telling import Event, body, of_lead, of_retro, somebody
from bot.people import Person
from bot.retros.commands import RetroCommand
from bot.retros.retro import Retro
from storage import identities, jobs, people
from storage.db import Space
from storage.jobs import LONG_AGO
from storage.tables import DEAL, DEAL_LEAD, EVENT, IDENTITY
from storage.upsert import insert_new

APART: Final = timedelta(milliseconds=10)  # at least: clocks of several processes differ, the order must not


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent, the same each time; `id` is by what the receiver knows it again."""

    id: str
    body: Mapping[str, Any]


class Out:
    def __init__(self, space: Space) -> None:
        self._space = space

    async def get(self, event: str) -> Message | None:
        """What is to be sent; None: it was of a person who is removed."""
        here = (EVENT.c.workspace == self._space.workspace) & (EVENT.c.id == event)
        told = await self._space.read(lambda session: session.scalar(select(EVENT.c.body).where(here)))
        return None if told is None else Message(id=event, body=told)


def tell(
    session: Session,
    workspace: str,
    agreement: Agreement,
    changes: Sequence[tuple[Lead, Command, Decision]],
    now: datetime,
) -> None:
    """Keep all that these changes of leads, which are locked, tell to others."""
    if agreement.settings.out:
        told = [event for before, command, after in changes for event in of_lead(before, command, after)]
        _keep(session, workspace, agreement, told, now)


def tell_of_retro(
    session: Session,
    workspace: str,
    agreement: Agreement,
    change: tuple[Retro, RetroCommand, Retro],
    now: datetime,
) -> None:
    """The same of a change of a retro, which is locked."""
    if agreement.settings.out and (event := of_retro(*change)) is not None:
        _keep(session, workspace, agreement, [event], now)


def _keep(
    session: Session, workspace: str, agreement: Agreement, told: Sequence[Event], now: datetime
) -> None:
    addresses = [Address.of(each) for each in agreement.settings.out]
    wanted = [(event, to) for event in told if (to := [each for each in addresses if each.wants(event)])]
    if not wanted:
        return
    about = {event.about for event, _ in wanted}
    known = people.of(session, workspace, {who for event, _ in wanted for who in event.people})
    subjects = {**_leads(session, workspace, about), **_deals(session, workspace, about)}
    latest = _latest(session, workspace, about)
    rows, due = [], []
    for event, to in wanted:
        at = latest[event.about] = max(now, latest.get(event.about, now - APART) + APART)
        row = {"workspace": workspace, "id": _id(at), "about": event.about, "at": at}
        who = _Who(known, agreement.roles.aliases)
        rows.append({**row, "body": body(event, now, subjects[event.about], who)})
        sends = [SendEvent(event=str(row["id"]), to=each.name, about=event.about) for each in to]
        due += [Due(job=each, at=at, lane=each.lane) for each in sends]
    insert_new(session, EVENT, rows)
    jobs.add(session, workspace, due)


def _id(at: datetime) -> str:
    """Never given twice, and in the order of the moments: what is tried again together is sorted by it."""
    return f"evt_{(at - LONG_AGO) // timedelta(microseconds=1):014x}{uuid4().hex[:12]}"


@dataclass(frozen=True, slots=True)
class _Who:
    known: Mapping[str, Person]
    aliases: Mapping[str, str]

    def __call__(self, slack_id: str) -> Mapping[str, Any]:
        return somebody(slack_id, self.known.get(slack_id), self.aliases)


def _latest(session: Session, workspace: str, about: Collection[str]) -> dict[str, datetime]:
    """When the newest was told of each of these: what follows it is due after it."""
    query = select(EVENT.c.about, func.max(EVENT.c.at)).group_by(EVENT.c.about)
    rows = session.execute(query.where(EVENT.c.workspace == workspace, EVENT.c.about.in_(sorted(about))))
    return {row[0]: row[1] for row in rows}


def _leads(session: Session, workspace: str, about: Collection[str]) -> dict[str, dict[str, Any]]:
    """Which lead it is: its id here, and those that it has in feeds."""
    query = select(IDENTITY.c.lead, IDENTITY.c.kind, IDENTITY.c.value).where(
        IDENTITY.c.workspace == workspace, IDENTITY.c.lead.in_(sorted(about))
    )
    names: dict[str, list[dict[str, str]]] = {each: [] for each in about}
    for row in session.execute(query.order_by(IDENTITY.c.kind, IDENTITY.c.value)):
        if row.kind.startswith(identities.ID):
            names[row.lead].append({"feed": row.kind.removeprefix(identities.ID), "id": row.value})
    return {each: {"lead": {"id": each, "known_as": known}} for each, known in names.items()}


def _deals(session: Session, workspace: str, about: Collection[str]) -> dict[str, dict[str, Any]]:
    """Which deal it is, by its id in its feed, and the leads that it grew from."""
    here = (DEAL.c.workspace == workspace, DEAL.c.id.in_(sorted(about)))
    found = session.execute(select(DEAL.c.id, DEAL.c.feed, DEAL.c.external_id).where(*here)).all()
    if not found:
        return {}
    those = (DEAL_LEAD.c.workspace == workspace, DEAL_LEAD.c.deal.in_([row.id for row in found]))
    grown = session.execute(select(DEAL_LEAD.c.deal, DEAL_LEAD.c.lead).where(*those)).all()
    leads = _leads(session, workspace, {row.lead for row in grown})
    return {
        row.id: {
            "deal": {"feed": row.feed, "id": row.external_id},
            "leads": [leads[each.lead]["lead"] for each in sorted(grown) if each.deal == row.id],
        }
        for row in found
    }
