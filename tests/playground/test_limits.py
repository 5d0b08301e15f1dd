"""Block Kit as Slack takes it: a case for each rule, on the last good side and on the first bad one."""

from typing import Any

import pytest

from playground.checks import complaints
from tests.playground.office import actions, button, field_block, section

CELL = {"type": "raw_text", "text": "x"}
PLAIN = {"type": "plain_text", "text": "x"}


def option(text: str = "x", value: str = "v") -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": text}, "value": value}


def select(count: int, **more: Any) -> dict[str, Any]:
    options = [option(value=str(n)) for n in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options, **more}


def menu(count: int) -> dict[str, Any]:
    return {"type": "overflow", "action_id": "o", "options": [option(value=str(n)) for n in range(count)]}


def ticks(count: int) -> dict[str, Any]:
    return {"type": "checkboxes", "action_id": "c", "options": [option(value=str(n)) for n in range(count)]}


def header(length: int) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": "x" * length}}


def many_buttons(count: int) -> dict[str, Any]:
    return actions(*(button(action_id=str(n)) for n in range(count)))


WRITE = {"type": "plain_text_input", "action_id": "w"}
CARD = {"type": "card", "title": PLAIN}
IMAGE = {"type": "image", "alt_text": "x", "image_url": "https://x.test/a.png"}


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        (section("x" * 3000), section("x" * 3001), "must be less than 3001 characters"),
        (section("x"), section(""), "must be more than 0 characters"),
        (section(), {"type": "section"}, "missing required field: text or fields"),
        (section(), section(colour="red"), "invalid additional property: colour"),
        (section(), {"type": "poem"}, "unsupported type: poem"),
        (
            {"type": "section", "fields": [PLAIN] * 10},
            {"type": "section", "fields": [PLAIN] * 11},
            "no more than 10 items allowed",
        ),
        (header(150), header(151), "must be less than 151 characters"),
        (
            {"type": "header", "text": PLAIN},
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "must be a text object of type plain_text",
        ),
        (many_buttons(25), many_buttons(26), "no more than 25 items allowed"),
        (actions(button()), actions(), "no less than 1 items allowed"),
        (actions(button("x" * 75)), actions(button("x" * 76)), "must be less than 76 characters"),
        (actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "less than 2001 characters"),
        (actions(button(style="danger")), actions(button(style="loud")), "must be one of: primary, danger"),
        (actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)), "less than 256"),
        (
            actions(button(), button(action_id="b")),
            actions(button(), button()),
            "`action_id` 'accept' already exists",
        ),
        (actions(select(100)), actions(select(101)), "no more than 100 items allowed"),
        (
            actions(select(2, initial_option=option(value="1"))),
            actions(select(2, initial_option=option(value="9"))),
            "initial option is not among the options",
        ),
        (section(accessory=menu(5)), section(accessory=menu(6)), "no more than 5 items allowed"),
        (actions(ticks(10)), actions(ticks(11)), "no more than 10 items allowed"),
        (
            actions(select(1, options=[option("x" * 75)])),
            actions(select(1, options=[option("x" * 76)])),
            "less than 76 characters",
        ),
        (
            actions(select(1, options=[option(value="x" * 150)])),
            actions(select(1, options=[option(value="x" * 151)])),
            "less than 151 characters",
        ),
        (
            {"type": "context", "elements": [PLAIN] * 10},
            {"type": "context", "elements": [PLAIN] * 11},
            "no more than 10 items allowed",
        ),
        (IMAGE, {**IMAGE, "alt_text": None}, "missing required field: alt_text"),
        (IMAGE, {**IMAGE, "slack_file": {"id": "F1"}}, "must have exactly one of: image_url, slack_file"),
        (field_block("L", WRITE), field_block("L", button()), "unsupported type: button"),
        (
            field_block("L", {**WRITE, "max_length": 3000}),
            field_block("L", {**WRITE, "max_length": 3001}),
            "must be between 1 and 3000",
        ),
        (
            {"type": "carousel", "elements": [CARD] * 10},
            {"type": "carousel", "elements": [CARD] * 11},
            "no more than 10 items allowed",
        ),
        (CARD, {"type": "card"}, "must have one of: hero_image, title, actions, body"),
        (
            field_block("L", WRITE),
            field_block("L", {"type": "file_input", "action_id": "f"}),
            "unsupported type: file_input",
        ),
        (section(), {"type": "alert", "text": PLAIN}, "unsupported type: alert"),
    ],
)
def test_the_last_good_one_passes_and_the_first_bad_one_is_named(
    good: dict[str, Any], bad: dict[str, Any], words: str
) -> None:
    assert list(complaints([good], "message")) == []
    assert words in "\n".join(complaints([bad], "message"))


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_holds_so_many_blocks(surface: str, most: int) -> None:
    assert list(complaints([section()] * most, surface)) == []
    assert list(complaints([section()] * (most + 1), surface))


@pytest.mark.parametrize(
    ("surface", "kind", "block"),
    [
        ("modal", "markdown", {"type": "markdown", "text": "x"}),
        ("home", "markdown", {"type": "markdown", "text": "x"}),
        ("modal", "table", {"type": "table", "rows": [[CELL]]}),
        ("modal", "carousel", {"type": "carousel", "elements": [CARD]}),
    ],
)
def test_some_blocks_are_for_messages_only(surface: str, kind: str, block: dict[str, Any]) -> None:
    assert list(complaints([block], "message")) == []
    assert f"unsupported type: {kind}" in "\n".join(complaints([block], surface))


def test_a_block_id_is_used_once() -> None:
    assert "`block_id` 'a' already exists" in "\n".join(
        complaints([section(block_id="a"), section(block_id="a")], "message")
    )


def test_a_complaint_says_where() -> None:
    [words] = complaints([section(), section("x" * 3001)], "message")
    assert words == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
