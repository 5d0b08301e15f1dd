"""One direct message a working day to each person, with the retros that wait for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.jobs import AskBack, Due, Sight, redraw, show, to_person
from bot.retros.asking import AT_A_TIME, Waiting, asks_again_at, biggest_first, day_of, tomorrow
from bot.retros.retro import RetroState
from bot.teams import Colleague
from storage import jobs
from storage.db import Space
from storage.tables import RETRO, RETRO_SEAT
from storage.teams import colleague_now
from storage.turns import take_turn


class RetroRounds:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def ask(self, person: str, now: datetime) -> None:
        """Ask about what is due, three at a time, in their hours; come back for the rest."""

        def work(session: Session) -> None:
            take_turn(session, self._space.workspace, f"retros:{person}")
            whom = colleague_now(session, self._space.workspace, self._agreement, person)
            if whom is not None:  # who has left is asked nothing
                self._ask(session, whom, now)

        await self._space.write(work)

    def _ask(self, session: Session, whom: Colleague, now: datetime) -> None:
        waiting = self._waiting(session, whom.id)
        moments = {each.retro: asks_again_at(each, self._agreement) for each in waiting}
        due = [each for each in waiting if (at := moments[each.retro]) is not None and at <= now]
        later = [at for at in moments.values() if at is not None and at > now]
        if due:
            at = self._may_ask_at(session, whom, now)
            if at > now:
                later.append(at)
            else:
                self._tell(session, whom, biggest_first(due)[:AT_A_TIME], now)
                later.append(tomorrow(whom, now))
        if later:
            again = Due(job=AskBack(person=whom.id), at=min(later))
            jobs.add(session, self._space.workspace, [again])

    def _waiting(self, session: Session, person: str) -> list[Waiting]:
        both = (RETRO.c.workspace == RETRO_SEAT.c.workspace) & (RETRO.c.id == RETRO_SEAT.c.retro)
        query = (
            select(RETRO.c.id, RETRO.c.amount, RETRO.c.started_at, RETRO_SEAT.c.asked)
            .join_from(RETRO, RETRO_SEAT, both)
            .where(
                RETRO.c.workspace == self._space.workspace,
                RETRO_SEAT.c.workspace == self._space.workspace,
                RETRO_SEAT.c.person == person,
                RETRO_SEAT.c.answered.is_(False),
                RETRO.c.state == RetroState.OPEN,
                RETRO.c.meets_on.is_(None),
            )
            .order_by(RETRO.c.id)
        )
        return [
            Waiting(retro=row.id, amount=row.amount or 0, started_at=row.started_at, asked=row.asked)
            for row in session.execute(query)
        ]

    def _may_ask_at(self, session: Session, whom: Colleague, now: datetime) -> datetime:
        """Not before their hours, and not twice on a day."""
        at = whom.may_be_told(now)
        here = (
            RETRO_SEAT.c.workspace == self._space.workspace,
            RETRO_SEAT.c.person == whom.id,
            RETRO_SEAT.c.dm == _dm(whom, now),
        )
        asked = session.scalar(select(func.count()).select_from(RETRO_SEAT).where(*here))
        return tomorrow(whom, now) if asked else at

    def _tell(self, session: Session, whom: Colleague, due: Sequence[Waiting], now: datetime) -> None:
        ids, dm = [each.retro for each in due], _dm(whom, now)
        here = (
            RETRO_SEAT.c.workspace == self._space.workspace,
            RETRO_SEAT.c.person == whom.id,
            RETRO_SEAT.c.retro.in_(ids),
        )
        before = {each for each in session.scalars(select(RETRO_SEAT.c.dm).where(*here)) if each}
        moved = update(RETRO_SEAT).where(*here).values(dm=dm, asked=RETRO_SEAT.c.asked + 1)
        session.execute(moved)
        shown = show(Sight.RETRO_ASK, dm, now, channel=whom.id)
        old = [redraw(Sight.RETRO_ASK, each, now, channel=whom.id) for each in sorted(before)]
        jobs.add(session, self._space.workspace, [shown, *old])


def _dm(whom: Colleague, now: datetime) -> str:
    """What the message of the day is about."""
    return to_person(str(day_of(whom, now)), whom.id)
