"""Retros, kept: each beside its deal, changed in one transaction with the jobs that follow."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import Deal, DealState, Turn, Turned
from bot.errors import Refused
from bot.jobs import Due, FollowDeal, Sight, redraw
from bot.money import SCALE
from bot.renewals import renewal_of
from bot.retros.asking import AN_HOUR, STORM
from bot.retros.commands import Close, Reopen, RetroCommand, Tend
from bot.retros.deciding import RetroFacts, begun
from bot.retros.looks import RetroSight
from bot.retros.retro import Retro, RetroState, Said, Seat
from bot.retros.transitions import decide
from storage import deals, home_rows, jobs, out, people, retro_rows, retro_search
from storage.db import Space
from storage.retro_sights import circle, keepers, sight
from storage.tables import RETRO, RETRO_SEAT
from storage.teams import colleague_now

MOST_IN_HEAP: Final = 25  # in one message: Slack takes fifty blocks, and so many words
GONE: Final = "This look back is not here any more."


def follow(
    session: Session,
    workspace: str,
    agreement: Agreement,
    turned: Iterable[Turned],
    changed: Iterable[Deal],
    *,
    now: datetime,
) -> None:
    """Have retros, and renewals, follow what has become of these deals; other news of a closed one is drawn."""
    due = [
        Due(job=FollowDeal(deal=each.deal.id), at=now)
        for each in turned
        if each.retros or each.turn is Turn.REOPENED
    ]
    changed = list(changed)
    due += [each for deal in changed for each in renewal_of(deal, agreement, now)]
    closed = [deal.id for deal in changed if deal.state is not DealState.OPEN]
    query = select(RETRO.c.id).where(RETRO.c.workspace == workspace, RETRO.c.id.in_(closed))
    place = agreement.channels.retros
    if closed:
        due += [redraw(Sight.RETRO, each, now, channel=place) for each in session.scalars(query)]
    jobs.add(session, workspace, due)


class Retros:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def follow(self, deal: str, now: datetime) -> None:
        """Begin, stop or go on with the retro of this deal, as the deal stands now."""

        def work(session: Session) -> None:
            known = deals.get(session, self._space.workspace, deal)
            retro = retro_rows.load(session, self._space.workspace, deal, lock_it=True)
            if known.state is DealState.OPEN:
                if retro is not None:
                    self._apply(session, retro, Reopen(), now)
                return
            close = self._close(session, known)
            if retro is not None:
                self._apply(session, retro, close, now)
            elif not self._is_small(known):
                decided = begun(deal, close, RetroFacts(now=now, agreement=self._agreement))
                retro_rows.begin(session, self._space.workspace, decided.retro)
                jobs.add(session, self._space.workspace, decided.jobs)

        await self._space.write(work)

    async def tend(self, retro: str, now: datetime) -> None:
        """Its timer: do what is due."""

        def work(session: Session) -> None:
            known = retro_rows.load(session, self._space.workspace, retro, lock_it=True)
            if known is not None:
                self._apply(session, known, Tend(), now)

        await self._space.write(work)

    async def change(self, retro: str, command: RetroCommand, now: datetime) -> Retro:
        """Do what somebody asks of it, and keep the outcome and its jobs together or not at all.

        Raises Refused.
        """

        def work(session: Session) -> Retro:
            known = retro_rows.load(session, self._space.workspace, retro, lock_it=True)
            if known is None:
                raise Refused(GONE)
            return self._apply(session, known, command, now)

        return await self._space.write(work)

    async def check(self, retro: str, command: RetroCommand, now: datetime) -> RetroSight:
        """The retro, unless this is refused whatever else is filled in; nothing is changed."""

        def work(session: Session) -> RetroSight:
            known = retro_rows.load(session, self._space.workspace, retro)
            if known is None:
                raise Refused(GONE)
            decide(known, command, self._facts(session, known, command, now))
            return self._seen(session, retro)

        return await self._space.read(work)

    async def sight(self, retro: str) -> RetroSight | None:
        """All that its messages are drawn from; None: it is not there any more."""

        def work(session: Session) -> RetroSight | None:
            known = retro_rows.load(session, self._space.workspace, retro)
            return None if known is None else self._seen(session, retro)

        return await self._space.read(work)

    async def draw_summary(self, retro: str, now: datetime) -> None:
        """Somebody clicked on an old copy of it."""
        place = self._agreement.channels.retros
        due = [redraw(Sight.RETRO_SUMMARY, retro, now, channel=place)]
        await self._space.write(lambda session: jobs.add(session, self._space.workspace, due))

    async def get(self, retro: str) -> Retro:
        """Raises Refused where there is none."""

        def work(session: Session) -> Retro:
            known = retro_rows.load(session, self._space.workspace, retro)
            if known is None:
                raise Refused(GONE)
            return known

        return await self._space.read(work)

    async def keep_draft(self, retro: str, person: str, draft: Said | None) -> None:
        """What somebody has filled in so far; None: nothing is kept. Once they have answered there is no draft."""
        here = (
            RETRO_SEAT.c.workspace == self._space.workspace,
            RETRO_SEAT.c.retro == retro,
            RETRO_SEAT.c.person == person,
            RETRO_SEAT.c.answered.is_(False),
        )
        kept = None if draft is None else retro_rows.said_row(draft)
        await self._space.write(
            lambda session: session.execute(update(RETRO_SEAT).where(*here).values(draft=kept))
        )

    async def asked_in(self, dm: str) -> list[tuple[RetroSight, Seat]]:
        """What one direct message asks about, biggest first."""
        query = (
            select(RETRO.c.id)
            .join_from(
                RETRO,
                RETRO_SEAT,
                (RETRO.c.workspace == RETRO_SEAT.c.workspace) & (RETRO.c.id == RETRO_SEAT.c.retro),
            )
            .where(
                RETRO.c.workspace == self._space.workspace,
                RETRO_SEAT.c.workspace == self._space.workspace,
                RETRO_SEAT.c.dm == dm,
            )
            .order_by(func.coalesce(RETRO.c.amount, 0).desc(), RETRO.c.id)
        )

        def work(session: Session) -> list[tuple[RetroSight, Seat]]:
            found = [self._seen(session, each) for each in session.scalars(query).all()]
            return [(seen, seat) for seen in found for seat in seen.retro.seats if seat.dm == dm]

        return await self._space.read(work)

    async def heap(self, heap: str) -> tuple[list[RetroSight], int, int]:
        """What is held behind one message, biggest first; how many are looked at by now, and how many more are held."""
        here = (RETRO.c.workspace == self._space.workspace, RETRO.c.heap == heap)
        held = (
            select(RETRO.c.id)
            .where(*here, RETRO.c.state == RetroState.HELD)
            .order_by(func.coalesce(RETRO.c.amount, 0).desc(), RETRO.c.id)
        )

        def work(session: Session) -> tuple[list[RetroSight], int, int]:
            ids = session.scalars(held).all()
            total = session.scalar(select(func.count()).select_from(RETRO).where(*here)) or 0
            shown = [self._seen(session, each) for each in ids[:MOST_IN_HEAP]]
            return shown, total - len(ids), len(ids) - len(shown)

        return await self._space.read(work)

    def _seen(self, session: Session, retro: str) -> RetroSight:
        known = retro_rows.load(session, self._space.workspace, retro)
        if known is None:
            raise Refused(GONE)
        return sight(session, self._space.workspace, self._agreement, known)

    def _apply(self, session: Session, retro: Retro, command: RetroCommand, now: datetime) -> Retro:
        decided = decide(retro, command, self._facts(session, retro, command, now))
        retro_rows.keep(session, self._space.workspace, retro, decided.retro)
        if decided.retro.summed_at is not None and decided.retro != retro:
            retro_search.note(session, self._space.workspace, self._seen(session, retro.id))
        jobs.add(session, self._space.workspace, decided.jobs)
        told = (retro, command, decided.retro)
        out.tell_of_retro(session, self._space.workspace, self._agreement, told, now)
        changes = [each for each in (retro.action, decided.retro.action) if each is not None]
        if changes and (retro.state, retro.action) != (decided.retro.state, decided.retro.action):
            theirs = {each.who for each in changes}
            jobs.add(
                session, self._space.workspace, home_rows.draws(session, self._space.workspace, theirs, now)
            )
        return decided.retro

    def _facts(self, session: Session, retro: Retro, command: RetroCommand, now: datetime) -> RetroFacts:
        workspace, by = self._space.workspace, getattr(command, "by", None)
        facts = RetroFacts(
            now=now,
            agreement=self._agreement,
            by=None if by is None else people.get(session, workspace, by),
        )
        if retro.state in (RetroState.WAITING, RetroState.HELD):
            deal = deals.get(session, workspace, retro.id)
            return replace(
                facts,
                circle=circle(session, workspace, self._agreement, retro),
                closed_at=deal.closed_at,
                closes=self._closes(session, retro),
            )
        if retro.state is RetroState.OPEN:
            return replace(facts, keepers=keepers(session, workspace, self._agreement))
        if retro.state is RetroState.ACTING and retro.action is not None:
            who = retro.action.who
            return replace(facts, whom=colleague_now(session, workspace, self._agreement, who))
        return facts

    def _closes(self, session: Session, retro: Retro) -> list[datetime]:
        """When we learned of the owner's other closes within an hour; those of nobody we know are one's."""
        owner = RETRO.c.owner.is_(None) if retro.owner is None else RETRO.c.owner == retro.owner
        here = (
            RETRO.c.workspace == self._space.workspace,
            owner,
            RETRO.c.id != retro.id,
            RETRO.c.noted_at > retro.noted_at - AN_HOUR,
            RETRO.c.noted_at < retro.noted_at + AN_HOUR,
        )
        # Of so many at least half lie in the hour before, or in the hour after: more tell nothing new.
        query = select(RETRO.c.noted_at).where(*here).limit(2 * (STORM + 1))
        return list(session.scalars(query))

    def _close(self, session: Session, deal: Deal) -> Close:
        owner, money = None, deal.money
        if deal.owner is not None:
            address = self._agreement.roles.address(deal.owner)
            find = people.by_email if "@" in address else people.get
            owner = find(session, self._space.workspace, address if "@" in address else deal.owner)
        return Close(
            outcome=deal.state,
            owner=None if owner is None else owner.slack_id,
            amount=None if money is None else money.amount,
        )

    def _is_small(self, deal: Deal) -> bool:
        """Whether the agreement has no retro for so little; an amount that nobody told is not little."""
        money = deal.money
        return money is not None and money.amount < self._agreement.settings.retro.smallest_amount * SCALE
