"""Jobs: by lane, in order, at their pace; none is lost, whoever dies or comes between."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text, update
from sqlmodel import Session

from bot.jobs import Due, ForgetOld, KeepHeld, Redraw
from storage import jobs
from storage.db import Database
from storage.tables import JOB, LANE
from tests.storage.desk import (
    DAY,
    LEASE,
    MINUTE,
    NOW,
    SECOND,
    Desk,
    Pause,
    conflicts_of,
    drawing,
    names,
    on_postgres,
    somebody_waits,
)

AT_ONCE = timedelta()


async def test_a_job_is_taken_when_it_is_due_and_not_before(desk: Desk) -> None:
    await desk.jobs.add([drawing("a", NOW + MINUTE)])

    assert await desk.jobs.next_due() == NOW + MINUTE
    assert await desk.take(NOW + MINUTE - SECOND) == []
    [taken] = await desk.take(NOW + MINUTE)
    assert (taken.job, taken.attempts) == (Redraw(sight="card", about="a"), 1)


async def test_a_job_that_ended_is_gone_and_its_lane_is_parked(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()

    await desk.jobs.end(taken, NOW, pace=AT_ONCE)

    assert await desk.take(NOW + DAY) == []
    assert await desk.jobs.next_due() is None


async def test_work_that_waits_under_one_key_is_one_job_due_at_the_earliest_moment(desk: Desk) -> None:
    await desk.jobs.add([drawing("a", NOW + 2 * MINUTE), drawing("a", NOW + 3 * MINUTE)])
    await desk.jobs.add([drawing("a", NOW + MINUTE)])
    await desk.jobs.add([drawing("a", NOW + 9 * MINUTE)])

    [taken] = await desk.take(NOW + MINUTE)
    await desk.jobs.end(taken, NOW, pace=AT_ONCE)

    assert await desk.take(NOW + DAY) == []


async def test_the_same_work_in_two_lanes_is_two_jobs(desk: Desk) -> None:
    await desk.jobs.add([drawing("a", channel="C1"), drawing("a", channel="C2")])

    assert len(await desk.take()) == 2


async def test_what_is_added_while_the_same_runs_is_done_once_more(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()

    await desk.jobs.add([drawing("a", NOW + SECOND)])
    assert await desk.take(NOW + SECOND) == []  # the lane has one thing to do at a time
    await desk.jobs.end(taken, NOW + SECOND, pace=AT_ONCE)

    assert names(await desk.take(NOW + SECOND)) == ["a"]


async def test_a_lane_gives_out_its_jobs_in_order_one_at_a_time_at_its_pace(desk: Desk) -> None:
    await desk.jobs.add([drawing("b", NOW), drawing("a", NOW - SECOND)])
    [first] = await desk.take()

    await desk.jobs.end(first, NOW, pace=SECOND)

    assert names([first]) == ["a"]
    assert await desk.jobs.next_due() == NOW + SECOND
    assert await desk.take(NOW + SECOND / 2) == []
    assert names(await desk.take(NOW + SECOND)) == ["b"]


async def test_a_busy_lane_does_not_hold_up_another(desk: Desk) -> None:
    await desk.jobs.add([drawing(str(number), channel="CBUSY") for number in range(50)])
    await desk.jobs.add([drawing("quiet", NOW + SECOND, channel="CQUIET")])

    assert names(await desk.take(NOW + SECOND)) == ["0", "quiet"]


async def test_no_more_is_taken_than_was_asked_for(desk: Desk) -> None:
    await desk.jobs.add([drawing("a", channel=f"C{number}") for number in range(5)])

    assert [len(await desk.take(limit=2)) for _ in range(4)] == [2, 2, 1, 0]


async def test_who_dies_gives_back_by_doing_nothing(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    await desk.take()

    assert await desk.take(NOW + LEASE - SECOND) == []
    [again] = await desk.take(NOW + LEASE)

    assert again.attempts == 2


async def test_who_comes_back_too_late_changes_nothing(desk: Desk) -> None:
    await desk.jobs.add([drawing("a"), drawing("b")])
    [late] = await desk.take()
    await desk.take(NOW + LEASE)

    await desk.jobs.end(late, NOW + LEASE, pace=AT_ONCE)
    await desk.jobs.put_back(late, NOW, now=NOW + LEASE)
    await desk.jobs.fail(late, NOW + LEASE, "too late")

    assert await desk.jobs.count_failed() == 0
    assert await desk.take(NOW + LEASE + SECOND) == []  # the lane is still the other one's, who dies as well
    [third] = await desk.take(NOW + 2 * LEASE)
    assert (third.id, third.attempts) == (late.id, 3)


async def test_what_is_put_back_without_an_error_does_not_count_as_an_attempt(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()

    await desk.jobs.put_back(taken, NOW + MINUTE, now=NOW)

    assert await desk.jobs.next_due() == NOW + MINUTE
    [again] = await desk.take(NOW + MINUTE)
    assert again.attempts == 1


async def test_what_is_put_back_with_an_error_counts(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()

    await desk.jobs.put_back(taken, NOW + MINUTE, error="KeyError", now=NOW)

    [again] = await desk.take(NOW + MINUTE)
    assert again.attempts == 2


@pytest.mark.parametrize(("holds", "then"), [(False, ["b"]), (True, [])])
async def test_what_stands_behind_work_put_back_waits_only_where_the_lane_is_held(
    desk: Desk, *, holds: bool, then: list[str]
) -> None:
    await desk.jobs.add([drawing("a", NOW - SECOND), drawing("b")])
    [taken] = await desk.take()

    await desk.jobs.put_back(taken, NOW + MINUTE, hold_lane=holds, now=NOW)

    assert names(await desk.take(NOW + SECOND)) == then


async def test_what_is_put_back_and_the_same_added_anew_are_both_done(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()

    await desk.jobs.put_back(taken, NOW, now=NOW)
    await desk.jobs.add([drawing("a")])

    for _ in range(2):
        [each] = await desk.take()
        await desk.jobs.end(each, NOW, pace=AT_ONCE)
    assert await desk.take() == []


async def test_what_failed_is_kept_out_of_the_way_until_it_is_tried_again(desk: Desk) -> None:
    await desk.jobs.add([drawing("a", NOW - SECOND), drawing("b")])
    [taken] = await desk.take()

    await desk.jobs.fail(taken, NOW, "channel_not_found")

    [failed] = await desk.jobs.failed(10)
    assert (failed.kind, failed.about, failed.error) == ("redraw", "sight card, about a", "channel_not_found")
    assert names(await desk.take()) == ["b"]
    assert await desk.jobs.retry([failed.id], NOW + DAY) == 1
    assert await desk.jobs.count_failed() == 0
    [_, again] = [await desk.take(NOW + DAY), await desk.take(NOW + DAY)]
    assert again == []
    assert await desk.jobs.retry([failed.id], NOW) == 0


async def test_a_job_that_this_version_does_not_know_stops_no_other(desk: Desk, db: Database) -> None:
    await desk.jobs.add([drawing("a", NOW - MINUTE), drawing("b")])
    later = update(JOB).where(JOB.c.workspace == "T1", JOB.c.due_at < NOW).values(kind="of_next_year")
    await db.write(lambda session: session.execute(later))

    assert await desk.take() == []

    assert names(await desk.take()) == ["b"]
    assert [each.kind for each in await desk.jobs.failed(10)] == ["of_next_year"]


async def test_a_lane_that_does_not_know_of_its_work_is_found(desk: Desk, db: Database) -> None:
    await desk.jobs.add([drawing("a", channel="C1"), drawing("b", channel="C2"), drawing("c", channel="C3")])
    lane = update(LANE).where(LANE.c.workspace == "T1")
    asleep = [
        lane.where(LANE.c.name == "redraw:C1").values(due_at=None),
        lane.where(LANE.c.name == "redraw:C2").values(due_at=NOW + DAY),
    ]
    await db.write(lambda session: [session.execute(each) for each in asleep])
    assert names(await desk.take()) == ["c"]

    assert await desk.jobs.sweep() == 2

    assert sorted(names(await desk.take())) == ["a", "b"]
    assert await desk.jobs.sweep() == 0


async def test_a_lane_that_has_nothing_to_do_is_parked_when_somebody_looks(desk: Desk, db: Database) -> None:
    row = {"workspace": "T1", "name": "idle", "free_at": NOW, "due_at": NOW}
    await db.write(lambda session: session.execute(insert(LANE), [row]))

    assert await desk.take() == []

    assert await desk.jobs.next_due() is None


async def test_what_happens_once_per_name_is_added_once(desk: Desk) -> None:
    known = {"forget_old:2026-11-23": [drawing("a")]}
    await desk.jobs.add_once(known, NOW)
    [first] = await desk.take()
    await desk.jobs.end(first, NOW, pace=AT_ONCE)
    await desk.jobs.add_once({**known, "new": [drawing("b", channel="C2")]}, NOW)
    assert names(await desk.take()) == ["b"]


async def test_what_is_old_is_forgotten_and_what_is_not_stays(desk: Desk) -> None:
    await desk.jobs.add_once({"then": [drawing("old"), drawing("new", channel="C2")]}, NOW)
    [new, old] = sorted(await desk.take(), key=lambda each: each.lane)
    await desk.jobs.fail(old, NOW, "no")
    await desk.jobs.fail(new, NOW + 30 * DAY, "no")

    await desk.jobs.forget_old(NOW + 91 * DAY)
    assert [each.about for each in await desk.jobs.failed(10)] == ["sight card, about new"]
    await desk.jobs.add_once({"then": [drawing("again")]}, NOW + 91 * DAY)
    assert await desk.take(NOW + 91 * DAY) == []

    await desk.jobs.forget_old(NOW + 401 * DAY)
    await desk.jobs.add_once({"then": [drawing("again")]}, NOW + 401 * DAY)
    assert names(await desk.take(NOW + 401 * DAY)) == ["again"]


async def test_a_job_comes_back_as_it_went_in(desk: Desk) -> None:
    told = [Due(job=KeepHeld(hold="C1.2026"), at=NOW), Due(job=ForgetOld(), at=NOW)]
    await desk.jobs.add(told)

    assert {each.job for each in await desk.take()} == {KeepHeld(hold="C1.2026"), ForgetOld()}


# The traps of several writers at once.


async def test_many_runners_take_each_job_once(desk: Desk, another: Database) -> None:
    await desk.jobs.add([drawing(str(number), channel=f"C{number}") for number in range(40)])
    runners = [desk, Desk.of(another)] * 4

    taken = await asyncio.gather(*(runner.take(limit=3) for runner in runners))

    assert all(len(each) <= 3 for each in taken)
    found = [name for each in taken for name in names(each)]
    assert len(found) == len(set(found))


async def test_a_lane_keeps_its_order_and_pace_however_many_take_from_it(
    desk: Desk, another: Database
) -> None:
    await desk.jobs.add([drawing(str(number)) for number in range(8)])
    runners, order = [desk, Desk.of(another)] * 2, []

    for turn in range(16):
        now = NOW + turn * SECOND / 2
        taken = await asyncio.gather(*(runner.take(now) for runner in runners))
        for runner, each in zip(runners, taken, strict=True):
            order += [(turn, name) for name in names(each)]
            for one in each:
                await runner.jobs.end(one, now, pace=SECOND)

    assert order == [(2 * number, str(number)) for number in range(8)]


@on_postgres
async def test_of_lanes_that_another_takes_no_more_are_taken_than_asked_for(desk: Desk, db: Database) -> None:
    await desk.jobs.add([drawing(str(number), channel=f"C{number}") for number in range(9)])
    pause = Pause()
    locked = text("SELECT name FROM lane WHERE lane.workspace = 'T1' ORDER BY name LIMIT 3 FOR UPDATE")
    holding = asyncio.create_task(db.write(pause.after(lambda session: session.execute(locked).all())))
    await pause.reached()

    assert names(await desk.take(limit=4)) == ["3", "4", "5", "6"]
    pause.go()
    await holding
    assert names(await desk.take(limit=9)) == ["0", "1", "2", "7", "8"]


@on_postgres
async def test_a_redraw_asked_for_again_shows_what_was_changed_with_it(desk: Desk, db: Database) -> None:
    """Were it not locked, a worker could take it, draw the old state, and leave nothing behind."""
    await desk.jobs.add([drawing("card")])
    pause = Pause()

    def change(session: Session) -> None:
        jobs.add(session, "T1", [drawing("card")])

    changing = asyncio.create_task(db.write(pause.after(change)))
    await pause.reached()

    assert await desk.take() == []  # what it would draw is not committed yet
    pause.go()
    await changing
    assert names(await desk.take()) == ["card"]


@on_postgres
async def test_a_redraw_asked_for_while_it_is_being_taken_is_done_once_more(desk: Desk, db: Database) -> None:
    await desk.jobs.add([drawing("card")])
    pause = Pause()
    event.listen(db.engine, "before_cursor_execute", at_update_of_jobs(pause))
    taking = asyncio.create_task(desk.take())
    await pause.reached()

    adding = asyncio.create_task(desk.jobs.add([drawing("card")]))
    await somebody_waits(db)
    pause.go()
    [taken], _ = await asyncio.gather(taking, adding)
    await desk.jobs.end(taken, NOW, pace=AT_ONCE)

    assert names(await desk.take()) == ["card"]


@on_postgres
async def test_what_is_added_while_a_lane_is_being_parked_is_not_missed(desk: Desk, db: Database) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()
    pause = Pause()
    adding = asyncio.create_task(
        db.write(pause.after(lambda session: jobs.add(session, "T1", [drawing("b")])))
    )
    await pause.reached()

    ending = asyncio.create_task(desk.jobs.end(taken, NOW, pace=AT_ONCE))
    await somebody_waits(db)
    pause.go()
    await asyncio.gather(adding, ending)

    assert names(await desk.take()) == ["b"]


@on_postgres
async def test_of_two_that_add_the_same_once_one_does(desk: Desk, db: Database) -> None:
    pause = Pause()

    def add(session: Session) -> bool:
        first = jobs.once(session, "T1", "digest:2026-W48", NOW)
        if first:
            jobs.add(session, "T1", [drawing("digest")])
        return first

    adding = asyncio.create_task(db.write(pause.after(add)))
    await pause.reached()
    also = asyncio.create_task(desk.jobs.add_once({"digest:2026-W48": [drawing("twice")]}, NOW))
    await somebody_waits(db)
    pause.go()
    await asyncio.gather(adding, also)

    [taken] = await desk.take()
    await desk.jobs.end(taken, NOW, pace=AT_ONCE)
    assert names([taken]) == ["digest"]
    assert await desk.take() == []


@on_postgres
async def test_the_same_jobs_added_in_any_order_never_lock_each_other_out(desk: Desk, db: Database) -> None:
    conflicts = conflicts_of(db)
    due = [drawing(f"card{number}", channel=f"C{number % 5}") for number in range(20)]

    await asyncio.gather(*(desk.jobs.add(due[:: 1 if number % 2 else -1]) for number in range(40)))

    assert conflicts == []
    assert len(await desk.take()) == 5


def at_update_of_jobs(pause: Pause) -> Callable[..., None]:
    """A listener that holds a transaction before it says which jobs it has taken."""

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE job"):
            pause()

    return listen
