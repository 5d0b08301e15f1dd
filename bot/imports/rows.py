"""Lines become rows, and one bad quotation mark costs one row."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_ROW: Final = 131_072  # characters; what csv takes for one cell
TABLE: Final = 3  # columns from which on a row of one cell is none
BEYOND: Final = "(beyond the last column)"  # the name of cells that have no header
BROKEN: Final = "(quotation marks that do not match)"  # the name of a row that cannot be split
ALONE: Final = "(one cell only)"  # the name of a note below the table


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file, whose first line is 1; a `broken` one is a line torn at delimiters."""

    line: int
    cells: list[str]
    broken: bool = False

    def under(self, header: Sequence[str]) -> dict[str, str]:
        """Name the cells by their columns. A short row says nothing in its last columns."""
        if self.broken:
            return {BROKEN: " ".join(self.cells)}
        if len(self.cells) == 1 and len(header) >= TABLE:
            return {ALONE: self.cells[0]}
        named = dict(zip(header, self.cells, strict=False))
        beyond = " ".join(filter(None, self.cells[len(header) :]))
        return {**named, BEYOND: beyond} if beyond else named


def read_rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    """Split lines into rows, as they are asked for.

    A quotation mark that nothing closes would swallow the rows below: only its own line is broken, and the
    next is read afresh. From then on only rows as wide as the header are believed, for a piece of a text
    that goes over several lines must not become a lead.
    """
    again = deque[str]()
    line, width, believing = 1, 0, True
    while True:
        taken: list[str] = []
        try:
            cells = next(csv.reader(_noted(lines, again, taken), delimiter=delimiter, strict=True), None)
        except csv.Error:
            cells, believing = [], False
        if cells is None:
            return
        width = width or len(cells)
        if believing or (cells and len(cells) == width):
            yield Row(line, cells)
            line += len(taken)
        else:
            yield Row(line, taken[0].rstrip("\r\n").split(delimiter), broken=True)
            line += 1
            again.extendleft(reversed(taken[1:]))


def _noted(fresh: Iterator[str], again: deque[str], taken: list[str]) -> Iterator[str]:
    """Give the lines of one row: those to be read again, then new ones; each is noted in `taken`."""
    length = 0
    while line := again.popleft() if again else next(fresh, ""):
        taken.append(line)
        length += len(line)
        if length > LONGEST_ROW:
            raise csv.Error  # as csv does for one cell
        yield line
