"""Stories of companies that we sell to already: who has the deal is asked first, and contracts come back in time."""

import pytest

from playground.things import Message
from tests.handlers.test_match import from_globex
from tests.handlers.test_retros import deal
from tests.world import PEOPLE, WITH_ROLES, World, lead, settings_with

with_roles = pytest.mark.parametrize("settings", [WITH_ROLES])
WON = {"stage": "won", "reason": None, "competitor": None}


async def amy_has_a_deal(world: World, **changes: object) -> Message:
    """Of a lead that Ben took."""
    await world.clicks("ben", "Accept", await world.offers())
    await world.crm_sends(deal(**{"stage": "Demo", "reason": None, "competitor": None, **changes}))
    return world.cards()[0]


@pytest.mark.postgres
@with_roles
async def test_somebody_new_at_a_company_with_an_open_deal_goes_to_who_has_the_deal(world: World) -> None:
    await amy_has_a_deal(world)

    card = await from_globex(world, "Robin Roe")

    assert "Amy has the deal with Globex." in card.text
    assert "You have the deal with this company." in world.dm("amy").text
    await world.clicks("ben", "Accept", card)
    assert "This one is offered to <@UAMY00000>" in world.told("ben")[0]
    await world.clicks("amy", "Accept", card)
    assert "Amy took this" in world.cards()[-1].text


@with_roles
async def test_a_customers_colleague_goes_to_who_won_the_deal(world: World) -> None:
    await amy_has_a_deal(world, stage="won")

    assert "Amy has the deal with Globex." in (await from_globex(world, "Robin Roe")).text


@with_roles
async def test_a_deal_of_nobody_here_is_for_who_had_its_lead(world: World) -> None:
    await amy_has_a_deal(world, owner="gone@acme.test")

    assert "Ben has the deal with Globex." in (await from_globex(world, "Robin Roe")).text


@pytest.mark.parametrize("settings", [settings_with(people={**PEOPLE, "success": ["chi@acme.test"]})])
async def test_where_who_has_the_deal_is_away_it_goes_to_who_keeps_customers(world: World) -> None:
    await amy_has_a_deal(world)
    await world.says("amy", "/truce away until Friday")

    assert "Chi has the deal with Globex." in (await from_globex(world, "Robin Roe")).text


@with_roles
async def test_a_lost_deal_is_no_reason_to_ask_anybody_first(world: World) -> None:
    await amy_has_a_deal(world, stage="lost")

    assert "Amy has the deal" not in (await from_globex(world, "Robin Roe")).text


@pytest.mark.slow
@pytest.mark.postgres
@with_roles
async def test_in_time_before_a_contract_ends_its_lead_is_offered_anew(world: World) -> None:
    await amy_has_a_deal(world, **WON, renewal_date="2027-06-01")
    before = len(world.cards())

    await world.it_becomes("2027-03-02T23:00:00+00:00")
    assert [each for each in world.cards()[before:] if "Renewal" in each.text] == []
    await world.it_becomes("2027-03-03T09:01:00+00:00")

    card = world.cards()[-1]
    assert "Renewal: the contract ends on 1 Jun 2027; Ben had it" in card.text
    assert "Source: renewal" in card.words
    assert "Ben has the deal with Globex." in card.text
    await world.crm_sends(deal(**WON, renewal_date="2027-06-01", amount="13000"))
    await world.time_passes(days=1)
    assert len([each for each in world.cards() if "Renewal" in each.text]) == 1


@with_roles
async def test_a_contract_that_ends_later_after_all_comes_back_later(world: World) -> None:
    await amy_has_a_deal(world, **WON, renewal_date="2027-06-01")
    await world.crm_sends(deal(**WON, renewal_date="2028-06-01"))

    await world.it_becomes("2027-03-03T09:01:00+00:00")
    assert [each for each in world.cards() if "Renewal" in each.text] == []
    await world.it_becomes("2028-03-03T09:01:00+00:00")

    assert len([each for each in world.cards() if "Renewal" in each.text]) == 1


@with_roles
async def test_a_deal_without_a_lead_comes_back_as_one_of_its_name(world: World) -> None:
    await world.crm_sends(deal(**WON, leads=[], renewal_date="2026-12-31"))
    await world.time_passes(days=1)

    assert world.count("lead", "state = 'nurture'") == 1
    assert world.count("lead") == 1


@pytest.mark.parametrize("told", ["soon", "2026-13-01", "2020-01-01", ""])
@with_roles
async def test_what_is_no_day_or_is_over_brings_nothing_back(world: World, told: str) -> None:
    await world.crm_sends(lead(), deal(**WON, renewal_date=told))
    await world.time_passes(days=2)

    assert [each for each in world.cards() if "Renewal" in each.text] == []
    assert world.count("job", "kind = 'renew_deal'") == 0
