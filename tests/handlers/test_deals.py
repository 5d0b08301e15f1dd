"""Stories of deals: what a sale means for the lead it grew from, and for the campaign."""

from pathlib import Path
from typing import Any

import pytest

import bot
from playground.senders import filled
from playground.workspace import Workspace
from tests.world import PEOPLE, World, lead, person_called, settings_with

DEMO = Workspace.load(Path(bot.__file__).parent / "demo" / "workspace.yaml").senders[0]


def deal(**changes: Any) -> dict[str, Any]:
    told = {"id": "opp-7", "stage": "won", "amount": "12000.00", "currency": "EUR", "leads": ["crm-991"]}
    return {"deal": {**told, **changes}}


async def test_a_won_deal_is_on_the_card_and_in_the_campaigns_row(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))
    await world.clicks("amy", "Accept", world.cards()[0])

    status, _ = await world.crm_sends(deal(owner="ben@acme.test"))

    assert status == 202
    assert "Amy has this: there is a deal." in world.cards()[0].text
    assert "There is a deal." in world.dm("amy").text
    [campaign] = world.feedback()
    assert "meetings 0, deals 1, won 1 (12,000 EUR), rejected 0" in campaign.text


async def test_a_deal_that_is_won_later_is_counted_when_it_is(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.crm_sends(deal(stage="Proposal"))
    assert "deals 1, won 0, rejected 0" in world.feedback()[0].text

    await world.crm_sends(deal())

    assert "deals 1, won 1 (12,000 EUR)" in world.feedback()[0].text


async def test_a_lead_that_nobody_took_is_the_deals_owners(world: World) -> None:
    await world.offers()

    await world.crm_sends(deal(owner="ben@acme.test"))

    assert "Ben has this: there is a deal." in world.card().text
    assert "Accept" not in world.card().buttons


async def test_the_timeline_tells_of_the_deal(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())
    await world.crm_sends(deal())

    await world.clicks("amy", "Timeline", world.card())

    assert "Has a deal (website)" in world.form("amy").words


async def test_a_deal_that_makes_no_sense_gets_422_by_field_path_and_is_kept_aside(world: World) -> None:
    nonsense = deal(amount="-1", currency="EURO", opened_at="2026-11-22", closed_at="2026-11-21")

    status, told = await world.crm_sends(nonsense)

    assert status == 422
    assert [each["path"] for each in told["problems"]] == ["deal.amount", "deal.currency", "deal.closed_at"]
    assert (world.count("deal"), world.count("quarantine")) == (0, 1)


async def test_of_an_array_the_good_deals_are_kept(world: World) -> None:
    status, told = await world.crm_sends(deal(), deal(id="opp-8", people=["eva@acme.test"] * 101), lead())

    assert (status, [each["code"] for each in told["items"]]) == (207, [202, 422, 202])
    assert world.count("deal") == 1


def test_the_deals_of_the_demo_are_of_leads_that_come_in_it() -> None:
    coming = {entry.body["id"] for entry in DEMO.schedule}
    named = {lead for each in DEMO.templates["Close a deal"] for lead in each["deal"]["leads"]}

    assert {each["deal"]["stage"] for each in DEMO.templates["Close a deal"]} == {"won", "lost"}
    assert named <= coming
    assert named


@pytest.mark.parametrize("name", DEMO.templates)
@pytest.mark.parametrize("settings", [settings_with(people=PEOPLE)])
async def test_what_the_demo_offers_to_send_is_taken(world: World, name: str) -> None:
    body = filled(DEMO.templates[name], 1, world.now())

    status, told = await world.crm_sends(*(body if isinstance(body, list) else [body]))

    assert status == 202, told
