"""Stories of what needs the operator: told once, to whom it concerns, in their hours, and again when it comes again."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Hopeless
from bot.jobs import Due, ForgetOld, LearnPeople
from tests.world import PEOPLE, World, lead, settings_with

pytestmark = pytest.mark.postgres
EVA_RUNS_IT = settings_with(people={**PEOPLE, "admins": ["eva@acme.test"]})


async def a_minute_passes(world: World, minutes: int = 1) -> None:
    for _ in range(minutes):
        await world.time_passes(minutes=1)
        await world.truce.recurring.ensure()
        await world.settles()


def fails(world: World, kind: type, error: Exception) -> None:
    async def run(_job: Any, _until: Any) -> None:
        raise error

    world.truce.worker.table[kind] = run  # type: ignore[index]  # a fault of ours, on demand


async def gives_up(world: World, error: str = "no such thing") -> None:
    fails(world, ForgetOld, Hopeless(error))
    await world.truce.jobs.add([Due(job=ForgetOld(), at=world.now())])
    await a_minute_passes(world)


def alerts(world: World, person: str = "hal") -> list[str]:
    return [each.text for each in world.dms(person) if "needs a hand" in each.text]


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        each.getMessage()
        for each in caplog.records
        if each.levelno >= logging.ERROR and each.name == "handlers.alerts"
    ]


async def test_a_job_that_was_given_up_is_told_once_in_the_log_and_to_the_admins(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await gives_up(world)
    await gives_up(world)
    await a_minute_passes(world, 3)

    [told] = alerts(world)
    assert "1 job of the kind forget_old given up: no such thing (`truce jobs failed` shows what)." in told
    assert len(logged(caplog)) == 1
    assert [person for person in ("amy", "ben", "chi", "eva") if alerts(world, person)] == []


async def test_another_reason_is_another_matter_and_both_are_told(world: World) -> None:
    await gives_up(world)
    await gives_up(world, "another thing")

    assert len(alerts(world)) == 2
    assert "no such thing" in alerts(world)[1]
    assert "another thing" in alerts(world)[1]


async def test_what_was_mended_and_comes_again_is_told_again(world: World) -> None:
    await gives_up(world)
    [failed] = await world.truce.jobs.failed(5)
    world.truce.worker.table[ForgetOld] = _does_nothing  # type: ignore[index]  # mended
    await world.truce.jobs.retry([failed.id], world.now())
    await a_minute_passes(world)
    assert len(alerts(world)) == 1

    await gives_up(world)

    assert len(alerts(world)) == 2


async def _does_nothing(_job: Any, _until: Any) -> None:
    pass


async def test_a_kind_that_never_succeeds_is_told_before_it_is_given_up(world: World) -> None:
    fails(world, ForgetOld, RuntimeError("boom"))
    await world.truce.jobs.add([Due(job=ForgetOld(), at=world.now())])

    await a_minute_passes(world, 4)

    [told] = alerts(world)
    assert "1 job of the kind forget_old failed 5 times or more" in told


@pytest.mark.slow
async def test_a_channel_that_the_bot_was_removed_from_is_told_once_and_again_the_next_time(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    channel = world.slack.channel_id("leads")
    await world.slack.removes_bot("leads")
    await world.crm_sends(lead())
    await a_minute_passes(world, 30)

    [told] = alerts(world)
    assert f"<#{channel}> is without Truce: what belongs there waits. Type /invite @truce there." in told
    assert len(logged(caplog)) == 1

    await world.slack.invites_bot("leads")
    await a_minute_passes(world, 10)
    assert len(world.cards()) == 1
    await world.slack.removes_bot("leads")
    await world.crm_sends(lead(id="crm-2", contact={"name": "Sue", "email": "sue@initech.test"}))
    await a_minute_passes(world, 30)
    assert len(alerts(world)) == 2


async def test_a_long_line_of_posts_is_not_stuck(world: World) -> None:
    hour_ago = world.now() - timedelta(hours=1)
    await world.truce.jobs.add(
        [Due(job=LearnPeople(cursor=f"{n}"), at=hour_ago, lane="post:C1") for n in range(9)]
    )

    assert await world.truce.wired.alerts.alerts.tell(world.now()) == []


@pytest.mark.parametrize("settings", [EVA_RUNS_IT])
async def test_who_is_named_as_admin_is_told_and_nobody_else(world: World) -> None:
    await gives_up(world)

    assert [len(alerts(world, person)) for person in ("eva", "hal")] == [1, 0]


async def test_an_admin_is_told_in_their_own_hours_and_not_of_what_is_over_by_then(world: World) -> None:
    await world.it_becomes("2026-11-23T22:00:00+00:00")
    await gives_up(world)
    assert alerts(world) == []

    await world.it_becomes("2026-11-24T09:00:01+00:00")
    await world.settles()
    assert len(alerts(world)) == 1

    await world.it_becomes("2026-11-24T22:00:00+00:00")
    await gives_up(world, "another thing")
    failed = await world.truce.jobs.failed(5)
    world.truce.worker.table[ForgetOld] = _does_nothing  # type: ignore[index]  # mended
    await world.truce.jobs.retry([each.id for each in failed], world.now())
    await world.settles()
    await world.it_becomes("2026-11-25T09:00:01+00:00")
    await world.settles()

    assert len(alerts(world)) == 1
