"""`truce report` as its operator types it: words, JSON, and a sentence for what is no period; Slack is not needed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.server import Playground
from tests.program import Desk, desk
from tests.world import acme

pytestmark = pytest.mark.slow
SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more["SLACK_API_URL"] = "http://127.0.0.1:1/api/"
        await here.has_met("T0ACME000")
        yield here


async def test_a_report_is_words_for_people_and_json_for_other_tools(alone: Desk) -> None:
    code, said = await alone.says("report", "2026-Q1")
    assert code == 0
    assert said.startswith("Q1 2026\nHanded over 0 (0)")

    code, said = await alone.says("report", "2026-Q1", "--json")
    told = json.loads(said)
    assert (code, told["period"]) == (0, {"from": "2026-01-01", "to": "2026-04-01"})
    assert told["figures"]["acceptance"] == {"part": 0, "whole": 0}


async def test_what_cannot_be_told_is_one_sentence(alone: Desk) -> None:
    code, said = await alone.says("report", "yesteryear")
    assert (code, said.split(".")[0]) == (1, "Error: I do not know the period “yesteryear”")

    code, said = await alone.says("report", "2026-Q1", "--campaign", "Winter")
    assert (code, said) == (1, "Error: I know no campaign “Winter”.\n")


async def test_retros_are_a_table_with_its_head_or_one_object_a_line(alone: Desk) -> None:
    code, said = await alone.says("retros")
    assert (code, said[:35]) == (0, "deal,feed,name,company,outcome,amou")

    assert await alone.says("retros", "--json", "initech", "over", "10000") == (0, "")

    code, said = await alone.says("retros", "over", "much")
    assert (code, said.split(".")[0]) == (1, "Error: “much” is no amount I know")
