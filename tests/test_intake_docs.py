"""docs/intake.md does as it says: its lines are run, and a library of others signs what is sent."""

import asyncio
import json
import re
from asyncio.subprocess import PIPE
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from bot.intake.schema import json_schema
from playground.server import Playground
from tests.needs import program
from tests.program import SECRET, Desk, desk, free_port
from tests.world import ROOT, acme, lead

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs" / "intake.md").read_text(encoding="utf-8")
LINES = [lines for lines in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "curl" in lines]
SETTINGS = {
    "channels": {"leads": "#leads"},
    "hours": {"timezone": "Europe/London"},
    "feeds": {"website": {}, "partner": {"auth": "bearer"}},
}


@pytest.fixture
async def at_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more.update(TRUCE_SECRET_PARTNER="a-long-secret-of-a-partner", OPS_PORT=str(free_port()))
        async with here.running():
            yield here


async def typed(desk: Desk, lines: str) -> Any:
    """What a shell answers, as JSON."""
    environment = {**desk.environment, "TRUCE": f"http://127.0.0.1:{desk.port}"}
    shell = await asyncio.create_subprocess_exec("bash", "-euc", lines, stdout=PIPE, env=environment)
    said, _ = await asyncio.wait_for(shell.communicate(), 300)
    return json.loads(said)


async def test_the_lines_of_the_page_do_what_the_page_says(at_desk: Desk) -> None:
    for name in ("curl", "openssl", "od", "base64"):
        program(name)
    signed, bearer, schema = LINES

    assert await typed(at_desk, signed) == {"code": 202, "status": "new"}
    assert await typed(at_desk, bearer) == {"items": [{"code": 202, "status": "changed"}]}
    assert await typed(at_desk, schema) == json_schema("website")


async def test_a_sender_of_standard_webhooks_is_understood_and_the_ports_keep_apart(at_desk: Desk) -> None:
    sender, body, now = Webhook(f"whsec_{SECRET}"), json.dumps(lead()), datetime.now(UTC)  # noqa: TID251 - real time
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sender.sign("msg_1", now, body),
    }
    forged = {**headers, "webhook-signature": f"v1,{b64encode(bytes(32)).decode()}"}
    outside, inside = (f"http://127.0.0.1:{port}" for port in (at_desk.port, at_desk.environment["OPS_PORT"]))

    async with aiohttp.ClientSession() as session:

        async def posts(headers: dict[str, str]) -> int:
            async with session.post(f"{outside}/intake/website", data=body, headers=headers) as answer:
                return answer.status

        async def gets(url: str) -> tuple[int, str]:
            async with session.get(url) as answer:
                return answer.status, await answer.text()

        assert [await posts(headers), await posts(forged)] == [202, 401]
        assert await gets(f"{outside}/healthz") == (200, "ok")
        assert (await gets(f"{outside}/openapi.json"))[0] == 404
        status, health = await gets(f"{inside}/healthz")
        assert (status, json.loads(health)["ok"]) == (200, True)
        assert json.loads((await gets(f"{inside}/openapi.json"))[1])["openapi"] == "3.1.0"
        assert (await gets(f"{inside}/intake/website/schema"))[0] == 404

    code, said = await at_desk.says("doctor", "--json")
    ports = [each["words"] for each in json.loads(said)["findings"] if each["check"] == "ports"]
    assert (code, [words.split()[0] for words in ports]) == (0, ["Truce", "Truce"])
