"""How Truce is, as its operator asks for it."""

import json
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from bot.intake.schema import openapi
from bot.jobs import Due, ForgetOld
from tests.asgi import get
from tests.world import World, lead

LOCAL = {"host": "127.0.0.1:3001"}


async def told(world: World) -> tuple[int, Any]:
    status, _, body = await get(world.truce.ops, "/healthz", LOCAL)
    return status, json.loads(body)


async def test_a_program_whose_worker_does_not_run_is_not_well(world: World) -> None:
    """Stories have no worker of their own: they drain."""
    status, health = await told(world)

    assert (status, health["ok"], health["worker"]) == (503, False, {"alive": False})
    assert health["database"] == {"reachable": True}


async def test_what_waits_is_counted(world: World) -> None:
    await world.crm_sends(lead(score="many"))
    now = world.now()
    await world.truce.jobs.add([Due(job=ForgetOld(), at=now - timedelta(seconds=90))])

    _, health = await told(world)

    assert health["truce"] == version("truce")
    assert health["quarantined"] == 1
    assert health["jobs"] == {
        "due": 1,
        "oldest_due": (now - timedelta(seconds=90)).isoformat(),
        "oldest_waits_seconds": 90,
        "failed": 0,
    }
    assert health["stuck"] == []


async def test_a_lane_that_is_held_for_long_is_stuck_and_one_with_much_to_do_is_not(world: World) -> None:
    await world.slack.removes_bot("leads")
    begun = world.now()
    await world.crm_sends(lead())
    assert (await told(world))[1]["stuck"] == []

    await world.time_passes(minutes=11)

    [stuck] = (await told(world))[1]["stuck"]
    assert stuck["lane"] == f"post:{world.slack.channel_id('leads')}"
    assert abs(datetime.fromisoformat(stuck["since"]) - begun) < timedelta(seconds=1)
    await world.slack.invites_bot("leads")
    await world.time_passes(minutes=6)
    assert (await told(world))[1]["stuck"] == []
    assert len(world.cards()) == 1


async def test_a_database_that_does_not_answer_is_said_to_be_silent(world: World) -> None:
    async with world.without("quarantine"):
        status, health = await told(world)

    assert (status, health["database"]) == (503, {"reachable": False})


async def test_the_document_is_for_this_machine_alone(world: World) -> None:
    status, _, body = await get(world.truce.ops, "/openapi.json", LOCAL)

    assert (status, json.loads(body)) == (200, openapi(version("truce")))
    assert (await get(world.truce.ops, "/openapi.json", {"host": "evil.test"}))[0] == 400
