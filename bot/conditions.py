"""Whether a fact is what the settings mean: a value, or a comparison. The score and the teams speak one language."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.arrivals import Value

_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def fits(value: Value, wanted: str) -> bool:
    """Whole words in whatever case, or a number by its comparison: ">=200". What is not known fits nothing."""
    if value is None:
        return False
    for sign, holds in _COMPARISONS.items():
        if wanted.startswith(sign):
            number = _number(value)
            return number is not None and holds(number, float(wanted.removeprefix(sign)))
    words = " ".join(str(value).casefold().replace(",", " ").split())
    return re.search(rf"(?<!\w){re.escape(wanted.casefold())}(?!\w)", words) is not None


def _number(value: Value) -> float | None:
    """Some feeds, and all CSV, send numbers as text."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    return None if value is None or isinstance(value, bool) else float(value)


_COMPARISONS: Final[
    Mapping[str, Callable[[float, float], bool]]
] = {  # two signs before one: ">=" starts with ">"
    ">=": float.__ge__,
    "<=": float.__le__,
    ">": float.__gt__,
    "<": float.__lt__,
}
