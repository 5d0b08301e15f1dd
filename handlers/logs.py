"""What the operator reads: one line for each thing that happened, as text or as JSON. Never a body, never a secret."""

import json
import logging
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Final, Literal

EXTRAS: Final = ("reference", "job", "attempts")
CHATTY: Final = ("slack_sdk", "apscheduler", "aiohttp", "uvicorn", "alembic")


def configure(level: str, form: Literal["text", "json"]) -> None:
    """Write the log to standard error, from `level` on; libraries only speak up when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)  # it warns that we give it its own client


def open_mouth() -> None:
    """Whatever is written, the terminal's encoding stops nothing, and no traceback is the last word."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.excepthook = last_words


def last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A fault of ours that nobody caught: one line that says where; the whole of it at LOG_LEVEL=DEBUG.

    What the error says is left out: it may quote people's data.
    """
    steps = extract_tb(trace)
    where = f" in {Path(steps[-1].filename).name}, line {steps[-1].lineno}" if steps else ""
    log = logging.getLogger(__name__)
    if log.isEnabledFor(logging.DEBUG):
        log.critical("Truce has a fault", exc_info=(kind, error, trace))
    else:
        words = f"Truce has a fault ({kind.__name__}{where}). With LOG_LEVEL=DEBUG it tells the whole of it."
        sys.stderr.write(f"Error: {words}\n")


class Lines(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        told = " ".join(f"{name}={value}" for name, value in _extras(record).items())
        head, line, rest = super().format(record).partition("\n")
        return f"{head}{f' ({told})' if told else ''}{line}{rest}"


class JsonLines(logging.Formatter):
    """For machines: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told)


def _extras(record: logging.LogRecord) -> dict[str, str]:
    return {name: str(value) for name in EXTRAS if (value := getattr(record, name, None)) is not None}
