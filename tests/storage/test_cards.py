"""Cards that several leads share, kept: whoever offers or answers at the same moment, of each lead there is one outcome."""

import asyncio

import pytest

from bot.arrivals import LeadArrival
from bot.errors import Refused
from bot.jobs import Sight
from bot.leads.commands import Accept, Reject
from bot.leads.lead import State
from bot.leads.together import ALL_ANSWERED
from storage.cards import Cards
from storage.db import Database
from storage.traces import export, find
from tests.bot.examples import ACME, agreement
from tests.storage.desk import NOW, Desk, arrival

MANY = 8


def colleagues(number: int) -> list[LeadArrival]:
    return [arrival(n, contact__email=f"pat{n}@umbrella.test") for n in range(1, number + 1)]


async def on_one_card(desk: Desk, number: int = 3) -> str:
    """So many of one company that wait; answers the card."""
    await desk.takes_in(*colleagues(number))
    [card] = await cards(desk)
    return card


async def cards(desk: Desk) -> set[str]:
    return {lead.handoff.card for lead in await desk.all_leads() if lead.handoff is not None}


async def test_two_processes_that_offer_leads_of_one_company_at_once_make_one_card(
    desk: Desk, another: Database
) -> None:
    beside = Desk.of(another)

    await asyncio.gather(*((desk, beside)[n % 2].takes_in(each) for n, each in enumerate(colleagues(MANY))))

    assert len(await desk.all_leads()) == MANY
    assert len(await cards(desk)) == 1


async def test_each_has_one_owner_however_many_accept_all_at_once(desk: Desk, another: Database) -> None:
    card = await on_one_card(desk, MANY)
    here, there = Cards(desk.space, ACME), Cards(Desk.of(another).space, ACME)

    done = await asyncio.gather(
        *(
            each.answer(card, Accept(by=by), NOW)
            for each, by in ((here, "UAMY"), (there, "UBEN"), (here, "UBEN"), (there, "UAMY"))
        ),
        return_exceptions=True,
    )

    taken = [lead for each in done if not isinstance(each, BaseException) for lead in each.done]
    assert sorted(lead.id for lead in taken) == sorted(lead.id for lead in await desk.all_leads())
    assert [
        repr(each) for each in done if isinstance(each, BaseException) and not isinstance(each, Refused)
    ] == []


async def test_a_reason_that_lacks_its_answer_changes_none_of_them(desk: Desk) -> None:
    card = await on_one_card(desk)

    with pytest.raises(Refused) as refused:
        await Cards(desk.space, ACME).answer(card, Reject(by="UAMY", reason="not_icp"), NOW)

    assert refused.value.field == "answer"
    assert {lead.state for lead in await desk.all_leads()} == {State.OFFERED}


async def test_those_beyond_the_limit_stay(db: Database) -> None:
    terms = agreement(leads={"cap": 2})
    desk = await Desk.at(db, agreement=terms)
    card = await on_one_card(desk)

    done, refused = await Cards(desk.space, terms).answer(card, Accept(by="UAMY"), NOW)

    assert (len(done), len(refused)) == (2, 1)
    assert "2 at a time is the team's limit" in str(refused[0])


async def test_who_comes_after_all_of_them_were_answered_is_told_so(desk: Desk) -> None:
    card = await on_one_card(desk)
    together = Cards(desk.space, ACME)
    await together.answer(card, Accept(by="UAMY"), NOW)

    with pytest.raises(Refused, match=ALL_ANSWERED):
        await together.answer(card, Accept(by="UBEN"), NOW)


async def test_an_export_names_the_card_that_a_lead_shares_and_nothing_of_the_others(desk: Desk) -> None:
    card = await on_one_card(desk)
    post = await desk.posts.begin(Sight.CARD, card, NOW)
    await desk.posts.keep(post, channel="CLEADS", thread=None, ts="1.0", shown_hash="x")

    for number in range(1, 4):
        told = await export(desk.space, await find(desk.space, f"pat{number}@umbrella.test"))
        assert [(each["kind"], each["ts"]) for each in told["messages_in_slack"]] == [("card", "1.0")]
        assert [each for each in (1, 2, 3) if f"pat{each}@" in str(told)] == [number]
