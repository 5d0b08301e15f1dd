"""Retros, kept: each beside its deal, changed in one transaction with the jobs that follow."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import Deal, DealState, Turn, Turned
from bot.jobs import Due, FollowDeal, Sight, redraw
from bot.money import SCALE
from bot.retros.commands import Close, Reopen, RetroCommand
from bot.retros.deciding import RetroFacts, begun
from bot.retros.looks import RetroSight
from bot.retros.retro import Retro, RetroState, Word
from bot.retros.story import Past, story
from bot.retros.transitions import decide
from storage import deals, jobs, people
from storage.db import Space
from storage.lead_rows import COLUMNS, WITH_REJECTION, load, read_lead, touches_of
from storage.tables import HANDOFF, LEAD, REJECTION, RETRO
from storage.turns import locking
from storage.upsert import change, insert_new

_FIELDS: Final = tuple(field.name for field in fields(Retro))


def follow(
    session: Session,
    workspace: str,
    agreement: Agreement,
    turned: Iterable[Turned],
    changed: Iterable[Deal],
    *,
    now: datetime,
) -> None:
    """Have retros follow what has become of these deals; other news of a closed one is drawn."""
    due = [
        Due(job=FollowDeal(deal=each.deal.id), at=now)
        for each in turned
        if each.retros or each.turn is Turn.REOPENED
    ]
    place = agreement.channels.retros
    due += [
        redraw(Sight.RETRO, deal.id, now, channel=place)
        for deal in changed
        if deal.state is not DealState.OPEN
    ]
    jobs.add(session, workspace, due)


class Retros:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def follow(self, deal: str, now: datetime) -> None:
        """Begin, stop or go on with the retro of this deal, as the deal stands now."""

        def work(session: Session) -> None:
            known = deals.get(session, self._space.workspace, deal)
            retro = _load(session, self._space.workspace, deal)
            if known.state is DealState.OPEN:
                if retro is not None:
                    self._apply(session, retro, Reopen(), now)
                return
            close = self._close(session, known)
            if retro is not None:
                self._apply(session, retro, close, now)
            elif not self._is_small(known):
                decided = begun(deal, close, self._facts(now))
                insert_new(session, RETRO, [_row(self._space.workspace, decided.retro)])
                jobs.add(session, self._space.workspace, decided.jobs)

        await self._space.write(work)

    async def change(self, retro: str, command: RetroCommand, now: datetime) -> None:
        """Do what is asked of it, and keep the outcome and its jobs together or not at all."""

        def work(session: Session) -> None:
            known = _load(session, self._space.workspace, retro)
            if known is not None:
                self._apply(session, known, command, now)

        await self._space.write(work)

    async def sight(self, retro: str) -> RetroSight | None:
        """All that its messages are drawn from; None: it is not there any more."""
        return await self._space.read(lambda session: self._sight(session, retro))

    def _apply(self, session: Session, retro: Retro, command: RetroCommand, now: datetime) -> None:
        decided = decide(retro, command, self._facts(now))
        workspace = self._space.workspace
        change(session, RETRO, [(_row(workspace, retro), _row(workspace, decided.retro))])
        jobs.add(session, workspace, decided.jobs)

    def _facts(self, now: datetime) -> RetroFacts:
        return RetroFacts(now=now, agreement=self._agreement)

    def _close(self, session: Session, deal: Deal) -> Close:
        owner, money = None, deal.money
        if deal.owner is not None:
            address = self._agreement.roles.address(deal.owner)
            owner = people.by_email(session, self._space.workspace, address)
        return Close(
            outcome=deal.state,
            owner=None if owner is None else owner.slack_id,
            amount=None if money is None else money.amount,
        )

    def _is_small(self, deal: Deal) -> bool:
        """Whether the agreement has no retro for so little; an amount that nobody told is not little."""
        money = deal.money
        return money is not None and money.amount < self._agreement.settings.retro.smallest_amount * SCALE

    def _sight(self, session: Session, retro: str) -> RetroSight | None:
        workspace = self._space.workspace
        known = _load(session, workspace, retro, lock_it=False)
        if known is None:
            return None
        deal = deals.get(session, workspace, retro)
        pasts = _pasts(session, workspace, deal)
        names = people.names(session, workspace, _named(known, pasts))

        def who(slack_id: str) -> str:
            return names.get(slack_id, "Somebody" if slack_id.startswith(("U", "W")) else slack_id)

        told = story(deal, pasts, deal.closed_at or known.noted_at, who, self._agreement)
        company = next((past.lead.company for past in pasts if past.lead.company), "")
        return RetroSight(
            retro=known, deal=deal, story=told, company=company, who=who, agreement=self._agreement
        )


def _pasts(session: Session, workspace: str, deal: Deal) -> list[Past]:
    """The leads that the deal grew from, with all that was done with them."""
    ids = deals.leads_of(session, workspace, deal.id)
    leads, touches = load(session, workspace, ids), touches_of(session, workspace, ids)
    both = (LEAD.c.workspace == HANDOFF.c.workspace) & (LEAD.c.id == HANDOFF.c.lead)
    query = (
        select(*COLUMNS)
        .select_from(HANDOFF.join(LEAD, both).outerjoin(REJECTION, WITH_REJECTION))
        .where(HANDOFF.c.workspace == workspace, HANDOFF.c.lead.in_(ids))
        .order_by(HANDOFF.c.number)
    )
    told = [read_lead(row) for row in session.execute(query).mappings()] if ids else []
    return [
        Past(
            lead=leads[lead],
            touches=touches[lead],
            handoffs=tuple(each.handoff for each in told if each.id == lead and each.handoff is not None),
        )
        for lead in ids
    ]


def _named(retro: Retro, pasts: Iterable[Past]) -> set[str]:
    named = {retro.owner}
    for past in pasts:
        named |= {touch.by for touch in past.touches}
        named |= {handoff.decided_by for handoff in past.handoffs}
    return {person for person in named if person}


def _load(session: Session, workspace: str, retro: str, *, lock_it: bool = True) -> Retro | None:
    these = {"workspace": workspace, "retro": retro}
    row = session.execute(_LOCKED if lock_it else _ONE, these).mappings().first()
    return None if row is None else _read(row)


_ONE: Final = select(RETRO).where(
    RETRO.c.workspace == bindparam("workspace"), RETRO.c.id == bindparam("retro")
)
_LOCKED: Final = locking(_ONE)


def _row(workspace: str, retro: Retro) -> dict[str, Any]:
    told = {name: getattr(retro, name) for name in _FIELDS}
    return {**told, "workspace": workspace, "turns": list(retro.turns)}


def _read(row: RowMapping) -> Retro:
    told = {name: row[name] for name in _FIELDS}
    return Retro(
        **{
            **told,
            "state": RetroState(told["state"]),
            "outcome": DealState(told["outcome"]),
            "turns": tuple(map(Word, told["turns"])),
        }
    )
