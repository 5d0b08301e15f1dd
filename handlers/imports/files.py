"""Files as they come and as they go: what is read, again where need be, and what was refused of it."""

import csv
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from io import TextIOWrapper
from os import W_OK, access
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final, Self, TextIO

from bot.arrivals import Senseless
from bot.errors import Refused, Unintelligible
from bot.imports import Row, Shape, feed_name, header_of, read_rows, sniff
from bot.imports.shape import HINT

if TYPE_CHECKING:
    from _csv import Writer

SAMPLE: Final = 65_536  # bytes
LONGEST_LINE: Final = 1_048_576  # characters
STANDARD_INPUT: Final = Path("-")
NOTES: Final = ("rejected_line", "rejected_reason")  # what NAME.rejected.csv has besides the file's columns
COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes what begins so for a formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that can be read from its beginning more than once."""

    name: str
    path: Path
    feed: str  # whose leads they are
    rejects: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size


@contextmanager
def sourced(file: Path, feed: str | None) -> Iterator[Source]:
    """A file, or standard input (`-`) and other streams, which are laid aside on the disk first.

    Raises Refused where the feed has no name or the folder takes no file of refused rows.
    """
    is_input = file == STANDARD_INPUT
    if is_input and feed is None:
        raise Refused("Standard input has no name: say with --feed NAME which feed its leads belong to.")
    whose = feed_name(file.name) if feed is None else feed
    if not re.fullmatch("[a-z0-9_]+", whose):
        raise Refused("A feed's name is made of a-z, 0-9 and _.")
    beside = Path(f"{whose}.csv") if is_input else file
    rejects = beside.with_name(f"{beside.stem}.rejected.csv")
    if rejects.is_dir() or not access(rejects if rejects.exists() else rejects.parent, W_OK):
        raise Refused(
            f"{rejects} cannot be written, where refused rows go: copy the file to a folder of yours."
        )
    with ExitStack() as stack:
        path = file
        if is_input or not file.is_file():
            aside = stack.enter_context(NamedTemporaryFile())
            shutil.copyfileobj(sys.stdin.buffer if is_input else stack.enter_context(file.open("rb")), aside)
            aside.flush()
            path = Path(aside.name)
        name = "standard input" if is_input else file.name
        yield Source(name=name, path=path, feed=whose, rejects=rejects)


@dataclass(slots=True)
class Table:
    """An open file: its header, and the rows below, each read when it is asked for."""

    shape: Shape
    header: list[str]
    position: Callable[[], int]  # bytes read
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    repeats: int = 0  # rows so far that were the header again


@contextmanager
def opened(source: Source, shape: Shape) -> Iterator[Table]:
    """The table, from its first row on. Raises Unintelligible where there is none."""
    # What the encoding has no character for is replaced: the file was found to be of it as far as possible.
    with source.path.open("rb") as raw, TextIOWrapper(raw, shape.encoding, "replace", newline="") as file:
        rows = (
            row for row in read_rows(_lines(file), shape.delimiter) if any(cell.strip() for cell in row.cells)
        )
        first = next(rows, None)
        if first is None or first.broken:
            raise Unintelligible(f"{source.name} has no header: its first line should name the columns.")
        # In a file of refused rows the notes are not what is imported.
        notes = {place for place, name in enumerate(first.cells) if name in NOTES}
        table = Table(shape, header_of(_without(notes, first.cells)), raw.tell)
        table.rows = _below(table, rows, first.cells, notes)
        yield table


def _below(table: Table, rows: Iterator[Row], first: Sequence[str], notes: AbstractSet[int]) -> Iterator[Row]:
    for row in rows:
        if row.cells == first:
            table.repeats += 1
        else:
            yield replace(row, cells=_without(notes, row.cells))


def _without(places: AbstractSet[int], cells: Sequence[str]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]


def shape_of(source: Source) -> Shape:
    """Sniff, then see whether what begins as UTF-8 goes on so."""
    with source.path.open("rb") as file:
        shape = sniff(file.read(SAMPLE))
    if shape.encoding != "utf-8":
        return shape
    try:
        with source.path.open(encoding="utf-8") as text:
            while text.read(SAMPLE):
                pass
    except UnicodeDecodeError:
        return shape._replace(encoding="cp1252")
    return shape


def _lines(file: TextIO) -> Iterator[str]:
    first = True
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Unintelligible(f"A line is longer than {LONGEST_LINE:,} characters: this is no CSV file.")
        yield "\n" if first and HINT.fullmatch(line) else line
        first = False


@dataclass(slots=True)
class Rejects:
    """NAME.rejected.csv; made when the first row is refused. One that goes on has its header already."""

    made: Callable[[], TextIO]
    table: Table
    goes_on: bool = False
    writer: "Writer | None" = field(default=None)

    @classmethod
    def beside(cls, source: Source, table: Table, stack: ExitStack) -> Self:
        """On the disk, closed by the stack."""
        # With a BOM: spreadsheets take the file for cp1252 otherwise.
        return cls(
            lambda: stack.enter_context(source.rejects.open("w", encoding="utf-8-sig", newline="")), table
        )

    def add(self, row: Row, senseless: Senseless) -> None:
        if self.writer is None:
            self.writer = csv.writer(self.made(), delimiter=self.table.shape.delimiter)
            if not self.goes_on:
                self.writer.writerow([*NOTES, *map(_inert, self.table.header)])
        self.writer.writerow([row.line, _inert(reason_of(senseless)), *map(_inert, row.cells)])


def reason_of(senseless: Senseless) -> str:
    """Every problem, each with the name of its column."""
    return " ".join(f"{problem.path}: {problem.words}".removeprefix(": ") for problem in senseless.problems)


def _inert(cell: str) -> str:
    """A cell as no spreadsheet computes it; reading takes the sign off again."""
    return f"'{cell}" if cell.startswith(COMPUTED) else cell
