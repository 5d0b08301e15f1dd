"""Leads that wait behind one message: opened once, counted, released and kept with every lead in its place."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.errors import Refused
from bot.handing import AT_ONCE
from bot.jobs import KeepHeld, ReleaseHeld
from bot.leads.commands import Accept
from bot.leads.lead import Lead, State
from storage.db import Database
from storage.tables import HOLD
from tests.bot.examples import agreement
from tests.storage.desk import DAY, HOUR, NOW, SECOND, Desk, arrival, conflicts_of

LONG_AGO = NOW - 30 * DAY


async def holding(desk: Desk, leads: int, **changes: Any) -> str:
    """A hold behind which so many old leads wait."""
    await desk.takes_in(*(arrival(number, occurred_at=LONG_AGO, **changes) for number in range(leads)))
    [hold] = {lead.hold for lead in await desk.all_leads() if lead.hold}
    return hold


async def offered(desk: Desk) -> list[Lead]:
    return [lead for lead in await desk.all_leads() if lead.state is State.OFFERED]


async def test_many_old_leads_wait_behind_one_message(desk: Desk) -> None:
    hold = await desk.holds.get(await holding(desk, 12))

    assert hold
    assert (hold.channel, hold.arrived, hold.waiting, hold.names) == ("CLEADS", 12, 12, ("Autumn webinar",))


async def test_leads_of_several_campaigns_are_called_by_their_feeds(desk: Desk) -> None:
    for number, feed, campaign in ((0, "crm", "Autumn webinar"), (1, "fair", None)):
        old = arrival(number, occurred_at=LONG_AGO, feed=feed, campaign=campaign)
        await desk.takes_in(old, feed=feed)
    [name] = {lead.hold for lead in await desk.all_leads()}

    hold = await desk.holds.get(name or "")

    assert hold
    assert hold.names == ("crm", "fair")


async def test_who_comes_later_waits_behind_the_same_message(desk: Desk) -> None:
    first = await holding(desk, 2)

    await desk.takes_in(arrival(5, occurred_at=LONG_AGO), now=NOW + HOUR)

    hold = await desk.holds.get(first)
    assert hold
    assert (hold.arrived, hold.waiting) == (3, 3)


async def test_a_press_offers_the_next_few_those_first_that_came_first(desk: Desk) -> None:
    hold = await holding(desk, AT_ONCE + 2)

    await desk.holds.offer_next(hold, "UEVA", NOW)

    assert len(await offered(desk)) == AT_ONCE
    after = await desk.holds.get(hold)
    assert after
    assert (after.waiting, after.pressed_by) == (2, "UEVA")


async def test_who_may_not_press_changes_nothing(desk: Desk) -> None:
    hold = await holding(desk, 2)

    with pytest.raises(Refused, match="Marketing decides"):
        await desk.holds.offer_next(hold, "UAMY", NOW)

    after = await desk.holds.get(hold)
    assert after
    assert (after.waiting, after.pressed_by) == (2, None)


async def test_an_empty_hold_is_closed_and_who_comes_next_waits_behind_another(desk: Desk) -> None:
    first = await holding(desk, 2)
    await desk.holds.offer_next(first, "UEVA", NOW)

    with pytest.raises(Refused, match="None of them waits"):
        await desk.holds.offer_next(first, "UEVA", NOW)
    await desk.takes_in(arrival(9, occurred_at=LONG_AGO), now=NOW + SECOND)

    [lead] = await desk.leads.find("pat9@", 1)
    assert lead.hold
    assert lead.hold != first


async def test_a_hold_closed_in_the_very_second_it_was_opened_is_opened_once_more(desk: Desk) -> None:
    first = await holding(desk, 2)
    await desk.holds.offer_next(first, "UEVA", NOW)

    await desk.takes_in(arrival(9, occurred_at=LONG_AGO))

    hold = await desk.holds.get(first)
    assert hold
    assert hold.waiting == 1
    await desk.takes_in(arrival(10, occurred_at=LONG_AGO), now=NOW + HOUR)
    assert len({lead.hold for lead in await desk.all_leads() if lead.hold}) == 1


async def test_ten_a_day_are_offered_each_working_day_until_none_waits(desk: Desk) -> None:
    hold = await holding(desk, AT_ONCE + 1)
    await desk.no_jobs()
    await desk.holds.offer_daily(hold, "UEVA", NOW)
    assert ReleaseHeld(hold=hold) in {each.job for each in await desk.take()}

    await desk.holds.release_daily(hold, NOW)
    await desk.holds.release_daily(hold, NOW + DAY)

    assert len(await offered(desk)) == AT_ONCE + 1
    after = await desk.holds.get(hold)
    assert after
    assert after.waiting == 0


async def test_leads_kept_with_marketing_go_back_some_at_a_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.holds.KEPT_AT_ONCE", 2)
    hold = await holding(desk, 3)
    await desk.no_jobs()
    await desk.holds.keep(hold, "UEVA", NOW)
    assert KeepHeld(hold=hold) in {each.job for each in await desk.take()}

    assert [await desk.holds.keep_some(hold, NOW) for _ in range(2)] == [True, False]

    assert {lead.state for lead in await desk.all_leads()} == {State.NURTURE}


async def test_who_asks_for_us_leaves_the_hold_by_themselves(desk: Desk) -> None:
    hold = await holding(desk, 2)

    await desk.takes_in(arrival(0, source="demo_request", occurred_at=NOW))

    after = await desk.holds.get(hold)
    assert after
    assert (after.arrived, after.waiting) == (2, 1)


# Two at once.


async def test_two_who_open_a_hold_at_the_same_moment_open_one(desk: Desk, another: Database) -> None:
    desks = [desk, Desk.of(another)]
    old = [arrival(number, occurred_at=LONG_AGO) for number in range(10)]

    await asyncio.gather(
        *(
            desks[number % 2].takes_in(each, now=NOW + timedelta(seconds=number))
            for number, each in enumerate(old)
        )
    )

    [hold] = {lead.hold for lead in await desk.all_leads()}
    found = await desk.holds.get(hold or "")
    assert found
    assert (found.arrived, found.waiting) == (10, 10)
    query = select(func.count()).where(HOLD.c.workspace == "T1", HOLD.c.closed_at.is_(None))
    assert await desk.space.read(lambda session: session.scalar(query)) == 1


async def test_two_who_press_at_once_offer_twice_as_many_and_none_twice(
    desk: Desk, another: Database
) -> None:
    hold = await holding(desk, 3 * AT_ONCE)

    await asyncio.gather(
        desk.holds.offer_next(hold, "UEVA", NOW), Desk.of(another).holds.offer_next(hold, "UHAL", NOW)
    )

    leads = await offered(desk)
    assert len(leads) == 2 * AT_ONCE
    assert {lead.handoff.number for lead in leads if lead.handoff} == {1}


async def test_presses_arrivals_and_accepts_at_once_never_lock_each_other_out(
    db: Database, another: Database
) -> None:
    terms = agreement(leads={"flood": {"offers": 1000}})
    desk, beside = await Desk.at(db, agreement=terms), Desk.of(another, agreement=terms)
    conflicts = conflicts_of(db, another)
    ready = [(await desk.lead(number)).id for number in range(100, 110)]
    hold = await holding(desk, 5 * AT_ONCE)

    await asyncio.gather(
        *(beside.holds.offer_next(hold, "UEVA", NOW) for _ in range(4)),
        *(desk.leads.change(lead, Accept(by="UAMY"), NOW) for lead in ready),
        *(
            beside.takes_in(*(arrival(number, occurred_at=LONG_AGO, url="u") for number in range(50, 0, -1)))
            for _ in range(3)
        ),
        *(desk.takes_in(*(arrival(number, occurred_at=LONG_AGO) for number in range(60))) for _ in range(3)),
    )

    assert conflicts == []
    assert len(await offered(desk)) == 4 * AT_ONCE
