"""Who is known at a lead's company already: found by its domain or its name, past all whose names begin alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from bot.leads.commands import Accept
from bot.leads.decision import Facts
from bot.leads.lead import Lead
from storage.around import Around
from storage.db import Database
from tests.storage.desk import NOW, Desk, arrival, on_sqlite


async def around(desk: Desk, lead: Lead) -> Facts:
    def work(session: Session) -> Facts:
        found = Around(session, desk.space.workspace, desk.agreement)
        found.look([lead])
        return found.told(Facts(now=NOW, agreement=desk.agreement), lead)

    return await desk.space.read(work)


async def comes(desk: Desk, number: int, **fields: str | None) -> Lead:
    """A lead that may have no address."""
    await desk.takes_in(arrival(number, **fields))
    [lead] = [each for each in await desk.all_leads() if each.external_id == f"crm-{number}"]
    return lead


async def has(desk: Desk, who: str, *leads: Lead) -> None:
    for lead in leads:
        await desk.leads.change(lead.id, Accept(by=who), NOW)


@contextmanager
def plans(db: Database) -> Iterator[list[str]]:
    """How SQLite goes about each statement that looks for leads near."""
    found: list[str] = []

    def explain(_c: Any, cursor: Any, statement: str, told: Any, *_: Any) -> None:
        if " AS near " in statement:
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", told).fetchall()
            found.extend(row[3] for row in rows)

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)


async def test_who_has_leads_of_a_company_is_found_by_its_domain_and_by_its_mere_name(db: Database) -> None:
    desk = await Desk.at(db)
    there = await comes(desk, 1, company__name="Initech")
    bare = await comes(desk, 2, company__name="Initech", contact__email=None)
    elsewhere = await comes(desk, 3, company__name="Initech")  # of another domain: another company
    await has(desk, "UAMY", there)
    await has(desk, "UBEN", bare)
    await has(desk, "UCHI", elsewhere)
    asks = await comes(desk, 4, company__name="Initech", contact__email="ann@globex.test")

    facts = await around(desk, asks)

    assert {each.id for each in facts.owners["globex.test"]} == {"UAMY", "UBEN"}


async def test_a_mere_name_is_that_of_the_one_company_which_has_it(db: Database) -> None:
    desk = await Desk.at(db)
    await has(desk, "UAMY", await comes(desk, 1, company__name="Initech"))
    await has(desk, "UBEN", await comes(desk, 2, company__name="Initrode"))  # begins alike
    asks = await comes(desk, 4, company__name="Initech Ltd", contact__email=None)

    facts = await around(desk, asks)

    assert {key: [each.id for each in owners] for key, owners in facts.owners.items()} == {
        "=initech": ["UAMY"]
    }


async def test_who_waits_at_a_company_is_found_past_those_whose_names_begin_alike(db: Database) -> None:
    desk = await Desk.at(db)
    first = await comes(desk, 1, company__name="Initech")
    await comes(desk, 2, company__name="Initrode")
    asks = await comes(desk, 3, company__name="Initech", contact__email="ann@globex.test")

    facts = await around(desk, asks)

    assert {each.lead for each in facts.waiting["globex.test"]} == {first.id, asks.id}


@on_sqlite
async def test_no_lead_is_looked_at_because_somebody_has_it_or_its_company_begins_alike(db: Database) -> None:
    desk = await Desk.at(db)
    await has(desk, "UAMY", *[await comes(desk, number, company__name="Initech") for number in range(1, 20)])
    asks = await comes(desk, 30, company__name="Initech", contact__email="ann@globex.test")
    await desk.jobs.forget_old(NOW)

    with plans(db) as found:
        facts = await around(desk, asks)

    assert [each.id for each in facts.owners["globex.test"]] == ["UAMY"]
    assert {each for each in found if each.startswith("SEARCH near")} == {
        "SEARCH near USING INDEX lead_domain (workspace=? AND domain=? AND state=?)",
        "SEARCH near USING INDEX lead_firm (workspace=? AND firm=? AND domain=? AND state=?)",
    }
    assert "SEARCH lead USING INDEX sqlite_autoindex_lead_1 (workspace=? AND id=?)" in found
    assert not any("SCAN near" in each or "SCAN lead" in each or "lead_owner" in each for each in found)
