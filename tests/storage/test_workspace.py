"""One workspace never sees another, though all that they have is called the same."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.arrivals import DealArrival, Outcome, Problem, Senseless
from bot.campaigns import Campaign
from bot.dropped import Dropped, Stage
from bot.home import Part, Published
from bot.leads.commands import Accept
from bot.leads.lead import State
from bot.places import Closed
from bot.voices import Voice
from storage import (
    alerts,
    campaigns,
    cards,
    dropped,
    erasures,
    health,
    holds,
    homes,
    intake,
    jobs,
    keeping_out,
    leads,
    people,
    posts,
    quarantine,
    searches,
    sights,
    signing,
    timelines,
    versions,
    waiting_jobs,
    workspace,
)
from storage.db import Database
from storage.out import Out
from storage.schema import version
from storage.traces import export, find
from storage.voices import Voices
from tests.bot.examples import ACME, AMY
from tests.storage.desk import DAY, NOW, Desk, arrival, drawing, names, touch
from tests.strays import is_stray, watched

NONSENSE = Senseless(problems=(Problem(path="score", words="No."),), raw="{}")


@pytest.fixture
async def other(db: Database) -> Desk:
    return await Desk.at(db, "T2")


async def test_the_same_lead_of_two_workspaces_is_two(desk: Desk, other: Desk) -> None:
    assert await desk.takes_in(arrival(1), delivery="msg_1") == [Outcome.NEW]
    assert await other.takes_in(arrival(1), delivery="msg_1") == [Outcome.NEW]

    [ours], [theirs] = await desk.all_leads(), await other.all_leads()
    await desk.leads.change(ours.id, Accept(by="UAMY"), NOW)

    assert (await other.leads.get(theirs.id)).state is State.OFFERED
    assert len(await other.history(theirs.id)) == 1
    assert (await other.campaigns.standing("2026-W48", "campaign:Autumn webinar")).accepted == 0


async def test_jobs_of_one_workspace_are_no_others(desk: Desk, other: Desk) -> None:
    for each in (desk, other):
        await each.jobs.add_once({"once": [drawing("a")]}, NOW)

    [ours] = await desk.take()
    [theirs] = await other.take()
    await desk.jobs.fail(ours, NOW, "no")
    await other.jobs.end(ours, NOW, pace=DAY)

    assert (ours.id, await other.jobs.count_failed()) != (theirs.id, 1)
    assert await other.jobs.retry([ours.id], NOW) == 0
    await other.jobs.end(theirs, NOW, pace=NOW - NOW)
    assert await desk.jobs.count_failed() == 1


async def test_posts_people_and_ceilings_of_one_workspace_are_no_others(desk: Desk, other: Desk) -> None:
    post = await desk.posts.begin("card", "lead-1", NOW)
    await desk.posts.keep(post, channel="C1", thread=None, ts="1.1", shown_hash="a", then=[drawing("a")])
    await desk.people.keep_channel("#leads", "C1")

    assert await other.posts.find("card", "lead-1") is None
    assert await other.posts.newest_ts("C1") is None
    assert await other.people.channels() == {}
    assert names(await other.take()) == []


async def test_holds_of_one_workspace_are_no_others(desk: Desk, other: Desk) -> None:
    for each in (desk, other):
        await each.takes_in(arrival(1, occurred_at=NOW - 30 * DAY))
    [ours] = await desk.all_leads()
    assert ours.hold

    await desk.holds.offer_next(ours.hold, "UEVA", NOW)

    [theirs] = await other.all_leads()
    assert (theirs.hold, theirs.state) == (ours.hold, State.NEW)


async def test_every_statement_of_the_memory_names_its_workspace(desk: Desk, db: Database) -> None:
    """Every public function of every store, called; each statement it makes is looked at."""
    with watched(db.engine) as strays:
        called = await everything(desk)

    stores = (campaigns.Campaigns, holds.Holds, intake.Intake, jobs.Jobs, leads.Leads, people.People)
    stores += (alerts.Alerts, health.Health, posts.Posts, sights.Sights)  # type: ignore[assignment]  # more of the same
    stores += (waiting_jobs.WaitingJobs, workspace.Workspace)  # type: ignore[assignment]  # more of the same
    stores += (erasures.Erasures, keeping_out.KeepingOut, dropped.DroppedFiles, Out)  # type: ignore[assignment]  # more of the same
    stores += (quarantine.Quarantine, homes.Homes, searches.Searches, timelines.Timelines, Voices)  # type: ignore[assignment]  # more of the same
    stores += (versions.Versions, signing.Signing)  # type: ignore[assignment]  # more of the same
    deeds = {
        f"{store.__name__}.{name}"
        for store in stores
        for name, deed in inspect.getmembers(store, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert strays == []
    assert deeds - called == set()


async def looks(call: Callable[..., Awaitable[Any]], desk: Desk, lead: str) -> None:
    """What only reads."""
    await call(desk.leads, "get", lead)
    await call(desk.leads, "on_shelf", "shelf", 5)
    await call(desk.timelines, "of", lead, "UAMY", 0)
    at_home = homes.Homes(desk.space, ACME)
    for person in ("UAMY", "UEVA", "UHAL"):
        await call(at_home, "open", person, NOW)
        await call(at_home, "turn", person, Part.YOURS, 1, NOW)
        await call(at_home, "of", person, NOW)
    for deed in (
        ("yours", "UAMY", NOW),
        ("draw_all", NOW),
        ("take_turn", NOW),
        ("shown", "UAMY", Published(), Published()),
    ):
        await call(at_home, *deed)
    look = searches.Searches(desk.space, ACME)
    await call(look, "get", lead, "UAMY", NOW)
    await call(look, "who", "UAMY")
    await call(look, "known", arrival(1))
    await call(look, "find", "pat 1", "UAMY", 5, NOW)
    await call(look, "named", "crm-1", "UAMY", NOW)
    await call(look, "records", "pat", lead, "UAMY", 5)
    await call(look, "reach", lead, "UHAL", NOW)
    await call(look, "looked", lead, "UHAL", NOW)
    await call(look, "open", lead, "UHAL", NOW)


async def of_deals_and_campaigns(call: Any, d: Desk) -> None:
    fields: dict[str, Any] = {"stage": "open", "leads": ("crm-1",)}
    told_by_us = DealArrival(feed="slack", external_id="opp-1", occurred_at=None, fields=fields, raw="{}")
    await call(d.intake, "tell", told_by_us, NOW)
    await call(d.campaigns, "standing", "2026-W48", "campaign:Autumn webinar")
    told = Campaign(line="campaign:Autumn webinar", owner="UEVA", for_sales="They were promised a demo.")
    await call(d.campaigns, "keep", told, "UEVA", ACME, NOW)
    await call(d.campaigns, "known", told.line)
    await call(d.campaigns, "get", told.line, "UEVA", ACME)
    await call(d.campaigns, "lately", ["2026-W48"], "UEVA", ACME)
    kept, said = Voices(d.space, ACME), {"kind": "wish", "theme": "price", "words": "Too dear."}
    await call(kept, "keep", Voice(at=NOW, by="UEVA", **said))
    await call(kept, "find", "price", "UEVA")
    for name in ("check", "themes"):
        await call(kept, name, "UEVA")
    await call(kept, "speakers", "pat", "UEVA")
    await call(d.campaigns, "plan_bundles", ACME, NOW)
    await call(d.campaigns, "bundle", "2026-11-24|UEVA", ACME)
    for on in (False, True):
        await call(d.campaigns, "switch_bundle", "UEVA", ACME, on=on)


async def of_files(call: Any, d: Desk) -> None:
    files, told = dropped.DroppedFiles(d.space, ACME), Dropped(id="F1", at=NOW, by="UEVA")
    await call(files, "begin_missed", [told])
    for each in (told, replace(told, id="F2")):
        await call(files, "begin", each)
        await call(files, "change", each.id, NOW, lambda it: replace(it, stage=Stage.ASKED, rows=2000))
    await call(files, "answer", "F1", "UEVA", NOW)
    await call(files, "allow", "F1", "UHAL", NOW)
    await call(files, "leave", "F2", "UEVA", NOW)
    await call(files, "apart", "UEVA")
    assert (await call(files, "get", "F1")).stage is Stage.GOING


async def of_who_is_removed(call: Any, d: Desk) -> None:
    """Found, given out, removed, and coming again; and who is kept too long."""
    removals, out = erasures.Erasures(d.space, ACME), keeping_out.KeepingOut(d.space, ACME)
    found = await find(d.space, "pat1@globex.test")
    await export(d.space, found)
    await call(removals, "count", found)
    await call(removals, "erase", found, NOW)
    for name in ("over", "end_some"):
        await call(removals, name, NOW + 800 * DAY)
    [held] = await d.takes_in(arrival(1), now=NOW + DAY)
    await call(out, "of", str(held.removed))
    await call(out, "answer", str(held.removed), "UHAL", NOW, admitted=False)
    await call(out, "admit", "pat1@globex.test")


async def everything(desk: Desk) -> set[str]:
    called: set[str] = set()

    async def call(store: Any, name: str, *args: Any, **how: Any) -> Any:
        called.add(f"{type(store).__name__}.{name}")
        return await getattr(store, name)(*args, **how)

    d, old = desk, NOW - 30 * DAY
    items = (arrival(1), arrival(1, contact__email=None), touch("crm-1"), touch("no"), NONSENSE)
    await call(d.intake, "keep", items, feed="crm", now=NOW, delivery="msg")
    await call(d.intake, "keep", items, feed="crm", now=NOW, bulk=True)
    await call(d.intake, "keep", [arrival(n, occurred_at=old) for n in range(5, 40)], feed="crm", now=NOW)
    [lead] = await call(d.leads, "find", "pat1@", 1)
    await call(d.leads, "check", lead.id, Accept(by="UAMY"), NOW)
    await call(d.leads, "change", lead.id, Accept(by="UAMY"), NOW)
    await looks(call, d, lead.id)
    watch = alerts.Alerts(d.space, ACME)
    for store, name in ((health.Health(d.space), "work"), (watch, "matters"), (watch, "tell")):
        await call(store, name, NOW)
    [held] = await d.leads.find("pat5@", 1)
    await call(d.holds, "get", held.hold)
    await call(d.holds, "offer_next", held.hold, "UEVA", NOW)
    await call(d.holds, "offer_daily", held.hold, "UEVA", NOW)
    await call(d.holds, "release_daily", held.hold, NOW)
    await call(d.holds, "keep", held.hold, "UEVA", NOW)
    await call(d.holds, "keep_some", held.hold, NOW)
    await of_deals_and_campaigns(call, d)
    await call(d.campaigns, "count_on_shelf", "shelf")
    await call(d.sights, "of_lead", lead.id, NOW)
    for name in ("of_handoff", "of_touch", "of_rejection"):
        await call(d.sights, name, f"{lead.id}-1", NOW)
    await call(d.sights, "of_handoffs", [f"{lead.id}-1"], NOW)
    await call(d.sights, "of_card", f"{lead.id}-1", NOW)
    await call(d.sights, "of_ask", f"{lead.id}-1|UAMY", NOW)
    await of_a_card(call, d)
    await call(d.people, "keep", [AMY], NOW)
    await call(d.people, "get", "UAMY")
    for name in ("names", "find"):
        await call(d.people, name, ["UAMY"])
    await call(d.people, "keep_channel", "#leads", "C1")
    await call(d.people, "channels")
    await of_posts(call, d)
    await call(d.jobs, "add", [drawing("a"), drawing("b")])
    await call(d.jobs, "add_once", {"once": [drawing("c")]}, NOW)
    first, second, third, *_ = await call(d.jobs, "take", NOW + DAY, limit=20, lease=DAY)
    await call(d.jobs, "end", first, NOW, pace=DAY)
    await call(d.jobs, "put_back", second, NOW, now=NOW)
    await call(d.jobs, "fail", third, NOW, "no")
    await call(d.jobs, "next_due")
    await call(d.jobs, "count_failed")
    await call(d.jobs, "failed", 5)
    await call(d.jobs, "retry", [third.id], NOW)
    await call(d.jobs, "sweep")
    await call(d.jobs, "forget_old", NOW)
    await beside(d, call)
    await of_files(call, d)
    await of_who_is_removed(call, d)
    return called


async def of_a_card(call: Callable[..., Awaitable[Any]], d: Desk) -> None:
    """Two of one company that wait."""
    there = [arrival(n, contact__email=f"pat{n}@umbrella.test", source="demo_request") for n in (60, 61)]
    await d.intake.keep(there, feed="crm", now=NOW)
    [one] = await d.leads.find("pat60@", 1)
    together = cards.Cards(d.space, ACME)
    assert one.handoff is not None
    await call(together, "waiting", one.handoff.card, "UAMY", NOW)
    await call(together, "answer", one.handoff.card, Accept(by="UAMY"), NOW)


async def of_posts(call: Callable[..., Awaitable[Any]], d: Desk) -> None:
    post = await call(d.posts, "begin", "card", "a", NOW)
    await call(d.posts, "find", "card", "a")
    await call(d.posts, "find_in_turn", "card", "a", NOW)
    await call(d.posts, "take_update", post, NOW)
    await call(d.posts, "keep", post, channel="C1", thread=None, ts="1.1", shown_hash="a")
    await call(d.posts, "newest_ts", "C1")
    await call(d.posts, "look_anew", "C1")
    for why in (Closed.SHARED, None):
        await call(d.posts, "note_closed", "C1", why)
        await call(d.posts, "is_shared", "C1")
    for name in ("looked", "not_sent"):
        await call(d.posts, name, post)
    await call(d.posts, "gone", post, [drawing("a")])
    await call(d.posts, "add", [drawing("z")])


async def beside(desk: Desk, call: Any) -> None:
    """What the operator's commands ask."""
    waiting, met = waiting_jobs.WaitingJobs(desk.space), workspace.Workspace(desk.space)
    await call(waiting, "soonest", 5)
    await call(Out(desk.space), "get", "evt_1")
    await call(waiting, "drop", [1], NOW)
    await call(met, "keep", "Europe/London", "a", [drawing("a")])
    await call(met, "zone")
    await of_versions(call, versions.Versions(desk.space))
    aside = quarantine.Quarantine(desk.space)
    ids = await call(aside, "ids_after", "", 5)
    await call(desk.intake, "retry", ids, NOW)
    await call(aside, "get", ids[0])
    await call(aside, "newest", 5)
    await call(aside, "count")
    await call(aside, "drop", ids)


async def of_versions(call: Any, kept: versions.Versions) -> None:
    file = {"channels.leads": "C0LEADS", "people.heads.sales": "UHAL"}
    in_force = await call(kept, "begin", file, NOW)
    await call(kept, "change", "UHAL", in_force, lambda newest: {**newest, "ladder.most": 3}, NOW)
    for name, told in (
        ("in_force", ()),
        ("newer_than", (1,)),
        ("get", (1,)),
        ("file", ()),
        ("kept", (file,)),
    ):
        await call(kept, name, *told)
    await call(kept, "to_write", file)
    await call(kept, "note_written")
    newest = await kept.in_force()
    assert newest is not None
    under = signing.Signing(kept._space, newest)
    await call(under, "get", 1)
    await call(under, "read", "UHAL")
    await call(under, "so_far", "UHAL", 2, 9)
    await call(under, "suggest", 2, "UHAL", "Shorter", NOW)
    await call(under, "suggestion", "a")
    await call(under, "sign", 2, "UHAL", NOW)
    await call(kept, "need_admin", "UHAL", in_force)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lead.id, lead.workspace FROM lead WHERE lead.id = ?",
        "SELECT lead.id FROM lead LEFT OUTER JOIN handoff ON handoff.id = lead.handoff WHERE lead.workspace = ?",
        "UPDATE job SET key=? WHERE job.id = ?",
        "DELETE FROM once WHERE once.at < ?",
        "INSERT INTO lane (name, due_at) VALUES (?, ?)",
        "SELECT waiting.id FROM job AS waiting, lane WHERE lane.workspace = ? AND waiting.lane = lane.name",
    ],
)
def test_a_statement_without_its_workspace_is_found(statement: str) -> None:
    assert is_stray(statement)


async def test_what_is_said_to_the_database_itself_is_about_no_workspace(db: Database) -> None:
    with watched(db.engine) as strays:
        await db.read(lambda session: session.execute(text("SELECT 1")).all())
        version(db.engine)

    assert strays == []
