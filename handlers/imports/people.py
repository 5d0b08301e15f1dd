"""The file that says who is who among the people of deals: e-mail, manager, and whatever else it has."""

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bot.errors import Refused
from bot.imports import Staff, staff_of
from handlers.imports.files import opened, shape_of, sourced

MOST: Final = 10_000  # people


def staff_in(path: Path) -> Staff:
    """Raises Refused or Unintelligible where it is no table of people."""
    with ExitStack() as stack:
        source = stack.enter_context(sourced(path, "people"))
        table = stack.enter_context(opened(source, shape_of(source)))
        rows = []
        for row in table.rows:
            rows.append(row.under(table.header))
            if len(rows) > MOST:
                raise Refused(f"{source.name} has more than {MOST:,} people.")
        return staff_of(rows, table.header)
