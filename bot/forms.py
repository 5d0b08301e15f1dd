"""What a form becomes when it was sent too late: the sentence that says why, and the words that were typed."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.blocks import context, modal, section
from bot.text import quote


def too_late(view: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """The form's window with the sentence in place of its fields; nothing that was typed is lost."""
    typed = "\n".join(_typed(view["state"]["values"]))
    kept = [context("You wrote:"), section(quote(typed))] if typed else []
    return modal("too_late", view["title"]["text"], [section(sentence), *kept])


def _typed(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    for fields in values.values():
        for field in fields.values():
            words = field.get("value")
            if isinstance(words, str) and words.strip():
                yield words
