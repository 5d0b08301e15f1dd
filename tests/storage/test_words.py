"""The index of words: kept with each change of a lead, and made for the leads that were there before it."""

from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import delete, select

from storage import words
from storage.db import Database
from storage.tables import LEAD, WORD
from tests.storage.desk import HOUR, NOW, Desk, arrival


async def kept(desk: Desk) -> list[Any]:
    query = select(WORD).where(WORD.c.workspace == "T1").order_by(WORD.c.word, WORD.c.place, WORD.c.lead)
    return await desk.space.read(lambda session: list(session.execute(query).all()))


async def test_a_lead_that_changes_is_found_by_its_new_words_alone(desk: Desk) -> None:
    await desk.lead(1, contact__name="Pat Doe")

    await desk.takes_in(arrival(1, contact__name="Kim Poe", occurred_at=NOW + HOUR), now=NOW + HOUR)

    assert await desk.leads.find("doe", 5) == []
    assert [lead.name for lead in await desk.leads.find("poe", 5)] == ["Kim Poe"]
    assert len({row.lead for row in await kept(desk)}) == 1


async def test_the_newest_of_a_word_come_first_and_whole_words_before_longer_ones(desk: Desk) -> None:
    for number, name in enumerate(["Robinson", "Robin", "Robin"], 1):
        told = arrival(number, contact__name=name, occurred_at=NOW + number * HOUR)
        await desk.takes_in(told, now=NOW + number * HOUR)

    found = await desk.leads.find("robin", 5)

    assert [(lead.name, lead.external_id) for lead in found] == [
        ("Robin", "crm-3"),
        ("Robin", "crm-2"),
        ("Robinson", "crm-1"),
    ]


async def test_the_rarest_word_is_followed_and_the_others_have_to_fit(desk: Desk) -> None:
    many = [arrival(n, contact__name=f"Pat Number{n}", company__name="Globex") for n in range(1, 60)]
    await desk.takes_in(*many, bulk=True)

    assert [lead.name for lead in await desk.leads.find("globex number42 pat", 5)] == ["Pat Number42"]
    assert await desk.leads.find("globex number42 kim", 5) == []


async def test_of_two_that_begin_too_many_words_to_count_the_rarer_whole_word_is_followed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "RARE", 5)
    monkeypatch.setattr(words, "FOLLOWED", 5)
    many = [arrival(n, contact__name=f"Pat Number{n}", company__name="Globex") for n in range(1, 30)]
    await desk.takes_in(*many, bulk=True)

    assert [lead.name for lead in await desk.leads.find("globex number2", 1)] == ["Pat Number2"]


async def test_another_workspaces_leads_are_not_found(desk: Desk, db: Database) -> None:
    await desk.lead(1)
    other = await Desk.at(db, "T2")

    assert await other.leads.find("pat", 5) == []
    assert await other.leads.find("", 5) == []


@pytest.mark.parametrize("at_once", [1, 500])
async def test_leads_from_before_the_index_are_put_into_it(
    desk: Desk, db: Database, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        await desk.lead(number, contact__name=f"Zoë Number{number}")
    before = await kept(desk)
    step = import_module("storage.migrations.versions.0020_words")
    monkeypatch.setattr(step, "_AT_ONCE", at_once)

    with db.engine.begin() as connection:
        connection.execute(delete(WORD).where(WORD.c.workspace == "T1"))
        step._fill(connection)

    assert await kept(desk) == before != []


async def test_every_lead_has_the_words_that_it_is_held_against(desk: Desk) -> None:
    lead = await desk.lead(1)
    query = select(LEAD.c.words).where(LEAD.c.workspace == "T1", LEAD.c.id == lead.id)

    written = await desk.space.read(lambda session: session.scalar(query))

    assert {row["word"] for row in words.rows_of("T1", lead)} == {"", *str(written).split()}
