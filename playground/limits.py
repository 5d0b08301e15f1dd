"""What Slack accepts in blocks and views: surfaces, fields, lengths, counts. Tables first, checks below.

Numbers: Slack's Block Kit reference. Slack publishes none for all the text of a message; reports put the
refusal (`msg_blocks_too_long`) between 9,600 and 11,300 characters, so that is where it is here.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from playground.errors import SlackError
from playground.rules import (
    Fields,
    anything,
    exactly,
    flag,
    kind,
    many,
    number,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
    wrong,
)
from playground.things import Json, elements_in, named, words_in

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 11_000
MARKDOWN_TEXT, TABLE_TEXT = 12_000, 10_000

confirm = shape(
    title_need=plain(100),
    text_need=text(300),
    confirm_need=plain(30),
    deny_need=plain(30),
    style=one_of("primary", "danger"),
)
option = shape(text_need=text(75), value_need=string(150), description=text(75))
menu_item = shape(text_need=plain(75), value_need=string(150), description=plain(75), url=string(3000))
group = shape(label_need=plain(75), options_need=many(option, 1, 100))
options = many(option, 1, 100)
groups = many(group, 1, 100)
ids = many(string(255), 0, 100)
dispatch = shape(trigger_actions_on=many(one_of("on_enter_pressed", "on_character_entered"), 1, 2))
conversation_filter = shape(
    include=many(one_of("im", "mpim", "private", "public"), 1, 4),
    exclude_external_shared_channels=flag,
    exclude_bot_users=flag,
)
feedback = shape(text_need=plain(75), value=string(2000), accessibility_label=string(75))
slack_file = shape(id=string(255), url=string(3000))

COMMON: Fields = {"action_id": string(255), "focus_on_load": flag}
PICK: Fields = {**COMMON, "placeholder": plain(150), "confirm": confirm}
MULTI: Fields = {**PICK, "max_selected_items": number(1, 100)}
WRITE: Fields = {**COMMON, "placeholder": plain(150), "initial_value": string(3000, 0)}
WRITE |= {"dispatch_action_config": dispatch}
TICK: Fields = {**COMMON, "options!": many(option, 1, 10), "confirm": confirm}
CHOICES: Fields = {"options": options, "option_groups": groups}
CONVERSATIONS: Fields = {"default_to_current_conversation": flag, "filter": conversation_filter}

ELEMENTS: dict[str, Fields] = {
    "button": {
        "action_id": string(255),
        "text!": plain(75),
        "value": string(2000, 0),
        "url": string(3000),
        "style": one_of("primary", "danger"),
        "confirm": confirm,
        "accessibility_label": string(75),
        "visible_to_user_ids": ids,
    },
    "overflow": {"action_id": string(255), "options!": many(menu_item, 1, 5), "confirm": confirm},
    "static_select": {**PICK, **CHOICES, "initial_option": option},
    "multi_static_select": {**MULTI, **CHOICES, "initial_options": options},
    "external_select": {**PICK, "initial_option": option, "min_query_length": number(0, 100)},
    "multi_external_select": {**MULTI, "initial_options": options, "min_query_length": number(0, 100)},
    "users_select": {**PICK, "initial_user": string(255)},
    "multi_users_select": {**MULTI, "initial_users": ids},
    "conversations_select": {
        **PICK,
        **CONVERSATIONS,
        "initial_conversation": string(255),
        "response_url_enabled": flag,
    },
    "multi_conversations_select": {**MULTI, **CONVERSATIONS, "initial_conversations": ids},
    "channels_select": {**PICK, "initial_channel": string(255), "response_url_enabled": flag},
    "multi_channels_select": {**MULTI, "initial_channels": ids},
    "datepicker": {**PICK, "initial_date": string(10, 10)},
    "timepicker": {**PICK, "initial_time": string(5, 5), "timezone": string(100)},
    "datetimepicker": {**COMMON, "confirm": confirm, "initial_date_time": number(10**9, 10**10 - 1)},
    "checkboxes": {**TICK, "initial_options": many(option, 1, 10)},
    "radio_buttons": {**TICK, "initial_option": option},
    "plain_text_input": {
        **WRITE,
        "multiline": flag,
        "min_length": number(0, 3000),
        "max_length": number(1, 3000),
    },
    "email_text_input": WRITE,
    "url_text_input": WRITE,
    "number_input": {
        **WRITE,
        "is_decimal_allowed!": flag,
        "min_value": string(50),
        "max_value": string(50),
    },
    "rich_text_input": {
        **COMMON,
        "placeholder": plain(150),
        "initial_value": anything,
        "dispatch_action_config": dispatch,
        "min_lines": number(1, 100),
        "max_lines": number(1, 100),
    },
    "file_input": {
        "action_id": string(255),
        "filetypes": many(string(20), 1, 100),
        "max_files": number(1, 10),
    },
    "workflow_button": {
        "action_id": string(255),
        "text!": plain(75),
        "workflow!": anything,
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
    "image": {
        "image_url": string(3000),
        "slack_file": slack_file,
        "alt_text!": string(2000),
    },
    "feedback_buttons": {
        "action_id": string(255),
        "positive_button!": feedback,
        "negative_button!": feedback,
    },
    "icon_button": {
        "action_id": string(255),
        "icon!": string(75),
        "text!": plain(75),
        "value": string(2000),
        "confirm": confirm,
        "accessibility_label": string(75),
        "visible_to_user_ids": many(string(255), 1, 10),
    },
}

SELECTS = frozenset(one for one in ELEMENTS if one.endswith("_select"))
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"})
TYPED = frozenset(one for one in ELEMENTS if one.endswith("_input"))
IN_ACTIONS = SELECTS | PICKERS | {"button", "overflow", "workflow_button"} | TYPED - {"file_input"}
IN_ACCESSORY = SELECTS | PICKERS | {"button", "overflow", "workflow_button", "image"}
IN_INPUT = SELECTS | PICKERS | TYPED


def _element(kinds: frozenset[str]) -> Any:
    return typed({name: fields for name, fields in ELEMENTS.items() if name in kinds})


def _context(value: Any, at: str) -> Iterator[str]:
    is_image = isinstance(value, dict) and value.get("type") == "image"
    yield from _element(frozenset({"image"}))(value, at) if is_image else text(3000)(value, at)


def _block(value: Any, at: str) -> Iterator[str]:  # late, as containers hold blocks
    yield from typed(BLOCKS)(value, at)


ID: Fields = {"block_id": string(255)}
CARD: Fields = {
    **ID,
    "hero_image": anything,
    "icon": anything,
    "slack_icon": anything,
    "title": text(150),
    "subtitle": text(150),
    "subtext": text(200),
    "body": text(200),
    "actions": many(_element(frozenset({"button"})), 1, 3),
}
RICH = kind("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
CELL = kind("raw_text", "raw_number", "rich_text")
TASK: Fields = {
    **ID,
    "task_id!": string(255),
    "title!": string(256),
    "status": one_of("pending", "in_progress", "complete", "error"),
    "details": anything,
    "output": anything,
    "sources": anything,
}
VIDEO = named(
    "alt_text! title! thumbnail_url! video_url! title_url description author_name provider_name provider_icon_url"
)

BLOCKS: dict[str, Fields] = {
    "actions": {**ID, "elements!": many(_element(IN_ACTIONS), 1, 25)},
    "alert": {**ID, "text!": text(200), "level": one_of("default", "info", "warning", "error", "success")},
    "card": CARD,
    "carousel": {**ID, "elements!": many(exactly({"type!": one_of("card"), **CARD}), 1, 10)},
    "container": {
        **ID,
        "title": plain(150),
        "rich_text_title": anything,
        "subtitle": text(150),
        "child_blocks!": many(_block, 1, 10),
        "width": one_of("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
        "icon": anything,
    },
    "context": {**ID, "elements!": many(_context, 1, 10)},
    "context_actions": {
        **ID,
        "elements!": many(_element(frozenset({"feedback_buttons", "icon_button"})), 1, 5),
    },
    "data_table": {
        **ID,
        "caption!": string(2000),
        "rows!": many(many(CELL, 1, 20), 2, 101),
        "page_size": number(1, 100),
        "row_header_column_index": number(0, 19),
    },
    "data_visualization": {**ID, "title!": string(50), "chart!": anything},
    "divider": ID,
    "header": {**ID, "text!": plain(150)},
    "image": {
        **ID,
        "image_url": string(3000),
        "slack_file": slack_file,
        "alt_text!": string(2000),
        "title": plain(2000),
    },
    "input": {
        **ID,
        "label!": plain(2000),
        "element!": _element(IN_INPUT),
        "hint": plain(2000),
        "optional": flag,
        "dispatch_action": flag,
    },
    "markdown": {**ID, "text!": string(MARKDOWN_TEXT)},
    "plan": {
        **ID,
        "title!": string(256),
        "tasks": many(exactly({"type!": one_of("task_card"), **TASK}), 1, 50),
    },
    "task_card": TASK,
    "rich_text": {**ID, "elements!": many(RICH, 0, 1000)},
    "section": {
        **ID,
        "text": text(3000),
        "fields": many(text(2000), 1, 10),
        "accessory": _element(IN_ACCESSORY),
        "expand": flag,
    },
    "table": {**ID, "rows!": many(many(CELL, 1, 20), 1, 100), "column_settings": many(anything, 0, 20)},
    "video": {**ID, **dict.fromkeys(VIDEO, anything)},
}

EVERYWHERE = named("actions context divider header image input rich_text section video")
SURFACES = {
    "message": EVERYWHERE
    | named("card carousel container context_actions data_table data_visualization")
    | named("markdown plan table task_card"),
    "modal": EVERYWHERE | {"alert"},
    "home": EVERYWHERE | {"card", "carousel", "data_table", "table"},
}

VIEW: Fields = {
    "type!": one_of("modal", "home"),
    "blocks!": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
MODAL: Fields = {
    **VIEW,
    "title!": plain(24),
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}


def complaints(blocks: Any, surface: str, at: str = "/blocks") -> Iterator[str]:
    """Say everything that Slack would refuse in these blocks on this surface."""
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    found = list(many(typed(BLOCKS, lambda: SURFACES[surface]), 0, most)(blocks, at))
    yield from found
    if not found:  # what holds together can be looked at only where the parts are sound
        for index, block in enumerate(blocks):
            yield from _together(block, surface, f"{at}/{index}")
        yield from _ids(blocks, at)


def _together(block: Json, surface: str, at: str) -> Iterator[str]:
    """Check what fields must hold together."""
    match block.get("type"):
        case "section" if not block.get("text") and not block.get("fields"):
            yield wrong("missing required field: text or fields", at)
        case "image" if bool(block.get("image_url")) == bool(block.get("slack_file")):
            yield wrong("must have exactly one of: image_url, slack_file", at)
        case "card" if not any(block.get(key) for key in ("hero_image", "title", "actions", "body")):
            yield wrong("must have one of: hero_image, title, actions, body", at)
        case "container" if not (block.get("title") or block.get("rich_text_title")):
            yield wrong("missing required field: title", at)
        case "input" if surface != "modal" and (block.get("element") or {}).get("type") == "file_input":
            yield wrong("unsupported type: file_input", f"{at}/element")
        case _:
            pass
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            yield from _choices(block[name], f"{at}/{name}")
    for index, element in enumerate(block.get("elements") or []):
        if isinstance(element, dict):
            yield from _choices(element, f"{at}/elements/{index}")


def _choices(element: Json, at: str) -> Iterator[str]:
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
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    rest = sum(len(word) for word in words_in([one for one in blocks if one["type"] != "markdown"]))
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        raise SlackError("invalid_blocks", wrong("only one table is allowed in a message", "/blocks"))
    too_wide = sum(len(word) for word in words_in(tables)) > TABLE_TEXT
    if markdown > MARKDOWN_TEXT or rest > MESSAGE_TEXT or too_wide:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Json) -> None:
    """Refuse a view that Slack would refuse."""
    surface = str(view.get("type"))
    found = list(exactly(MODAL if surface == "modal" else VIEW)(view, "/view"))
    if surface in {"modal", "home"} and "blocks" in view:
        found += complaints(view["blocks"], surface, "/view/blocks")
    needs_submit = not found and any(one["type"] == "input" for one in view["blocks"])
    if surface == "modal" and needs_submit and not view.get("submit"):
        found.append(wrong("missing required field: submit", "/view"))
    if found:
        raise SlackError("invalid_arguments", *found)
