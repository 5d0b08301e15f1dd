"""Retros that are over, put into the memory as they would stand there; for tests and benches of the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from bot.deals import Deal, DealState
from bot.retros.learning import words_of
from bot.retros.retro import Retro, RetroState, Told
from storage import retro_rows, retro_search
from storage.db import Space
from storage.deals import _row as deal_row
from storage.tables import DEAL
from storage.upsert import add

START: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A look back that is over; `words` are those that it is found by."""

    id: str
    words: str
    amount: int = 100_000_000
    summed_at: datetime = START


async def put(space: Space, *over: Over) -> None:
    """All of them in one transaction."""

    def work(session: Session) -> None:
        add(session, DEAL, [deal_row(space.workspace, _deal(each)) for each in over])
        for each in over:
            retro_rows.begin(session, space.workspace, _retro(each))
            retro_search.write(session, space.workspace, each.id, " ".join(sorted(set(words_of(each.words)))))

    await space.write(work)


def many(number: int, words: Sequence[str], start: int = 0) -> list[Over]:
    """So many, with these words in turn and one word that is its own."""
    return [
        Over(
            id=f"{n:032x}",
            words=f"lost {words[n % len(words)]} deal{n}",
            summed_at=START + timedelta(minutes=n),
        )
        for n in range(start, start + number)
    ]


def _deal(over: Over) -> Deal:
    told: dict[str, Any] = {
        "stage": "lost",
        "name": f"Deal {over.id}",
        "amount": over.amount,
        "currency": "EUR",
    }
    return Deal(id=over.id, feed="crm", external_id=over.id, state=DealState.LOST, fields=told)


def _retro(over: Over) -> Retro:
    return Retro(
        id=over.id,
        state=RetroState.ENDED,
        outcome=DealState.LOST,
        noted_at=over.summed_at,
        amount=over.amount,
        started_at=over.summed_at,
        summed_at=over.summed_at,
        answers=(Told(id="a", said={"main": "price"}, by="UAMY", shown=True),),
    )
