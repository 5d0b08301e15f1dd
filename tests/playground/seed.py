"""Writes playground/numbers.py from slackblocks' registry of limits: python -m tests.playground.seed."""

import re
from importlib.resources import files
from pathlib import Path

SEEDED = Path(__file__).parents[2] / "playground" / "numbers.py"
HEAD = '''"""Slack's numbers for blocks, elements and views, as slackblocks' registry of limits has them (MIT).

Not edited by hand: `python -m tests.playground.seed` writes this file, and a test holds it against the registry and
against the constants of slack_sdk's models.
"""

NUMBERS: dict[str, int] = {
'''
TAIL = '''}


def most(name: str) -> int:
    """Give the largest length, count or value that Slack takes."""
    return next(NUMBERS[key] for end in ("length", "items", "") if (key := f"{name}.max_{end}".rstrip("_")) in NUMBERS)


def least(name: str) -> int:
    """Give the smallest."""
    return next(NUMBERS[key] for end in ("length", "items", "") if (key := f"{name}.min_{end}".rstrip("_")) in NUMBERS)
'''


def registry() -> dict[str, int]:
    """Give what the installed slackblocks says, by its names."""
    text = (files("slackblocks") / "_limits.py").read_text(encoding="utf-8")
    return {
        name: int(number)
        for name, number in re.findall(r"^# ([a-z_.]+)\n[A-Z_]+ = (\d+)$", text, re.MULTILINE)
    }


def main() -> None:
    rows = "".join(f'    "{name}": {number},\n' for name, number in registry().items())
    SEEDED.write_text(HEAD + rows + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
