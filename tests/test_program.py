"""The program as its operator meets it: real processes, real ports, real time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.health import of_token
from playground.server import Playground
from tests.program import Desk, desk, until
from tests.world import acme

pytestmark = pytest.mark.slow
SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}


@pytest.fixture
async def at_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        yield here


def a_file(folder: Path, rows: int, occurred_at: str = "2017-05-01") -> Path:
    """Leads of some years ago, as a CRM exports them."""
    path = folder / "old_leads.csv"
    lines = (f"id-{n},Person {n},p{n}@old.test,fair,{occurred_at}" for n in range(rows))
    path.write_text("\n".join(["Record ID,Name,Email,Lead Source,Create Date", *lines]) + "\n")
    return path


@pytest.mark.parametrize("words", [["jobs", "list"], ["nonsense"]], ids=" ".join)
async def test_a_command_that_is_forked_says_and_ends_as_one_that_is_started(
    at_desk: Desk, words: list[str]
) -> None:
    forked = await at_desk.says(*words)

    assert forked[0] in (1, 2)
    assert forked == await at_desk.python("-m", "bot", *words)


async def test_an_import_beside_the_running_bot_makes_one_message_and_again_changes_nothing(
    at_desk: Desk,
) -> None:
    file = a_file(at_desk.folder, 500)
    async with at_desk.running():
        assert "500 new, 0 changed, 0 unchanged, 0 refused." in (await at_desk.says("import", str(file)))[1]
        assert "0 new, 0 changed, 500 unchanged, 0 refused." in (await at_desk.says("import", str(file)))[1]
        await until(lambda: at_desk.slack.messages("leads"))

    [message] = at_desk.slack.messages("leads")
    assert message.text == "500 leads from old_leads wait to be offered."


@pytest.mark.alone  # it measures real time
async def test_a_click_is_answered_while_a_large_import_runs_beside(at_desk: Desk) -> None:
    async with at_desk.running():
        file = a_file(at_desk.folder, 300)
        await at_desk.says("import", str(file))
        await until(lambda: at_desk.slack.messages("leads"))
        importing = await at_desk.start("import", str(a_file(at_desk.folder, 8000, "2018-01-01")))
        message, waits = at_desk.slack.messages("leads")[0], []
        for _ in range(30):
            answer = await at_desk.slack.click("eva", message, "Offer the next 10")
            waits.append(answer.seconds)
            assert answer.status == 200
        assert importing.returncode is None
        await importing.communicate()

    assert max(waits) < 3  # seconds that Slack gives us; how quick it is, is the business of make bench


async def test_a_second_run_on_the_same_file_is_refused_with_a_sentence(at_desk: Desk) -> None:
    async with at_desk.running():
        at_desk.more["PORT"] = "0"
        code, said = await at_desk.says("run")

    assert code == 1
    assert "Traceback" not in said
    assert "truce.db" in said


async def test_a_misspelt_setting_stops_the_start_with_its_line(at_desk: Desk) -> None:
    (at_desk.folder / "app.yaml").write_text('channels:\n  leeds: "#leads"\n')

    code, said = await at_desk.says("run")

    assert code == 1
    assert "app.yaml:2" in said
    assert "leads" in said
    assert "Traceback" not in said


async def test_a_token_that_slack_does_not_know_is_one_sentence(at_desk: Desk) -> None:
    at_desk.more["SLACK_BOT_TOKEN"] = "xoxb-wrong"

    code, said = await at_desk.says("run")

    assert (code, said.strip().splitlines()[-1]) == (
        1,
        f"Error: {of_token('SLACK_BOT_TOKEN', 'invalid_auth').sentence}",
    )


async def test_a_leads_channel_that_is_not_there_is_one_sentence(at_desk: Desk) -> None:
    (at_desk.folder / "app.yaml").write_text('channels: {leads: "#nowhere"}\n')

    code, said = await at_desk.says("run")

    assert code == 1
    assert "#nowhere was not found" in said
    assert "xoxb" not in said
