"""What other systems are told, kept: with the change, in order whatever the clocks say, and not of who is removed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.jobs import Due, ForgetOld
from bot.leads.commands import Accept, Contact, Reject
from bot.out.sending import SendEvent
from storage.db import Database
from storage.erasures import Erasures
from storage.jobs import Taken
from storage.out import Out
from storage.tables import EVENT, LANE
from storage.traces import export, find
from storage.upsert import insert_new
from storage.workspace import Workspace
from tests.bot.examples import agreement
from tests.storage.desk import DAY, MINUTE, NOW, SECOND, Desk

CRM: dict[str, Any] = {
    "url": "https://crm.test/hooks",
    "events": ["decision", "owner", "contact", "rejection"],
    "feed": "crm",
}
LAKE: dict[str, Any] = {"url": "https://lake.test/in", "events": ["owner"]}
TELLING = agreement(out=[CRM, LAKE], feeds={"crm": {}})


@pytest.fixture
async def telling(db: Database) -> Desk:
    desk = await Desk.at(db, agreement=TELLING)
    await Workspace(desk.space).keep("Europe/London", "{}")
    return desk


async def sent(desk: Desk, now: Any = NOW + DAY) -> list[tuple[str, str, Taken]]:
    """Take what is to be sent, in its order, as if each was taken at once: to whom, what, and the job."""
    done = []
    while taken := await desk.jobs.take(now, limit=100, lease=MINUTE, outside=100):
        for each in taken:
            if isinstance(each.job, SendEvent):
                message = await Out(desk.space).get(each.job.event)
                assert message is not None
                assert message.id == each.job.event
                done.append((each.job.to.partition("/")[0], str(message.body["type"]), each))
            await desk.jobs.end(each, now, pace=timedelta())
    return done


async def test_each_address_is_told_what_it_wants_in_the_order_in_which_it_was_done(telling: Desk) -> None:
    lead = await telling.lead()
    await telling.leads.change(lead.id, Accept(by="UAMY"), NOW + MINUTE)
    # Another process, whose clock is behind.
    await telling.leads.change(lead.id, Contact(by="UAMY"), NOW + 30 * SECOND)
    await telling.leads.change(lead.id, Reject(by="UAMY", reason="no_budget"), NOW + 20 * SECOND)

    told = [(to, kind) for to, kind, _ in await sent(telling)]

    assert [kind for to, kind in told if to == "crm.test"] == [
        "decision",
        "owner",
        "contact",
        "decision",
        "owner",
        "rejection",
    ]
    assert [kind for to, kind in told if to == "lake.test"] == ["owner", "owner"]


async def test_of_a_feeds_own_news_its_system_is_not_told_and_others_are(telling: Desk) -> None:
    await telling.lead(owner="amy@acme.test", status="accepted")

    assert [(to, kind) for to, kind, _ in await sent(telling)] == [("lake.test", "owner")]


async def test_what_was_refused_tells_nothing(telling: Desk) -> None:
    lead = await telling.lead()
    await telling.leads.change(lead.id, Accept(by="UAMY"), NOW)
    before = len(await sent(telling))

    with pytest.raises(Refused):
        await telling.leads.change(lead.id, Accept(by="UBEN"), NOW)

    assert (before, await sent(telling)) == (3, [])


async def test_what_is_put_back_keeps_its_place_and_another_lead_does_not_wait(telling: Desk) -> None:
    first, second = await telling.lead(1), await telling.lead(2)
    for lead in (first, second):
        await telling.leads.change(lead.id, Accept(by="UAMY"), NOW)

    lanes = {
        each.lane: each for each in await telling.jobs.take(NOW + SECOND, limit=0, lease=MINUTE, outside=100)
    }
    [held] = [lane for lane in lanes if lane.startswith("out:crm.test") and lane.endswith(first.id)]
    for lane, each in lanes.items():
        if lane == held:
            await telling.jobs.put_back(each, NOW + MINUTE, error="no", hold_lane=True, now=NOW + SECOND)
        else:
            await telling.jobs.end(each, NOW + SECOND, pace=timedelta())
    then = [each.lane for each in await telling.jobs.take(NOW + SECOND, limit=0, lease=MINUTE, outside=100)]
    later = await telling.jobs.take(NOW + MINUTE, limit=0, lease=MINUTE, outside=100)

    assert len(lanes) == 4
    assert held not in then
    assert any(lane.endswith(second.id) for lane in then)
    [again] = [each for each in later if each.lane == held]
    assert (again.job, again.attempts) == (lanes[held].job, 2)


async def test_strangers_take_so_many_places_and_nobody_elses(telling: Desk) -> None:
    for number in range(1, 5):
        lead = await telling.lead(number)
        await telling.leads.change(lead.id, Accept(by="UAMY"), NOW)
    await telling.jobs.add([Due(job=ForgetOld(), at=NOW)])

    none = await telling.jobs.take(NOW + SECOND, limit=100, lease=MINUTE, outside=0)
    some = await telling.jobs.take(NOW + SECOND, limit=0, lease=MINUTE, outside=3)

    assert not any(isinstance(each.job, SendEvent) for each in none)
    assert any(isinstance(each.job, ForgetOld) for each in none)
    assert [type(each.job) for each in some] == [SendEvent] * 3


async def test_of_who_is_removed_nothing_waits_and_nothing_is_left(telling: Desk) -> None:
    lead = await telling.lead()
    await telling.leads.change(lead.id, Reject(by="UAMY", reason="no_budget", words="Pat Doe is ill."), NOW)
    of_a_retro = {"type": "retro", "data": {"action": {"what": "Ring Pat Doe up"}}}
    row = {"workspace": "T1", "id": "evt_1", "about": "deal", "at": NOW, "body": of_a_retro}
    await telling.space.write(lambda session: insert_new(session, EVENT, [row]))
    found = await find(telling.space, "pat1@globex.test")
    given = await export(telling.space, found)
    assert "Pat Doe is ill." in str(given["told_to_other_systems"])

    await Erasures(telling.space, TELLING).erase(found, NOW)

    kept = select(EVENT.c.id, EVENT.c.body).where(EVENT.c.workspace == "T1")
    rows = await telling.space.read(lambda session: [tuple(each) for each in session.execute(kept)])
    assert rows == [("evt_1", {"type": "retro", "data": {"action": {"what": "Ring [removed] up"}}})]
    assert await sent(telling) == []


async def test_what_was_sent_is_forgotten_after_some_months_and_so_are_its_lanes(telling: Desk) -> None:
    lead = await telling.lead()
    await telling.leads.change(lead.id, Accept(by="UAMY"), NOW)
    assert len(await sent(telling)) == 3

    async def left() -> tuple[int, int]:
        events = select(EVENT.c.id).where(EVENT.c.workspace == "T1")
        lanes = select(LANE.c.name).where(LANE.c.workspace == "T1", LANE.c.name.startswith("out:"))
        return await telling.space.read(
            lambda session: (len(session.execute(events).all()), len(session.execute(lanes).all()))
        )

    await telling.jobs.forget_old(NOW + DAY)
    assert await left() == (2, 2)
    await telling.jobs.forget_old(NOW + 3 * DAY)
    assert await left() == (2, 0)
    await telling.jobs.forget_old(NOW + 93 * DAY)
    assert await left() == (0, 0)
