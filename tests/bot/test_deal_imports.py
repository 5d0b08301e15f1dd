"""A file of deals, row by row: the columns of the usual exports, and what makes no sense."""

import csv
import io
from typing import Any

import pytest

from bot.arrivals import DealArrival, Senseless
from bot.errors import Refused
from bot.imports import DealFile, Habits, Staff, Survey, header_of, staff_of

MAVEN = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Moe Frase,Crane,Globex,Won,2016-10-20,2017-03-01,1054
A2,Dar Schlecht,Hoist,,Lost,2016-10-25,2017-03-11,0
A3,Dar Schlecht,Hoist,Initech,Engaging,2016-12-01,,
A4,Moe Frase,Crane,,Prospecting,,,
"""
TEAMS = "sales_agent,manager,regional_office\nMoe Frase,Mel Marx,Central\nDar Schlecht,Roz Beck,West\n"
OLIST = """mql_id,seller_id,sdr_id,sr_id,won_date,business_segment
m-1,s-1,sdr-9,sr-4,2018-02-26 19:58:54,pet
"""
HUBSPOT = """Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Currency,Associated Contact,Closed Lost Reason
77,Rollout,Closed Lost,2026-11-21 10:00,amy@acme.test,"12000.50",EUR,Pat Doe (pat@globex.test);Kim (kim@globex.test),Price
"""
SALESFORCE = """Opportunity ID,Opportunity Name,Stage,Amount,Opportunity Currency,Close Date,Created Date,Opportunity Owner
006x,Rollout,Closed Won,"12,000.00",USD,11/21/2026,9/30/2026,Amy Jones
"""
PIPEDRIVE = """Deal - ID;Deal - Title;Deal - Status;Deal - Stage;Deal - Value;Deal - Currency;Deal - Owner;Deal - Won time;Deal - Lost time;Deal - Lost reason;Person - Email
5;Rollout;Lost;Negotiation;12000,50;EUR;Amy Jones;;2026-11-21 10:00:00;Too dear;pat@globex.test
6;Training;Open;Negotiation;900,00;EUR;Amy Jones;;;;
"""


def read(text: str, **how: Any) -> list[DealArrival | Senseless]:
    """The rows of a file, as an import reads them."""
    file = DealFile(**how)
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if text.startswith("Deal -") else ","))
    header = header_of(rows[0])
    meant = file.columns(header, {})
    survey = Survey(meant)
    named = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    for line, row in enumerate(named, start=2):
        survey.look(row, line)
    habits: Habits = survey.habits(None)
    return [file.read(row, meant, "crm", line, habits) for line, row in enumerate(named, start=2)]


def fields(text: str, **how: Any) -> list[dict[str, Any]]:
    told = []
    for row in read(text, **how):
        assert isinstance(row, DealArrival), row
        told.append({"id": row.external_id, **row.fields})
    return told


def staff(text: str = TEAMS) -> Staff:
    rows = list(csv.DictReader(io.StringIO(text)))
    return staff_of(rows, list(rows[0]))


def problems(text: str, **how: Any) -> dict[str, str]:
    [row] = read(text, **how)
    assert isinstance(row, Senseless), row
    return {problem.path: problem.words for problem in row.problems}


def test_a_pipeline_with_the_agents_managers() -> None:
    won, lost, open_, first = fields(MAVEN, currency="USD", staff=staff())

    assert won == {
        "id": "A1",
        "name": "Globex",
        "stage": "won",
        "amount": 10_540_000,
        "currency": "USD",
        "opened_at": "2016-10-20T00:00:00+00:00",
        "closed_at": "2017-03-01T00:00:00+00:00",
        "owner": "Moe Frase",
        "people": ("Mel Marx",),
        "facts.product": "Crane",
        "facts.regional_office": "Central",
    }
    assert (lost["stage"], lost["amount"], "name" in lost) == ("lost", 0, False)
    assert (open_["stage"], "amount" in open_, "closed_at" in open_) == ("Engaging", False, False)
    assert (first["stage"], "opened_at" in first) == ("Prospecting", False)


def test_a_file_of_won_deals_with_the_leads_they_grew_from() -> None:
    [deal] = fields(OLIST)

    assert deal == {
        "id": "s-1",
        "stage": "won",
        "closed_at": "2018-02-26T19:58:54+00:00",
        "leads": ("m-1",),
        "owner": "sr-4",
        "people": ("sdr-9",),
        "facts.business_segment": "pet",
    }


def test_hubspots_deals() -> None:
    [deal] = fields(HUBSPOT)

    assert (deal["id"], deal["stage"], deal["reason"]) == ("77", "lost", "Price")
    assert (deal["amount"], deal["currency"]) == (120_005_000, "EUR")
    assert deal["leads"] == ("pat@globex.test", "kim@globex.test")
    assert deal["owner"] == "amy@acme.test"


def test_salesforces_opportunities() -> None:
    [deal] = fields(SALESFORCE)

    assert (deal["stage"], deal["amount"], deal["closed_at"][:10], deal["opened_at"][:10]) == (
        "won",
        120_000_000,
        "2026-11-21",
        "2026-09-30",
    )


def test_pipedrives_deals_whose_status_says_more_than_their_stage() -> None:
    lost, open_ = fields(PIPEDRIVE)

    assert (lost["stage"], lost["closed_at"][:10], lost["reason"]) == ("lost", "2026-11-21", "Too dear")
    assert (lost["amount"], lost["leads"]) == (120_005_000, ("pat@globex.test",))
    assert (open_["stage"], open_["amount"]) == ("Negotiation", 9_000_000)


def test_an_address_in_the_file_of_people_takes_the_place_of_the_name() -> None:
    known = staff("Name,Email,Manager\nMoe Frase,moe@acme.test,mel@acme.test\n")

    [deal] = fields("id,stage,owner\n1,won,moe frase\n", staff=known)

    assert (deal["owner"], deal["people"]) == ("moe@acme.test", ("mel@acme.test",))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,won,-5,EUR,2026-01-01,2026-02-01,", "Amount"),
        ("1,won,5,XXX,2026-01-01,2026-02-01,", "Currency"),
        ("1,won,5,EUR,2026-03-01,2026-02-01,", "Close Date"),
        ("1,won,5,EUR,soon,2026-02-01,", "Create Date"),
        ("1,,5,EUR,2026-01-01,2026-02-01,", "Deal Stage"),
        (",won,5,EUR,2026-01-01,2026-02-01,", "Deal ID"),
        (f"1,won,5,EUR,2026-01-01,2026-02-01,{';'.join(f'p{n}@x.test' for n in range(500))}", "leads"),
    ],
)
def test_what_makes_no_sense_is_told_by_the_name_of_its_column(row: str, column: str) -> None:
    header = "Deal ID,Deal Stage,Amount,Currency,Create Date,Close Date,Contact Email\n"

    assert list(problems(header + row + "\n")) == [column]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("deal name,stage", "No column looks like a deal's id."),
        ("id,name", "No column tells the stage."),
        ("id,stage,amount", "The amounts in amount have no currency: add --currency EUR"),
    ],
)
def test_a_file_of_which_no_row_could_make_sense_is_one_sentence(header: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        DealFile().columns(header.split(","), {})
