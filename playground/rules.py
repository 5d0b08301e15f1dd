"""Rules for values in blocks: small functions that say in Slack's words what is wrong, and where.

A rule takes a value and its JSON pointer and yields complaints. limits.py puts them together into tables.
"""

from collections.abc import Callable, Iterator
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]
Fields = dict[str, Rule]  # a name that ends in "!" is required


def wrong(words: str, at: str) -> str:
    return f"[ERROR] {words} [json-pointer:{at}]"


def anything(_value: Any, _at: str) -> Iterator[str]:
    """Accept whatever is there."""
    yield from ()


def kind(*allowed: str) -> Rule:
    """Build the rule of an object of one of these types; what else is in it is not looked at."""

    def rule(value: Any, at: str) -> Iterator[str]:
        found = value.get("type") if isinstance(value, dict) else None
        if found not in allowed:
            yield wrong(f"unsupported type: {found}", at)

    return rule


def flag(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield wrong("should be a boolean", at)


def number(least: int, most: int) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong("should be an integer", at)
        elif not least <= value <= most:
            yield wrong(f"must be between {least} and {most}", at)

    return rule


def string(most: int, least: int = 1) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("should be a string", at)
        elif len(value) > most:
            yield wrong(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield wrong(f"must be more than {least - 1} characters", at)

    return rule


def one_of(*allowed: str) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield wrong(f"must be one of: {', '.join(allowed)}", at)

    return rule


def shape(**fields: Rule) -> Rule:
    """Build the rule of an object: required names end in `_need`; a name that is not listed is refused."""
    return exactly(
        {name.removesuffix("_need") + "!" * name.endswith("_need"): fields[name] for name in fields}
    )


def exactly(fields: Fields) -> Rule:
    known = {name.removesuffix("!"): rule for name, rule in fields.items()}
    needed = [name.removesuffix("!") for name in fields if name.endswith("!")]

    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("should be an object", at)
            return
        for name in needed:
            if value.get(name) is None:
                yield wrong(f"missing required field: {name}", at)
        for name, part in value.items():
            if name not in known:
                yield wrong(f"invalid additional property: {name}", at)
            elif part is not None:
                yield from known[name](part, f"{at}/{name}")

    return rule


def many(rule_of_one: Rule, least: int, most: int) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield wrong("should be an array", at)
            return
        if len(value) < least:
            yield wrong(f"no less than {least} items allowed", at)
        if len(value) > most:
            yield wrong(f"no more than {most} items allowed", at)
        for index, one in enumerate(value):
            yield from rule_of_one(one, f"{at}/{index}")

    return rule


def typed(table: dict[str, Fields], allowed: Callable[[], frozenset[str]] | None = None) -> Rule:
    """Build the rule of an object whose `type` says which fields it has."""

    def rule(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in table or (allowed is not None and kind not in allowed()):
            yield wrong(f"unsupported type: {kind}", at)
            return
        yield from exactly({"type!": anything, **table[kind]})(value, at)

    return rule


def text(most: int, *kinds: str, least: int = 1) -> Rule:
    """Build the rule of a text object, of `plain_text` or `mrkdwn` unless only one of them is allowed."""
    allowed = kinds or ("plain_text", "mrkdwn")

    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict) or value.get("type") not in allowed:
            yield wrong(f"must be a text object of type {' or '.join(allowed)}", at)
            return
        extra = "emoji" if value["type"] == "plain_text" else "verbatim"
        yield from exactly({"type!": anything, "text!": string(most, least), extra: flag})(value, at)

    return rule


def plain(most: int) -> Rule:
    return text(most, "plain_text")
