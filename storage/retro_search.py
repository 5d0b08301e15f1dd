"""Retros that are over, found by words and amount."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import DealState
from bot.errors import Refused
from bot.leads.decision import UNKNOWN_YET
from bot.people import Role
from bot.retros.learning import LISTED, Lesson, Sought, known_by
from bot.retros.looks import RetroSight
from bot.retros.retro import Retro
from storage import people, retro_rows
from storage.db import Space
from storage.retro_sights import sight
from storage.tables import DEAL, RETRO

MOST_COUNTED: Final = 1000  # the newest; beyond, only their number is told


class RetroSearch:
    def __init__(self, space: Space, agreement: Agreement) -> None:
        self._space, self._agreement = space, agreement

    async def find(self, sought: Sought, by: str) -> tuple[list[RetroSight], list[Lesson], int]:
        """The newest that fit, what those that fit teach, and how many they are.

        Raises Refused to who takes no part in handovers here.
        """

        def work(session: Session) -> tuple[list[RetroSight], list[Lesson], int]:
            person = people.get(session, self._space.workspace, by)
            if person is None:
                raise Refused(UNKNOWN_YET)
            if not self._agreement.has(person, *Role):
                self._agreement.roles.need(person, *Role)
            fit = self._fit(sought)
            newest = select(RETRO.c.id).where(*fit).order_by(RETRO.c.summed_at.desc(), RETRO.c.id)
            ids = session.scalars(newest.limit(MOST_COUNTED)).all()
            total = session.scalar(select(func.count()).select_from(RETRO).where(*fit)) or 0
            known = self._load(session, ids[:LISTED])
            seen = [sight(session, self._space.workspace, self._agreement, each) for each in known]
            return seen, self._lessons(session, ids), total

        return await self._space.read(work)

    def _fit(self, sought: Sought) -> list[Any]:
        here = [RETRO.c.workspace == self._space.workspace, RETRO.c.summed_at.is_not(None)]
        here += [RETRO.c.words.contains(word, autoescape=True) for word in sought.words]
        here += [RETRO.c.amount > sought.over] if sought.over is not None else []
        here += [RETRO.c.amount < sought.under] if sought.under is not None else []
        return here

    def _load(self, session: Session, ids: Sequence[str]) -> list[Retro]:
        found = (retro_rows.load(session, self._space.workspace, each) for each in ids)
        return [each for each in found if each is not None]

    def _lessons(self, session: Session, ids: Sequence[str]) -> list[Lesson]:
        both = (DEAL.c.workspace == RETRO.c.workspace) & (DEAL.c.id == RETRO.c.id)
        query = (
            select(RETRO.c.answers, RETRO.c.campaign, DEAL.c.fields, DEAL.c.state)
            .select_from(RETRO.join(DEAL, both))
            .where(RETRO.c.workspace == self._space.workspace, RETRO.c.id.in_(ids))
        )
        return [
            Lesson(
                answers=retro_rows.read_answers(row.answers),
                campaign=row.campaign,
                competitor=row.fields.get("competitor") if row.state == DealState.LOST else None,
            )
            for row in session.execute(query)
        ]


def note(session: Session, workspace: str, seen: RetroSight) -> None:
    """Keep what a retro that is over is found by."""
    here = (RETRO.c.workspace == workspace, RETRO.c.id == seen.retro.id)
    campaign = next(iter(seen.campaigns), None)
    session.execute(update(RETRO).where(*here).values(words=known_by(seen), campaign=campaign))
