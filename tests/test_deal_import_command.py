"""`truce import --deals` as its operator meets it: real processes, one of them killed, while Slack cannot be reached."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from playground.server import Playground
from storage.tables import DEAL, DEAL_LEAD, JOB
from storage.workspace import opened
from tests.program import Desk, desk
from tests.world import acme

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}
TEAM = "T0ACME000"


@pytest.fixture
async def alone(tmp_path: Path, database_url: str) -> AsyncIterator[Desk]:
    """A desk that has met its workspace; now Slack cannot be reached."""
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more |= {"SLACK_API_URL": "http://127.0.0.1:1/api/", "DATABASE_URL": database_url}
        await here.has_met(TEAM)
        yield here


async def deals(url: str) -> list[str]:
    """All that an import leaves of deals, but ids and the moments of its own run."""
    query = select(DEAL.c.external_id, DEAL.c.state, DEAL.c.fields, DEAL.c.closed_at).where(
        DEAL.c.workspace == TEAM
    )

    def work(session: Session) -> list[str]:
        rows = session.execute(query).all()
        return sorted(json.dumps(list(row), sort_keys=True, default=str) for row in rows)

    with opened(url) as db:
        return await db.read(work)


async def links_and_jobs(url: str) -> tuple[int, int]:
    links = select(func.count()).select_from(DEAL_LEAD).where(DEAL_LEAD.c.workspace == TEAM)
    jobs = select(func.count()).where(JOB.c.workspace == TEAM, JOB.c.kind.like("%deal%"))
    with opened(url) as db:
        return await db.read(lambda session: (session.scalar(links) or 0, session.scalar(jobs) or 0))


async def test_an_import_of_deals_killed_at_any_row_and_run_again_ends_the_same(alone: Desk) -> None:
    url = alone.environment["DATABASE_URL"]
    leads, file = alone.folder / "leads.csv", alone.folder / "deals.csv"
    leads.write_text("id,email\n" + "".join(f"m-{n},p{n}@old.test\n" for n in range(300)))
    rows = [f"d-{n},Won,2017-03-01,m-{n % 300},{n}.50" for n in range(1200)]
    file.write_text("\n".join(["Deal ID,Deal Stage,Close Date,Lead ID,Amount", *rows, "d-x,Won,soon,,1"]))
    assert (await alone.says("import", str(leads)))[0] == 0

    running = await alone.start("import", "--deals", str(file), "--currency", "EUR")
    async with asyncio.timeout(300):
        while len(await deals(url)) < 100:  # noqa: ASYNC110 - another process writes
            await asyncio.sleep(0)
    running.send_signal(signal.SIGKILL)
    await running.communicate()
    code, said = await alone.says("import", "--deals", str(file), "--currency", "EUR")
    whole = await deals(url)
    again = await alone.says("import", "--deals", str(file), "--currency", "EUR")

    assert (code, said.splitlines()[-1].endswith("1 refused.")) == (3, True)
    assert again[1].endswith("0 new, 0 changed, 1,200 unchanged, 1 refused.\n")
    assert (len(whole), await deals(url)) == (1200, whole)
    assert await links_and_jobs(url) == (1200, 0)


async def test_amounts_without_a_currency_stop_it_before_anything_is_kept(alone: Desk) -> None:
    file = alone.folder / "deals.csv"
    file.write_text("Deal ID,Deal Stage,Amount\n1,Won,5\n")

    code, said = await alone.says("import", "--deals", str(file))
    wrong = await alone.says("import", "--deals", str(file), "--currency", "euro")

    assert code == 1
    assert "have no currency: add --currency EUR" in said
    assert wrong == (1, "Error: --currency euro: this should be a code of three letters, like EUR.\n")
    assert await deals(alone.environment["DATABASE_URL"]) == []
