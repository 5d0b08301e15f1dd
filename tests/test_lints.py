"""Each lint, contract and rule of the house is broken here on purpose, and seen to say so."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import house
from tests.house import ROOT, TRUCE

Rule = Callable[[Path], list[str]]
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
CONTRACTS: dict[str, Any] = {contract["id"]: contract for contract in SETTINGS["importlinter"]["contracts"]}
BIN = Path(sys.executable).parent


def run(*command: str | Path, cwd: Path = ROOT, text: str = "") -> subprocess.CompletedProcess[str]:
    wide = {**os.environ, "COLUMNS": "1000", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=cwd, input=text, capture_output=True, text=True, check=False, env=wide)


# --- who imports whom -----------------------------------------------------------------------------------------------


def forbidden() -> list[tuple[str, str, str]]:
    """One import for every pair of every `forbidden` contract, as (contract, file, import)."""
    return [
        (name, f"{folder}/knows_{module}.py", module)
        for name, contract in CONTRACTS.items()
        if contract["type"] == "forbidden"
        for folder in contract["source_modules"]
        for module in contract["forbidden_modules"]
    ]


BROKEN = [
    *forbidden(),
    ("arrow", "bot/reaches_up.py", "handlers"),
    ("arrow", "bot/remembers.py", "storage"),
    ("arrow", "storage/reaches_up.py", "handlers"),
    ("top", "handlers/starts.py", "bot.__main__"),
    ("top", "storage/starts.py", "bot.__main__"),
    ("top", "bot/starts.py", "bot.__main__"),
    ("rows", "handlers/holds_rows.py", "storage.tables"),
    ("rows", "bot/holds_rows.py", "storage.tables"),
    ("edges", "handlers/swans.py", "handlers.geese"),
    ("edges", "handlers/geese_jobs.py", "handlers.geese"),
    ("edges", "handlers/payloads.py", "handlers.geese"),
    ("edges", "handlers/ducks/pond.py", "handlers.geese"),
]
ALLOWED = [
    ("edges", "handlers/geese.py", "handlers.payloads"),
    ("edges", "handlers/ducks/__init__.py", "handlers.ducks.pond"),
    ("rows", "storage/geese.py", "storage.tables"),
    ("loop", "storage/db.py", "asyncio"),
    ("arrow", "bot/__main__.py", "handlers"),
    ("brain", "bot/__main__.py", "asyncio"),
    ("real", "bot/__main__.py", "playground"),
]


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What lint-imports says of our packages with all of BROKEN and ALLOWED added, by contract."""
    tree = tmp_path_factory.mktemp("broken")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for package in TRUCE:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    for _, path, module in [
        ("", "storage/tables.py", "bot"),
        ("", "bot/__main__.py", "bot"),
        *BROKEN,
        *ALLOWED,
    ]:
        file = tree / path
        file.parent.mkdir(exist_ok=True)
        file.parent.joinpath("__init__.py").touch()
        with file.open("a", encoding="utf-8") as text:
            text.write(f"\nimport {module}\n")
    said = run(BIN / "lint-imports", "--no-cache", cwd=tree)
    assert said.returncode == 1, said.stdout + said.stderr
    details = said.stdout.partition("Broken contracts")[2]
    titles = {contract["name"]: name for name, contract in CONTRACTS.items()}
    parts = re.split(rf"^({'|'.join(map(re.escape, titles))})$", details, flags=re.MULTILINE)
    return {titles[title]: words for title, words in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize(("contract", "path", "module"), BROKEN)
def test_a_forbidden_import_is_found(
    contracts: dict[str, str], contract: str, path: str, module: str
) -> None:
    importer = path.removesuffix(".py").replace("/", ".")

    assert re.search(rf"\b{importer}\b.* -> {module}\b", contracts[contract])


@pytest.mark.parametrize(("contract", "path", "module"), ALLOWED)
def test_an_allowed_import_is_not_found(
    contracts: dict[str, str], contract: str, path: str, module: str
) -> None:
    importer = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    assert not re.search(rf"\b{importer} -> {module}\b", contracts[contract])


def test_no_contract_is_left_unbroken(contracts: dict[str, str]) -> None:
    assert set(contracts) == set(CONTRACTS)


# --- ruff and mypy --------------------------------------------------------------------------------------------------


def ruff(code: str, path: str) -> str:
    """What `ruff check` says of this code if it stood at `path`."""
    return run(
        BIN / "ruff", "check", "--output-format=concise", "--stdin-filename", path, "-", text=code
    ).stdout


@pytest.mark.parametrize("name", SETTINGS["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"])
def test_a_banned_name_is_found(name: str) -> None:
    code = f"import {name.partition('.')[0]}\n\nprint({name})\n"

    assert f"TID251 `{name}` is banned" in ruff(code, "bot/leads/lead.py")
    assert f"TID251 `{name}` is banned" in ruff(code, "tests/bot/test_leads.py")


def test_the_main_module_may_read_the_clock() -> None:
    assert "TID251" not in ruff(
        "import datetime\n\nprint(datetime.datetime.now(datetime.UTC))\n", "bot/__main__.py"
    )


LINTED = {
    "ANN201": "def answer():\n    return 42\n",
    "ASYNC251": "import time\n\n\nasync def nap() -> None:\n    time.sleep(1)\n",
    "BLE001": "try:\n    work()\nexcept Exception:\n    answer = None\n",
    "C901": "def long(x: int) -> None:\n" + "".join(f"    if x == {n}:\n        work()\n" for n in range(12)),
    "DTZ001": "import datetime\n\nmoment = datetime.datetime(2026, 11, 22)\n",
    "ERA001": "# answer = work()\n",
    "F401": "import json\n",
    "PGH003": "answer = work()  # type: ignore\n",
    "PGH004": "answer = work()  # noqa\n",
    "PLR2004": "def full(leads: int) -> bool:\n    return leads > 12\n",
    "RUF006": "import asyncio\n\n\nasync def go() -> None:\n    asyncio.create_task(work())\n",
    "S608": 'query = "SELECT * FROM lead WHERE name = \'" + name + "\'"\n',
    "T201": 'print("here")\n',
}


@pytest.mark.parametrize("rule", LINTED)
def test_a_lint_is_found(rule: str) -> None:
    assert f": {rule} " in ruff(LINTED[rule], "storage/leads.py")


def test_a_badly_formatted_file_is_found() -> None:
    assert (
        run(BIN / "ruff", "format", "--check", "--stdin-filename", "bot/a.py", "-", text="a=1\n").returncode
        == 1
    )
    assert (
        run(BIN / "ruff", "format", "--check", "--stdin-filename", "bot/a.py", "-", text="a = 1\n").returncode
        == 0
    )


TYPED = """
from enum import StrEnum


class State(StrEnum):
    NEW = "new"
    OFFERED = "offered"


def exhaustive(state: State) -> None:
    match state:  # exhaustive-match
        case State.NEW:
            pass


def untyped(state):  # no-untyped-def
    return state


def undefined(*, known: bool) -> int:
    if known:
        answer = 42
    return answer  # possibly-undefined


def unreached(state: State) -> None:
    if not isinstance(state, str):
        print(state)  # unreachable


def careless(state: list) -> None:  # type-arg
    print(state)


kept: int = "a"  # type: ignore
print(undefined or unreached)  # truthy-function
"""


@pytest.mark.slow
def test_what_mypy_should_find_is_found(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text(TYPED, encoding="utf-8")
    said = run(
        BIN / "mypy", "--config-file", ROOT / "pyproject.toml", "--cache-dir", tmp_path / "cache", file
    )

    asked = {
        (number, line.partition("  # ")[2])
        for number, line in enumerate(TYPED.splitlines(), 1)
        if "  # " in line and "type: ignore" not in line
    }
    found = {
        (int(number), code)
        for number, code in re.findall(r":(\d+): error: .*\[([\w-]+)\]$", said.stdout, re.MULTILINE)
    }
    assert asked <= found
    assert '"type: ignore" comment without error code' in said.stdout


# --- the rules of the house -----------------------------------------------------------------------------------------

CATCH = "try:\n    work()\nexcept {}:\n    {}\n"
HOUSE = [
    (house.files_too_long, "bot/leads.py", "\n" * 401),
    (house.files_too_long, "playground/page.js", "\n" * 401),
    (house.files_too_long, "tests/bot/test_leads.py", "\n" * 401),
    (house.names_that_say_nothing, "bot/utils.py", ""),
    (house.names_that_say_nothing, "handlers/views/leads.py", ""),
    (house.names_that_say_nothing, "storage/services/leads.py", ""),
    (house.broad_catches, "handlers/leads.py", CATCH.format("Exception", "pass")),
    (house.broad_catches, "handlers/leads.py", CATCH.format("(OSError, Exception) as error", "raise")),
    (house.broad_catches, "storage/db.py", CATCH.format("BaseException", "pass")),
    (house.broad_catches, "handlers/worker.py", CATCH.format("Exception", "pass") * 2),
    (house.broad_catches, "bot/leads.py", "with contextlib.suppress(Exception):\n    work()\n"),
    (house.queries_outside_storage, "handlers/leads.py", 'sql = "SELECT id FROM lead"\n'),
    (house.queries_outside_storage, "bot/leads.py", "rows = session.exec(query)\n"),
    (house.clocks_read, "bot/leads.py", "now = datetime.now(UTC)  # noqa: TID251 - no\n"),
    (house.clocks_read, "storage/db.py", "from time import time\n"),
    (house.clocks_read, "handlers/worker.py", "now = dt.datetime.utcnow\n"),
    (house.slack_in_the_brain, "bot/cards.py", "from slack_sdk.web.async_client import AsyncWebClient\n"),
    (house.slack_in_the_brain, "bot/cards.py", "import slack_sdk\n"),
    (house.naps, "tests/test_leads.py", "await asyncio.sleep(0.1)\n"),
    (house.exceptions_without_reason, "bot/leads.py", "import a  # noqa: F401\n"),
    (house.exceptions_without_reason, "bot/leads.py", "import a  # type: ignore[import]\n"),
    (house.locks_that_tell_or_miss, "requirements.lock", "--index-url somewhere\n"),
    (house.locks_that_tell_or_miss, "requirements-dev.lock", "# from https://example.test/simple\n"),
    (house.locks_that_tell_or_miss, "requirements.lock", "click==1.0\n"),
    (house.locks_that_tell_or_miss, "requirements.lock", "quick==1.0 \\\n    --hash=sha256:0a\n"),
    (house.libraries_without_reason, "docs/adr/0004-dependencies.md", "Nothing.\n"),
    (house.unexplained_targets, "Makefile", "deploy: setup\n\ttrue\n"),
    (house.decisions_without_proof, "docs/adr/0001-the-arrow.md", "Because.\n"),
    (house.decisions_without_proof, "docs/adr/0001-the-arrow.md", "## Enforced by\n`tests/test_no.py`\n"),
    (house.decisions_without_proof, "docs/adr/0001-the-arrow.md", "## Enforced by\n`lint-imports` (`no`)\n"),
    (
        house.decisions_without_proof,
        "docs/adr/0001-the-arrow.md",
        "\n" * 60 + "## Enforced by\n`lint-imports` (`sql`)\n",
    ),
    (house.decisions_without_proof, "docs/adr/0007-the-arrow.md", "## Enforced by\n`lint-imports` (`sql`)\n"),
    (house.traces_of_a_machine, "README.md", f"See {Path('/', 'home', 'amy', 'truce')}.\n"),
    (house.traces_of_a_machine, "Makefile", f"pip install -i https://{'pypi'}.org/simple\n"),
]
KEPT = [
    (house.files_too_long, "bot/leads.py", "\n" * 400),
    (house.names_that_say_nothing, "bot/leads/commands.py", ""),
    (house.broad_catches, "handlers/worker.py", CATCH.format("Exception", "pass")),
    (
        house.broad_catches,
        "storage/db.py",
        CATCH.format("BaseException as error", "future.set_exception(error)"),
    ),
    (house.queries_outside_storage, "storage/leads.py", 'session.exec("SELECT id FROM lead")\n'),
    (house.queries_outside_storage, "bot/leads.py", 'words = "Select the lead from the list"\n'),
    (house.clocks_read, "bot/__main__.py", "now = datetime.now(UTC)\n"),
    (house.slack_in_the_brain, "bot/cards.py", "from slack_sdk.models.blocks import SectionBlock\n"),
    (house.naps, "tests/test_leads.py", "await asyncio.sleep(0)\n"),
    (house.exceptions_without_reason, "bot/leads.py", "import a  # noqa: F401, E402 - read by b\n"),
    (house.decisions_without_proof, "docs/adr/0001-the-arrow.md", "## Enforced by\n`lint-imports` (`sql`)\n"),
    (house.traces_of_a_machine, "README.md", "See https://example.test/home/of/truce and docs/home/x.\n"),
]


def write(root: Path, path: str, text: str) -> None:
    """A folder with nothing but this file, and the project's own pyproject.toml and locks beside it."""
    for kept in ("pyproject.toml", *house.LOCKS):
        shutil.copy(ROOT / kept, root)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("rule", "path", "text"), HOUSE)
def test_what_breaks_a_rule_of_the_house_is_found(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    write(tmp_path, path, text)

    assert rule(tmp_path)


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_what_keeps_a_rule_of_the_house_is_not(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    write(tmp_path, path, text)

    assert rule(tmp_path) == []


def test_every_rule_of_the_house_is_broken_once() -> None:
    assert {rule for rule, _, _ in HOUSE} == set(house.RULES)
