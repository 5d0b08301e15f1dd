"""What arrives: each lead found or begun, however it is known, however many tell of it at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot.arrivals import Outcome, Problem, Senseless
from bot.leads.lead import State
from storage.db import Database
from storage.tables import IDENTITY, QUARANTINE
from tests.storage.desk import DAY, HOUR, NOW, SECOND, Desk, arrival, at_once, conflicts_of, touch

NEW, CHANGED, UNCHANGED = Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED
NONSENSE = Senseless(problems=(Problem(path="score", words="No."),), raw='{"score": "many"}')


async def quarantined(desk: Desk) -> list[tuple[str, int]]:
    query = select(QUARANTINE.c.raw, QUARANTINE.c.times).where(QUARANTINE.c.workspace == "T1")
    rows = await desk.space.read(lambda session: session.execute(query).all())
    return sorted((row.raw, row.times) for row in rows)


async def test_a_lead_is_new_then_unchanged_then_changed(desk: Desk) -> None:
    later = arrival(1, contact__title="CEO", occurred_at=NOW + HOUR)

    told = [await desk.takes_in(each) for each in (arrival(1), arrival(1), later)]

    assert told == [[NEW], [UNCHANGED], [CHANGED]]
    [lead] = await desk.all_leads()
    assert lead.text("contact.title") == "CEO"


async def test_what_changed_nothing_is_not_in_the_log(desk: Desk) -> None:
    lead = await desk.lead()

    await desk.takes_in(arrival(1))

    assert len(await desk.history(lead.id)) == 1


async def test_a_delivery_that_comes_twice_is_taken_in_once(desk: Desk) -> None:
    first = await desk.takes_in(arrival(1), delivery="msg_1")
    again = await desk.takes_in(arrival(2), delivery="msg_1")
    elsewhere = await desk.takes_in(arrival(3, feed="web"), delivery="msg_1", feed="web")

    assert [first, again, elsewhere] == [[NEW], [UNCHANGED], [NEW]]


async def test_of_a_delivery_with_nonsense_the_good_is_kept_and_all_may_come_again(desk: Desk) -> None:
    first = await desk.takes_in(arrival(1), NONSENSE, delivery="msg_1")
    again = await desk.takes_in(arrival(1), arrival(2), delivery="msg_1")

    assert [first, again] == [[NEW, NONSENSE], [UNCHANGED, NEW]]


async def test_nonsense_is_kept_as_it_came_and_the_same_again_counts_up(desk: Desk) -> None:
    await desk.takes_in(NONSENSE, NONSENSE)
    await desk.takes_in(NONSENSE, now=NOW + DAY)

    assert await quarantined(desk) == [(NONSENSE.raw, 3)]


@pytest.mark.parametrize(
    "again",
    [
        {"contact__email": "other@globex.test", "contact__phone": None},
        {"feed": "web", "external_id": "w-1", "contact__phone": None},
        {"feed": "web", "external_id": None, "contact__phone": None},
        {"feed": "web", "external_id": "w-1", "contact__email": None},
    ],
    ids=["its id", "its e-mail in another feed", "its e-mail alone", "its phone"],
)
async def test_a_lead_is_known_by(desk: Desk, again: dict[str, Any]) -> None:
    await desk.takes_in(arrival(1))

    [told] = await desk.takes_in(arrival(1, **again, occurred_at=NOW + HOUR))

    assert told is CHANGED
    assert len(await desk.all_leads()) == 1


async def test_the_same_id_in_another_feed_is_somebody_else(desk: Desk) -> None:
    await desk.takes_in(arrival(1))

    [told] = await desk.takes_in(arrival(2, feed="web", external_id="crm-1"))

    assert told is NEW


async def test_colleagues_who_share_a_phone_are_two_leads(desk: Desk) -> None:
    told = await desk.takes_in(arrival(1), arrival(2, contact__phone="+44207946000001"))

    assert told == [NEW, NEW]


async def test_a_number_that_is_not_whole_is_nobodys(desk: Desk) -> None:
    local = {"contact__email": None, "contact__phone": "7946 0000"}

    assert await desk.takes_in(arrival(1, **local), arrival(2, **local)) == [NEW, NEW]


async def test_an_id_of_one_lead_and_an_email_of_another_is_the_one_with_the_id(desk: Desk) -> None:
    first, second = await desk.lead(1), await desk.lead(2)

    both = arrival(1, contact__email="pat2@globex2.test", contact__phone=None, occurred_at=NOW + HOUR)
    assert await desk.takes_in(both) == [CHANGED]

    assert (await desk.leads.get(first.id)).text("contact.email") == "pat2@globex2.test"
    assert await desk.leads.get(second.id) == second
    assert await desk.takes_in(arrival(2)) == [UNCHANGED]


async def test_a_new_id_with_a_known_email_is_known_by_both_from_then_on(desk: Desk) -> None:
    await desk.takes_in(arrival(1))
    await desk.takes_in(arrival(1, external_id="crm-77", contact__phone=None))

    await desk.takes_in(touch("crm-77"), touch("crm-1", kind="meeting"))

    [lead] = await desk.all_leads()
    assert lead.external_id == "crm-1"


async def test_the_same_lead_several_times_in_one_array_is_one(desk: Desk) -> None:
    by_email = arrival(1, external_id=None, contact__phone=None)
    both = arrival(1, contact__phone=None)
    by_id = arrival(1, contact__email=None, contact__phone=None)
    later = arrival(1, contact__title="CEO", occurred_at=NOW + HOUR)

    told = await desk.takes_in(by_email, both, by_id, later)

    assert told[0] is NEW
    assert told[3] is CHANGED
    [lead] = await desk.all_leads()
    assert (lead.text("contact.title"), lead.state) == ("CEO", State.OFFERED)


async def test_nobody_is_known_by_nothing(desk: Desk) -> None:
    nothing = {"external_id": None, "contact__email": None, "contact__phone": None}

    assert await desk.takes_in(arrival(1, **nothing), arrival(2, **nothing)) == [NEW, NEW]


async def test_a_touch_finds_its_lead_by_the_id_in_its_feed_or_by_email(desk: Desk) -> None:
    lead = await desk.lead()

    told = await desk.takes_in(touch("crm-1"), touch("PAT1@globex.test", kind="meeting"), touch("crm-1"))

    assert told == [CHANGED, CHANGED, UNCHANGED]
    assert [each.what for each in await desk.history(lead.id)] == ["arrive", "hear", "hear"]


async def test_a_touch_may_come_in_one_array_with_its_lead(desk: Desk) -> None:
    assert await desk.takes_in(arrival(1), touch("crm-1")) == [NEW, CHANGED]


async def test_a_bare_id_is_looked_up_in_all_feeds_if_only_one_has_it(desk: Desk) -> None:
    await desk.takes_in(arrival(1))
    assert await desk.takes_in(touch("crm-1", feed="phone")) == [CHANGED]

    await desk.takes_in(arrival(2, feed="web", external_id="crm-1"))
    [told] = await desk.takes_in(touch("crm-1", feed="phone", kind="meeting"))

    assert isinstance(told, Senseless)
    assert await desk.takes_in(touch("crm-1", feed="web", kind="meeting")) == [CHANGED]


async def test_a_touch_of_nobody_makes_no_sense_and_is_kept(desk: Desk) -> None:
    [told] = await desk.takes_in(touch("crm-404"))

    assert isinstance(told, Senseless)
    assert [problem.path for problem in told.problems] == ["touch.lead"]
    assert await quarantined(desk) == [('{"touch": "crm-404"}', 1)]


async def test_an_owner_whom_nobody_here_knows_makes_no_sense(desk: Desk) -> None:
    known, unknown = await desk.takes_in(
        arrival(1, owner="amy@acme.test"), arrival(2, owner="zed@acme.test"), delivery="msg_1"
    )

    assert known is NEW
    assert isinstance(unknown, Senseless)
    [lead] = await desk.all_leads()
    assert (lead.owner, lead.state) == ("UAMY", State.ACCEPTED)


async def test_deliveries_of_one_moment_do_what_they_would_one_after_another(
    desk: Desk, db: Database
) -> None:
    told = await at_once(
        db,
        desk.takes_in(arrival(1), delivery="msg_1"),
        desk.takes_in(arrival(2), delivery="msg_2"),
        desk.takes_in(arrival(1), delivery="msg_1"),
        desk.takes_in(arrival(1, contact__title="CEO", occurred_at=NOW + HOUR), delivery="msg_3"),
        desk.takes_in(NONSENSE, delivery="msg_4"),
        desk.takes_in(NONSENSE, delivery="msg_4"),
        desk.takes_in(arrival(2)),
    )

    assert told == [[NEW], [NEW], [UNCHANGED], [CHANGED], [NONSENSE], [NONSENSE], [UNCHANGED]]
    assert len(await desk.all_leads()) == 2
    assert await quarantined(desk) == [(NONSENSE.raw, 2)]


async def test_two_hundred_first_arrivals_at_once_are_one_lead(desk: Desk, another: Database) -> None:
    desks = [desk, Desk.of(another)]

    told = await asyncio.gather(*(desks[number % 2].takes_in(arrival(1)) for number in range(200)))

    assert sorted(outcome for [outcome] in told) == [NEW] + [UNCHANGED] * 199
    assert len(await desk.all_leads()) == 1


async def test_a_lead_told_of_at_once_by_id_by_email_and_by_both_is_one(
    desk: Desk, another: Database
) -> None:
    desks = [desk, Desk.of(another)]
    ways = [
        arrival(1, contact__phone=None),
        arrival(1, external_id=None, contact__phone=None),
        arrival(1, feed="web", external_id="w-1", contact__phone=None),
    ]

    await asyncio.gather(*(desks[number % 2].takes_in(ways[number % 3]) for number in range(60)))

    assert len(await desk.all_leads()) == 1


async def test_arrays_with_the_same_leads_in_any_order_never_lock_each_other_out(
    desk: Desk, db: Database, another: Database
) -> None:
    desks, leads = [desk, Desk.of(another)], [arrival(number) for number in range(30)]
    conflicts = conflicts_of(db, another)

    told = await asyncio.gather(
        *(desks[number % 2].takes_in(*leads[:: 1 if number % 3 else -1]) for number in range(12))
    )

    assert conflicts == []
    assert sum(outcomes.count(NEW) for outcomes in told) == 30
    assert len(await desk.all_leads()) == 30


async def test_an_import_twice_changes_nothing(desk: Desk) -> None:
    rows = [arrival(number, occurred_at=NOW - 30 * DAY) for number in range(150)]

    first, second = [
        await desk.takes_in(*rows[:100], bulk=True) + await desk.takes_in(*rows[100:], bulk=True)
        for _ in range(2)
    ]

    assert first == [NEW] * 150
    assert second == [UNCHANGED] * 150


async def test_each_key_belongs_to_one_lead(desk: Desk) -> None:
    await desk.takes_in(
        arrival(1, external_id=None),
        arrival(1, contact__phone=None, occurred_at=NOW + SECOND),
        arrival(1, feed="web", external_id="w-1", contact__phone="+44207946999999"),
    )
    query = select(IDENTITY.c.kind, IDENTITY.c.value, IDENTITY.c.lead).where(IDENTITY.c.workspace == "T1")
    rows = await desk.space.read(lambda session: session.execute(query).all())

    [lead] = await desk.all_leads()
    assert {row.lead for row in rows} == {lead.id}
    assert {row.kind for row in rows} == {"id:crm", "id:web", "email", "phone"}
