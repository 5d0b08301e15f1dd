"""The real program is told of a change in Slack, and of one in its file: both hold, and every start says which goes first."""

from pathlib import Path

import pytest

from playground.server import Playground
from playground.things import View
from tests.program import Desk, desk, until
from tests.world import acme

pytestmark = pytest.mark.slow
FILE = """channels: {leads: "#leads"}
hours: {timezone: Europe/London}
people: {admins: [hal@acme.test]}
ladder:
  hot: {remind: 5m}  # ours
"""
HOLDS = "ladder.hot.remind: 6m holds, as Hal said in Slack on "


async def hal_changes_the_reminder(here: Desk, text: str) -> None:
    await here.slack.command("hal", "leads", "/truce settings")
    await until(lambda: here.slack.modal("hal"))
    await here.slack.click("hal", shown(here), "Change...", nth=0)
    await until(lambda: shown(here).title == "Hot leads")
    await here.slack.fill("hal", "Reminder", text)
    await here.slack.submit("hal")
    await until(lambda: here.slack.ephemerals("hal"))


def shown(here: Desk) -> View:
    view = here.slack.modal("hal")
    assert view is not None
    return view


async def test_slack_goes_before_the_file_until_it_is_written_there(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, {}) as here:
        file.write_text(FILE)
        async with here.running():
            await hal_changes_the_reminder(here, "6m")
        async with here.running():
            assert HOLDS in here.said
        assert HOLDS in (await here.says("doctor"))[1]

        code, said = await here.says("settings", "--write")
        assert (code, said) == (0, "ladder.hot.remind: 6m (was 5m)\n")
        assert file.read_text() == FILE.replace("5m", "6m")
        file.write_text(FILE.replace("5m", "7m"))
        async with here.running():
            await until(lambda: "reminder: 7m (was 6m)" in slack.messages("leads")[-1].text)
            assert HOLDS not in here.said
