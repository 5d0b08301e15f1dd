"""`truce settings`: what is in force beside the file, and put into it with --write."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.errors import Refused
from bot.settings import load, written
from handlers.settings import settings_command
from storage.db import Database, Space
from storage.versions import Versions
from storage.workspace import Workspace
from tests.bot.examples import HAL
from tests.storage.desk import NOW, Desk

pytestmark = pytest.mark.postgres
FILE = """# Ours.
channels: {leads: C0LEADS}   # where leads are
people: {admins: [hal@acme.test]}

ladder:
  hot: {remind: 5m, breach: 15m}   # quick ones
  # at most so many:
  most: 5
# the end
"""
SLACK: dict[str, Any] = {"ladder.hot.remind": "6m", "reasons.no_budget": "No money: none", "ladder.most": 3}


@dataclass(frozen=True, slots=True)
class Here:
    """A folder with an app.yaml that was read, after which three keys were changed in Slack."""

    path: Path
    space: Space

    def says(self, *words: str) -> str:
        @contextmanager
        def beside(_workspace: str | None) -> Iterator[Space]:
            yield self.space

        answer = CliRunner().invoke(
            settings_command(beside, lambda: self.path), words, catch_exceptions=False
        )
        return answer.output

    def starts(self) -> dict[str, Any]:
        """What is in force after a start."""
        agreement = asyncio.run(Versions(self.space).begin(written(load(self.path)), NOW))
        return written(agreement.settings)


@pytest.fixture
def here(db: Database, tmp_path: Path) -> Here:
    path = tmp_path / "app.yaml"
    path.write_text(FILE, "utf-8")
    versions = Versions(db.of("T1"))

    async def begin() -> None:
        desk = await Desk.at(db)
        await Workspace(desk.space).keep("Europe/London", "a")
        agreement = await versions.begin(written(load(path)), NOW)
        await versions.change(HAL.slack_id, agreement, lambda newest: {**newest, **SLACK}, NOW)

    asyncio.run(begin())
    return Here(path, db.of("T1"))


def test_each_key_in_which_slack_goes_before_the_file_is_named(here: Here) -> None:
    assert here.says().splitlines() == [
        "ladder.hot.remind: 6m holds, as Hal said in Slack on 23 Nov; app.yaml says 5m.",
        "ladder.most: 3 holds, as Hal said in Slack on 23 Nov; app.yaml says 5.",
        "reasons.no_budget: No money: none holds, as Hal said in Slack on 23 Nov; app.yaml says No budget.",
    ]
    assert here.path.read_text() == FILE


def test_the_file_is_written_with_what_is_in_force_and_keeps_its_comments(here: Here) -> None:
    told = here.says("--write").splitlines()

    assert told[0] == "ladder.hot.remind: 6m (was 5m)"
    expected = FILE.replace("remind: 5m", "remind: 6m").replace("most: 5", "most: 3")
    assert here.path.read_text() == f"{expected}reasons:\n  no_budget: 'No money: none'\n"
    assert written(load(here.path)).items() >= SLACK.items()
    assert here.says() == here.says("--write") == f"{here.path} says what is in force.\n"
    assert [each.name for each in here.path.parent.glob("app.*")] == ["app.yaml"]


def test_what_was_changed_in_the_file_meanwhile_stays_and_counts_at_the_next_start(here: Here) -> None:
    here.path.write_text(FILE.replace("15m", "20m"), "utf-8")

    here.says("--write")

    assert "breach: 20m" in here.path.read_text()
    assert here.starts().items() >= {**SLACK, "ladder.hot.breach": "20m"}.items()


def test_after_it_was_written_a_line_that_is_changed_in_the_file_counts(here: Here) -> None:
    here.says("--write")
    here.path.write_text(here.path.read_text().replace("most: 3", "most: 7"), "utf-8")

    assert here.starts()["ladder.most"] == 7


def test_a_file_that_does_not_fit_what_slack_changed_is_written_as_it_is_in_force(here: Here) -> None:
    here.path.write_text(FILE.replace("15m", "5m"), "utf-8")

    here.says("--write")

    assert "{remind: 6m, breach: 15m}" in here.path.read_text()


def test_a_file_whose_text_is_shared_by_its_parts_is_left_as_it_is(here: Here) -> None:
    text = (
        FILE.replace("hot: {", "hot: &quick {")
        + "teams: [{name: all, channel: C0LEADS, ladder: {hot: *quick}}]\n"
    )
    here.path.write_text(text, "utf-8")

    with pytest.raises(Refused, match="please do it by hand"):
        here.says("--write")

    assert here.path.read_text() == text
