"""Real processes, killed amid their work: nothing that was answered is lost, nothing is there twice, all is true.

The long form is `make crash` (docs/crash.md).
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.crash.machines import Nest
from tests.crash.plan import LAG, Blow, moments, places
from tests.crash.points import NAMED
from tests.crash.retro_run import SHORT, retro_run
from tests.crash.run import crash_run, rush_run
from tests.postgres import MEMORY, Postgres

pytestmark = pytest.mark.crash


@pytest.fixture
async def nest() -> AsyncIterator[Nest]:
    async with Nest.open() as here:
        yield here


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


async def test_what_was_answered_is_there_once_after_four_deaths(nest: Nest, folder: Path) -> None:
    blows = [
        Blow(after=1, place="before answering a webhook", nth=1, leads=2),
        Blow(after=1, place="after chat.postMessage", nth=1, leads=1),
        Blow(after=1, place="before answering Slack", nth=1, leads=1),
        Blow(after=0.2, leads=1, trouble={"method": "chat.postMessage", "lose": "answer"}),
    ]

    report = await crash_run(nest, folder, f"sqlite:///{folder}/truce.db", blows, "short", imports=(120,))

    assert report.faults == []


@pytest.mark.slow
async def test_a_retro_is_there_once_and_no_answer_is_lost_after_three_deaths(
    nest: Nest, folder: Path
) -> None:
    book = await retro_run(nest, folder, f"sqlite:///{folder}/truce.db", SHORT, "retros")

    assert (book.faults, book.reached) == ([], {*SHORT})


@pytest.mark.slow
async def test_every_named_place_and_many_moments_with_one_process_on_sqlite(
    nest: Nest, folder: Path
) -> None:
    blows = [*places("daily", 1), *moments("daily", 15)]

    report = await crash_run(nest, folder, f"sqlite:///{folder}/truce.db", blows, "daily", lag=LAG)

    assert report.faults == []
    assert report.at_places > len(NAMED) / 2


@pytest.mark.slow
async def test_every_named_place_and_many_moments_with_two_processes_on_postgresql(
    nest: Nest, folder: Path, postgres: Postgres
) -> None:
    blows = [*places("daily", 1, 2), *moments("daily", 15, 2)]

    with postgres.empty() as url:
        report = await crash_run(nest, folder, url, blows, "daily", machines=2)

    assert report.faults == []
    assert report.at_places > len(NAMED) / 2


@pytest.mark.slow
async def test_what_two_processes_decide_at_one_moment_is_shown(
    nest: Nest, folder: Path, postgres: Postgres
) -> None:
    with postgres.empty() as url:
        report = await rush_run(nest, folder, url, "daily", machines=2)

    assert report.faults == []
