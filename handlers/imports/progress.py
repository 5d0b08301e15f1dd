"""How far an import has come: one line on a terminal, and nothing where there is none."""

from time import perf_counter
from types import TracebackType
from typing import Final, Self, TextIO

OFTEN: Final = 0.25  # seconds between two looks
CLEAR: Final = "\r\x1b[K"


class Progress:
    """Share, rows, rate and time left, by the bytes that were read."""

    def __init__(self, terminal: TextIO, size: int) -> None:
        self._terminal, self._size = terminal, max(size, 1)
        self._began, self._said = perf_counter(), 0.0
        self._wanted = terminal.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.end()

    def begin(self) -> None:
        """From here on the rate counts."""
        self._began = perf_counter()

    def look(self, position: int, rows: int) -> None:
        """The file is read to know its habits."""
        if self._is_time():
            self._say(f"Looking at the file first: {self._share(position)}, {rows:,} rows")

    def show(self, position: int, rows: int) -> None:
        """So many bytes were read, so many rows dealt with."""
        if not self._is_time():
            return
        passed = max(perf_counter() - self._began, 0.001)
        left = passed * (self._size - position) / max(position, 1)
        minutes, seconds = divmod(round(left), 60)
        rate = f"{rows / passed:,.0f} a second"
        self._say(f"{self._share(position)}, {rows:,} rows, {rate}, {minutes}:{seconds:02} left")

    def end(self) -> None:
        """Leave the terminal's line free."""
        if self._wanted and self._said:
            self._terminal.write(CLEAR)
            self._terminal.flush()
        self._said = 0.0

    def _is_time(self) -> bool:
        return self._wanted and (not self._said or perf_counter() - self._said >= OFTEN)

    def _share(self, position: int) -> str:
        return f"{100 * position // self._size} %"

    def _say(self, words: str) -> None:
        self._said = perf_counter()
        self._terminal.write(f"{CLEAR}{words}")
        self._terminal.flush()
