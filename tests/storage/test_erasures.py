"""A person removed everywhere, on both databases: nothing of them is left in any table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel

from bot.arrivals import DealArrival, Outcome, Senseless, TouchArrival
from bot.errors import Refused
from bot.jobs import Sight, show
from bot.leads.commands import Accept, Contact, HandOn, Lapse, Reject
from bot.leads.lead import Lead, State
from bot.voices import Voice
from storage.db import Database
from storage.erasures import Erasures
from storage.keeping_out import KeepingOut
from storage.quarantine import Quarantine
from storage.traces import Found, export, find
from storage.voices import Voices
from storage.workspace import Workspace
from tests.bot.examples import touched
from tests.storage.desk import DAY, MINUTE, NOW, Desk, arrival

TRACES = ("pat1@globex.test", "Pat Doe", "2079460001", "crm-1-id", "VP Operations")
SOON = NOW + MINUTE


@pytest.fixture
async def known(desk: Desk) -> Desk:
    await Workspace(desk.space).keep("Europe/London", "{}")
    return desk


def everything(db: Database) -> str:
    """All rows of all tables, as text."""
    tables = SQLModel.metadata.sorted_tables
    with db.engine.connect() as connection:
        rows = [
            (table.name, dict(row))
            for table in tables
            for row in connection.execute(select(table).where(table.c.workspace == "T1")).mappings()
        ]
    return "\n".join(map(str, rows))


def pat(**changes: Any) -> Any:
    told = arrival(1, contact__phone="+442079460001", **changes)
    return replace(told, external_id="crm-1-id", raw='{"id": "crm-1-id"}')


async def with_a_history(desk: Desk) -> str:
    """A lead with all that can be said of one."""
    await desk.takes_in(pat(), Senseless(problems=(), raw='{"id": "crm-1-id", "contact": {"x": "Pat Doe"}}'))
    [lead] = await desk.leads.find("pat1", 2)
    await desk.leads.change(lead.id, Accept(by="UAMY"), SOON)
    await desk.leads.change(lead.id, Contact(by="UAMY"), SOON)
    await desk.leads.change(lead.id, HandOn(by="UAMY", colleague="UBEN", note="Pat Doe wants a demo"), SOON)
    await desk.leads.change(lead.id, Reject(by="UBEN", reason="no_budget", words="Pat Doe: none"), SOON)
    heard = Voice(at=NOW, by="UAMY", kind="wish", theme="Price", words="Pat Doe wants it", lead=lead.id)
    await Voices(desk.space, desk.agreement).keep(heard)
    other = TouchArrival(
        feed="crm", lead="pat2@globex2.test", touch=touched("call", by="UAMY", detail="sits beside Pat Doe")
    )
    deal = DealArrival(
        feed="crm",
        external_id="opp-7",
        occurred_at=NOW,
        fields={"stage": "open", "name": "Globex for Pat Doe", "leads": ("crm-1-id", "pat1@globex.test")},
    )
    await desk.takes_in(arrival(2, contact__name="Kim Lee", contact__title="CEO"), other, deal)
    card = await desk.posts.begin(Sight.CARD, f"{lead.id}-1", NOW)
    await desk.posts.keep(card, channel="C1", thread=None, ts="1.0", shown_hash="x")
    return lead.id


async def unreachable(desk: Desk) -> Lead:
    """A lead that stays with marketing."""
    await desk.takes_in(arrival(1, contact__email=None, contact__phone=None))
    [lead] = await desk.all_leads()
    assert lead.state is State.NURTURE
    return lead


async def erased(desk: Desk, who: str = "pat1@globex.test") -> Found:
    found = await find(desk.space, who)
    await Erasures(desk.space, desk.agreement).erase(found, NOW + DAY)
    return found


@pytest.mark.parametrize("who", ["pat1@globex.test", "PAT1@globex.test", "+44 20 7946 0001", "crm-1-id"])
async def test_who_is_removed_is_in_no_table_any_more(known: Desk, db: Database, who: str) -> None:
    await with_a_history(known)
    assert all(each in everything(db) for each in TRACES)

    await erased(known, who)

    left = everything(db).lower()
    assert [each for each in TRACES if each.lower() in left] == []
    assert "sits beside [removed]" in left
    assert "kim lee" in left


async def test_of_the_log_only_when_what_and_who_of_us_stays(known: Desk) -> None:
    lead = await with_a_history(known)
    before = await known.history(lead)

    await erased(known)

    *after, last = await known.history(lead)
    assert [(each.at, each.what, each.by) for each in after] == [
        (each.at, each.what, each.by) for each in before
    ]
    assert (last.what, last.origin) == ("erase", "terminal")
    assert [dict(each.detail) for each in (*after, last)] == [{}] * (len(before) + 1)


async def test_what_is_counted_stays(known: Desk) -> None:
    lead = await with_a_history(known)

    await erased(known)

    after = await known.leads.get(lead)
    handoff = after.handoff
    assert handoff is not None
    assert handoff.rejection is not None
    assert (after.state, after.source, after.campaign) == (State.CLOSED, "webinar", "Autumn webinar")
    assert (handoff.rejection.reason, handoff.rejection.by, handoff.rejection.words) == (
        "no_budget",
        "UBEN",
        None,
    )
    assert after.called == "Somebody"


async def test_its_messages_are_emptied_and_nothing_else_is_done_about_the_lead(known: Desk) -> None:
    lead = await with_a_history(known)

    await erased(known)

    post = await known.posts.find(Sight.CARD, f"{lead}-1")
    assert post is not None
    assert post.emptied
    waiting = [each.job for each in await known.take(NOW + 400 * DAY, limit=100)]
    assert [each for each in (getattr(job, "about", "") for job in waiting) if lead in each] == [f"{lead}-1"]
    assert not [each for each in waiting if getattr(each, "lead", "") == lead]


async def test_nothing_finds_who_was_removed(known: Desk) -> None:
    lead = await with_a_history(known)

    await erased(known)

    assert lead not in [each.id for each in await known.all_leads()]
    assert (await find(known.space, "pat1@globex.test")).is_nothing
    assert (await find(known.space, "nobody@nowhere.test")).is_nothing


async def test_whoever_does_something_with_a_removed_lead_is_told_so(known: Desk) -> None:
    lead = await with_a_history(known)
    await erased(known)

    with pytest.raises(Refused, match="This person was removed from here on"):
        await known.leads.change(lead, Accept(by="UAMY"), NOW + DAY)


async def test_a_dry_run_counts_the_same_and_changes_nothing(known: Desk, db: Database) -> None:
    await with_a_history(known)
    before = everything(db)

    found = await find(known.space, "crm-1-id")
    told = await Erasures(known.space, known.agreement).count(found)

    assert everything(db) == before
    assert {name: number for name, number in told.items() if number} == {
        "leads": 1,
        "ways by which they are known": 3,
        "touches": 2,
        "handoffs": 1,
        "things that a customer said": 1,
        "events in quarantine": 1,
        "messages in Slack": 1,
        "other texts that name them (touch.detail)": 1,
        "other texts that name them (deal.fields)": 1,
    }


async def test_an_export_holds_all_that_there_is_of_a_person_and_nothing_of_another(known: Desk) -> None:
    lead = await with_a_history(known)

    told = await export(known.space, await find(known.space, "pat1@globex.test"))

    assert [each["id"] for each in told["leads"]] == [lead]
    assert {each["value"] for each in told["known_by"]} == {"pat1@globex.test", "+442079460001", "crm-1-id"}
    assert [each["words"] for each in told["rejections"]] == ["Pat Doe: none"]
    assert [each["words"] for each in told["heard"]] == ["Pat Doe wants it"]
    assert [each["where"] for each in told["named_in"]] == ["touch.detail", "deal.fields"]
    assert [each["fields"]["name"] for each in told["deals"]] == ["Globex for Pat Doe"]
    assert len(told["quarantine"]) == len(told["messages_in_slack"]) == 1
    assert "Kim Lee" not in str(told)


async def test_who_was_removed_is_held_when_they_come_again_and_the_admins_are_asked_once(
    known: Desk,
) -> None:
    await with_a_history(known)
    await erased(known)
    await known.no_jobs()

    [one] = await known.takes_in(replace(pat(), external_id="another", raw='{"n": 1}'), now=NOW + 2 * DAY)
    [two] = await known.takes_in(replace(pat(), raw='{"n": 2}'), now=NOW + 3 * DAY)

    assert one.problems[0].words.startswith("This person was removed from here.")
    assert two.removed == one.removed
    taken = [each.job for each in await known.take(NOW + 4 * DAY)]
    asked = [each for each in taken if getattr(each, "about", "").startswith(str(one.removed))]
    assert [each.kind for each in asked] == ["show", "redraw"]
    assert len(await known.leads.find("pat1", 2)) == 0


async def test_an_admins_yes_takes_in_what_was_held(known: Desk) -> None:
    await with_a_history(known)
    await erased(known)
    sent = '{"id": "crm-1-id", "source": "webinar", "contact": {"email": "pat1@globex.test"}}'
    [held] = await known.takes_in(replace(pat(), raw=sent), now=NOW + 2 * DAY)
    out = KeepingOut(known.space, known.agreement)

    await out.answer(str(held.removed), "UHAL", NOW + 3 * DAY, admitted=True)
    ids = [each.id for each in await Quarantine(known.space).newest(10)]
    assert await known.intake.retry(ids, NOW + 3 * DAY) == (1, 0)

    assert len(await known.leads.find("pat1", 2)) == 1
    with pytest.raises(Refused, match="answered already"):
        await out.answer(str(held.removed), "UHAL", NOW + 3 * DAY, admitted=False)


async def test_whom_an_admin_keeps_out_leaves_nothing_here(known: Desk, db: Database) -> None:
    await with_a_history(known)
    await erased(known)
    [held] = await known.takes_in(replace(pat(), raw='{"n": "Pat Doe"}'), now=NOW + 2 * DAY)

    await KeepingOut(known.space, known.agreement).answer(
        str(held.removed), "UHAL", NOW + 3 * DAY, admitted=False
    )
    await known.takes_in(replace(pat(), raw='{"m": "Pat Doe"}'), now=NOW + 4 * DAY)

    assert "Pat Doe" not in everything(db)


async def test_only_an_admin_answers(known: Desk) -> None:
    await with_a_history(known)
    await erased(known)
    [held] = await known.takes_in(pat(), now=NOW + 2 * DAY)

    with pytest.raises(Refused, match="An admin decides this"):
        await KeepingOut(known.space, known.agreement).answer(
            str(held.removed), "UAMY", NOW + 3 * DAY, admitted=True
        )


async def test_touches_and_deals_of_who_was_removed_leave_no_name_here(known: Desk, db: Database) -> None:
    await with_a_history(known)
    await erased(known)
    touch = TouchArrival(feed="crm", lead="pat1@globex.test", touch=touched("call"), raw='"pat1@globex.test"')
    deal = DealArrival(
        feed="crm",
        external_id="opp-8",
        occurred_at=NOW,
        fields={"stage": "open", "leads": ("pat1@globex.test", "pat2@globex2.test")},
    )

    told = await known.takes_in(touch, deal, now=NOW + 2 * DAY)

    assert (told[0].problems[0].path, told[1]) == ("touch.lead", Outcome.NEW)
    assert "pat1@globex.test" not in everything(db)


async def test_a_colleague_with_the_same_switchboard_is_somebody_else(known: Desk) -> None:
    await with_a_history(known)
    await erased(known)

    told = await known.takes_in(arrival(3, contact__phone="+442079460001"), now=NOW + 2 * DAY)

    assert told == [Outcome.NEW]


async def test_the_hash_is_keyed_and_tells_nothing(known: Desk, db: Database) -> None:
    await with_a_history(known)
    await erased(known)

    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT hash FROM erased WHERE erased.workspace = 'T1'")).all()

    assert len(rows) == 3
    assert {len(row.hash) for row in rows} == {64}


async def test_leads_are_kept_as_long_as_the_agreement_says_and_no_longer(known: Desk) -> None:
    lead = await unreachable(known)
    removals = Erasures(known.space, known.agreement)
    year = timedelta(days=365)

    assert await removals.over(NOW + year - MINUTE) == 0
    assert await removals.over(NOW + year) == 1
    assert await removals.end_some(NOW + year) == 1

    after = await known.leads.get(lead.id)
    assert (after.erased_at, set(after.fields)) == (
        NOW + year,
        {"source", "campaign", "company.industry", "company.country"},
    )
    assert await removals.end_some(NOW + year) == 0


async def test_a_change_or_a_date_to_come_back_keeps_a_lead_longer(known: Desk) -> None:
    lead = await known.lead(1)
    until = NOW + 100 * DAY
    command = Reject(by="UAMY", reason="not_now", until=until, answer="March 2027")
    await known.leads.change(lead.id, command, SOON)
    await known.leads.change(lead.id, Lapse(rejection=f"{lead.id}-1r1"), NOW + 8 * DAY)
    removals = Erasures(known.space, known.agreement)

    assert await removals.over(until + timedelta(days=364)) == 0
    assert await removals.over(until + timedelta(days=365)) == 1


async def test_whose_time_is_over_is_not_known_again(known: Desk) -> None:
    await unreachable(known)
    later = NOW + timedelta(days=400)
    await Erasures(known.space, known.agreement).end_some(later)

    assert await known.takes_in(arrival(1), now=later + DAY) == [Outcome.NEW]


async def test_a_post_that_was_never_asked_for_is_not_emptied(known: Desk) -> None:
    lead = await known.lead(1)
    await known.jobs.add([show(Sight.CARD, "other-1", NOW, channel="C1")])

    await erased(known, lead.id)

    assert await known.posts.find(Sight.CARD, "other-1") is None
