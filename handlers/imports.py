"""`truce import FILE.csv`: a file of leads, read as a stream and handed on in small transactions.

The file is not in memory as a whole, ever. A bad row never stops the good ones: it goes to NAME.rejected.csv,
which can be mended and imported itself. Running an import again changes nothing.
"""

import csv
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from bot.arrivals import LeadArrival, Outcome, Senseless
from bot.errors import Refused, Unintelligible
from bot.imports import Row, Shape, columns, described, feed_name, read_row, read_rows, sniff
from bot.intake.values import clean

if TYPE_CHECKING:
    from _csv import Writer

CHUNK: Final = 100  # rows of one transaction: the lock is held for milliseconds
SAMPLE: Final = 65_536  # bytes
LONGEST_LINE: Final = 1_048_576  # characters
NOTES: Final = ("rejected_line", "rejected_reason")  # what NAME.rejected.csv has besides the file's columns

Told = Outcome | Senseless
Arrive = Callable[[Sequence[LeadArrival]], Awaitable[Sequence[Told]]]
Echo = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of the rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return f"{self.new:,} new, {self.changed:,} changed, {self.unchanged:,} unchanged, {self.refused:,} refused"


async def import_csv(
    path: Path,
    *,
    feed: str | None,
    mapping: Mapping[str, str],
    arrive: Arrive,
    echo: Echo,
    terminal: TextIO,
) -> Summary:
    """Import a file; `feed` is by default named after it, `mapping` is column -> field.

    `arrive` gets at most CHUNK leads and answers for each, in order. Progress is shown on `terminal` if it
    is one. Raises Refused or Unintelligible with the sentence for who started the import.
    """
    feed = feed_name(path.name) if feed is None else _checked(feed)
    results: Counter[str] = Counter()
    with ExitStack() as stack:
        table = stack.enter_context(_opened(path))
        meant = columns(table.header, mapping)
        echo(f"Importing {path.name} into the feed {feed}. {described(meant)}")
        rejects = Rejects(path.with_name(f"{path.stem}.rejected.csv"), table, stack)
        progress = stack.enter_context(_progress(path, terminal))
        while chunk := list(islice(table.rows, CHUNK)):
            read = [read_row(row.under(table.header), meant, feed, row.line) for row in chunk]
            for row, told in zip(chunk, await _taken(read, arrive), strict=True):
                if isinstance(told, Senseless):
                    rejects.add(row, told)
                results["refused" if isinstance(told, Senseless) else told] += 1
            progress(table.position())
    return _summed_up(results, rejects, echo)


async def _taken(read: Sequence[LeadArrival | Senseless], arrive: Arrive) -> list[Told]:
    """Hand on what makes sense; answer for every row, in order."""
    leads = [one for one in read if isinstance(one, LeadArrival)]
    told = iter(await arrive(leads) if leads else ())
    return [next(told) if isinstance(one, LeadArrival) else one for one in read]


def _summed_up(results: Counter[str], rejects: "Rejects", echo: Echo) -> Summary:
    summary = Summary(**results)
    if summary.refused:
        echo(f"Why rows were refused is in {rejects.path.name}; mend them there and import that file.")
    echo(f"{summary}.")
    return summary


def _checked(feed: str) -> str:
    if not re.fullmatch("[a-z0-9_]+", feed):
        raise Refused("A feed's name is made of a-z, 0-9 and _.")
    return feed


@dataclass(slots=True)
class Table:
    """An open file: its header, and the rows below, each read when it is asked for."""

    shape: Shape
    header: list[str]
    rows: Iterator[Row]
    position: Callable[[], int]  # bytes read


@contextmanager
def _opened(path: Path) -> Iterator[Table]:
    shape = _shape(path)
    # What the encoding has no character for is replaced: the file was found to be of it as far as possible.
    with path.open("rb") as raw, TextIOWrapper(raw, shape.encoding, "replace", newline="") as file:
        rows = (
            row for row in read_rows(_lines(file), shape.delimiter) if any(cell.strip() for cell in row.cells)
        )
        first = next(rows, None)
        if first is None or first.broken:
            raise Unintelligible(f"{path.name} has no header: its first line should name the columns.")
        # In a file of refused rows the notes are not what is imported.
        notes = {place for place, name in enumerate(first.cells) if name in NOTES}
        header = [clean(name) for name in _without(notes, first.cells)]
        below = (replace(row, cells=_without(notes, row.cells)) for row in rows)
        yield Table(shape, header, below, raw.tell)


def _without(places: AbstractSet[int], cells: Sequence[str]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]


def _shape(path: Path) -> Shape:
    """Sniff, then see whether what begins as UTF-8 goes on so."""
    with path.open("rb") as file:
        shape = sniff(file.read(SAMPLE))
    if shape.encoding != "utf-8":
        return shape
    try:
        with path.open(encoding="utf-8") as text:
            while text.read(SAMPLE):
                pass
    except UnicodeDecodeError:
        return shape._replace(encoding="cp1252")
    return shape


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Unintelligible(f"A line is longer than {LONGEST_LINE:,} characters: this is no CSV file.")
        yield line


@dataclass(slots=True)
class Rejects:
    """NAME.rejected.csv; made when the first row is refused, closed by the stack."""

    path: Path
    table: Table
    stack: ExitStack
    writer: "Writer | None" = field(default=None)

    def add(self, row: Row, senseless: Senseless) -> None:
        if self.writer is None:
            # With a BOM: spreadsheets take the file for cp1252 otherwise.
            file = self.stack.enter_context(self.path.open("w", encoding="utf-8-sig", newline=""))
            self.writer = csv.writer(file, delimiter=self.table.shape.delimiter)
            self.writer.writerow([*NOTES, *self.table.header])
        reason = " ".join(
            f"{problem.path}: {problem.words}".removeprefix(": ") for problem in senseless.problems
        )
        self.writer.writerow([row.line, reason, *row.cells])


@contextmanager
def _progress(path: Path, terminal: TextIO) -> Iterator[Callable[[int], None]]:
    """Show how much of the file was read; gives what is to be called with that many bytes."""
    size = path.stat().st_size
    with click.progressbar(length=size, file=terminal, hidden=not terminal.isatty()) as bar:
        yield lambda position: bar.update(position - bar.pos)
