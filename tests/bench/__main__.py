"""`make bench`: every figure, as a table and as JSON (bench.json). Run it with nothing else on the machine."""

import asyncio
import json
import platform
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import cards, clicks, hours, whole

Figures = dict[str, Any]
ROOT = Path(__file__).parent.parent.parent
BENCHES: dict[str, Callable[[str], Awaitable[Figures]]] = {
    "a click on Accept": clicks.accepts,
    "leads by webhook": clicks.intake,
    "an import": whole.imports,
    "cards shown": cards.shown,
    "a quiet channel": cards.quiet,
    "memory": whole.memory,
    "the start": whole.starts,
    "working time": hours.spans,
}


async def measure(wanted: list[str]) -> Figures:
    told: Figures = {}
    for name, bench in BENCHES.items():
        if wanted and not any(word in name for word in wanted):
            continue
        with TemporaryDirectory() as folder:
            told[name] = {"sqlite": await bench(f"sqlite:///{folder}/bench.db")}
        sys.stdout.write(f"{name}\n{json.dumps(told[name], indent=2)}\n")
    return told


def main() -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    figures = asyncio.run(measure(sys.argv[1:]))
    about = {
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    (ROOT / "bench.json").write_text(json.dumps({**about, "figures": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
