"""The playground's clock: the real time plus an offset in a file. Nothing else here reads a clock."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Now = Callable[[], datetime]


def real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock


class FileClock:
    """The real time plus the seconds written in `file`, read anew when it changes; no file is no offset."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._seen: tuple[int, int] | None = None
        self._offset = 0.0

    def __call__(self) -> datetime:
        return real() + timedelta(seconds=self.offset)

    @property
    def offset(self) -> float:
        if self.file is None:
            return self._offset
        try:
            stat = self.file.stat()
        except FileNotFoundError:
            return 0.0
        if self._seen != (stat.st_mtime_ns, stat.st_size):
            self._offset = float(self.file.read_text(encoding="utf-8").strip() or 0)
            self._seen = (stat.st_mtime_ns, stat.st_size)
        return self._offset

    def move(self, by: timedelta) -> float:
        """Move the time and tell the file's other readers; gives the new offset in seconds."""
        self._offset = self.offset + by.total_seconds()
        if self.file is not None:
            fresh = self.file.with_name(self.file.name + ".new")
            fresh.write_text(f"{self._offset}\n", encoding="utf-8")
            fresh.replace(self.file)  # whole or not at all: others read it while we write
        return self._offset


def pulse() -> float:
    """Seconds of the event loop: for how long something took, also while a test has frozen the time."""
    return asyncio.get_running_loop().time()
