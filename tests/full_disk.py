"""The program on a disk that is full for as long as the file named by FULL_DISK is there."""

import os
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

import bot.__main__

FULL = Path(os.environ["FULL_DISK"])
ROOMY = 1_000_000_000  # pages


@event.listens_for(Engine, "begin")
def _limit(connection: Connection) -> None:
    """SQLite takes a limit below its present size for its present size."""
    pages = 1 if FULL.exists() else ROOMY
    if connection.info.get("pages") != pages:
        connection.info["pages"] = pages
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


if __name__ == "__main__":
    bot.__main__.main()
