"""Deals: each kept once, however often and in whatever order it is told, with the leads it grew from."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot.arrivals import DealArrival, Outcome, Problem, Senseless
from bot.errors import Refused
from bot.leads.commands import Accept
from bot.leads.lead import State
from bot.money import Money
from storage.db import Database
from storage.deals import get, leads_of
from storage.tables import DEAL, DEAL_LEAD
from tests.storage.desk import DAY, HOUR, NOW, Desk, arrival, conflicts_of

NEW, CHANGED, UNCHANGED = Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED
WEEK, LINE = "2026-W48", "campaign:Autumn webinar"


def deal(number: int = 1, stage: str = "won", **changes: Any) -> DealArrival:
    """What a feed tells of deal so-and-so."""
    feed, at = changes.pop("feed", "crm"), changes.pop("occurred_at", None)
    fields = {"stage": stage, "amount": 120_000_000, "currency": "EUR", "leads": ("crm-1",), **changes}
    return DealArrival(feed=feed, external_id=f"opp-{number}", occurred_at=at, fields=fields, raw="{}")


async def kept(desk: Desk) -> list[tuple[str, str, int, str]]:
    query = select(DEAL).where(DEAL.c.workspace == "T1").order_by(DEAL.c.external_id)
    rows = await desk.space.read(lambda session: session.execute(query).all())
    return [(row.external_id, row.state, row.amount, row.currency) for row in rows]


async def links(desk: Desk) -> int:
    query = select(DEAL_LEAD.c.lead).where(DEAL_LEAD.c.workspace == "T1")
    return len(await desk.space.read(lambda session: session.execute(query).all()))


async def test_a_deal_is_new_then_unchanged_then_changed(desk: Desk) -> None:
    lead = await desk.lead()

    told = [await desk.takes_in(each) for each in (deal(stage="Proposal"), deal(stage="Proposal"), deal())]

    assert told == [[NEW], [UNCHANGED], [CHANGED]]
    assert await kept(desk) == [("opp-1", "won", 120_000_000, "EUR")]
    assert (await links(desk), len(await desk.history(lead.id))) == (1, 1)


async def test_the_same_deal_twenty_times_at_once_is_one(desk: Desk, db: Database, another: Database) -> None:
    desks, conflicts = [desk, Desk.of(another)], conflicts_of(db, another)
    await desk.lead()

    told = await asyncio.gather(*(desks[number % 2].takes_in(deal()) for number in range(20)))

    assert sorted(outcome for [outcome] in told) == [NEW] + [UNCHANGED] * 19
    assert (len(await kept(desk)), await links(desk), conflicts) == (1, 1, [])


async def test_deals_and_leads_at_once_in_any_order_never_lock_each_other_out(
    desk: Desk, db: Database, another: Database
) -> None:
    desks, conflicts = [desk, Desk.of(another)], conflicts_of(db, another)
    items = [
        each for number in range(9) for each in (deal(number, leads=(f"crm-{number}",)), arrival(number))
    ]

    await asyncio.gather(
        *(desks[number % 2].takes_in(*items[:: 1 if number % 3 else -1]) for number in range(6))
    )

    assert conflicts == []
    assert (len(await kept(desk)), await links(desk)) == (9, 9)
    assert {lead.state for lead in await desk.all_leads()} == {State.OFFERED}


async def test_what_is_told_late_does_not_undo_what_was_told_later(desk: Desk) -> None:
    await desk.takes_in(deal(occurred_at=NOW, amount=10_000))

    await desk.takes_in(deal(stage="Proposal", occurred_at=NOW - DAY, amount=20_000))

    assert await kept(desk) == [("opp-1", "won", 10_000, "EUR")]


async def test_a_won_deal_that_goes_on_is_open_again(desk: Desk) -> None:
    await desk.takes_in(deal())

    await desk.takes_in(deal(stage="Proposal"), now=NOW + HOUR)

    assert [state for _, state, _, _ in await kept(desk)] == ["open"]


async def test_a_lead_with_a_deal_is_converted_and_stays_its_owners(desk: Desk) -> None:
    lead = await desk.lead()
    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)

    await desk.takes_in(deal(owner="ben@acme.test"))

    [lead] = await desk.all_leads()
    assert (lead.state, lead.owner) == (State.CONVERTED, "UAMY")


async def test_a_lead_that_nobody_took_is_the_deals_owners(desk: Desk) -> None:
    await desk.lead()

    await desk.takes_in(deal(owner="ben@acme.test", leads=("pat1@globex.test",)))

    [lead] = await desk.all_leads()
    assert (lead.state, lead.owner) == (State.CONVERTED, "UBEN")


async def test_a_deal_of_nobody_here_leaves_the_offer_as_it_is(desk: Desk) -> None:
    await desk.lead()

    assert await desk.takes_in(deal(owner="zoe@elsewhere.test")) == [NEW]

    [lead] = await desk.all_leads()
    assert (lead.state, lead.owner) == (State.OFFERED, None)


async def test_a_deal_without_a_known_lead_is_kept(desk: Desk) -> None:
    assert await desk.takes_in(deal(leads=("nobody",)), deal(2, leads=())) == [NEW, NEW]

    assert (len(await kept(desk)), await links(desk)) == (2, 0)


async def test_a_deal_may_stand_before_its_lead_in_an_array(desk: Desk) -> None:
    assert await desk.takes_in(deal(owner="ben@acme.test"), arrival(1)) == [NEW, NEW]

    [lead] = await desk.all_leads()
    assert (lead.state, await links(desk)) == (State.CONVERTED, 1)


@pytest.mark.parametrize("name", ["crm-1", "pat1@globex.test", "PAT1@Globex.test", "globex.test"])
async def test_a_lead_that_comes_after_the_deal_that_names_it_is_linked_then(desk: Desk, name: str) -> None:
    await desk.takes_in(deal(stage="Proposal", owner="ben@acme.test", leads=(name,)))

    await desk.lead()

    [lead] = await desk.all_leads()
    assert (lead.state, lead.owner, await links(desk)) == (State.CONVERTED, "UBEN", 1)


async def test_a_lead_that_comes_again_is_linked_once(desk: Desk) -> None:
    await desk.takes_in(deal(owner="ben@acme.test"))
    lead = await desk.lead()

    await desk.takes_in(arrival(1, contact__title="Head of Operations"), now=NOW + HOUR)
    await desk.takes_in(deal(owner="ben@acme.test"), arrival(1), now=NOW + HOUR)

    history = await desk.history(lead.id)
    assert (await links(desk), [entry.what for entry in history].count("convert")) == (1, 1)


async def test_a_deal_told_again_in_the_delivery_that_brings_its_lead_is_linked(desk: Desk) -> None:
    await desk.takes_in(deal(owner="ben@acme.test"))

    assert await desk.takes_in(deal(owner="ben@acme.test"), arrival(1)) == [UNCHANGED, NEW]

    assert await links(desk) == 1


async def test_a_domain_means_the_leads_of_that_company_that_somebody_has(desk: Desk) -> None:
    for number in (1, 2, 3):
        address = f"pat{number}@globex.test"
        await desk.takes_in(arrival(number, contact__email=address))
        [lead] = await desk.leads.find(address, 1)
        if number < 3:
            await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)
    await desk.takes_in(arrival(4, contact__email="pat4@initech.test"))

    await desk.takes_in(deal(leads=("https://www.globex.test/",)))

    states = sorted((lead.text("contact.email"), lead.state) for lead in await desk.all_leads())
    assert [state for _, state in states] == [
        State.CONVERTED,
        State.CONVERTED,
        State.OFFERED,
        State.OFFERED,
    ]


async def test_who_asks_after_the_deal_of_their_company_was_closed_is_another_lead(desk: Desk) -> None:
    closed = (NOW - DAY).isoformat()
    await desk.takes_in(deal(owner="ben@acme.test", leads=("globex.test",), closed_at=closed))

    await desk.lead()

    [lead] = await desk.all_leads()
    assert (lead.state, await links(desk)) == (State.OFFERED, 0)


async def test_a_lead_that_is_told_late_belongs_to_the_deal_of_its_company(desk: Desk) -> None:
    await desk.takes_in(deal(owner="ben@acme.test", leads=("globex.test",)))

    await desk.takes_in(arrival(1, occurred_at=NOW - 30 * DAY), now=NOW + DAY)
    await desk.takes_in(deal(name="Globex rollout", owner="ben@acme.test", leads=("globex.test",)))

    assert await links(desk) == 1


async def test_everybodys_mail_service_is_no_company(desk: Desk) -> None:
    await desk.takes_in(deal(stage="Proposal", owner="ben@acme.test", leads=("gmail.com",)))

    await desk.takes_in(arrival(contact__email="pat@gmail.com"))

    assert await links(desk) == 0


async def test_a_lead_that_is_no_longer_named_is_not_linked_when_it_comes(desk: Desk) -> None:
    await desk.takes_in(deal(owner="ben@acme.test"))
    await desk.takes_in(deal(owner="ben@acme.test", leads=("crm-2",)))

    await desk.lead(1)

    assert await links(desk) == 0


async def test_of_several_deals_that_name_a_lead_each_is_linked(desk: Desk) -> None:
    await desk.takes_in(*(deal(number, owner="ben@acme.test") for number in range(3)))

    await desk.lead()

    assert await links(desk) == 3


async def test_another_lead_told_later_takes_the_place_of_the_first(desk: Desk) -> None:
    await desk.lead(1)
    second = await desk.lead(2)
    await desk.takes_in(deal())

    await desk.takes_in(deal(leads=("crm-2",)))

    query = select(DEAL_LEAD.c.lead).where(DEAL_LEAD.c.workspace == "T1")
    assert await desk.space.read(lambda session: session.scalars(query).all()) == [second.id]


async def test_of_news_that_makes_no_sense_with_what_is_known_nothing_is_taken(desk: Desk) -> None:
    await desk.takes_in(deal(opened_at="2026-09-01T00:00:00+00:00"))

    [told] = await desk.takes_in(deal(stage="lost", closed_at="2026-08-01T00:00:00+00:00"))

    words = "A deal closes on the day it opens, or later."
    assert told == Senseless(problems=(Problem(path="deal.closed_at", words=words),), raw="{}")
    assert [state for _, state, _, _ in await kept(desk)] == ["won"]


async def test_a_campaign_counts_its_deals_once_and_adds_up_what_was_won_by_currency(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.lead(number)
    await desk.lead(4, campaign="Another")
    await desk.takes_in(
        deal(1, leads=("crm-1", "crm-2")),
        deal(2, leads=("crm-3",), amount=5_000),
        deal(3, leads=("crm-1",), amount=35_005_000, currency="USD"),
        deal(4, "lost"),
        deal(5, "Proposal"),
        deal(6, leads=("crm-4",)),
        DealArrival(
            feed="crm", external_id="bare", occurred_at=None, fields={"stage": "won", "leads": ("crm-1",)}
        ),
    )

    standing = await desk.campaigns.standing(WEEK, LINE)

    assert (standing.deals, standing.won) == (6, 4)
    assert sorted(standing.amounts) == [
        Money(currency="EUR", amount=120_005_000),
        Money(currency="USD", amount=35_005_000),
    ]


async def test_the_stages_of_a_deal_are_kept_with_its_owner_and_days(desk: Desk) -> None:
    await desk.lead()
    await desk.takes_in(deal(stage="Proposal", owner="amy@acme.test"))
    await desk.takes_in(deal(stage="lost", reason="price"), now=NOW + HOUR)
    query = select(DEAL).where(DEAL.c.workspace == "T1")
    row = await desk.space.read(lambda session: session.execute(query).one())

    found = await desk.space.read(lambda session: get(session, "T1", row.id))
    grown = await desk.space.read(lambda session: leads_of(session, "T1", row.id))

    assert [(stage.name, stage.since, stage.reason) for stage in found.stages] == [
        ("Proposal", NOW, None),
        ("lost", NOW + HOUR, "price"),
    ]
    assert (row.owner, row.opened_at, row.closed_at) == ("amy@acme.test", NOW, NOW + HOUR)
    assert grown == [lead.id for lead in await desk.all_leads()]


async def test_a_deal_that_is_not_there_is_refused_with_a_sentence(desk: Desk) -> None:
    with pytest.raises(Refused, match="not here any more"):
        await desk.space.read(lambda session: get(session, "T1", "nothing"))


async def test_a_deal_of_which_nothing_made_sense_is_not_there(desk: Desk) -> None:
    opened, closed = NOW.isoformat(), (NOW - DAY).isoformat()

    [told] = await desk.takes_in(deal(opened_at=opened, closed_at=closed))

    assert isinstance(told, Senseless)
    assert await kept(desk) == []


async def test_what_one_of_us_may_not_tell_leaves_nothing(desk: Desk) -> None:
    lead = await desk.lead()
    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)
    told = DealArrival(
        feed="Slack",
        external_id="f",
        occurred_at=None,
        fields={"stage": "won", "leads": (lead.id,)},
        by="UBEN",
    )

    with pytest.raises(Refused, match="<@UAMY> has this lead"):
        await desk.intake.tell(told, NOW)

    assert (await kept(desk), await links(desk)) == ([], 0)


async def test_two_who_tell_of_one_deal_at_once_are_one_after_the_other(
    desk: Desk, db: Database, another: Database
) -> None:
    lead = await desk.lead()
    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)
    desks = [desk, Desk.of(another)]
    told = [
        DealArrival(
            feed="Slack",
            external_id="f",
            occurred_at=None,
            fields={"stage": "won", "leads": (lead.id,), "owner": "UAMY"},
            by=who,
        )
        for who in ("UAMY", "UHAL") * 5
    ]

    done = await asyncio.gather(
        *(desks[number % 2].intake.tell(each, NOW) for number, each in enumerate(told)),
        return_exceptions=True,
    )

    assert len([each for each in done if each is NEW]) == 1
    assert {type(each) for each in done if each is not NEW} <= {Outcome, Refused}
    assert (len(await kept(desk)), await links(desk)) == (1, 1)
