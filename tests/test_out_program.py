"""The real program tells others: the receiver of docs/out.md keeps what it is told, and a death in between loses nothing."""

import asyncio
import json
import re
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from playground.server import Playground
from tests.postgres import Postgres
from tests.program import Desk, Doors, desk, free_port, until
from tests.receiver import WRITTEN, Receiver
from tests.world import ROOT, acme, lead

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs" / "out.md").read_text(encoding="utf-8")
[CODE] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@asynccontextmanager
async def telling(folder: Path, port: int) -> AsyncIterator[Desk]:
    """A bot that tells who listens on this port, with short leases, so that a death is soon made good."""
    told = {"url": f"http://127.0.0.1:{port}/hooks", "events": ["decision", "owner"]}
    settings = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}, "out": [told]}
    async with Playground.running(acme(), limits=False) as slack, desk(folder, slack, settings) as here:
        here.more.update(TRUCE_OUT_SECRET_127_0_0_1=WRITTEN, TRUCE_OUT_PRIVATE="127.0.0.1", TRUCE_LEASE="6")
        here.more.update(TRUCE_CALL_TIMEOUT="3")
        yield here


async def amy_accepts(here: Desk) -> None:
    async with Doors.open(here.slack.desk.store.now) as doors:
        doors.ports.append(here.port)
        assert await doors.sends(lead(), "msg_1") == 202
    await until(lambda: here.slack.messages("leads"))
    await here.slack.click("amy", here.slack.messages("leads")[0], "Accept")


def listens(port: int) -> bool:
    with closing(socket.socket()) as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


async def test_the_receiver_of_the_page_keeps_each_event_once(tmp_path: Path) -> None:
    port, database = free_port(), tmp_path / "events.db"
    (tmp_path / "receiver.py").write_text(CODE)
    said = {"SECRET": WRITTEN, "PORT": str(port), "DATABASE": str(database)}

    def kept() -> list[dict[str, Any]]:
        with closing(sqlite3.connect(database)) as events:
            rows = events.execute("SELECT body FROM event ORDER BY id").fetchall()
        return [json.loads(row[0]) for row in rows]

    with (tmp_path / "receiver.log").open("wb") as log:
        receiver = await asyncio.create_subprocess_exec(
            sys.executable, tmp_path / "receiver.py", env=said, stdout=log, stderr=log
        )
    try:
        await until(lambda: listens(port))
        async with telling(tmp_path, port) as here, here.running():
            await amy_accepts(here)
            await until(lambda: len(kept()) == 2)
    finally:
        receiver.kill()
        await receiver.wait()

    assert [event["type"] for event in kept()] == ["decision", "owner"]
    assert kept()[0]["data"]["by"]["email"] == "amy@acme.test"
    assert "401" not in (tmp_path / "receiver.log").read_text()


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing_yet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which there is nothing."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/truce.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.empty() as url:
        yield url


def line_to(url: str) -> tuple[sqlite3.Connection | psycopg.Connection, str]:
    """A connection of our own, and what keeps every other from noting that a job is done until it is rolled back."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        return sqlite3.connect(path, timeout=30, isolation_level=None), "BEGIN IMMEDIATE"
    return psycopg.connect(url), "LOCK TABLE job"


async def test_who_dies_before_noting_the_answer_sends_the_same_again_and_then_goes_on(
    tmp_path: Path, nothing_yet: str
) -> None:
    async with Receiver.open() as crm, telling(tmp_path, crm.port) as here:
        here.more["DATABASE_URL"] = nothing_yet
        ours, keeps = line_to(nothing_yet)

        async def nothing_can_be_noted(_: dict[str, Any]) -> None:
            crm.then = None
            ours.execute(keeps)

        crm.then = nothing_can_be_noted
        async with here.running() as running:
            await amy_accepts(here)
            await until(lambda: crm.came)
            running.kill()
            await running.wait()
        ours.rollback()
        ours.close()
        assert len(crm.came) == 1

        async with here.running():
            await until(lambda: "owner" in crm.kinds)

    assert crm.ids.count(crm.ids[0]) >= 2
    assert list(dict.fromkeys(crm.ids)) == [crm.ids[0], crm.ids[-1]]
    assert list(dict.fromkeys(crm.kinds)) == ["decision", "owner"]
