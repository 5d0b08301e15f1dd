"""Full text over retros: the same on both databases, whatever is typed."""

import pytest
from sqlmodel import Session

from bot.errors import Refused
from bot.retros.learning import FIELDS, Sought, read_sought
from storage import retro_search
from storage.db import Database, Space
from storage.retro_search import RetroSearch
from tests.bot.examples import ACME
from tests.storage.desk import Desk
from tests.storage.retro_shelf import Over, put

ODD = ('"', "'", "*", "&", "|", "!", ":", "(", ")", "\\", "NEAR", "AND", "OR", "NOT", "a' & b", "x:*", "{}^")


async def found(desk: Desk, typed: str) -> list[str]:
    """The ids of what is found, the newest first."""
    seen, _, _ = await RetroSearch(desk.space, ACME).find(read_sought(typed), "UAMY")
    return [each.retro.id for each in seen]


async def test_all_words_have_to_be_there_by_their_beginnings(desk: Desk) -> None:
    await put(desk.space, Over(id="one", words="Initech price"), Over(id="two", words="Initech timing"))

    assert sorted(await found(desk, "initech")) == ["one", "two"]
    assert await found(desk, "INIT pri") == ["one"]
    assert await found(desk, "price timing") == []
    assert await found(desk, "nitech") == []


async def test_marks_on_letters_and_signs_between_words_make_no_difference(desk: Desk) -> None:
    await put(desk.space, Over(id="one", words="Müller & Söhne, e-mail; Вагон 日本"))

    for typed in ("muller", "MÜLLER sohne", "e-mail", "mail", "вагон", "日本", "müller, söhne"):
        assert await found(desk, typed) == ["one"], typed


@pytest.mark.parametrize("typed", ODD)
async def test_no_sign_is_taken_for_the_language_of_the_search(desk: Desk, typed: str) -> None:
    await put(desk.space, Over(id="one", words="near and or not a b x"))

    assert await found(desk, typed) in ([], ["one"])


async def test_words_that_are_written_anew_replace_those_from_before(desk: Desk) -> None:
    await put(desk.space, Over(id="one", words="price"))

    def work(session: Session) -> None:
        retro_search.write(session, "T1", "one", "timing")

    await desk.space.write(work)

    assert await found(desk, "price") == []
    assert await found(desk, "timing") == ["one"]


async def test_nothing_is_found_in_another_workspace(desk: Desk, db: Database) -> None:
    await put(Space(db=db, workspace="T2"), Over(id="theirs", words="initech"))
    await put(desk.space, Over(id="ours", words="initech"))

    assert await found(desk, "initech") == ["ours"]


async def test_amounts_are_looked_at_with_and_without_words(desk: Desk) -> None:
    small, large = Over(id="s", words="x", amount=10_000), Over(id="l", words="x", amount=90_000_000)
    await put(desk.space, small, large)

    assert await found(desk, "x over 100") == ["l"]
    assert await found(desk, "under 100") == ["s"]


async def test_an_export_has_each_of_them_once_the_newest_first(desk: Desk) -> None:
    await put(desk.space, *(Over(id=f"r{n}", words="x") for n in range(5)))
    search = RetroSearch(desk.space, ACME)

    ids = await search.ids(Sought(words=("x",)))

    assert ids == ["r4", "r3", "r2", "r1", "r0"]
    assert [each.retro.id for each in await search.seen(ids)] == ids


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_named_without_words_is_asked_for(name: str) -> None:
    with pytest.raises(Refused, match=f"Which {name}"):
        read_sought(f"price {name}:")


def test_more_words_than_anybody_means_are_refused() -> None:
    with pytest.raises(Refused, match="20 at most"):
        read_sought(" ".join(f"w{n}" for n in range(21)))
