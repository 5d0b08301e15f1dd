"""Searches over many leads against the same over 10,000: what is shown decides how long one takes, not what there is.

`make bench ARGS="search 100000"` takes so many instead of a million.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any, Final

from sqlmodel import Session

from bot.leads.lead import Lead, State
from storage import words
from storage.db import Database, Space
from storage.lead_rows import lead_row
from storage.leads import Leads
from storage.tables import LEAD
from storage.upsert import add
from storage.workspace import opened
from tests.bot.examples import ACME

FEW: Final = 10_000
MANY: Final = 1_000_000
AT_ONCE: Final = 1000
TIMES: Final = 25
SHOWN: Final = 11
START: Final = datetime(2020, 1, 1, tzinfo=UTC)
ASKED: Final = {
    "a name that one has": "person77",
    "a first name that a fiftieth has": "given7",
    "the beginning of every name": "giv",
    "a frequent and a rare word": "given27 person77",
    "two frequent words": "given7 branch3",
    "two frequent words that nobody has together": "given7 branch4",
    "a word that nobody has": "zzz",
    "nothing: the newest": "",
}
Figures = dict[str, Any]


async def finds(fresh: Callable[[str], str], many: int = MANY) -> Figures:
    """Milliseconds for each kind of search over few and over many leads, and the ratio."""
    told: dict[int, dict[str, float]] = {}
    for number in (FEW, many):
        with opened(fresh(f"search{number}")) as db:
            await _fill(db, number)
            leads = Leads(Space(db=db, workspace="T1"), ACME)
            told[number] = {kind: await _took(leads, asked) for kind, asked in ASKED.items()}
    ratios = {kind: told[many][kind] / told[FEW][kind] for kind in ASKED}
    return {
        "ms over few": told[FEW],
        "ms over many": told[many],
        "leads": {"few": FEW, "many": many},
        "ratios": {"many to few, at most (aim: 3)": max(ratios.values()), **ratios},
    }


async def _took(leads: Leads, asked: str) -> float:
    """Milliseconds, the middle of some."""
    took = []
    for _ in range(TIMES):
        began = perf_counter()
        await leads.find(asked, SHOWN)
        took.append((perf_counter() - began) * 1000)
    return median(took)


async def _fill(db: Database, number: int) -> None:
    leads = _leads(number)
    while some := list(islice(leads, AT_ONCE)):

        def work(session: Session, some: list[Lead] = some) -> None:
            add(session, LEAD, [lead_row("T1", lead) for lead in some])
            words.begin(session, "T1", some)

        await db.write(work)


def _leads(number: int) -> Iterator[Lead]:
    for n in range(number):
        at = START + timedelta(seconds=n)
        fields = {
            "contact.name": f"Given{n % 50} Person{n}",
            "company.name": f"Globex {n // 10} Branch{n % 10}",
            "contact.email": f"p{n}@globex{n // 10}.test",
        }
        yield Lead(
            id=f"{n:032x}",
            feed="crm",
            external_id=None,
            state=State.CLOSED,
            arrived_at=at,
            occurred_at=at,
            fields=fields,
        )
