"""Retros that are over, found by words and amount: full text by SQLite's FTS5, or PostgreSQL's own."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, text, update
from sqlmodel import Session

from bot.agreement import Agreement
from bot.deals import DealState
from bot.errors import Refused
from bot.leads.decision import UNKNOWN_YET
from bot.money import Money
from bot.people import Role
from bot.retros.learning import LISTED, Lesson, Sought, known_by
from bot.retros.looks import RetroSight
from bot.retros.retro import Retro
from storage import people, retro_rows
from storage.db import Space
from storage.retro_sights import sight
from storage.tables import DEAL, RETRO, RETRO_TEXT
from storage.upsert import insert

MOST_COUNTED: Final = 1000  # the newest; beyond, only their number is told
ITS_DEAL: Final = (DEAL.c.workspace == RETRO.c.workspace) & (DEAL.c.id == RETRO.c.id)


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
            wanted = self._wanted(session, sought)
            ids = session.scalars(wanted.limit(MOST_COUNTED)).all()
            total = len(ids)
            if total == MOST_COUNTED:
                total = (
                    session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
                )
            seen = self._seen(session, ids[:LISTED])
            return seen, self._lessons(session, RETRO.c.id.in_(ids)), total

        return await self._space.read(work)

    async def summed_in(self, begin: datetime, end: datetime) -> list[Lesson]:
        """What those teach that were summed up in this time."""
        then = (RETRO.c.summed_at >= begin) & (RETRO.c.summed_at < end)
        return await self._space.read(lambda session: self._lessons(session, then))

    async def ids(self, sought: Sought) -> Sequence[str]:
        """All that fit, the newest first."""
        return await self._space.read(lambda session: session.scalars(self._wanted(session, sought)).all())

    async def seen(self, ids: Sequence[str]) -> list[RetroSight]:
        """These, with all that is known of them."""
        return await self._space.read(lambda session: self._seen(session, ids))

    def _wanted(self, session: Session, sought: Sought) -> Select[Any]:
        """The ids of those that fit, the newest first.

        With words the index of words leads, and the rest is asked of what it finds: SQLite would rather walk through
        all retros in their order, and look for each among what was found.
        """
        if not sought.words:
            here = [RETRO.c.workspace == self._space.workspace, RETRO.c.summed_at.is_not(None)]
            query = select(RETRO.c.id).where(*here, *_within(RETRO.c.amount, sought))
            return query.order_by(RETRO.c.summed_at.desc(), RETRO.c.id)
        kind = session.get_bind().dialect.name
        wanted = _MATCH[kind].bindparams(here=self._space.workspace, wanted=_query(kind, sought.words))
        its = (RETRO.c.workspace == self._space.workspace) & (RETRO.c.id == RETRO_TEXT.c.retro)
        amount = select(RETRO.c.amount).where(its).scalar_subquery()
        return (
            select(RETRO_TEXT.c.retro).where(wanted, *_within(amount, sought)).order_by(RETRO_TEXT.c.n.desc())
        )

    def _seen(self, session: Session, ids: Sequence[str]) -> list[RetroSight]:
        known = [each for each in self._load(session, ids) if each is not None]
        return [sight(session, self._space.workspace, self._agreement, each) for each in known]

    def _load(self, session: Session, ids: Sequence[str]) -> Iterator[Retro | None]:
        return (retro_rows.load(session, self._space.workspace, each) for each in ids)

    def _lessons(self, session: Session, which: ColumnElement[bool]) -> list[Lesson]:
        columns = (
            *(RETRO.c.answers, RETRO.c.campaign, RETRO.c.segment),
            *(RETRO.c.amount, RETRO.c.outcome, RETRO.c.action),
        )
        query = (
            select(*columns, DEAL.c.fields, DEAL.c.state, DEAL.c.currency)
            .select_from(RETRO.join(DEAL, ITS_DEAL))
            .where(RETRO.c.workspace == self._space.workspace, which)
            .limit(MOST_COUNTED)
        )
        return [
            Lesson(
                answers=[each for each in retro_rows.read_answers(row.answers) if each.shown],
                campaign=row.campaign,
                competitor=row.fields.get("competitor") if row.state == DealState.LOST else None,
                segment=tuple(row.segment or ()),
                outcome=DealState(row.outcome),
                action=None if row.action is None else retro_rows.read_action(row.action),
                money=Money(amount=row.amount, currency=row.currency)
                if row.currency and row.amount
                else None,
            )
            for row in session.execute(query)
        ]


def note(session: Session, workspace: str, seen: RetroSight) -> None:
    """Keep what a retro that is over is found by."""
    here = (RETRO.c.workspace == workspace, RETRO.c.id == seen.retro.id)
    told = {"campaign": next(iter(seen.campaigns), None), "segment": list(seen.segment)}
    session.execute(update(RETRO).where(*here).values(**told))
    write(session, workspace, seen.retro.id, known_by(seen))


def renew(session: Session, workspace: str, agreement: Agreement, retros: Sequence[str]) -> None:
    """What is said in these has changed: those that are over are found by what they say now."""
    for each in dict.fromkeys(retros):
        known = retro_rows.load(session, workspace, each)
        if known is not None and known.summed_at is not None:
            note(session, workspace, sight(session, workspace, agreement, known))


def write(session: Session, workspace: str, retro: str, words: str) -> None:
    """The words of one retro, in the place of those that it had."""
    fresh = insert(session, RETRO_TEXT).values(workspace=workspace, retro=retro, words=words)
    put = fresh.on_conflict_do_update(index_elements=["workspace", "retro"], set_={"words": words})
    number = session.scalar(put.returning(RETRO_TEXT.c.n))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_UNWRITTEN, {"n": number})
        session.execute(_WRITTEN, {"n": number, "words": words})


def _within(amount: ColumnElement[Any], sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.over is not None:
        yield amount > sought.over
    if sought.under is not None:
        yield amount < sought.under


def _query(kind: str, words: Sequence[str]) -> str:
    """All of these beginnings. They hold letters and digits alone, so nothing in them is a sign of the language."""
    if kind == "sqlite":
        return " AND ".join(f'"{word}"*' for word in words)
    return " & ".join(f"'{word}':*" for word in words)


# The plus keeps SQLite from going through a whole workspace and looking for each of its rows among the matches.
_MATCH: Final = {
    "sqlite": text(
        "retro_text.n IN (SELECT rowid FROM retro_fts WHERE retro_fts MATCH :wanted)"
        " AND +retro_text.workspace = :here"
    ),
    "postgresql": text(
        "array_to_tsvector(string_to_array(retro_text.words, ' ')) @@ CAST(:wanted AS tsquery)"
        " AND retro_text.workspace = :here"
    ),
}
_UNWRITTEN: Final = text("DELETE FROM retro_fts WHERE rowid = :n")
_WRITTEN: Final = text("INSERT INTO retro_fts (rowid, words) VALUES (:n, :words)")
