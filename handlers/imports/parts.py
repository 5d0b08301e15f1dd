"""A file in the bot's own hands: looked at as a whole, and brought in a part at a time."""

import io
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.arrivals import Senseless
from bot.imports import described
from handlers.imports.files import Rejects, sourced
from handlers.imports.progress import Progress
from handlers.imports.rows import Arrive, Known, Summary, Wish, known_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What an import would do, as far as the file alone tells; `refused` counts by column."""

    described: str
    rows: int
    refused: Counter[str]


def look_at(path: Path, wish: Wish) -> Looked:
    """Read all of it, and keep nothing. Raises Refused or Unintelligible."""
    rows, refused = 0, Counter[str]()
    with _known(path, wish) as known:
        for row in known.table.rows:
            rows += 1
            told = known.read(row)
            if isinstance(told, Senseless):
                refused[told.problems[0].path] += 1
        return Looked(described=described(known.meant), rows=rows, refused=refused)


async def import_part(
    path: Path,
    wish: Wish,
    *,
    after: int,
    with_header: bool,
    arrive: Arrive,
    note: Callable[[Summary, str], Awaitable[bool]],
) -> bool:
    """Bring in the rows behind the first `after`; True: the file is at its end.

    `note` hears after every few rows what became of all of this part, and which of the last were refused, as CSV
    (under their header if it is still missing); it says whether there is time for more.
    """
    results = Counter[str]()
    with _known(path, wish) as known:
        for _ in islice(known.table.rows, after):
            pass
        told = io.StringIO(newline="")
        rejects = Rejects(lambda: told, known.table, goes_on=not with_header)
        while await known.take_in(arrive, rejects, results):
            more = await note(Summary(**results), told.getvalue())
            told.seek(0)
            told.truncate()
            if not more:
                return False
    return True


@contextmanager
def _known(path: Path, wish: Wish) -> Iterator[Known]:
    with ExitStack() as stack:
        source = stack.enter_context(sourced(path, wish.feed))
        yield known_file(source, wish, stack, Progress(io.StringIO(), source.size))
