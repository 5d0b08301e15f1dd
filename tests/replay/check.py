"""How long each side had each deal, from the files alone: the other half of a comparison.

Nothing of the program is imported here. Days are those of the calendar, in UTC.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

Days = tuple[int, int, int]  # marketing, waiting, sales
Key = tuple[str, str]  # feed, id there


def faults(folder: Path, told: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the program says of each retro, held against the files."""
    expected = {**dict(_olist(folder)), **dict(_maven(folder))}
    seen = Counter((each["feed"], each["deal"]) for each in told)
    found = [f"{key}: {number} retros" for key, number in seen.items() if number > 1]
    found += [f"{key}: a retro, and no closed deal" for key in seen if key not in expected]
    found += [f"{key}: no retro" for key in expected if key not in seen]
    for each in told:
        days: Days = tuple(each["days"])
        want = expected.get((each["feed"], each["deal"]))
        if want is not None and days != want:
            found.append(f"{each['feed']} {each['deal']}: {days} instead of {want}")
        if sum(days) != each["total"]:
            found.append(f"{each['feed']} {each['deal']}: {days} are not {each['total']}")
    return found


def _olist(folder: Path) -> Iterator[tuple[Key, Days]]:
    """Marketing has it from the first contact to the day it is won; won before that, nobody had it for a day."""
    first = {
        row["mql_id"]: date.fromisoformat(row["first_contact_date"])
        for row in _rows(folder / "olist_marketing_qualified_leads_dataset.csv")
    }
    for row in _rows(folder / "olist_closed_deals_dataset.csv"):
        won = date.fromisoformat(row["won_date"][:10])
        begin = first.get(row["mql_id"], won)
        yield ("olist", row["seller_id"]), (max(0, (won - begin).days), 0, 0)


def _maven(folder: Path) -> Iterator[tuple[Key, Days]]:
    """Sales has it from the day it engages to the day it closes."""
    for row in _rows(folder / "sales_pipeline.csv"):
        if row["deal_stage"] in ("Won", "Lost"):
            days = date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])
            yield ("maven", row["opportunity_id"]), (0, 0, days.days)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
