"""Full text over 100,000 retros against the same over 1,000: what is found decides how long it takes."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, Final

from bot.retros.learning import read_sought
from storage.db import Space
from storage.people import People
from storage.retro_search import RetroSearch
from storage.workspace import opened
from tests.bot.examples import ACME, PEOPLE
from tests.storage.retro_shelf import START, many, put

FEW: Final = 1_000
MANY: Final = 100_000
AT_ONCE: Final = 1_000
TIMES: Final = 25
FOUND: Final = 10  # of either number have the rare word
ASKED: Final = {
    "a word that ten have": "rare",
    "a rare and a frequent word": "rare lost",
    "a rare word and an amount": "rare over 5000",
    "a word that nobody has": "zzz",
    "nothing: the newest": "",
}
ONE_HAS: Final = "a word that one has"
ALL_OF_THEM: Final = "lost"  # told apart: what is counted then are a thousand, and not a hundred thousand
Figures = dict[str, Any]


async def finds(fresh: Callable[[str], str], most: int = MANY) -> Figures:
    """Milliseconds for each kind of search over few and over many retros, and the ratio."""
    told: dict[int, dict[str, float]] = {}
    for number in (FEW, most):
        with opened(fresh(f"retros{number}")) as db:
            space = Space(db=db, workspace="T1")
            await _fill(space, number)
            search = RetroSearch(space, ACME)
            one = {
                ONE_HAS: f"deal{number - 1}"
            }  # no other begins with it: words are found by their beginnings
            kinds = {**one, **ASKED, "a word that all have": ALL_OF_THEM}
            told[number] = {kind: await _took(search, asked) for kind, asked in kinds.items()}
    ratios = {kind: told[most][kind] / told[FEW][kind] for kind in told[FEW]}
    return {
        "ms over few": told[FEW],
        "ms over many": told[most],
        "retros": {"few": FEW, "many": most},
        "ratios": {
            "many to few, at most (aim: 3)": max(ratios[kind] for kind in (ONE_HAS, *ASKED)),
            **ratios,
        },
    }


async def _took(search: RetroSearch, asked: str) -> float:
    """Milliseconds, the middle of some."""
    took = []
    for _ in range(TIMES):
        began = perf_counter()
        await search.find(read_sought(asked), "UAMY")
        took.append((perf_counter() - began) * 1000)
    return median(took)


async def _fill(space: Space, number: int) -> None:
    await People(space).keep([PEOPLE["UAMY"]], START)
    words = ["rare", *(f"word{n}" for n in range(1, number // FOUND))]
    for start in range(0, number, AT_ONCE):
        await put(space, *many(min(AT_ONCE, number - start), words, start))
