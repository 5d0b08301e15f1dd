"""What the operator sees of the jobs, and drops by hand."""

from storage.waiting_jobs import WaitingJobs
from tests.storage.desk import LEASE, MINUTE, NOW, SECOND, Desk, drawing


async def test_what_waits_is_listed_the_next_due_first_with_what_went_wrong(desk: Desk) -> None:
    await desk.jobs.add([drawing("late", NOW + MINUTE), drawing("soon", channel="C2")])
    [taken] = await desk.take()
    await desk.jobs.put_back(taken, NOW + SECOND, error="TimeoutError", now=NOW)

    soon, late = await WaitingJobs(desk.space).soonest(5)

    assert (soon.about, soon.attempts, soon.error) == ("sight card, about soon", 1, "TimeoutError")
    assert (late.about, late.attempts, late.error, late.leased_until) == (
        "sight card, about late",
        0,
        "",
        None,
    )
    assert await WaitingJobs(desk.space).soonest(1) == [soon]


async def test_a_job_that_is_dropped_is_never_run_and_its_lane_goes_on(desk: Desk) -> None:
    await desk.jobs.add([drawing("first"), drawing("second", NOW + SECOND)])
    jobs = WaitingJobs(desk.space)
    first, _ = await jobs.soonest(5)

    assert await jobs.drop([first.id, 999], NOW) == [first.id]

    assert await desk.take(NOW) == []
    [second] = await desk.take(NOW + SECOND)
    assert second.job == drawing("second").job


async def test_a_job_that_is_being_run_is_not_dropped_until_its_lease_is_over(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()
    jobs = WaitingJobs(desk.space)

    assert await jobs.drop([taken.id], NOW) == []
    assert await jobs.drop([taken.id], NOW + LEASE) == [taken.id]


async def test_a_job_that_was_given_up_can_be_dropped(desk: Desk) -> None:
    await desk.jobs.add([drawing("a")])
    [taken] = await desk.take()
    await desk.jobs.fail(taken, NOW, "no")

    assert await WaitingJobs(desk.space).soonest(5) == []
    assert await WaitingJobs(desk.space).drop([taken.id], NOW) == [taken.id]
    assert await desk.jobs.count_failed() == 0
