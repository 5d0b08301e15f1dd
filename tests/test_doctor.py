"""The doctor as its operator meets it: the real program, a Slack that says no, and a newcomer who reads what is said."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.__main__ import Clock, run
from bot.environment import read_environment
from bot.errors import Hopeless
from bot.health import Check, Finding, Severity
from bot.settings import load
from handlers.doctor import examine
from handlers.serving import bound
from handlers.workspace import slack_web
from playground.server import Playground
from playground.workspace import Workspace
from storage.db import Database
from storage.people import People
from tests.program import Desk, desk
from tests.world import ROOT, acme

SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}
VERSION = text("UPDATE alembic_version SET version_num = :version")
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))


@asynccontextmanager
async def at(
    folder: Path, workspace: Workspace | None = None, settings: Mapping[str, object] = SETTINGS
) -> AsyncIterator[Desk]:
    running = Playground.running(workspace or acme(), manifest=MANIFEST, limits=False)
    async with running as slack, desk(folder, slack, settings) as here:
        yield here


async def bad(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[Check, Finding]:
    """What `truce doctor` finds, beside what is fine; in this process, to be quick."""
    settle_in(desk, monkeypatch)
    return {
        each.check: each
        for each in await examine(None, Clock, slack_web)
        if each.severity is not Severity.FINE
    }


async def stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch, *, at_its_port: bool = False) -> str:
    """The sentence with which `truce run` ends; nothing that is away for a moment is waited for."""
    settle_in(desk, monkeypatch)
    for patient in ("handlers.workspace.WAITS", "storage.schema.WAITS"):
        monkeypatch.setattr(patient, ())
    told_to_end = asyncio.Event()
    told_to_end.set()  # one that comes up ends at once, and is seen to have come up
    settings = load(desk.folder / "app.yaml")
    with pytest.raises(Hopeless) as error, closing(bound("127.0.0.1", 0)) as door:
        await run(read_environment(None), settings, told_to_end, None if at_its_port else door)
    return str(error.value)


def settle_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in desk.environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.slow
async def test_a_newcomer_mends_everything_from_what_the_program_says_alone(tmp_path: Path) -> None:
    """A wrong token, a bot that was not invited, a misspelt key: each is mended by doing what is said, no more."""
    workspace = acme()
    workspace.channels[0].bot = False
    async with at(tmp_path, workspace) as here:
        settings = tmp_path / "app.yaml"
        settings.write_text('channels:\n  leeds: "#leads"\nhours: {timezone: Europe/London}\n')
        here.more["SLACK_BOT_TOKEN"] = "xoxb-of-another-app"

        code, said = await here.says("doctor")
        assert code == 3
        line, meant = re.findall(rf"{settings}:(\d+): .*did you mean (\w+)\?", said)[0]
        wrong = re.findall(r"Slack does not know (\w+)", said)[0]
        assert "(xoxb-...) from OAuth & Permissions" in said

        lines = settings.read_text().splitlines()
        lines[int(line) - 1] = re.sub(r"\w+(?=:)", meant, lines[int(line) - 1])
        settings.write_text("\n".join(lines))
        here.more[wrong] = workspace.bot_token
        code, said = await here.says("doctor")
        assert code == 3
        assert "1 thing to mend" in said
        typed, where = re.findall(r"Type /invite @(\w+) in #(\w+)", said)[0]
        assert typed == "truce"

        async with here.running():
            assert f"Truce is not in #{where}" in here.said
        await here.slack.invites_bot(where)
        assert await here.says("doctor") == (0, (await here.says("doctor"))[1])
        async with here.running():
            assert "WARNING" not in here.said


@pytest.mark.slow
async def test_the_start_says_the_same_one_sentence_at_a_time(tmp_path: Path) -> None:
    async with at(tmp_path) as here:
        (tmp_path / "app.yaml").write_text('channels:\n  leeds: "#leads"\n')
        here.more["SLACK_BOT_TOKEN"] = "xoxb-of-another-app"
        code, said = await here.says("run")
        assert code == 1
        assert "did you mean leads?" in said

        (tmp_path / "app.yaml").write_text('channels:\n  leads: "#leads"\n')
        code, said = await here.says("run")
        assert code == 1
        assert said.strip().splitlines()[-1].startswith("Error: Slack does not know SLACK_BOT_TOKEN")
        assert "Traceback" not in said


@pytest.mark.slow
async def test_no_secret_is_ever_in_what_the_doctor_says(tmp_path: Path) -> None:
    async with at(tmp_path) as here:
        secrets = {
            "SLACK_BOT_TOKEN": "xoxb-2-very-secret",
            "SLACK_APP_TOKEN": "xapp-3-very-secret",
            "SLACK_SIGNING_SECRET": "4-very-secret",
            "TRUCE_SECRET_WEBSITE": "whsec_5-very-secret",
            "DATABASE_URL": "postgresql://truce:6@very-secret@127.0.0.1:1/truce",
        }
        here.more.update(secrets)

        said = (
            (await here.says("doctor"))[1]
            + (await here.says("run"))[1]
            + (await here.says("doctor", "--json"))[1]
        )

    assert "very-secret" not in said
    assert "Traceback" not in said
    assert {word for word in secrets if word in said} >= {
        "SLACK_BOT_TOKEN",
        "DATABASE_URL",
        "TRUCE_SECRET_WEBSITE",
    }


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set."),
        ("SLACK_APP_TOKEN", "xoxb-swapped", "SLACK_APP_TOKEN holds a bot token"),
        ("SLACK_APP_TOKEN", "xapp-unknown", "Slack does not know SLACK_APP_TOKEN"),
        ("SLACK_SIGNING_SECRET", "", "nothing can come in"),
        ("SLACK_API_URL", "http://127.0.0.1:1/api/", "Slack cannot be reached"),
        ("DATABASE_URL", "postgresql://truce@127.0.0.1:1/truce", "nobody answers there"),
    ],
)
async def test_what_is_wrong_in_the_environment_stops_the_start_with_the_doctors_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    async with at(tmp_path) as here:
        here.more[variable] = value

        stops = [each for each in (await bad(here, monkeypatch)).values() if each.severity is Severity.STOPS]

        assert [words in each.words for each in stops] == [True]
        assert words in await stopped(here, monkeypatch)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://truce:pass@word@nohost.invalid/truce", "there is no such host"),
        ("sqlite:////nowhere/truce.db", "there is no folder /nowhere"),
    ],
)
async def test_a_database_that_cannot_be_used_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    async with at(tmp_path) as here:
        here.more["DATABASE_URL"] = url

        found = (await bad(here, monkeypatch))[Check.DATABASE]

    assert found.severity is Severity.STOPS
    assert words in found.words
    assert "word@" not in found.words


@pytest.mark.parametrize(("variable", "value"), [("PORT", "many"), ("TRUCE_SECRET_WEBSITE", "guess-me")])
async def test_what_cannot_be_read_in_the_environment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    async with at(tmp_path) as here:
        here.more[variable] = value

        found = (await bad(here, monkeypatch))[Check.ENVIRONMENT]

    assert found.severity is Severity.STOPS
    assert found.words.startswith(f"{variable}: does not fit; allowed: ")
    assert value not in found.sentence


async def test_a_port_in_use_is_found_before_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at(tmp_path) as here:
        taken = here.more["PORT"] = here.slack.url.rpartition(":")[2]

        found = (await bad(here, monkeypatch))[Check.PORTS]

        assert found.words == f"PORT {taken} is in use by another program."
        assert f"Port {taken}" in await stopped(here, monkeypatch, at_its_port=True)


async def test_a_file_that_is_no_database_is_said_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "truce.db").write_text("This is a letter to my aunt, and no database." * 100)
    async with at(tmp_path) as here:
        found = (await bad(here, monkeypatch))[Check.DATABASE]

        assert "this is no SQLite file" in found.words
        assert "this is no SQLite file" in await stopped(here, monkeypatch)


@pytest.mark.postgres
async def test_a_database_of_a_later_version_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Database, database_url: str
) -> None:
    async with at(tmp_path) as here:
        here.more["DATABASE_URL"] = database_url
        assert Check.DATABASE not in await bad(here, monkeypatch)
        with db.engine.begin() as connection:
            newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            connection.execute(VERSION, {"version": "9999"})

        found = (await bad(here, monkeypatch))[Check.DATABASE]

        assert "a later Truce (9999)" in found.words
        assert "A newer Truce has used this database" in await stopped(here, monkeypatch)
        with db.engine.begin() as connection:
            connection.execute(VERSION, {"version": newest})


@pytest.mark.postgres
async def test_a_channel_that_is_known_by_its_id_is_found_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Database, database_url: str
) -> None:
    async with at(tmp_path) as here:
        here.more["DATABASE_URL"] = database_url
        team = here.slack.desk.store.workspace.team_id
        await People(db.of(team)).keep_channel("#leads", here.slack.channel_id("leads"))
        await here.slack.changes_channel("leads", name="prospects")

        assert await bad(here, monkeypatch) == {}


async def test_the_start_warns_of_what_does_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = acme()
    workspace.channels[0].shared = True
    stop = asyncio.Event()
    stop.set()
    async with at(tmp_path, workspace, {**SETTINGS, "feeds": {"crm": {}}}) as here:
        settle_in(here, monkeypatch)
        with closing(bound("127.0.0.1", 0)) as door:
            await run(read_environment(None), load(tmp_path / "app.yaml"), stop, door)

    warned = " ".join(each.getMessage() for each in caplog.records if each.levelname == "WARNING")
    assert "The feed crm has no secret" in warned
    assert "shared with another company" in warned
