"""`truce export`, `erase`, `readmit` and `retention` as their operator types them; Slack is not needed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.server import Playground
from tests.program import Desk, desk
from tests.world import acme

pytestmark = pytest.mark.slow
SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}
CSV = "id,name,email,source\ncrm-1,Pat Doe,pat@globex.test,webinar\ncrm-2,Kim Lee,kim@globex.test,webinar\n"


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more["SLACK_API_URL"] = "http://127.0.0.1:1/api/"
        await here.has_met("T0ACME000")
        (tmp_path / "leads.csv").write_text(CSV)
        await here.says("import", str(tmp_path / "leads.csv"))
        yield here


async def test_a_person_is_given_out_removed_and_let_in_again(alone: Desk, tmp_path: Path) -> None:
    code, said = await alone.says("export", "pat@globex.test")
    assert (code, [each["fields"]["contact.name"] for each in json.loads(said)["leads"]]) == (0, ["Pat Doe"])
    code, said = await alone.says("export", "pat@globex.test", "--dry-run")
    assert (code, said.splitlines()[:2], "Pat" in said) == (0, ["leads: 1", "touches: 1"], False)

    code, said = await alone.says("erase", "pat@globex.test", "--dry-run")
    assert (code, said.splitlines()[:2]) == (0, ["This would be removed or emptied:", "  leads: 1"])

    code, said = await alone.says("erase", "pat@globex.test")
    assert (code, said.splitlines()[:2]) == (0, ["Removed or emptied:", "  leads: 1"])
    code, said = await alone.says("import", str(tmp_path / "leads.csv"))
    assert (code, "1 refused" in said) == (3, True)
    assert await alone.says("readmit", "pat@globex.test") == (0, "Taken in like anybody else from now on.\n")
    assert await alone.says("retention", "--dry-run") == (0, "0 leads would be removed.\n")
