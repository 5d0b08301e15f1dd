"""`truce import` as its operator meets it: real processes, killed ones among them, while Slack cannot be reached."""

import asyncio
import json
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, func, select
from sqlmodel import Session

from playground.server import Playground
from storage.tables import HOLD, IDENTITY, LEAD, LOG, QUARANTINE, TOUCH
from storage.workspace import opened
from tests.handlers.test_imports import TRAPS
from tests.program import Desk, desk
from tests.world import acme

pytestmark = pytest.mark.slow
SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}
TEAM = "T0ACME000"
# All that an import leaves, but ids and the moments of its own run.
STATE = (
    [LEAD.c[name] for name in ("external_id", "state", "fields", "fields_at", "occurred_at", "kept_because")],
    [IDENTITY.c.kind, IDENTITY.c.value],
    [TOUCH.c.kind, TOUCH.c.at, TOUCH.c.campaign],
    [LOG.c.what, LOG.c.origin, LOG.c.detail],
    [HOLD.c.channel, HOLD.c.arrived, HOLD.c.closed_at],
    [QUARANTINE.c.raw],
)


@pytest.fixture
async def alone(tmp_path: Path, database_url: str) -> AsyncIterator[Desk]:
    """A desk that has met its workspace; now Slack cannot be reached."""
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more |= {"SLACK_API_URL": "http://127.0.0.1:1/api/", "DATABASE_URL": database_url}
        await here.has_met(TEAM)
        yield here


async def state(url: str) -> list[list[str]]:
    with opened(url) as db:
        return await db.read(lambda session: [_rows(session, columns) for columns in STATE])


def _rows(session: Session, columns: Sequence[Column[Any]]) -> list[str]:
    query = select(*columns).where(columns[0].table.c.workspace == TEAM)
    return sorted(json.dumps(list(row), sort_keys=True, default=str) for row in session.execute(query))


async def leads(url: str) -> list[str]:
    return (await state(url))[0]


async def until_kept(url: str, number: int) -> None:
    """Until another process has kept so many leads."""
    query = select(func.count()).where(LEAD.c.workspace == TEAM)
    with opened(url) as db:
        async with asyncio.timeout(300):
            while (await db.read(lambda session: session.scalar(query) or 0)) < number:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0)


async def test_every_trap_at_once_goes_in_as_far_as_it_is_good(alone: Desk) -> None:
    file = alone.folder / "traps.csv"
    file.write_text(TRAPS, newline="")

    code, said = await alone.says("import", str(file))

    assert code == 3
    assert said.endswith("4 new, 0 changed, 0 unchanged, 3 refused.\n")
    assert "Traceback" not in said
    assert "First Name: This is longer than 10,000" in (alone.folder / "traps.rejected.csv").read_text()
    assert len(await leads(alone.environment["DATABASE_URL"])) == 4
    assert (await alone.says("import", str(file)))[1].endswith("0 new, 0 changed, 4 unchanged, 3 refused.\n")


async def test_a_dry_run_needs_no_database_and_keeps_nothing(alone: Desk) -> None:
    file = alone.folder / "traps.csv"
    file.write_text(TRAPS, newline="")
    alone.more["DATABASE_URL"] = f"sqlite:///{alone.folder}/none.db"

    code, said = await alone.says("import", str(file), "--dry-run")

    assert code == 3
    assert (
        "Nothing was kept: this was a dry run. 4 rows would go into the feed traps, 3 would be refused."
        in said
    )
    assert sorted(path.name for path in alone.folder.iterdir()) == ["app.yaml", "traps.csv"]


async def test_standard_input_is_read_with_a_feeds_name(alone: Desk) -> None:
    rows = b"id,created\n1,15/01/2024\n2,03/04/2024\n3,soon\n"

    async def piped(*arguments: str) -> tuple[int | None, str]:
        running = await alone.start("import", "-", *arguments, stdin=PIPE, cwd=alone.folder)
        said, _ = await running.communicate(rows)
        return running.returncode, said.decode()

    assert (await piped())[0] == 1
    code, said = await piped("--feed", "hubspot")
    assert code == 3
    assert said.endswith("2 new, 0 changed, 0 unchanged, 1 refused.\n")
    assert "soon" in (alone.folder / "hubspot.rejected.csv").read_text()


async def test_ambiguous_dates_stop_it_before_anything_is_kept_and_a_flag_settles_them(alone: Desk) -> None:
    file = alone.folder / "dates.csv"
    file.write_text("id,created\n1,03/04/2024\n")

    code, said = await alone.says("import", str(file))
    assert code == 1
    assert "--dates day-first or --dates month-first" in said
    assert await leads(alone.environment["DATABASE_URL"]) == []

    assert (await alone.says("import", str(file), "--dates", "month-first"))[0] == 0
    [lead] = await leads(alone.environment["DATABASE_URL"])
    assert "2024-03-04" in lead


@pytest.mark.postgres
async def test_an_import_killed_at_any_row_and_run_again_ends_as_if_it_had_never_been(
    alone: Desk, tmp_path: Path
) -> None:
    url = alone.environment["DATABASE_URL"]
    file = alone.folder / "old.csv"
    lines = [f"id-{n},p{n % 1500}@old.test,fair,{n % 97},{2010 + n % 9}-05-01" for n in range(1600)]
    file.write_text("\n".join(["Record ID,Email,Lead Source,Score,Create Date", *lines, "x,nobody,,,"]))

    for kept in (1, 400, 800):  # killed once it has kept so many
        running = await alone.start("import", str(file))
        await until_kept(url, kept)
        running.send_signal(signal.SIGKILL)
        await running.communicate()
        assert running.returncode == -signal.SIGKILL
    assert len(await leads(url)) < 1500
    code, said = await alone.says("import", str(file))
    assert code == 3
    assert said.endswith("1 refused.\n")

    alone.more["DATABASE_URL"] = f"sqlite:///{tmp_path}/whole.db"
    await alone.has_met(TEAM)
    whole = await alone.says("import", str(file))
    assert whole[1].endswith("1 refused.\n")
    assert await state(url) == await state(alone.environment["DATABASE_URL"])


async def test_an_import_that_is_stopped_says_what_it_kept(alone: Desk) -> None:
    url = alone.environment["DATABASE_URL"]
    file = alone.folder / "many.csv"
    file.write_text("id\n" + "".join(f"{number}\n" for number in range(500_000)))
    running = await alone.start("import", str(file))
    await until_kept(url, 100)

    running.send_signal(signal.SIGINT)
    said, _ = await running.communicate()

    assert running.returncode == 130
    assert "Stopped. So far " in said.decode()
    assert "Traceback" not in said.decode()
