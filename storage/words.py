"""Leads, found by the beginnings of their words in time that follows from what is shown, not from how many there are.

Each word of a lead is a row, and they lie in the order in which they are answered: by word, then the newest
first. Of several words the rarest is followed, and the leads it leads to are held against the others.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select
from sqlmodel import Session

from bot.leads.lead import Lead
from bot.searching import asked, fits, words_of
from storage.tables import LEAD, WORD
from storage.upsert import insert_new

RARE: Final = 3000  # leads with a word: up to so many are counted to find the rarest
FOLLOWED: Final = 600  # leads with the rarest word that are held against the other words
AT_ONCE: Final = 60  # of them at first, and thrice as many each time that these were not enough
EVERY: Final = ""  # a word that every lead has: what is newest
_LAST: Final = "\U0010ffff"  # behind every letter there is


Fitting = Callable[[Collection[str]], set[str]]  # of these leads, those that will do


def ids(session: Session, workspace: str, words: str, most: int, fit: Fitting = set) -> list[str]:
    """The ids of up to so many leads that have all these words and will do: whole words first, then the newest.

    No more than FOLLOWED of them are looked at.
    """
    wanted = asked(words)
    if not wanted and words.strip():
        return []
    wanted = wanted or (EVERY,)
    rarest = _rarest(session, workspace, wanted) if len(wanted) > 1 else wanted[0]
    others = [word for word in wanted if word != rarest]
    found: dict[str, None] = {}
    for candidates in _followed(session, workspace, rarest):
        fresh = [each for each in candidates if each not in found]
        if others:
            fresh = _having(session, workspace, fresh, others)
        fitting = fit(fresh)
        found.update(dict.fromkeys(each for each in fresh if each in fitting))
        if len(found) >= most:
            break
    return list(found)[:most]


def begin(session: Session, workspace: str, leads: Sequence[Lead]) -> None:
    """Leads of which no word is kept yet."""
    insert_new(session, WORD, [row for lead in leads for row in rows_of(workspace, lead)])


def change(session: Session, workspace: str, changed: Sequence[tuple[Lead, Lead]]) -> None:
    """Leads as they were and as they are: the words that have gone go, those that have come are kept."""
    for before, after in changed:
        if before.fields is after.fields or words_of(before) == words_of(after):
            continue
        gone = sorted(set(words_of(before)) - set(words_of(after)))
        if gone:
            session.execute(_GONE, {**_here(workspace, before), "gone": gone})
        insert_new(session, WORD, rows_of(workspace, after))


def end(session: Session, workspace: str, lead: Lead) -> None:
    """Nothing finds this lead any more."""
    session.execute(_GONE, {**_here(workspace, lead), "gone": [EVERY, *words_of(lead)]})


def rows_of(workspace: str, lead: Lead) -> list[dict[str, Any]]:
    here = _here(workspace, lead)
    return [{**here, "word": word} for word in (EVERY, *words_of(lead))]


def _here(workspace: str, lead: Lead) -> dict[str, Any]:
    return {"workspace": workspace, "lead": lead.id, "place": -int(lead.arrived_at.timestamp())}


def _begins(word: str) -> ColumnElement[bool]:
    if word == EVERY:
        return WORD.c.word == EVERY
    return and_(WORD.c.word >= word, WORD.c.word < word + _LAST)


def _rarest(session: Session, workspace: str, wanted: Sequence[str]) -> str:
    """The one that fewest leads have. Where each begins too many words to count them all, the whole words decide."""
    counted = {word: _count(session, workspace, _begins(word)) for word in wanted}
    if min(counted.values()) == RARE:
        counted = {word: _count(session, workspace, WORD.c.word == word) for word in wanted}
    return min(wanted, key=counted.__getitem__)


def _count(session: Session, workspace: str, which: ColumnElement[bool]) -> int:
    some = select(WORD.c.lead).where(WORD.c.workspace == workspace, which).limit(RARE).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _followed(session: Session, workspace: str, word: str) -> Iterator[Sequence[str]]:
    query = (
        select(WORD.c.lead)
        .where(WORD.c.workspace == workspace, _begins(word))
        .order_by(WORD.c.word, WORD.c.place, WORD.c.lead)
        .limit(FOLLOWED)
    )
    leads = list(dict.fromkeys(session.scalars(query)))
    start, number = 0, AT_ONCE
    while start < len(leads):
        yield leads[start : start + number]
        start, number = start + number, number * 3


def _having(session: Session, workspace: str, leads: Sequence[str], words: Sequence[str]) -> list[str]:
    """Those of the leads that have these words as well, in the order they were given."""
    query = select(LEAD.c.id, LEAD.c.words).where(LEAD.c.workspace == workspace, LEAD.c.id.in_(leads))
    having = {row.id for row in session.execute(query) if fits(row.words.split(), words)}
    return [lead for lead in leads if lead in having]


_GONE: Final = delete(WORD).where(
    WORD.c.workspace == bindparam("workspace"),
    WORD.c.lead == bindparam("lead"),
    WORD.c.place == bindparam("place"),
    WORD.c.word.in_(bindparam("gone", expanding=True)),
)
