"""What a form becomes when it was sent too late: the sentence that says why, and the words that were typed."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.blocks import context, modal, section
from bot.text import quote


def too_late(view: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """The form's window with the sentence in place of its fields; nothing that was typed is lost."""
    typed = "\n".join(_typed(view))
    kept = [context("You wrote:"), section(quote(typed))] if typed else []
    return modal("too_late", view["title"]["text"], [section(sentence), *kept])


def _typed(view: Mapping[str, Any]) -> Iterator[str]:
    """Not what stood in the fields when the form was opened."""
    stood = {
        each["block_id"]: each.get("element", {}).get("initial_value")
        for each in view.get("blocks", ())
        if "block_id" in each
    }
    for block, fields in view["state"]["values"].items():
        for field in fields.values():
            words = field.get("value")
            if isinstance(words, str) and words.strip() and words != stood.get(block):
                yield words
