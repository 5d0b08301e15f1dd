"""Stories of deals that are told in Slack: from a lead's buttons, and with /truce deal."""

from copy import deepcopy
from typing import Any

import pytest

from tests.handlers.test_retros import head, looks_back
from tests.world import PEOPLE as ROLES
from tests.world import WITH_ROLES, World, lead, person_called, settings_with

WHO = pytest.mark.parametrize("settings", [WITH_ROLES])


async def taken(world: World, person: str = "amy") -> None:
    await world.clicks(person, "Accept", await world.offers())
    await world.clicks(person, "Contacted", world.dm(person))


async def opened(world: World, amount: str = "12,000.00", currency: str = "eur") -> None:
    """Amy has Pat Doe's lead, and an open deal of it."""
    await taken(world)
    await world.clicks("amy", "Deal opened...", world.dm("amy"))
    await world.types("amy", "Amount", amount)
    await world.types("amy", "Currency", currency)
    await world.sends_the_form("amy")


async def test_a_deal_is_opened_from_the_owners_message(world: World) -> None:
    await opened(world)

    assert "There is a deal. Globex: Open, 12,000 EUR." in world.dm("amy").text
    assert world.dm("amy").buttons == ["Won...", "Lost...", "Another deal...", "Timeline"]
    assert "Amy has this: there is a deal." in world.card().text
    assert "deals 1, won 0" in world.feedback()[0].text
    assert world.told("amy")[-1] == "Kept. Globex: Open, 12,000 EUR."


@pytest.mark.postgres
async def test_a_deal_that_was_won_is_counted_and_its_message_asks_for_the_next(world: World) -> None:
    await opened(world)

    await world.clicks("amy", "Won...", world.dm("amy"))
    await world.types("amy", "Amount", "14000.50")
    await world.sends_the_form("amy")

    assert "Globex: won, 14,000.50 EUR." in world.dm("amy").text
    assert world.dm("amy").buttons == ["Deal opened...", "Timeline"]
    assert "won 1 (14,000.50 EUR)" in world.feedback()[0].text
    assert world.count("deal") == 1


async def test_lost_asks_why_and_which_competitor(world: World) -> None:
    await opened(world)

    await world.clicks("amy", "Lost...", world.dm("amy"))
    await world.chooses("amy", "Why was it lost?", "A competitor has it")
    await world.types("amy", "Which competitor?", "Initech")
    await world.sends_the_form("amy")

    assert "Globex: lost, 12,000 EUR." in world.dm("amy").text
    assert world.count("deal", "state = 'lost' AND CAST(stages AS TEXT) LIKE '%Initech%'") == 1


async def test_the_card_has_the_deals_of_a_lead_under_its_menu(world: World) -> None:
    await taken(world)
    await world.clicks("amy", "Deal opened...", world.card())
    await world.sends_the_form("amy")

    await world.clicks("amy", "Won...", world.card())
    await world.sends_the_form("amy")

    assert "Globex: won." in world.dm("amy").text
    assert "Won..." not in world.card().buttons


async def test_a_lead_in_work_has_won_and_lost_before_any_deal_is_open(world: World) -> None:
    await taken(world)
    assert world.card().buttons == ["Timeline", "Give to...", "Deal opened...", "Won...", "Lost..."]

    await world.clicks("amy", "Lost...", world.card())
    await world.chooses("amy", "Why was it lost?", "Price")
    await world.sends_the_form("amy")

    assert "Globex: lost." in world.dm("amy").text
    assert world.count("deal", "state = 'lost'") == 1
    assert world.card().buttons == ["Timeline"]


async def test_while_it_can_be_undone_a_lead_just_taken_has_its_deal_told_in_the_form(world: World) -> None:
    await world.clicks("amy", "Accept", await world.offers())

    assert world.card().buttons == ["Timeline", "Undo", "Give to...", "Deal opened..."]

    await world.time_passes(minutes=16)
    assert world.card().buttons == ["Timeline", "Give to...", "Deal opened...", "Won...", "Lost..."]


@WHO
@pytest.mark.postgres
async def test_who_else_worked_on_a_deal_is_asked_when_it_is_looked_back_at(world: World) -> None:
    await taken(world)
    await world.clicks("amy", "Deal opened...", world.dm("amy"))
    await world.chooses("amy", "Who else worked on it?", "ben")
    await world.sends_the_form("amy")
    await world.clicks("amy", "Won...", world.dm("amy"))
    await world.sends_the_form("amy")

    await looks_back(world)

    assert "Asked: Amy, Eva, Hal, Ben." in head(world).text
    assert "What happened here?: 1 deal" in world.dm("ben").text


async def test_who_a_feed_says_worked_on_a_deal_stays_beside_who_is_chosen_here(world: World) -> None:
    await taken(world)
    told = {"id": "opp-7", "stage": "Demo", "leads": ["crm-991"], "people": ["chi@acme.test"]}
    await world.crm_sends({"deal": told})

    for colleague in ("ben", "hal"):
        await world.clicks("amy", "Another deal...", world.dm("amy"))
        await world.chooses("amy", "Which deal?", "Deal: Demo")
        await world.chooses("amy", "Who else worked on it?", colleague)
        await world.sends_the_form("amy")

    assert world.count("deal", """CAST(fields AS TEXT) LIKE '%["chi@acme.test", "UHAL00000"]%'""") == 1


async def test_a_deal_may_be_told_won_at_once(world: World) -> None:
    await taken(world)
    await world.clicks("amy", "Deal opened...", world.dm("amy"))

    await world.chooses("amy", "Stage", "Won")
    await world.chooses("amy", "Won on", "2026-11-20")
    await world.sends_the_form("amy")

    assert "Globex: won." in world.dm("amy").text
    assert world.count("deal", "closed_at < '2026-11-21'") == 1


@WHO
async def test_a_colleagues_deal_is_theirs_to_tell_and_a_managers(world: World) -> None:
    await taken(world)

    await world.clicks("ben", "Deal opened...", world.card())
    assert world.told("ben")[-1] == "<@UAMY00000> has this lead, and tells of its deals."

    await world.clicks("hal", "Deal opened...", world.card())
    await world.sends_the_form("hal")
    assert "There is a deal." in world.dm("amy").text


async def test_a_click_on_a_deal_that_is_closed_is_told_what_became_of_it(world: World) -> None:
    await opened(world)
    old = deepcopy(world.dm("amy"))
    await world.clicks("amy", "Won...", old)
    await world.sends_the_form("amy")

    await world.clicks("amy", "Lost...", old)
    await world.settles()

    assert world.told("amy")[-1].startswith("Globex is won since ")
    assert world.told("amy")[-1].endswith("<@UAMY00000> told so. Nothing for you to do.")


async def test_a_form_that_is_sent_after_a_manager_told_the_same_says_so(world: World) -> None:
    await opened(world)
    await world.clicks("amy", "Won...", world.dm("amy"))
    await world.clicks("hal", "Won...", world.card())
    await world.sends_the_form("hal")

    await world.sends_the_form("amy")

    assert "<@UHAL00000> told so. Nothing for you to do." in world.form("amy").words


async def test_what_cannot_be_is_told_at_its_field_and_nothing_is_kept(world: World) -> None:
    await taken(world)
    await world.clicks("amy", "Deal opened...", world.dm("amy"))

    for amount, currency, words in (
        ("-5", "EUR", "This should be an amount from 0"),
        ("12,000", "EUR", "This should be an amount from 0"),
        ("12000", "XXX", "This should be a currency's code"),
        ("12000", " ", "An amount and its currency go together."),
    ):
        await world.types("amy", "Amount", amount)
        await world.types("amy", "Currency", currency)
        answer = await world.sends_the_form("amy")
        assert words in str(answer.body), (amount, currency)
    assert world.count("deal") == 0


async def test_truce_deal_takes_a_deal_without_a_lead(world: World) -> None:
    await world.says("amy", "/truce deal Initrode renewal")
    await world.types("amy", "Amount", "900")
    await world.types("amy", "Currency", "GBP")

    await world.sends_the_form("amy")

    assert world.told("amy")[-1] == "Kept. Initrode renewal: Open, 900 GBP."
    assert (world.count("deal"), world.count("deal_lead")) == (1, 0)


async def test_truce_deal_finds_the_lead_that_it_grew_from(world: World) -> None:
    await taken(world)

    await world.says("amy", "/truce deal")
    await world.chooses("amy", "Which lead did it grow from?", "Pat Doe at Globex", typed="globex")
    await world.types("amy", "What is it called?", "Globex rollout")
    await world.sends_the_form("amy")

    assert "There is a deal. Globex rollout: Open." in world.dm("amy").text


async def test_truce_deal_closes_one_of_ones_own_that_is_open(world: World) -> None:
    await world.says("amy", "/truce deal Initrode renewal")
    await world.sends_the_form("amy")
    await world.says("amy", "/truce deal")

    await world.chooses("amy", "Which deal?", "Initrode renewal: Open")
    await world.chooses("amy", "Stage", "Lost")
    await world.chooses("amy", "Why was it lost?", "Price")
    await world.sends_the_form("amy")

    assert world.told("amy")[-1] == "Kept. Initrode renewal: lost."
    assert (world.count("deal"), world.count("deal", "state = 'lost'")) == (1, 1)


async def test_a_closed_deal_is_opened_again(world: World) -> None:
    await opened(world)
    await world.clicks("amy", "Won...", world.dm("amy"))
    await world.sends_the_form("amy")

    await world.clicks("amy", "Deal opened...", world.dm("amy"))
    await world.chooses("amy", "Which deal?", "Globex: won, 12,000 EUR")
    await world.chooses("amy", "Stage", "Open")
    await world.sends_the_form("amy")

    assert "Globex: Open, 12,000 EUR." in world.dm("amy").text
    assert world.count("deal", "state = 'open'") == 1


async def test_of_several_open_deals_the_right_one_is_won(world: World) -> None:
    await opened(world)
    await world.clicks("amy", "Another deal...", world.dm("amy"))
    await world.types("amy", "What is it called?", "Globex training")
    await world.sends_the_form("amy")

    await world.clicks("amy", "Won...", world.dm("amy"))
    await world.chooses("amy", "Which deal?", "Globex training: Open")
    await world.chooses("amy", "Stage", "Won")
    await world.sends_the_form("amy")

    assert "Globex training: won." in world.dm("amy").text
    assert "Globex: Open, 12,000 EUR." in world.dm("amy").text


@pytest.mark.parametrize("settings", [settings_with(people=ROLES, deals={"stages": ["Demo", "Proposal"]})])
async def test_the_stages_are_those_of_the_settings(world: World) -> None:
    await taken(world)
    await world.clicks("amy", "Deal opened...", world.dm("amy"))

    await world.chooses("amy", "Stage", "Proposal")
    await world.sends_the_form("amy")

    assert "Globex: Proposal." in world.dm("amy").text


async def test_a_feeds_deal_is_won_in_slack_and_stays_the_feeds(world: World) -> None:
    await taken(world)
    told: dict[str, Any] = {"id": "opp-7", "stage": "Proposal", "name": "Rollout", "leads": ["crm-991"]}
    await world.crm_sends({"deal": told})

    await world.clicks("amy", "Won...", world.dm("amy"))
    await world.sends_the_form("amy")

    assert world.count("deal", "state = 'won' AND feed = 'website' AND external_id = 'opp-7'") == 1


async def test_the_stage_of_a_feeds_deal_stays_as_the_feed_calls_it(world: World) -> None:
    await taken(world)
    told: dict[str, Any] = {"id": "opp-7", "stage": "x" * 200, "name": "Rollout", "leads": ["crm-991"]}
    await world.crm_sends({"deal": told})
    await world.clicks("amy", "Another deal...", world.dm("amy"))
    await world.chooses("amy", "Which deal?", f"Rollout: {'x' * 59}…")

    await world.types("amy", "What is it called?", "Rollout of Globex")
    await world.sends_the_form("amy")

    kept = "CAST(fields AS TEXT) LIKE '%Rollout of Globex%' AND CAST(fields AS TEXT) LIKE '%xxxxx%'"
    assert world.count("deal", kept) == 1


@WHO
async def test_who_takes_no_part_is_told_whom_to_ask(world: World) -> None:
    await world.crm_sends(lead(), person_called("Robin Roe"))

    said = await world.says("gus", "/truce deal")

    assert "Sales takes leads here" in said


async def test_the_timeline_says_who_told_of_the_deal(world: World) -> None:
    await opened(world)

    await world.clicks("amy", "Timeline", world.card())

    assert "Has a deal" in world.form("amy").words
