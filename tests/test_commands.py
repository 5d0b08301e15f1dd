"""Every command as an operator types it: what it says, its exit code, and never a traceback."""

import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.__main__ import Clock
from bot.arrivals import Problem, Senseless
from bot.jobs import Due, Redraw
from playground.server import Playground
from storage.jobs import Jobs
from storage.quarantine import put_aside
from storage.workspace import opened
from tests.program import Desk, desk
from tests.world import acme

pytestmark = pytest.mark.slow
SETTINGS = {"channels": {"leads": "#leads"}, "hours": {"timezone": "Europe/London"}}
TEAM = "T0ACME000"
now = Clock()


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose Slack cannot be reached."""
    async with Playground.running(acme(), limits=False) as slack, desk(tmp_path, slack, SETTINGS) as here:
        here.more["SLACK_API_URL"] = "http://127.0.0.1:1/api/"
        yield here


async def given_up(here: Desk, *abouts: str) -> list[str]:
    """As if the bot had given up these jobs; their numbers."""
    with opened(here.environment["DATABASE_URL"]) as db:
        jobs = Jobs(db.of(TEAM))
        for each in abouts:
            await jobs.add([Due(job=Redraw(sight="card", about=each), at=now(), lane=each)])
        for taken in await jobs.take(now(), limit=20, lease=timedelta(seconds=60)):
            await jobs.fail(taken, now(), "Slack: not_in_channel.")
        return [str(each.id) for each in await jobs.failed(20)]


async def test_jobs_are_listed_tried_again_and_dropped_while_slack_cannot_be_reached(alone: Desk) -> None:
    await alone.has_met(TEAM)
    first, second = await given_up(alone, "lead-1", "lead-2")

    code, said = await alone.says("jobs", "failed")
    assert code == 0
    assert "sight card, about lead-1" in said
    assert "Slack: not_in_channel." in said

    assert await alone.says("jobs", "retry", first) == (0, "1 job will be tried again.\n")
    assert await alone.says("jobs", "drop", second) == (0, "1 job dropped.\n")
    code, said = await alone.says("jobs", "list")
    assert [line.split()[0] for line in said.splitlines()] == [first]
    assert await alone.says("jobs", "failed") == (0, "No job has failed.\n")


async def test_all_that_failed_can_be_tried_again_at_once(alone: Desk) -> None:
    await alone.has_met(TEAM)
    await given_up(alone, "lead-1", "lead-2", "lead-3")

    assert await alone.says("jobs", "retry", "--all") == (0, "3 jobs will be tried again.\n")
    assert await alone.says("jobs", "retry", "7") == (
        1,
        "Error: 0 of 1 jobs will be tried again; the others have not failed.\n",
    )


async def test_of_several_workspaces_one_has_to_be_named(alone: Desk) -> None:
    await alone.has_met(TEAM, "T2")

    code, said = await alone.says("jobs", "list")
    assert code == 1
    assert said.endswith("say which with --workspace (T0ACME000, T2).\n")
    assert await alone.says("jobs", "list", "--workspace", "T2") == (0, "No job waits.\n")
    code, said = await alone.says("jobs", "list", "--workspace", "T3")
    assert (code, said) == (1, "Error: No workspace T3 is kept here. There is: T0ACME000, T2.\n")


async def test_in_the_wrong_folder_nothing_is_made_and_one_sentence_says_so(alone: Desk) -> None:
    code, said = await alone.says("jobs", "list")

    assert code == 1
    assert said.startswith("Error: There is no truce.db here. Start `truce run` once;")
    assert list(alone.folder.iterdir()) == [alone.folder / "app.yaml"]


async def test_migrate_check_tells_by_its_exit_code_and_changes_nothing(alone: Desk) -> None:
    code, said = await alone.says("migrate", "--check")
    assert code == 3
    assert "no version yet" in said
    assert not (alone.folder / "truce.db").exists()

    assert (await alone.says("migrate"))[0] == 0
    assert (await alone.says("migrate", "--check"))[0] == 0


async def test_a_database_of_a_newer_truce_is_left_alone(alone: Desk) -> None:
    await alone.says("migrate")
    with opened(alone.environment["DATABASE_URL"]) as db, db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    assert await alone.says("migrate") == (
        1,
        "Error: A newer Truce has used this database: install that one, or a newer one.\n",
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_a_shell_is_taught_to_complete(alone: Desk, shell: str) -> None:
    code, script = await alone.says("completion", shell)
    assert code == 0
    assert "_TRUCE_COMPLETE=" in script

    word = "r" if shell == "fish" else "2"  # where the cursor stands
    asked = {"_TRUCE_COMPLETE": f"{shell}_complete", "COMP_WORDS": "truce jobs r", "COMP_CWORD": word}
    alone.more.update(asked)
    assert "retry" in (await alone.says())[1]


HOSTILE = ["", " ", "\x1b[31m", "<!channel>", "../../etc/passwd", "-1", "9" * 40, "%s{0}", "a\nb", "\udcff"]
OPTIONS = ["--workspace", "--port", "--feed", "--map", "--limit", "--nonsense"]
COMMANDS = [
    *(["jobs", name] for name in ("list", "failed", "retry", "drop")),
    *(["quarantine", name] for name in ("list", "show", "retry", "drop")),
    *([name] for name in ("run", "demo", "import", "migrate", "completion", "nonsense")),
]
ONE_AFTER_ANOTHER = """
import json, sys
from bot.__main__ import main
for arguments in json.loads(sys.argv[1]):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as end:
        sys.stdout.write(f"\\n{arguments!a} ended with {end.code}\\n")
"""


async def test_no_argument_makes_a_traceback(alone: Desk) -> None:
    await alone.has_met(TEAM)
    tried = [[*command, word] for command in COMMANDS for word in HOSTILE]
    tried += [[*command, option, word] for command in COMMANDS for option in OPTIONS for word in HOSTILE[-4:]]

    code, said = await alone.python("-c", ONE_AFTER_ANOTHER, json.dumps(tried))

    assert code == 0, said[-2000:]
    assert len(re.findall("ended with [012]$", said, re.MULTILINE)) == len(tried)
    assert "\x1b" not in said


async def test_a_demo_whose_port_is_taken_says_what_to_do(alone: Desk) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        code, said = await alone.says("demo", "--port", str(port))

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(f"Error: Port {port} cannot be used")
    assert said.endswith("set another --port.\n")


async def test_bytes_that_are_no_text_make_no_traceback(alone: Desk) -> None:
    code, said = await alone.says("import", "\udcff.csv")

    assert code == 2
    assert said.endswith("does not exist.\n")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://root@db/x"),
        ("DATABASE_URL", "postgresql://truce:hunter2@127.0.0.1:1/truce"),
        ("DATABASE_URL", "postgresql://truce:hunter2@127.0.0.1:port/truce"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all/truce.db"),
        ("DATABASE_URL", "sqlite:////etc/passwd"),
        ("TRUCE_CONFIG", "/nowhere/app.yaml"),
        ("TRUCE_LEASE", "soon"),
        ("PORT", "eighty"),
        ("SLACK_API_URL", "slack"),
    ],
)
async def test_a_wrong_environment_is_one_sentence(alone: Desk, variable: str, value: str) -> None:
    alone.more[variable] = value

    code, said = await alone.says("run")

    assert code == 1
    assert said.splitlines()[-1].startswith(
        "Error: "
    )  # an address where nobody answers is tried for half a minute
    assert "Traceback" not in said
    assert "hunter2" not in said


EVERY_HELP = """
import contextlib, io, json, sys
from bot.__main__ import main
shown, waiting = {}, [[]]
while waiting:
    words = waiting.pop()
    sys.argv[1:] = [*words, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main()
    shown[" ".join(words)] = out.getvalue()
    lines = out.getvalue().partition("Commands:\\n")[2].partition("\\n\\n")[0].splitlines()
    waiting += [[*words, line.split()[0]] for line in lines if line.startswith("  ") and line[2] != " "]
print(json.dumps(shown))
"""


async def test_every_help_says_what_each_part_is_for(alone: Desk) -> None:
    alone.more["COLUMNS"] = "200"
    code, said = await alone.python("-c", EVERY_HELP)

    assert code == 0, said
    shown: dict[str, str] = json.loads(said)
    assert len(shown) > 10
    for command, words in shown.items():
        parts = words.partition("Options:")[2].replace("Commands:", "").partition("Exit codes")[0]
        unexplained = [line for line in parts.splitlines() if re.fullmatch(r"  \S+( [A-Z=]+)?\s*", line)]
        assert unexplained == [], command
        assert len(words.partition("Options:")[0].strip().splitlines()) > 1, f"{command} is not explained"


async def test_quarantine_is_looked_at_tried_again_and_dropped_while_slack_cannot_be_reached(
    alone: Desk,
) -> None:
    await alone.has_met(TEAM)
    raws = ['{"id": "crm-1", "contact": {"name": "Zo\\u00eb"}}', '{"id": "crm-2", "score": "\\u001b[31m"}']
    with opened(alone.environment["DATABASE_URL"]) as db, Session(db.engine) as session, session.begin():
        for raw in raws:
            problem = Problem(path="score", words="This should be a number, like 90, not a text.")
            put_aside(session, TEAM, "website", [Senseless(problems=(problem,), raw=raw)], now())

    code, listed = await alone.says("quarantine", "list")
    assert code == 0
    assert "1 time  website  score: This should be a number, like 90, not a text." in listed
    ids = {line.split()[0] for line in listed.splitlines()}

    shown = [await alone.says("quarantine", "show", each) for each in sorted(ids)]
    assert any('"name": "Zo\\u00eb"' in said and "  score: This should" in said for _, said in shown)
    assert "\x1b" not in "".join(said for _, said in shown)

    assert await alone.says("quarantine", "retry") == (3, "1 taken in, 1 still without sense.\n")
    [left] = [line.split()[0] for line in (await alone.says("quarantine", "list"))[1].splitlines()]
    assert await alone.says("quarantine", "drop", left) == (0, "1 dropped.\n")
    assert await alone.says("quarantine", "list") == (0, "Nothing is in quarantine.\n")
    assert await alone.says("quarantine", "show", left) == (1, f"Error: Not in quarantine: {left}.\n")
