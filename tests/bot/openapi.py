"""docs/openapi.json, made from the code. `python -m tests.bot.openapi` writes it anew."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bot.intake.schema import openapi

PAGE: Final = Path(__file__).parents[2] / "docs" / "openapi.json"


def written(number: str) -> str:
    return json.dumps(openapi(number), indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(version("truce")), encoding="utf-8")
