"""What Slack accepts in blocks, elements and views: surfaces, fields, lengths, counts. Tables alone; checks.py reads them.

Numbers have their names of numbers.py; those written out are not in that registry: Slack's Block Kit reference.
"""

from collections.abc import Iterator
from typing import Any

from playground.numbers import NUMBERS, least, most
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
)
from playground.things import named

confirm = shape(
    title_need=plain(most("confirmation.title")),
    text_need=text(most("confirmation.text")),
    confirm_need=plain(most("confirmation.confirm")),
    deny_need=plain(most("confirmation.deny")),
    style=one_of("primary", "danger"),
)
LABEL, VALUE, ABOUT = (most(f"option.{name}") for name in ("text", "value", "description"))
option = shape(text_need=text(LABEL), value_need=string(VALUE), description=text(ABOUT))
menu_item = shape(
    text_need=plain(LABEL),
    value_need=string(VALUE),
    description=plain(ABOUT),
    url=string(most("option.url")),
)
OPTIONS = least("select.options"), most("select.options")
options = many(option, *OPTIONS)
group = shape(label_need=plain(most("option_group.label")), options_need=options)
groups = many(group, least("select.option_groups"), most("select.option_groups"))
ID_LENGTH, URL = most("action_id"), most("image.image_url")
ids = many(string(ID_LENGTH), 0, 100)
dispatch = shape(
    trigger_actions_on=many(
        one_of("on_enter_pressed", "on_character_entered"),
        1,
        most("dispatch_action_configuration.trigger_actions_on"),
    )
)
conversation_filter = shape(
    include=many(one_of("im", "mpim", "private", "public"), 1, 4),
    exclude_external_shared_channels=flag,
    exclude_bot_users=flag,
)
feedback = shape(
    text_need=plain(most("feedback_button.text")),
    value=string(most("feedback_button.value")),
    accessibility_label=string(most("feedback_button.accessibility_label")),
)
slack_file = shape(id=string(ID_LENGTH), url=string(URL))

PLACEHOLDER = most("select.placeholder")
COMMON: Fields = {"action_id": string(ID_LENGTH), "focus_on_load": flag}
PICK: Fields = {**COMMON, "placeholder": plain(PLACEHOLDER), "confirm": confirm}
MULTI: Fields = {**PICK, "max_selected_items": number(least("multi_select.max_selected_items"), 100)}
WRITE: Fields = {**COMMON, "placeholder": plain(PLACEHOLDER), "initial_value": string(most("text"), 0)}
WRITE |= {"dispatch_action_config": dispatch}
TICKS = least("checkboxes.options"), most("checkboxes.options")
TICK: Fields = {**COMMON, "options!": many(option, *TICKS), "confirm": confirm}
CHOICES: Fields = {"options": options, "option_groups": groups}
CONVERSATIONS: Fields = {"default_to_current_conversation": flag, "filter": conversation_filter}

LINES = least("rich_text_input.min_lines"), most("rich_text_input.max_lines")
ELEMENTS: dict[str, Fields] = {
    "button": {
        "action_id": string(ID_LENGTH),
        "text!": plain(most("button.text")),
        "value": string(most("button.value"), 0),
        "url": string(most("button.url")),
        "style": one_of("primary", "danger"),
        "confirm": confirm,
        "accessibility_label": string(most("button.accessibility_label")),
        "agent_prompt": string(most("button.agent_prompt")),
        "agent_prompt_display": anything,
        "visible_to_user_ids": ids,
    },
    "overflow": {
        "action_id": string(ID_LENGTH),
        "options!": many(menu_item, least("overflow.options"), most("overflow.options")),
        "confirm": confirm,
    },
    "static_select": {**PICK, **CHOICES, "initial_option": option},
    "multi_static_select": {**MULTI, **CHOICES, "initial_options": options},
    "external_select": {**PICK, "initial_option": option, "min_query_length": number(0, 100)},
    "multi_external_select": {**MULTI, "initial_options": options, "min_query_length": number(0, 100)},
    "users_select": {**PICK, "initial_user": string(ID_LENGTH)},
    "multi_users_select": {**MULTI, "initial_users": ids},
    "conversations_select": {
        **PICK,
        **CONVERSATIONS,
        "initial_conversation": string(ID_LENGTH),
        "response_url_enabled": flag,
    },
    "multi_conversations_select": {**MULTI, **CONVERSATIONS, "initial_conversations": ids},
    "channels_select": {**PICK, "initial_channel": string(ID_LENGTH), "response_url_enabled": flag},
    "multi_channels_select": {**MULTI, "initial_channels": ids},
    "datepicker": {**PICK, "initial_date": string(10, 10)},
    "timepicker": {**PICK, "initial_time": string(5, 5), "timezone": string(100)},
    "datetimepicker": {**COMMON, "confirm": confirm, "initial_date_time": number(10**9, 10**10 - 1)},
    "checkboxes": {**TICK, "initial_options": many(option, *TICKS)},
    "radio_buttons": {**TICK, "initial_option": option},
    "plain_text_input": {
        **WRITE,
        "multiline": flag,
        "min_length": number(least("plain_text_input.min_length"), most("plain_text_input.min_length")),
        "max_length": number(least("plain_text_input.max_length"), most("plain_text_input.max_length")),
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
        "placeholder": plain(PLACEHOLDER),
        "initial_value": anything,
        "dispatch_action_config": dispatch,
        "min_lines": number(*LINES),
        "max_lines": number(*LINES),
    },
    "file_input": {
        "action_id": string(ID_LENGTH),
        "filetypes": many(string(20), 1, 100),
        "max_files": number(least("file_input.max_files"), most("file_input.max_files")),
    },
    "workflow_button": {
        "action_id": string(ID_LENGTH),
        "text!": plain(most("workflow_button.text")),
        "workflow!": anything,
        "style": one_of("primary", "danger"),
        "accessibility_label": string(most("workflow_button.accessibility_label")),
    },
    "image": {
        "image_url": string(most("image_element.image_url")),
        "slack_file": slack_file,
        "alt_text!": string(most("image_element.alt_text")),
    },
    "feedback_buttons": {
        "action_id": string(ID_LENGTH),
        "positive_button!": feedback,
        "negative_button!": feedback,
    },
    "icon_button": {
        "action_id": string(ID_LENGTH),
        "icon!": string(75),
        "text!": plain(75),
        "value": string(most("icon_button.value")),
        "confirm": confirm,
        "accessibility_label": string(most("icon_button.accessibility_label")),
        "visible_to_user_ids": many(string(ID_LENGTH), 1, most("icon_button.visible_to_user_ids")),
    },
}

SELECTS = frozenset(one for one in ELEMENTS if one.endswith("_select"))
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"})
TYPED = frozenset(one for one in ELEMENTS if one.endswith("_input"))
IN_ACTIONS = SELECTS | PICKERS | {"button", "overflow", "workflow_button"} | TYPED - {"file_input"}
IN_ACCESSORY = SELECTS | PICKERS | {"button", "overflow", "workflow_button", "image"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
IN_INPUT = SELECTS | PICKERS | TYPED


def _element(kinds: frozenset[str]) -> Any:
    return typed({name: fields for name, fields in ELEMENTS.items() if name in kinds})


def _context(value: Any, at: str) -> Iterator[str]:
    is_image = isinstance(value, dict) and value.get("type") == "image"
    yield from _element(frozenset({"image"}))(value, at) if is_image else text(most("text"))(value, at)


def _block(value: Any, at: str) -> Iterator[str]:  # late, as containers hold blocks
    yield from typed(BLOCKS)(value, at)


ID: Fields = {"block_id": string(most("block_id"))}
CARD: Fields = {
    **ID,
    "hero_image": anything,
    "icon": anything,
    "slack_icon": anything,
    "title": text(most("card.title")),
    "subtitle": text(most("card.subtitle")),
    "subtext": text(most("card.subtext")),
    "body": text(most("card.body")),
    "actions": many(_element(frozenset({"button"})), 1, most("card.actions")),
}
LEAF = kind("text", "link", "emoji", "user", "usergroup", "channel", "team", "broadcast", "date", "color")
LEAVES = many(LEAF, 0, 1000)
BORDER = number(least("rich_text_list.border"), most("rich_text_list.border"))
RICH = typed(
    {
        "rich_text_section": {"elements!": LEAVES},
        "rich_text_quote": {"elements!": LEAVES, "border": BORDER},
        "rich_text_preformatted": {"elements!": LEAVES, "border": BORDER, "language": string(50)},
        "rich_text_list": {
            "elements!": many(typed({"rich_text_section": {"elements!": LEAVES}}), 0, 1000),
            "style!": one_of("bullet", "ordered"),
            "indent": number(least("rich_text_list.indent"), most("rich_text_list.indent")),
            "offset": number(least("rich_text_list.offset"), 10**6),
            "border": BORDER,
        },
    }
)
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
VIDEO: Fields = {
    "alt_text!": string(most("video.alt_text")),
    "title!": plain(most("video.title")),
    "description": plain(most("video.description")),
    **{f"{name}!": string(most(f"video.{name}")) for name in ("thumbnail_url", "video_url")},
    **{
        name: string(most(f"video.{name}"))
        for name in ("title_url", "author_name", "provider_name", "provider_icon_url")
    },
}

FIELD = NUMBERS["section.fields.item_max_length"]
DATA_ROWS = least("data_table.rows"), most("data_table.rows")
BLOCKS: dict[str, Fields] = {
    "actions": {**ID, "elements!": many(_element(IN_ACTIONS), 1, most("actions.elements"))},
    "alert": {
        **ID,
        "text!": text(most("alert.text")),
        "level": one_of("default", "info", "warning", "error", "success"),
    },
    "card": CARD,
    "carousel": {
        **ID,
        "elements!": many(
            exactly({"type!": one_of("card"), **CARD}), least("carousel.elements"), most("carousel.elements")
        ),
    },
    "container": {
        **ID,
        "title": plain(most("container.title")),
        "rich_text_title": anything,
        "subtitle": text(most("container.subtitle")),
        "child_blocks!": many(_block, least("container.child_blocks"), most("container.child_blocks")),
        "width": one_of("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
        "icon": anything,
    },
    "context": {**ID, "elements!": many(_context, 1, most("context.elements"))},
    "context_actions": {
        **ID,
        "elements!": many(_element(IN_CONTEXT_ACTIONS), 1, most("context_actions.elements")),
    },
    "data_table": {
        **ID,
        "caption!": string(most("text")),
        "rows!": many(many(CELL, 1, most("data_table.columns")), *DATA_ROWS),
        "page_size": number(least("data_table.page_size"), most("data_table.page_size")),
        "row_header_column_index": number(
            least("data_table.row_header_column_index"), most("data_table.columns") - 1
        ),
    },
    "data_visualization": {**ID, "title!": string(most("data_visualization.title")), "chart!": anything},
    "divider": ID,
    "header": {**ID, "text!": plain(most("header.text"))},
    "image": {
        **ID,
        "image_url": string(URL),
        "slack_file": slack_file,
        "alt_text!": string(most("image.alt_text")),
        "title": plain(most("image.title")),
    },
    "input": {
        **ID,
        "label!": plain(most("input.label")),
        "element!": _element(IN_INPUT),
        "hint": plain(most("input.hint")),
        "optional": flag,
        "dispatch_action": flag,
    },
    "markdown": {**ID, "text!": string(most("markdown.text"))},
    "plan": {
        **ID,
        "title!": string(256),
        "tasks": many(exactly({"type!": one_of("task_card"), **TASK}), 1, most("plan.tasks")),
    },
    "task_card": TASK,
    "rich_text": {**ID, "elements!": many(RICH, 0, 1000)},
    "section": {
        **ID,
        "text": text(most("section.text")),
        "fields": many(text(FIELD), 1, most("section.fields")),
        "accessory": _element(IN_ACCESSORY),
        "expand": flag,
    },
    "table": {
        **ID,
        "rows!": many(many(CELL, 1, most("table.columns")), 1, most("table.rows")),
        "column_settings": many(anything, 0, most("table.column_settings")),
    },
    "video": {**ID, **VIDEO},
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
    **{name: string(most(f"view.{name}"), 0) for name in ("private_metadata", "callback_id", "external_id")},
}
MODAL: Fields = {
    **VIEW,
    "title!": plain(most("view.title")),
    "submit": plain(most("view.submit")),
    "close": plain(most("view.close")),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}
