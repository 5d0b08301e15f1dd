"""A million rows through `truce import`: how fast, and in how much memory. Clicks beside an import have their own figure."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from tests.bench.whole import MILLION, program

LOOKS: Final = 1.0  # seconds between two looks at the memory
TENTH: Final = 10
Figures = dict[str, Any]


async def imports(fresh: Callable[[str], str], rows: int = MILLION) -> Figures:
    """The import of so many rows: leads a second, and the peak of its memory early on and at the end."""
    async with program(fresh("million")) as here:
        file = _old_leads(here.folder, rows)
        async with here.running():
            pass  # an import asks the database what the bot has met
        began = perf_counter()
        running = await here.start("import", str(file))
        peaks = await _peaks(running)
        took = perf_counter() - began
        assert running.returncode == 0, running.returncode
    early = peaks[len(peaks) // TENTH]
    return {
        "rows": rows,
        "leads a second": rows / took,
        "MB at its peak": {"after a tenth of the time": early, "at the end": peaks[-1]},
        "ratios": {"at the end to after a tenth (aim: flat)": peaks[-1] / early},
    }


def _old_leads(folder: Path, rows: int) -> Path:
    path = folder / "old.csv"
    with path.open("w") as file:
        file.write("Record ID,Name,Email,Lead Source,Campaign,Company name,Industry,Create Date\n")
        for n in range(rows):
            file.write(
                f"{n},Person {n},p{n}@old.test,fair,Fair {n % 7},Globex {n % 900},Logistics,1/15/2018\n"
            )
    return path


async def _peaks(running: Process) -> list[float]:
    """Megabytes at the peak so far, again and again until it ends. Nobody reads what it says: it is little."""
    peaks: list[float] = []
    ended = asyncio.create_task(running.wait())
    while not ended.done():
        peaks.append(_peak(running.pid) or peaks[-1])
        await asyncio.wait([ended], timeout=LOOKS)
    return peaks


def _peak(pid: int) -> float:
    """Megabytes; 0 where the process has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
