"""Stories of a file of deals: joined to the leads of another file, again and again, and looked back at only if asked."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.arrivals import Outcome, Senseless
from bot.imports import DealFile
from handlers.imports import Summary, Wish, import_csv
from handlers.imports.people import staff_in
from handlers.imports.rows import Row
from tests.world import World

LEADS = (
    "mql_id,first_contact_date,origin\nm-1,2018-02-01,social\nm-2,2018-03-03,email\nm-3,2018-03-04,email\n"
)
# The second was won before its first contact.
DEALS = """mql_id,seller_id,sdr_id,sr_id,won_date,business_segment
m-1,s-1,sdr-9,sr-4,2018-02-26 19:58:54,pet
m-2,s-2,sdr-9,sr-4,2018-03-01 09:00:00,toys
m-9,s-3,sdr-9,sr-4,2018-04-01 09:00:00,toys
"""
PIPELINE = """opportunity_id,sales_agent,account,deal_stage,engage_date,close_date,close_value
A1,Amy Jones,Globex,Won,2016-10-20,2017-03-01,1054
A2,Ben Okafor,Initech,Lost,2016-10-25,2017-03-11,0
A3,Ben Okafor,Initrode,Engaging,2016-12-01,,
A4,Ben Okafor,Initrode,Won,2016-12-01,2016-11-01,5
"""
TEAM = "sales_agent,email,manager\nAmy Jones,amy@acme.test,hal@acme.test\nBen Okafor,ben@acme.test,hal@acme.test\n"


async def imports(
    world: World, path: Path, *, deals: DealFile | None = None, retros: bool = False
) -> Summary:
    """As `truce import` does it beside the bot."""

    async def arrive(rows: Sequence[Row]) -> list[Outcome | Senseless]:
        return await world.truce.intake.keep(
            rows, feed=rows[0].feed, now=world.now(), bulk=True, retros=retros
        )

    wish = Wish(mapping={"origin": "source"} if deals is None else {}, deals=deals)
    told = await import_csv(path, wish, arrive=arrive, echo=lambda _: None, terminal=io.StringIO())
    await world.settles()
    return told


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.postgres
async def test_deals_are_joined_to_the_leads_of_another_file(world: World, tmp_path: Path) -> None:
    await imports(world, file(tmp_path, "leads.csv", LEADS))

    summary = await imports(world, file(tmp_path, "deals.csv", DEALS), deals=DealFile())

    assert (summary.new, summary.refused) == (3, 0)
    assert (world.count("deal"), world.count("deal_lead")) == (3, 2)
    assert world.count("lead", "state = 'converted'") == 2
    assert world.count("deal", "closed_at < '2018-03-02'") == 2


async def test_leads_that_are_imported_after_the_deals_are_joined_then(world: World, tmp_path: Path) -> None:
    await imports(world, file(tmp_path, "deals.csv", DEALS), deals=DealFile())

    await imports(world, file(tmp_path, "leads.csv", LEADS))

    assert world.count("deal_lead") == 2


async def test_a_pipeline_goes_in_once_with_who_worked_on_it(world: World, tmp_path: Path) -> None:
    known = staff_in(file(tmp_path, "team.csv", TEAM))
    path, deals = file(tmp_path, "pipeline.csv", PIPELINE), DealFile(currency="USD", staff=known)

    first = await imports(world, path, deals=deals)
    await world.time_passes(hours=1)
    again = await imports(world, path, deals=deals)

    assert (first.new, first.refused) == (3, 1)
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, 3, 1)
    assert "close_date: A deal closes on the day it opens" in (tmp_path / "pipeline.rejected.csv").read_text()
    assert world.count("deal", "owner = 'amy@acme.test' AND amount = 10540000 AND currency = 'USD'") == 1
    assert world.count("deal", "CAST(fields AS TEXT) LIKE '%hal@acme.test%'") == 3


async def test_nobody_looks_back_at_what_was_imported_unless_it_is_asked_for(
    world: World, tmp_path: Path
) -> None:
    path, deals = file(tmp_path, "pipeline.csv", PIPELINE), DealFile(currency="USD")

    await imports(world, path, deals=deals)
    await world.time_passes(hours=1)
    assert (world.count("job", "kind LIKE '%deal%'"), world.cards()) == (0, [])

    await imports(world, file(tmp_path, "second.csv", PIPELINE), deals=deals, retros=True)
    await world.time_passes(hours=1)
    assert world.cards() != []
