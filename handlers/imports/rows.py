"""The rows of a file, a hundred at a time, and what became of each."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

from bot.arrivals import DealArrival, LeadArrival, Outcome, Senseless
from bot.imports import DealFile, Habits, Order, Survey, columns, described, must_be_leads, read_row
from bot.imports import Row as Line
from bot.money import Money
from bot.text import count, one_line, shorten
from handlers.imports.files import Rejects, Source, Table, opened, reason_of, shape_of, sourced
from handlers.imports.progress import Progress

CHUNK: Final = 100  # rows of one transaction: the lock is held for milliseconds
SHOWN: Final = 3  # rows that a dry run shows, and as many as it may of those it would refuse
PROBLEMS: Final = 10
MIDNIGHT: Final = "T00:00:00+00:00"  # of a day without a time
LONGEST_SHOWN: Final = 100  # characters of a cell

Told = Outcome | Senseless
Row = LeadArrival | DealArrival
Arrive = Callable[[Sequence[Row]], Awaitable[Sequence[Told]]]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an operator said about a file: whose it is, what its columns mean, how its dates are written.

    With `deals` its rows are deals, not leads.
    """

    feed: str | None = None
    mapping: Mapping[str, str]
    dates: Order | None = None
    deals: DealFile | None = None

    def columns(self, header: Sequence[str]) -> Mapping[str, str]:
        """What the columns mean. Raises Refused where no row could make sense."""
        if self.deals is not None:
            return self.deals.columns(header, self.mapping)
        meant = columns(header, self.mapping)
        if not self.mapping:
            must_be_leads(header, meant)
        return meant

    def read(
        self, row: Mapping[str, str], meant: Mapping[str, str], feed: str, line: int, habits: Habits
    ) -> Row | Senseless:
        read = read_row if self.deals is None else self.deals.read
        return read(row, meant, feed, line, habits)


async def import_csv(path: Path, wish: Wish, *, arrive: Arrive, echo: Echo, terminal: TextIO) -> Summary:
    """Import a file; its feed is by default named after it.

    `arrive` gets at most CHUNK leads or deals and answers for each, in order. Progress is shown on `terminal` if it
    is one. Raises Refused or Unintelligible with the sentence for who started the import; then nothing was
    kept. Whatever else ends it early, what was kept so far is told first.
    """
    with ExitStack() as stack:
        source = stack.enter_context(sourced(path, wish.feed))
        progress = stack.enter_context(Progress(terminal, source.size))
        known = known_file(source, wish, stack, progress)
        echo(f"Importing {source.name} into the feed {source.feed}. {described(known.meant)}")
        rejects, results = Rejects.beside(source, known.table, stack), Counter[str]()
        try:
            while await known.take_in(arrive, rejects, results):
                progress.show(known.table.position(), results.total())
        except BaseException:
            progress.end()
            echo(f"Stopped. So far {Summary(**results)}. Run it again: what was kept stays unchanged.")
            raise
    return _summed_up(results, known.table, source, echo)


def try_csv(path: Path, wish: Wish, *, echo: Echo, terminal: TextIO) -> Summary:
    """Say what an import of this file would do, as far as the file alone tells. Nothing is kept or written."""
    problems: list[str] = []
    read = 0
    with ExitStack() as stack:
        source = stack.enter_context(sourced(path, wish.feed))
        progress = stack.enter_context(Progress(terminal, source.size))
        known = known_file(source, wish, stack, progress)
        table = known.table
        echo(f"{source.name} is {table.shape.encoding}, split at {table.shape.delimiter!r}.")
        echo(_mapped(known.meant))
        for row in table.rows:
            told = known.read(row)
            if isinstance(told, Senseless):
                problems.append(f"Line {row.line}: {reason_of(told)}" if len(problems) < PROBLEMS else "")
            elif read < SHOWN:
                echo(_becomes(told, row.line))
            read += not isinstance(told, Senseless)
            progress.show(table.position(), read + len(problems))
    for problem in filter(None, problems):
        echo(shorten(one_line(problem), 5 * LONGEST_SHOWN))
    _tell_repeats(table, echo)
    echo(
        f"Nothing was kept: this was a dry run. {count(read, 'row')} would go into the feed {source.feed}, "
        f"{len(problems):,} would be refused."
    )
    return Summary(refused=len(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An open file, what its columns mean, and its habits."""

    wish: Wish
    feed: str
    table: Table
    meant: Mapping[str, str]
    habits: Habits

    def read(self, row: Line) -> Row | Senseless:
        return self.wish.read(row.under(self.table.header), self.meant, self.feed, row.line, self.habits)

    async def take_in(self, arrive: Arrive, rejects: Rejects, results: Counter[str]) -> bool:
        """The next rows, counted by what became of them; False: there are no more."""
        chunk = list(islice(self.table.rows, CHUNK))
        told = await _taken([self.read(row) for row in chunk], arrive)
        for row, each in zip(chunk, told, strict=True):
            if isinstance(each, Senseless):
                rejects.add(row, each)
            results["refused" if isinstance(each, Senseless) else each] += 1
        return bool(chunk)


def known_file(source: Source, wish: Wish, stack: ExitStack, progress: Progress) -> Known:
    """Open it; all of its rows are looked at first, for its habits. Raises Refused or Unintelligible."""
    shape = shape_of(source)
    with opened(source, shape) as table:
        meant = wish.columns(table.header)
        survey = Survey(meant)
        for number, row in enumerate(table.rows if survey.needed else (), start=1):
            survey.look(row.under(table.header), row.line)
            progress.look(table.position(), number)
    habits = survey.habits(wish.dates)
    progress.begin()
    table = stack.enter_context(opened(source, shape))
    return Known(wish=wish, feed=source.feed, table=table, meant=meant, habits=habits)


async def _taken(read: Sequence[Row | Senseless], arrive: Arrive) -> list[Told]:
    """Hand on what makes sense; answer for every row, in order."""
    good = [one for one in read if not isinstance(one, Senseless)]
    told = iter(await arrive(good) if good else ())
    return [one if isinstance(one, Senseless) else next(told) for one in read]


def _summed_up(results: Counter[str], table: Table, source: Source, echo: Echo) -> Summary:
    summary = Summary(**results)
    _tell_repeats(table, echo)
    if summary.refused:
        echo(f"Why rows were refused is in {source.rejects.name}; mend them there and import that file.")
    echo(f"{summary}.")
    return summary


def _tell_repeats(table: Table, echo: Echo) -> None:
    if table.repeats:
        echo(f"{count(table.repeats, 'row was', 'rows were')} left out: the header again.")


def _mapped(meant: Mapping[str, str]) -> str:
    width = max(len(_short(column)) for column in meant)
    return "\n".join(f"  {_short(column).ljust(width)}  is {path}" for column, path in meant.items())


def _becomes(row: Row, line: int) -> str:
    told: dict[str, object] = {
        "id": row.external_id,
        "occurred_at": row.occurred_at and f"{row.occurred_at:%Y-%m-%d %H:%M} UTC",
        **row.fields,
    }
    if isinstance(row, DealArrival):
        told |= {path: ", ".join(each) for path, each in row.fields.items() if isinstance(each, tuple)}
        amount, currency = row.fields.get("amount"), row.fields.get("currency")
        if isinstance(amount, int) and isinstance(currency, str):
            told |= {"amount": Money(amount=amount, currency=currency), "currency": None}
    else:
        told |= {"owner": row.owner, "status": row.status, "reason": row.reason}
    said = [
        f"  {path}: {_short(str(value).removesuffix(MIDNIGHT))}"
        for path, value in told.items()
        if value is not None
    ]
    return "\n".join([f"Line {line} becomes", *said])


def _short(words: str) -> str:
    return shorten(one_line(words), LONGEST_SHOWN)
