"""What tests need besides Python: asked for by a fixture, skipped and counted without it, but never where CI is set.

    @pytest.mark.browser
    def test_the_page_shows_the_card(chromium: str) -> None: ...  # the path of a Chromium

Under CI=true a missing program fails the test, and so does any other skip of a marked test or a whole file.
"""

import os
import shutil
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Never

import pytest

# The marks of tests that may be skipped on a desk, but have to run in .ci/run.
MARKS = ("alone", "browser", "crash", "slow")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ABSENT = "absent here: "


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def absent(what: str) -> Never:
    """Skip the test because `what` is not on this machine; fail it where nothing may be absent."""
    if in_ci():
        pytest.fail(f"{what} is missing, and CI runs every test", pytrace=False)
    pytest.skip(ABSENT + what)


def program(*names: str) -> str:
    """The path of the first of these programs that is here; else `absent`."""
    for name in names:
        if path := shutil.which(name):
            return path
    absent(names[0])


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium: what $CHROMIUM names, else the one on the path."""
    named = os.environ.get("CHROMIUM", "")
    return named if Path(named).is_file() else program(*CHROMIUM)


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js."""
    return program("node", "nodejs")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    unseen = report.skipped and not hasattr(report, "wasxfail")
    if unseen and in_ci() and any(item.get_closest_marker(mark) for mark in MARKS):
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI runs every test: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and in_ci():
        report.outcome = "failed"
        report.longrepr = f"a whole file skipped, and CI runs every test: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per missing program: how many tests went without it."""
    reasons = Counter(
        str(report.longrepr[2]).partition(ABSENT)[2]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and ABSENT in str(report.longrepr[2])
    )
    for what, count in reasons.items():
        terminalreporter.write_line(f"{count} skipped: no {what} on this machine")
