"""Leads: a change is one transaction with its facts and its jobs; two at once are one after the other."""

import asyncio
from typing import Any

import pytest
from sqlmodel import Session

from bot.errors import Refused
from bot.leads.commands import Accept, Contact, Undo
from bot.leads.lead import Lead, State, Verdict
from storage.db import Database
from storage.lead_rows import touches_of
from tests.bot.examples import AMY, BEN, agreement
from tests.storage.desk import (
    HOUR,
    NOW,
    SECOND,
    Desk,
    Pause,
    arrival,
    at_once,
    conflicts_of,
    on_postgres,
    somebody_waits,
    touch,
)


async def together(*deeds: Any) -> tuple[list[Lead], list[Refused]]:
    """What was done and what was refused, of all that is asked at the same moment."""
    told = await asyncio.gather(*deeds, return_exceptions=True)
    assert all(isinstance(each, Lead | Refused) for each in told), told
    return [each for each in told if isinstance(each, Lead)], [
        each for each in told if isinstance(each, Refused)
    ]


async def test_a_lead_comes_back_as_it_was_kept(desk: Desk) -> None:
    lead = await desk.lead()

    after = await desk.leads.change(lead.id, Accept(by="UAMY"), NOW + HOUR)

    assert after.handoff
    assert (after.state, after.owner) == (State.ACCEPTED, "UAMY")
    assert (after.handoff.verdict, after.handoff.took) == (Verdict.ACCEPTED, 3600)
    assert await desk.leads.get(lead.id) == after


async def test_a_change_is_kept_with_the_jobs_that_follow_and_is_in_the_log(desk: Desk) -> None:
    lead = await desk.lead()
    await desk.no_jobs()

    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)

    lanes = {each.lane for each in await desk.take()}
    assert lanes == {"redraw:CLEADS", "post:UAMY", "post:CFEEDBACK", "climb"}
    assert [(each.what, each.by) for each in await desk.history(lead.id)] == [
        ("arrive", None),
        ("accept", "UAMY"),
    ]


async def test_what_is_refused_changes_nothing_and_has_the_card_drawn_anew(desk: Desk) -> None:
    lead = await desk.lead()
    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)
    await desk.no_jobs()
    before = await desk.leads.get(lead.id)

    with pytest.raises(Refused, match="UAMY"):
        await desk.leads.change(lead.id, Accept(by="UBEN"), NOW)

    assert await desk.leads.get(lead.id) == before
    assert [each.job.kind for each in await desk.take()] == ["refresh"]
    assert len(await desk.history(lead.id)) == 2


async def test_a_check_says_what_would_be_refused_and_changes_nothing(desk: Desk) -> None:
    lead = await desk.lead()

    assert await desk.leads.check(lead.id, Accept(by="UAMY"), NOW) == lead
    assert await desk.leads.get(lead.id) == lead

    await desk.leads.change(lead.id, Accept(by="UAMY"), NOW)
    await desk.no_jobs()
    with pytest.raises(Refused):
        await desk.leads.check(lead.id, Accept(by="UBEN"), NOW)
    assert [each.job.kind for each in await desk.take()] == ["refresh"]


async def test_a_lead_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="not here any more"):
        await desk.leads.change("nobody", Accept(by="UAMY"), NOW)


async def test_who_is_not_known_yet_sees_no_history(desk: Desk) -> None:
    lead = await desk.lead()

    with pytest.raises(Refused):
        await desk.timelines.of(lead.id, "UNEW", 0)


async def test_leads_are_found_by_words_of_name_company_and_email(desk: Desk) -> None:
    await desk.lead(1, contact__name="Zoë O'Hara", company__name="Globex 100%")
    await desk.lead(2, contact__name="Pat Doe")

    assert [each.name for each in await desk.leads.find("ZOË glob", 10)] == ["Zoë O'Hara"]
    assert [each.name for each in await desk.leads.find("100%", 10)] == ["Zoë O'Hara"]
    assert [each.name for each in await desk.leads.find("_", 10)] == []
    assert len(await desk.leads.find("globex.test", 1)) == 1


async def test_what_stays_with_marketing_is_found_by_the_message_that_names_it(desk: Desk) -> None:
    nobody = {"contact__email": None, "contact__phone": None}
    await desk.takes_in(arrival(1, **nobody), arrival(2, **nobody, campaign="Other"))

    [lead] = [each for each in await desk.all_leads() if each.campaign == "Other"]

    assert lead.shelf
    assert await desk.leads.on_shelf(lead.shelf, 10) == [lead]


async def test_a_lead_has_its_newest_touches_and_no_more_than_can_be_looked_at(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.lead_rows.MOST_TOUCHES", 3)
    first, second = await desk.lead(1), await desk.lead(2)
    await desk.takes_in(*(touch("crm-1", at=NOW + number * SECOND) for number in range(6)))

    found = await db.read(lambda session: touches_of(session, "T1", [first.id, second.id]))

    assert [each.at for each in found[first.id]] == [NOW + number * SECOND for number in (5, 4, 3)]
    assert [each.kind for each in found[second.id]] == ["webinar"]


# Two at once.


async def test_of_reps_who_accept_at_once_one_has_it_and_the_others_hear_who(
    desk: Desk, another: Database
) -> None:
    lead = await desk.lead()
    desks = [desk, Desk.of(another)]

    done, refused = await together(
        *(
            desks[number % 2].leads.change(lead.id, Accept(by=by), NOW)
            for number, by in enumerate(["UAMY", "UBEN"] * 5)
        )
    )

    [owner] = {each.owner for each in done}
    assert len(done) == 1
    assert owner in ("UAMY", "UBEN")
    assert len(refused) == 9
    assert (await desk.leads.get(lead.id)).owner == owner


async def test_what_is_asked_at_one_moment_is_decided_one_after_another(db: Database) -> None:
    desk = await Desk.at(db, agreement=agreement(leads={"cap": 1}))
    first, second, third = [(await desk.lead(number)).id for number in range(3)]
    change = desk.leads.change

    amy, ben, beside, contact, room, nobody = await at_once(
        db,
        change(first, Accept(by="UAMY"), NOW),
        change(first, Accept(by="UBEN"), NOW),
        change(second, Accept(by="UAMY"), NOW),  # above her cap
        change(first, Contact(by="UAMY"), NOW + SECOND),
        change(third, Accept(by="UAMY"), NOW),
        change("gone", Accept(by="UAMY"), NOW),
    )

    assert (amy.owner, contact.state, room.owner) == ("UAMY", State.WORKING, "UAMY")
    assert "<@UAMY> took this" in str(ben)
    assert "1 at a time" in str(beside)
    assert isinstance(nobody, Refused)
    assert [(each.what, each.by) for each in await desk.history(first)] == [
        ("arrive", None),
        ("accept", "UAMY"),
        ("contact", "UAMY"),
    ]
    assert (await desk.leads.get(first)).state is State.WORKING


@on_postgres
async def test_who_waited_for_a_lead_sees_it_whole_as_it_has_become(desk: Desk, db: Database) -> None:
    """One statement that locks and joins would see the new lead with its old handoff."""
    lead = await desk.lead()
    pause = Pause()

    def accept(session: Session) -> Any:
        return desk.leads.apply(session, [lead.id], Accept(by="UAMY"), NOW)

    accepting = asyncio.create_task(db.write(pause.after(accept)))
    await pause.reached()
    undoing = asyncio.create_task(desk.leads.change(lead.id, Undo(by="UAMY"), NOW + SECOND))
    await somebody_waits(db)
    pause.go()
    await accepting

    undone = await undoing  # by the handoff from before, nobody had decided anything
    assert (undone.state, undone.owner) == (State.OFFERED, None)


async def test_a_cap_holds_for_what_is_accepted_at_the_same_moment(db: Database, another: Database) -> None:
    terms = agreement(leads={"cap": 2})
    desk = await Desk.at(db, agreement=terms)
    desks = [desk, Desk.of(another, agreement=terms)]
    leads = [await desk.lead(number) for number in range(6)]

    done, refused = await together(
        *(
            desks[number % 2].leads.change(lead.id, Accept(by="UAMY"), NOW)
            for number, lead in enumerate(leads)
        )
    )

    assert (len(done), len(refused)) == (2, 4)
    assert "2 at a time" in str(refused[0])


async def test_who_has_contacted_a_lead_has_room_for_another(db: Database) -> None:
    desk = await Desk.at(db, agreement=agreement(leads={"cap": 1}))
    first, second = await desk.lead(1), await desk.lead(2)
    await desk.leads.change(first.id, Accept(by="UAMY"), NOW)
    await desk.leads.change(first.id, Contact(by="UAMY"), NOW)

    after = await desk.leads.change(second.id, Accept(by="UAMY"), NOW)

    assert after.owner == "UAMY"


async def test_the_flood_holds_for_what_arrives_at_the_same_moment(db: Database, another: Database) -> None:
    terms = agreement(leads={"flood": {"offers": 3, "within": "10m"}})
    desk = await Desk.at(db, agreement=terms)
    desks = [desk, Desk.of(another, agreement=terms)]

    await asyncio.gather(*(desks[number % 2].takes_in(arrival(number)) for number in range(12)))

    leads = await desk.all_leads()
    assert sum(lead.state is State.OFFERED for lead in leads) == 3
    [hold] = {lead.hold for lead in leads if lead.state is State.NEW}
    assert hold
    held = await desk.holds.get(hold)
    assert held
    assert (held.arrived, held.waiting) == (9, 9)


async def test_the_flood_ends_when_its_time_is_over(db: Database) -> None:
    desk = await Desk.at(db, agreement=agreement(leads={"flood": {"offers": 1, "within": "10m"}}))
    assert (await desk.lead(1)).state is State.OFFERED
    assert (await desk.lead(2)).state is State.NEW

    await desk.takes_in(arrival(3, occurred_at=NOW + HOUR), now=NOW + HOUR)

    [later] = await desk.leads.find("pat3@", 1)
    assert later.state is State.OFFERED


@on_postgres
async def test_leads_changed_in_any_order_never_lock_each_other_out(desk: Desk, db: Database) -> None:
    conflicts = conflicts_of(db)
    leads = [(await desk.lead(number)).id for number in range(8)]
    changes = (Accept(by=AMY.slack_id), Undo(by=AMY.slack_id))

    def work(order: int, number: int) -> Any:
        def change(session: Session) -> None:
            desk.leads.apply(session, leads[::order], changes[number % 2], NOW)

        return change

    await asyncio.gather(
        *(db.write(work(-1 if number % 2 else 1, number)) for number in range(20)), return_exceptions=True
    )

    assert conflicts == []


async def test_of_an_arrival_and_an_accept_at_once_neither_is_lost(desk: Desk, another: Database) -> None:
    lead = await desk.lead()
    later = arrival(1, contact__title="CEO", occurred_at=NOW + SECOND)

    await asyncio.gather(
        desk.leads.change(lead.id, Accept(by=BEN.slack_id), NOW + SECOND),
        Desk.of(another).takes_in(later, now=NOW + SECOND),
    )

    after = await desk.leads.get(lead.id)
    assert (after.owner, after.text("contact.title")) == ("UBEN", "CEO")
    assert len(await desk.history(lead.id)) == 3
