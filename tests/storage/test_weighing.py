"""SQLite chooses indexes by what it knows of its tables: without that one workspace's rows look like a few."""

from bot.arrivals import DealArrival
from bot.leads.commands import Reject
from storage.db import Database
from tests.storage.desk import NOW, Desk, arrival, on_sqlite

# As the digest asks for second chances: of a deal's leads the handoffs, and of those the rejections.
ASKED = """EXPLAIN QUERY PLAN SELECT r.reason FROM deal_lead d
JOIN handoff h ON h.workspace = d.workspace AND h.lead = d.lead
JOIN rejection r ON r.workspace = h.workspace AND r.handoff = h.id
WHERE d.workspace = 'T1' AND d.deal = 'opp-1' AND r.at < '2027-01-01'"""


def plan(db: Database) -> list[str]:
    """How a connection of those that are kept open would go about it."""
    connection = db.engine.raw_connection()
    found = [row[3] for row in connection.cursor().execute(ASKED).fetchall()]
    connection.close()
    return found


@on_sqlite
async def test_every_day_sqlite_looks_at_its_tables_and_then_goes_by_their_keys(db: Database) -> None:
    desk = await Desk.at(db)
    await desk.takes_in(*(arrival(number) for number in range(12)))
    for lead in await desk.all_leads():
        await desk.leads.change(lead.id, Reject(by="UAMY", reason="no_budget"), NOW)
    told: dict[str, str | tuple[str, ...]] = {"stage": "Demo", "leads": ("crm-1", "crm-2")}
    await desk.takes_in(DealArrival(feed="crm", external_id="opp-1", occurred_at=None, fields=told))

    await desk.jobs.forget_old(NOW)

    assert plan(db)[-2:] == [
        "SEARCH h USING INDEX handoff_lead (workspace=? AND lead=?)",
        "SEARCH r USING INDEX rejection_handoff (workspace=? AND handoff=?)",
    ]


async def test_looking_at_tables_changes_nothing_for_who_works_with_them(db: Database) -> None:
    desk = await Desk.at(db)
    lead = await desk.lead()

    await db.weigh()

    assert await desk.leads.get(lead.id) == lead
    assert (await desk.lead(2)).id != lead.id
