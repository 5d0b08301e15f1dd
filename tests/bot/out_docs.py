"""The tables of docs/out.md and docs/out.schema.json, made from the code. `python -m tests.bot.out_docs` writes them anew."""

import json
import re
from pathlib import Path
from typing import Final

from bot.out.schema import in_words, out_schema

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE, SCHEMA = DOCS / "out.md", DOCS / "out.schema.json"
TABLES: Final = re.compile(r"\| every event \|.*?(?=\n\n## )", re.DOTALL)


def page() -> str:
    return TABLES.sub(lambda _: in_words(), PAGE.read_text(encoding="utf-8"))


def schema() -> str:
    return json.dumps(out_schema(), indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
