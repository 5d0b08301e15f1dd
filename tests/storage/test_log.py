"""The log is append-only: nothing that the program does changes it, and the database refuses who tries."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.leads.commands import Accept, Undo
from storage.db import Database
from tests.house import ROOT, sources
from tests.storage.desk import NOW, Desk

MINUTE = timedelta(minutes=1)
CHANGES = (
    "DELETE FROM log WHERE log.workspace = 'T1'",
    "UPDATE log SET by = 'UBEN' WHERE log.workspace = 'T1'",
    "UPDATE log SET at = '2020-01-01 00:00:00' WHERE log.workspace = 'T1'",
    "UPDATE log SET detail = '{\"reason\": \"spam\"}' WHERE log.workspace = 'T1'",
    "UPDATE log SET workspace = 'T2' WHERE log.workspace = 'T1'",
)


@pytest.mark.parametrize("change", CHANGES)
async def test_what_is_in_the_log_cannot_be_changed_or_taken_out(
    desk: Desk, db: Database, change: str
) -> None:
    lead = await desk.lead()
    before = await desk.history(lead.id)

    with pytest.raises(DBAPIError, match="the log is append-only"), db.engine.begin() as connection:
        connection.execute(text(change))

    assert await desk.history(lead.id) == before != []


async def test_of_an_entry_only_the_detail_can_be_emptied(desk: Desk, db: Database) -> None:
    lead = await desk.lead()
    [before] = await desk.history(lead.id)

    with db.engine.begin() as connection:
        connection.execute(text("UPDATE log SET detail = '{}' WHERE log.workspace = 'T1'"))

    [after] = await desk.history(lead.id)
    assert (after.at, after.what, after.by, after.origin) == (
        before.at,
        before.what,
        before.by,
        before.origin,
    )
    assert (dict(before.detail) != {}, dict(after.detail)) == (True, {})


async def test_an_undone_decision_stays_in_the_log_with_its_undoing(desk: Desk) -> None:
    lead = await desk.lead()

    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)
    await desk.leads.change(lead.id, Undo(by="UAMY"), NOW + MINUTE)

    assert [each.what for each in await desk.history(lead.id)] == ["arrive", "accept", "undo"]


def test_no_statement_of_ours_changes_the_log_but_to_empty_a_detail() -> None:
    """What is not even written cannot be done."""
    told = [text for _, text in sources(ROOT, "storage") if "LOG" in text]
    changes = [each for text in told for each in re.findall(r"update\(LOG\).*?\n\)", text, re.DOTALL)]

    assert told
    assert not [text for text in told if "delete(LOG)" in text]
    assert sum(text.count("update(LOG)") for text in told) == len(changes) > 0
    assert {re.sub(r".*(\.values.*)\n\)", r"\1", each, flags=re.DOTALL) for each in changes} == {
        ".values(detail={})"
    }
