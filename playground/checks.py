"""Whether Slack takes a message's blocks or a view: what limits.py says of each part, and what must hold together.

Slack publishes no number for all the text of a message; reports put the refusal (`msg_blocks_too_long`) between
9,600 and 11,300 characters, so that is where it is here.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from playground.errors import SlackError
from playground.limits import BLOCKS, MODAL, SURFACES, VIEW
from playground.numbers import most
from playground.rules import exactly, many, typed, wrong
from playground.things import Json, elements_in, words_in

MESSAGE_TEXT = 11_000
TABLE_TEXT = 10_000  # all tables of a message


def complaints(blocks: Any, surface: str, at: str = "/blocks") -> Iterator[str]:
    """Say everything that Slack would refuse in these blocks on this surface."""
    room = most("message.blocks" if surface == "message" else "view.blocks")
    found = list(many(typed(BLOCKS, lambda: SURFACES[surface]), 0, room)(blocks, at))
    yield from found
    if not found:  # what holds together can be looked at only where the parts are sound
        for index, block in enumerate(blocks):
            yield from _together(block, surface, f"{at}/{index}")
        yield from _ids(blocks, at)


CARD_PARTS = ("hero_image", "title", "actions", "body")
# what the fields of a block must hold together: what breaks it, what Slack says, where
TOGETHER: dict[str, tuple[Callable[[Json], bool], str, str]] = {
    "section": (
        lambda it: not (it.get("text") or it.get("fields")),
        "missing required field: text or fields",
        "",
    ),
    "image": (
        lambda it: bool(it.get("image_url")) == bool(it.get("slack_file")),
        "must have exactly one of: image_url, slack_file",
        "",
    ),
    "card": (
        lambda it: not any(it.get(key) for key in CARD_PARTS),
        "must have one of: hero_image, title, actions, body",
        "",
    ),
    "container": (
        lambda it: not (it.get("title") or it.get("rich_text_title")),
        "missing required field: title",
        "",
    ),
    "task_card": (
        lambda it: it.get("status") == "pending",
        "a task outside a plan cannot be pending",
        "/status",
    ),
    "data_table": (
        lambda it: any(cell["type"] == "rich_text" for cell in it["rows"][0]),
        "must be one of: raw_text, raw_number",
        "/rows/0",
    ),
}


def _together(block: Json, surface: str, at: str) -> Iterator[str]:
    breaks, words, where = TOGETHER.get(block["type"], (None, "", ""))
    if breaks is not None and breaks(block):
        yield wrong(words, at + where)
    if surface != "modal" and (block.get("element") or {}).get("type") == "file_input":
        yield wrong("unsupported type: file_input", f"{at}/element")
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            yield from _choices(block[name], f"{at}/{name}")
    for index, element in enumerate(block.get("elements") or []):
        if isinstance(element, dict):
            yield from _choices(element, f"{at}/elements/{index}")


def _choices(element: Json, at: str) -> Iterator[str]:
    if element.get("type") == "button" and not element.get("action_id") and not element.get("url"):
        yield wrong("missing required field: action_id", at)
    both_or_none = bool(element.get("options")) == bool(element.get("option_groups"))
    if both_or_none and element.get("type") in {"static_select", "multi_static_select"}:
        yield wrong("must have exactly one of: options, option_groups", at)
    known = [json.dumps(one, sort_keys=True) for one in all_options(element)]
    chosen = [*(element.get("initial_options") or []), *filter(None, [element.get("initial_option")])]
    if known and any(json.dumps(one, sort_keys=True) not in known for one in chosen):
        yield wrong("initial option is not among the options", at)


def all_options(element: Json) -> list[Json]:
    """Give the options of an element, those in groups too."""
    grouped = [one for part in element.get("option_groups") or [] for one in part.get("options", [])]
    return [*(element.get("options") or []), *grouped]


def _ids(blocks: list[Json], at: str) -> Iterator[str]:
    blocks_twice = Counter(one["block_id"] for one in blocks if one.get("block_id"))
    for name, count in blocks_twice.items():
        if count > 1:
            yield wrong(f"`block_id` {name!r} already exists", at)
    for index, block in enumerate(blocks):
        actions = Counter(element["action_id"] for _, element in elements_in([block]))
        for name, count in actions.items():
            if count > 1:
                yield wrong(f"`action_id` {name!r} already exists", f"{at}/{index}")


def check_message(blocks: list[Json]) -> None:
    """Refuse the blocks of a message that Slack would refuse."""
    if found := list(complaints(blocks, "message")):
        raise SlackError("invalid_blocks", *found)
    for name, count in (("table", 1), ("data_visualization", most("message.data_visualizations"))):
        if sum(block["type"] == name for block in blocks) > count:
            raise SlackError("invalid_blocks", wrong(f"no more than {count} {name} in a message", "/blocks"))
    if _too_long(blocks):
        raise SlackError("msg_blocks_too_long")


def _too_long(blocks: list[Json]) -> bool:
    data = [block for block in blocks if block["type"] == "data_table"]
    rest = [block for block in blocks if block["type"] not in {"markdown", "data_table"}]
    return (
        sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
        > most("markdown.total_text")
        or _length([block for block in blocks if block["type"] == "table"]) > TABLE_TEXT
        or _length(data) > most("data_table.total_content")
        or _length(rest) > MESSAGE_TEXT
    )


def _length(blocks: list[Json]) -> int:
    return sum(len(word) for word in words_in(blocks))


def check_view(view: Json) -> None:
    """Refuse a view that Slack would refuse."""
    surface = view.get("type")
    found = list(exactly(MODAL if surface == "modal" else VIEW)(view, "/view"))
    if isinstance(surface, str) and surface in {"modal", "home"} and "blocks" in view:
        found += complaints(view["blocks"], surface, "/view/blocks")
    needs_submit = not found and any(one["type"] == "input" for one in view["blocks"])
    if surface == "modal" and needs_submit and not view.get("submit"):
        found.append(wrong("missing required field: submit", "/view"))
    if found:
        raise SlackError("invalid_arguments", *found)
