"""One row as a lead, read with the habits of its file, which a look at all of its rows has found out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.arrivals import LeadArrival, Problem, Senseless
from bot.errors import Refused
from bot.imports.dates import Order, orders_of, read_date
from bot.imports.rows import ALONE, BEYOND, BROKEN
from bot.intake import forms
from bot.intake.forms import LEAD, Form
from bot.intake.values import Wrong, clean

DATES: Final = frozenset({"occurred_at", "opened_at", "closed_at", "won_at", "lost_at"})
NUMBERS: Final = frozenset({"score", "amount"})
NO_ROW: Final = {
    BROKEN: "This cannot be split into cells: its quotation marks do not match, or it is too long.",
    ALONE: "This row has one cell where the header has more: is it a note below the table?",
}
A_NUMBER: Final = "This should be a number, like 90 or 12.5."

_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
# 12,5 and 1.234,50; 12.5 and 1,234.50. Not 1,234 and 1.234: those may be either.
_COMMA: Final = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,15})")
_POINT: Final = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.(\d{1,2}|\d{4,15})")
_EITHER: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_ESCAPED: Final = re.compile(r"'(?=[=+@\t\r-])")  # how exports keep a spreadsheet from computing a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a file writes what can be written in two ways. None: no row tells."""

    dates: Order | None = None
    comma: bool | None = None  # whether a comma stands before decimals


class TwoWays(Refused):
    """Dates that can be read in two ways: somebody has to say which."""


@dataclass(slots=True)
class Survey:
    """A look at every row before the first is kept. `columns` are those of the file (column -> field)."""

    columns: Mapping[str, str]
    _orders: set[Order] = field(default_factory=set)
    _commas: set[bool] = field(default_factory=set)
    _unsettled: tuple[str, int, str] | None = None

    @property
    def needed(self) -> bool:
        return not (DATES | NUMBERS).isdisjoint(self.columns.values())

    def look(self, row: Mapping[str, str], line: int) -> None:
        for column, path in self.columns.items():
            if path in DATES:
                self._look_at_date(column, line, cleaned(row.get(column, "")))
            elif path in NUMBERS:
                words = cleaned(row.get(column, ""))
                self._commas |= {True} if _COMMA.fullmatch(words) else set()
                self._commas |= {False} if _POINT.fullmatch(words) else set()

    def _look_at_date(self, column: str, line: int, words: str) -> None:
        orders = orders_of(words)
        if len(orders) == 1:
            self._orders |= orders
        elif orders and self._unsettled is None:
            self._unsettled = column, line, words

    def habits(self, told: Order | None) -> Habits:
        """Raises Refused where a date can be read in two ways and neither the file nor `told` says how."""
        settled = next(iter(self._orders)) if len(self._orders) == 1 else None
        if self._unsettled and told is None and settled is None:
            column, line, words = self._unsettled
            why = "rows of the file say both" if self._orders else "no row of the file says which"
            raise TwoWays(
                f"The dates in {column} can be read in two ways ({words} in line {line}), and {why}: "
                "add --dates day-first or --dates month-first. Nothing was imported."
            )
        comma = next(iter(self._commas)) if len(self._commas) == 1 else None
        return Habits(dates=told or settled, comma=comma)


def header_of(cells: Sequence[str]) -> list[str]:
    """The names of the columns. Of several with one name the second is "Name (2)", and so on."""
    seen: dict[str, int] = {}
    names = []
    for name in map(clean, cells):
        seen[name] = seen.get(name, 0) + 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return names


def read_row(
    row: Mapping[str, str], columns: Mapping[str, str], feed: str, line: int, habits: Habits
) -> LeadArrival | Senseless:
    """Read one row (column -> cell). Problems bear the names of the file's columns."""
    raw = {"line": line, **row}
    if nothing := no_row(row, raw):
        return nothing
    form = Form(LEAD)
    for path, names in sources_of(columns).items():
        words = " ".join(cell for name in names if (cell := cleaned(row.get(name, ""))))
        fill(form, path, words, " + ".join(names), habits)
    too_wide(form, row)
    return _in_columns(forms.lead(form, feed=feed, raw=raw), sources_of(columns))


def _in_columns(
    told: LeadArrival | Senseless, sources: Mapping[str, Sequence[str]]
) -> LeadArrival | Senseless:
    """The same; that nothing says who it is, is said of the columns that could."""
    if isinstance(told, LeadArrival):
        return told
    names = " or ".join(name for path in ("id", "contact.email") for name in sources.get(path, ()))
    nameless = Problem(path=names or "id", words="A lead needs an id or an e-mail address.")
    problems = tuple(nameless if each.words == forms.NAMELESS else each for each in told.problems)
    return replace(told, problems=problems)


def no_row(row: Mapping[str, str], raw: Mapping[str, Any]) -> Senseless | None:
    """Why this is no row of the table, where it is none."""
    for name, words in NO_ROW.items():
        if name in row:
            return forms.senseless(Problem(path="", words=words), raw=raw)
    return None


def sources_of(columns: Mapping[str, str]) -> dict[str, list[str]]:
    """The columns of each field."""
    sources: dict[str, list[str]] = {}
    for column, path in columns.items():
        sources.setdefault(path, []).append(column)
    return sources


def too_wide(form: Form, row: Mapping[str, str]) -> None:
    if row.get(BEYOND):
        form.complain(BEYOND, "This row has more cells than the header: does a text need quotation marks?")


def fill(form: Form, path: str, words: str, written: str, habits: Habits) -> None:
    """Read one cell with the habits of its file."""
    value: Any = words
    try:
        if words and path in DATES:
            value = read_date(words, habits.dates).isoformat()
        elif words and path in NUMBERS:
            value = _figure(words, comma=habits.comma)
            if path == "score":
                value = float(value) if "." in value else int(value)
    except Wrong as wrong:
        form.complain(written, str(wrong))
    else:
        form.fill(path, value, written)


def cleaned(cell: str) -> str:
    words = clean(cell)
    return _ESCAPED.sub("", words, count=1) if words.startswith("'") else words


def _figure(words: str, *, comma: bool | None) -> str:
    """A number as people write it, as a plain decimal. Raises Wrong where it is none, or where it may be two."""
    if _EITHER.fullmatch(words) and comma is None:
        raise Wrong(
            "This can be read as two numbers: write it without a sign for thousands, like 1234 or 1.234."
        )
    if _COMMA.fullmatch(words) or comma:
        words = words.replace(".", "").replace(",", ".")
    elif _POINT.fullmatch(words) or comma is False:
        words = words.replace(",", "")
    if not _NUMBER.fullmatch(words):
        raise Wrong(A_NUMBER)
    return words
