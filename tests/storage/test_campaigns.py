"""How a campaign's week stands, and what a message is drawn from."""

import pytest

from bot.errors import Refused
from bot.feedback import Standing
from bot.leads.commands import Accept, Contact, Reject
from tests.storage.desk import HOUR, NOW, Desk, arrival, touch

WEEK, LINE = "2026-W48", "campaign:Autumn webinar"


async def test_a_campaigns_week_is_counted_from_what_became_of_its_leads(desk: Desk) -> None:
    accepted, contacted, rejected, _ = [(await desk.lead(number)).id for number in range(1, 5)]
    await desk.lead(5, campaign="Another")
    await desk.takes_in(arrival(6, contact__email=None, contact__phone=None))
    for lead in (accepted, contacted):
        await desk.leads.change(lead, Accept(by="UAMY"), NOW)
    await desk.leads.change(contacted, Contact(by="UAMY"), NOW + HOUR)
    await desk.takes_in(touch("crm-2", kind="meeting", at=NOW + HOUR), now=NOW + HOUR)
    await desk.leads.change(rejected, Reject(by="UBEN", reason="no_budget", answer="Next year"), NOW)

    assert await desk.campaigns.standing(WEEK, LINE) == Standing(
        handed_over=4,
        accepted=2,
        contacted=1,
        meetings=1,
        waiting=1,
        rejected={"no_budget": 1},
        not_ready=1,
    )
    assert await desk.campaigns.count_on_shelf(f"{WEEK}|{LINE}") == 1


async def test_a_week_without_leads_is_all_noughts(desk: Desk) -> None:
    assert (await desk.campaigns.standing("2026-W01", LINE)).handed_over == 0


async def test_a_message_is_drawn_from_the_lead_its_touches_and_the_names_of_people(desk: Desk) -> None:
    lead = await desk.lead(1)
    await desk.takes_in(touch("crm-1", by="ben@acme.test"))

    seen = await desk.sights.of_lead(lead.id, NOW)

    assert seen.lead.id == lead.id
    assert {each.kind for each in seen.touches} == {"webinar", "call"}
    assert [seen.who(each) for each in ("UBEN", "UNOBODY")] == ["Ben", "Somebody"]
    with pytest.raises(Refused):
        await desk.sights.of_lead("nobody", NOW)


async def test_an_older_handoff_and_its_rejection_are_drawn_as_they_were(desk: Desk) -> None:
    lead = (await desk.lead(1)).id
    no = await desk.leads.change(lead, Reject(by="UBEN", reason="no_budget", answer="Next year"), NOW)
    assert no.handoff
    assert no.handoff.rejection
    await desk.takes_in(arrival(1, source="demo_request", occurred_at=NOW + HOUR), now=NOW + HOUR)

    again = await desk.leads.get(lead)
    assert again.handoff
    assert again.handoff.number == 2
    told = await desk.sights.of_rejection(no.handoff.rejection.id, NOW)
    assert told
    assert told[1:] == (no.handoff.rejection, no.handoff)
    older = await desk.sights.of_handoff(no.handoff.id, NOW)
    assert older
    assert (older[0].lead.handoff, older[1]) == (again.handoff, no.handoff)
    assert await desk.sights.of_handoff("nothing-1", NOW) is None
    both = await desk.sights.of_handoffs([no.handoff.id, again.handoff.id, "nothing-1"], NOW)
    assert {each: told[1] for each, told in both.items()} == {
        no.handoff.id: no.handoff,
        again.handoff.id: again.handoff,
    }
    assert both[no.handoff.id][0].lead == again
    assert both[no.handoff.id][0].who("UBEN") == "Ben"
    assert await desk.sights.of_rejection("nothing-1r1", NOW) is None
    assert await desk.sights.of_touch("nothing", NOW) is None
