"""The rota, kept: shares are exact however many leads are offered in one moment, by however many processes."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.leads.commands import Reject
from bot.leads.lead import Handoff
from storage.db import Database
from tests.bot.examples import ROLES, agreement
from tests.storage.desk import NOW, Desk, arrival, conflicts_of

MANY = 30


def rotating(**changes: Any) -> Any:
    people = {**ROLES, "reps": ["amy@acme.test", "ben@acme.test", "chi@acme.test"]}
    return agreement(people=people, leads={"offer": "rotation", "flood": {"offers": 1000}, **changes})


async def offers(desk: Desk) -> Counter[str | None]:
    return Counter(handoff.to for handoff in await handoffs(desk))


async def handoffs(desk: Desk) -> list[Handoff]:
    return [lead.handoff for lead in await desk.all_leads() if lead.handoff is not None]


async def test_leads_that_come_in_the_same_moment_are_shared_out_exactly(db: Database) -> None:
    desks = [await Desk.at(db, agreement=rotating(weights={"ben@acme.test": 2, "chi@acme.test": 3}))] * 3
    conflicts = conflicts_of(db)

    await asyncio.gather(*(desks[n % 3].takes_in(arrival(n)) for n in range(MANY)))

    assert await offers(desks[0]) == {"UAMY": MANY // 6, "UBEN": MANY // 3, "UCHI": MANY // 2}
    assert conflicts == []


async def test_many_at_once_in_one_delivery_are_shared_out_exactly(db: Database) -> None:
    desk = await Desk.at(db, agreement=rotating())

    await desk.takes_in(*(arrival(n) for n in range(MANY)))

    assert set((await offers(desk)).values()) == {MANY // 3}


@pytest.mark.slow
async def test_what_is_passed_on_while_others_come_keeps_the_shares(db: Database) -> None:
    desk = await Desk.at(db, agreement=rotating())
    await desk.takes_in(*(arrival(n) for n in range(MANY)))
    passing = [lead for lead in await desk.all_leads() if lead.handoff and lead.handoff.to == "UAMY"]

    await asyncio.gather(
        *(desk.leads.change(lead.id, Reject(by="UAMY", reason="no_capacity"), NOW) for lead in passing),
        *(desk.takes_in(arrival(MANY + n)) for n in range(MANY)),
    )

    # Amy had ten turns; ten leads more were offered to others, so that of seventy turns each had their third.
    had = await offers(desk)
    turns = {"UAMY": had["UAMY"] + len(passing), "UBEN": had["UBEN"], "UCHI": had["UCHI"]}
    assert sum(turns.values()) == 2 * MANY + len(passing)
    assert max(turns.values()) - min(turns.values()) <= 1


async def test_a_workspace_has_its_own_turns(db: Database) -> None:
    mine, yours = await Desk.at(db, "T1", rotating()), await Desk.at(db, "T2", rotating())

    await mine.takes_in(arrival(1))
    await yours.takes_in(arrival(1))

    assert [each.to for each in await handoffs(mine)] == [each.to for each in await handoffs(yours)]


async def test_what_a_handoff_keeps_of_its_offer_comes_back_as_it_was(db: Database) -> None:
    desk = await Desk.at(db, agreement=rotating())
    lead = await desk.lead()

    again = await desk.leads.get(lead.id)

    assert again.handoff is not None
    assert again.handoff.shares.keys() == {"UAMY", "UBEN", "UCHI"}
    assert sum(again.handoff.shares.values()) == 0
    assert again.handoff.until is not None
    assert again.handoff.until > NOW + timedelta(hours=1)
    assert again == lead
