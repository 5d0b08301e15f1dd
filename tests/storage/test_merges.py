"""A lead that was known already, and its record: one person from then on, until somebody takes them apart."""

from datetime import timedelta

import pytest

from bot.arrivals import Outcome, TouchArrival
from bot.errors import Refused
from bot.leads.commands import Accept, Recycle, Reject, Undo
from bot.leads.lead import Lead, State
from bot.voices import Voice
from storage.erasures import Erasures
from storage.traces import find
from storage.voices import Voices
from tests.bot.examples import touched
from tests.storage.desk import DAY, MINUTE, NOW, Desk, arrival

SOON = NOW + MINUTE


async def merged(desk: Desk) -> tuple[Lead, Lead]:
    """Lead 2 is lead 1, who asked for a demo as somebody new; Ben owns lead 1."""
    record = await desk.lead(1)
    await desk.leads.change(record.id, Accept(by="UBEN"), NOW)
    asked = (touched("webinar", NOW - DAY, detail="stayed"),)
    lead = await desk.lead(2, touches=asked, source="demo_request")
    heard = Voice(at=NOW, by="UAMY", kind="wish", theme="Price", words="Cheaper", lead=lead.id)
    await Voices(desk.space, desk.agreement).keep(heard)
    await desk.no_jobs()
    command = Reject(by="UBEN", reason="duplicate", answer="Pat Doe at Globex", record=record.id)
    return await desk.leads.change(lead.id, command, SOON), record


async def kinds(desk: Desk, lead: str) -> list[str]:
    history = await desk.timelines.of(lead, "UHAL", 0)
    return sorted(each.kind for each in history.touches)


async def test_what_is_known_of_the_lead_goes_to_its_record(desk: Desk) -> None:
    before = await desk.lead(3)
    lead, record = await merged(desk)

    assert lead.state is State.REJECTED
    assert before.id not in (lead.id, record.id)
    assert await kinds(desk, record.id) == ["demo_request", "webinar", "webinar"]
    assert [each.what for each in await desk.history(record.id)][-1] == "merge"
    assert [each.what for each in await desk.history(lead.id)][-1] == "merge"
    found, _ = await Voices(desk.space, desk.agreement).find("cheaper", "UAMY")
    assert [each.lead for each in found] == [record.id]


async def test_news_of_the_lead_is_news_of_its_record_from_then_on(desk: Desk) -> None:
    lead, record = await merged(desk)
    call = TouchArrival(feed="crm", lead="pat2@globex2.test", touch=touched("call", SOON, by="UBEN"))

    assert await desk.takes_in(call, now=SOON + MINUTE) == [Outcome.CHANGED]
    assert await desk.takes_in(arrival(2, occurred_at=SOON), now=SOON + MINUTE) == [Outcome.CHANGED]

    assert (await desk.leads.get(record.id)).state is State.WORKING
    assert (await desk.leads.get(lead.id)).state is State.REJECTED


async def test_the_records_owner_hears_that_the_person_asked(desk: Desk) -> None:
    await merged(desk)

    shows = [each.job for each in await desk.take(SOON + MINUTE, limit=100)]
    assert [each for each in shows if getattr(each, "sight", "") == "asked"]


async def test_facts_that_the_record_has_not_are_filled_in_and_taken_back(desk: Desk) -> None:
    record = await desk.lead(1, facts__budget="yes")
    lead = await desk.lead(2, facts__role="buyer", facts__budget="no", facts__team="12")
    command = Reject(by="UBEN", reason="duplicate", answer="Pat Doe at Globex", record=record.id)

    await desk.leads.change(lead.id, command, SOON)

    filled = await desk.leads.get(record.id)
    assert (filled.text("facts.role"), filled.text("facts.team")) == ("buyer", "12")
    assert filled.text("facts.budget") == "yes"
    await desk.takes_in(arrival(1, occurred_at=SOON + MINUTE, facts__team="14"), now=SOON + MINUTE)
    await desk.leads.change(lead.id, Undo(by="UBEN"), SOON + 2 * MINUTE)
    apart = await desk.leads.get(record.id)
    assert (apart.text("facts.role"), apart.text("facts.team")) == ("", "14")
    assert (await desk.leads.get(lead.id)).text("facts.team") == "12"


@pytest.mark.parametrize("how", ["undo", "recycle"])
async def test_taken_apart_each_has_its_own_again(desk: Desk, how: str) -> None:
    lead, record = await merged(desk)
    undo, apart = Undo(by="UBEN"), Recycle(by="UEVA", rejection=f"{lead.id}-1r1")

    if how == "undo":
        await desk.leads.change(lead.id, undo, SOON + MINUTE)
    else:
        await desk.leads.change(lead.id, apart, SOON + 29 * DAY)

    assert (await desk.leads.get(lead.id)).state is State.OFFERED
    assert await kinds(desk, record.id) == ["webinar"]
    assert await kinds(desk, lead.id) == ["demo_request", "webinar"]
    assert [each.what for each in await desk.history(record.id)][-2:] == ["merge", "part"]
    call = TouchArrival(feed="crm", lead="pat2@globex2.test", touch=touched("call", SOON, by="UBEN"))
    await desk.takes_in(call, now=SOON + 2 * MINUTE)
    assert await kinds(desk, record.id) == ["webinar"]


async def test_after_thirty_days_it_stays_merged(desk: Desk) -> None:
    lead, _ = await merged(desk)

    with pytest.raises(Refused, match="merged with its record over 30 days ago"):
        await desk.leads.change(
            lead.id, Recycle(by="UEVA", rejection=f"{lead.id}-1r1"), SOON + timedelta(days=31)
        )


async def test_two_are_not_merged_in_a_circle(desk: Desk) -> None:
    lead, record = await merged(desk)
    command = Reject(by="UBEN", reason="duplicate", answer="Pat Doe at Globex", record=lead.id)

    await desk.leads.change(record.id, command, SOON + MINUTE)

    assert await kinds(desk, record.id) == ["demo_request", "webinar", "webinar"]
    call = TouchArrival(feed="crm", lead="pat2@globex2.test", touch=touched("call", SOON, by="UBEN"))
    await desk.takes_in(call, now=SOON + 2 * MINUTE)
    assert "call" in await kinds(desk, record.id)


async def test_who_is_removed_goes_with_all_that_was_merged(desk: Desk) -> None:
    lead, record = await merged(desk)

    found = await find(desk.space, "pat2@globex2.test")
    await Erasures(desk.space, desk.agreement).erase(found, SOON + DAY)

    assert sorted(found.leads) == sorted([lead.id, record.id])
    assert (await desk.leads.get(lead.id)).erased_at == (await desk.leads.get(record.id)).erased_at
