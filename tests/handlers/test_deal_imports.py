"""Stories of a file of deals: joined to the leads of another file, again and again, and looked back at only if asked."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.arrivals import Outcome, Senseless
from bot.errors import Refused
from bot.imports import DealFile
from handlers.imports import Summary, Wish, import_csv
from handlers.imports.people import staff_in
from handlers.imports.rows import Row, try_csv
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
TRAPS = """Deal ID;Deal Name;Stage;Amount;Currency;Close Date;Opened;Lead Email;Notes;Notes
d1;"Globex
rollout";Closed Won;12.000,50;EUR;15.01.2026;01.01.2026;pat@globex.test;=1+1;
d2;Two;Lost;7,25;usd;2026-01-16;;;;
d3;Three;Won;much;EUR;15.01.2026;;;;
d4;Four;;5,50;EUR;15.01.2026;;;;
d5;Five;Won;5,50;EURO;15.01.2026;;;;
d6;Six;Won;5,50;EUR;01/15/2026;16.01.2026;;;
;Seven;Won;5,50;EUR;15.01.2026;;;;
d8;Eight;Won;-5;EUR;15.01.2026;;;;
d9;Nine;Won;5,50;EUR;32.01.2026;;;;;too many
Deal ID;Deal Name;Stage;Amount;Currency;Close Date;Opened;Lead Email;Notes;Notes
d10;Ten;Negotiation;;;;;;;
"""
REFUSED = """5;Amount: This should be a number, like 90 or 12.5.;d3
6;Stage: A deal needs its stage: won, lost or another.;d4
7;Currency: This should be a currency's code of three letters, like EUR.;d5
8;Close Date: A deal closes on the day it opens, or later.;d6
9;Deal ID: A deal needs its id.;
10;Amount: This should be an amount from 0 to 99,999,999,999, like 12000.50, with four decimals at most.;d8
11;Close Date: This should be a date, like 2026-11-22 or 22.11.2026, with or without a time. (beyond the last column): This row has more cells than the header: does a text need quotation marks?;d9
"""
TEAM = "sales_agent,email,manager\nAmy Jones,amy@acme.test,hal@acme.test\nBen Okafor,ben@acme.test,hal@acme.test\n"


async def imports(
    world: World, path: Path, *, deals: DealFile | None = None, retros: bool = False
) -> Summary:
    """As `truce import` does it beside the bot."""

    async def arrive(rows: Sequence[Row]) -> list[Outcome | Senseless]:
        return await world.truce.wired.intake.keep(
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


async def test_a_file_of_every_trap_at_once_brings_in_what_is_good_and_names_what_is_not(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"\xef\xbb\xbf" + TRAPS.replace(";;;;\n", ";;;;\r\n").encode())
    said: list[str] = []

    tried = try_csv(path, Wish(mapping={}, deals=DealFile()), echo=said.append, terminal=io.StringIO())
    kept = await imports(world, path, deals=DealFile())

    refused = (tmp_path / "deals.rejected.csv").read_text("utf-8-sig").splitlines()
    assert [";".join(row.split(";")[:3]) for row in refused[1:]] == REFUSED.splitlines()
    assert (tried.refused, kept) == (7, Summary(new=3, refused=7))
    assert "  name: Globex rollout\n  amount: 12,000.50 EUR\n  opened_at: 2026-01-01\n" in said[2]
    assert said[-2].startswith("1 row was left out: the header again.")
    assert world.count("deal", "amount = 120005000 AND currency = 'EUR'") == 1


async def test_deals_that_were_refused_can_be_mended_and_imported_themselves(
    world: World, tmp_path: Path
) -> None:
    await imports(world, file(tmp_path, "pipeline.csv", PIPELINE), deals=DealFile(currency="USD"))
    rejected = tmp_path / "pipeline.rejected.csv"
    rejected.write_text(rejected.read_text("utf-8-sig").replace("2016-11-01", "2017-01-01"))

    mended = await imports(world, rejected, deals=DealFile(currency="USD"))

    assert mended == Summary(new=1)
    assert world.count("deal", "feed = 'pipeline'") == 4


def test_a_file_of_deals_is_not_taken_for_leads() -> None:
    header = PIPELINE.splitlines()[0].replace("opportunity_id", "record id").split(",")
    with pytest.raises(Refused, match="These look like deals: add --deals"):
        Wish(mapping={}).columns(header)

    assert Wish(mapping={"record id": "id"}).columns(header)["record id"] == "id"
    assert "email" in Wish(mapping={}).columns([*header, "email"])


def test_a_file_of_people_says_something_of_them(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="one column only"):
        staff_in(file(tmp_path, "team.csv", "sales_agent\nAmy Jones\n"))
