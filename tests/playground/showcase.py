"""An office in which every kind of block and element is to be seen: in a channel, a thread, a modal and a home tab."""

import struct
import zlib
from typing import Any

from tests.playground.office import Office, actions, button, field_block, modal, section


def picture(width: int = 240, height: int = 120) -> bytes:
    """Give a PNG: three bars."""
    rows = b"".join(
        b"\0"
        + b"".join(
            bytes((18, 100, 163) if x % 80 < 56 and y > 30 + 25 * (x // 80) else (240, 240, 245))
            for x in range(width)
        )
        for y in range(height)
    )

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    )


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def options(*texts: str) -> list[dict[str, Any]]:
    return [{"text": plain(text), "value": text} for text in texts]


def raw(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


RICH: dict[str, Any] = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Bold", "style": {"bold": True}},
                {"type": "text", "text": ", then a "},
                {"type": "link", "url": "https://globex.test", "text": "link"},
                {"type": "text", "text": ", somebody "},
                {"type": "user", "user_id": "UAMY00000"},
                {"type": "text", "text": " and "},
                {"type": "emoji", "name": "wave"},
                {"type": "date", "timestamp": 1795424400, "format": " on {date_short}"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": one}]}
                for one in ("First", "Second")
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "In their own words"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code = 1"}]},
    ],
}
SELECTS: list[dict[str, Any]] = [
    {
        "type": "static_select",
        "action_id": "s",
        "placeholder": plain("Reason"),
        "options": options("Budget", "Time"),
    },
    {"type": "users_select", "action_id": "u", "placeholder": plain("Somebody")},
    {"type": "datepicker", "action_id": "d", "placeholder": plain("A day")},
    {
        "type": "overflow",
        "action_id": "o",
        "options": [
            {"text": plain("Hand back"), "value": "back"},
            {"text": plain("Not for me"), "value": "not"},
        ],
    },
]
TABLE = {
    "type": "table",
    "rows": [[raw("Source"), raw("Leads")], [raw("Webinar"), raw("12")], [raw("Referral"), raw("3")]],
}
DATA: dict[str, Any] = {
    "type": "data_table",
    "caption": "This week by campaign",
    "rows": [
        [raw("Campaign"), raw("Accepted")],
        [raw("Autumn webinar"), {"type": "raw_number", "value": 7, "text": "7"}],
        [raw("Spring list"), {"type": "raw_number", "value": 2, "text": "2"}],
    ],
}
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "f",
            "positive_button": {"text": plain("Helps"), "value": "yes"},
            "negative_button": {"text": plain("Does not"), "value": "no"},
        }
    ],
}
CARD: dict[str, Any] = {
    "type": "card",
    "title": plain("Globex"),
    "subtitle": plain("Logistics, 250 people"),
    "body": plain("Stayed to the end of the webinar."),
    "actions": [button("Open", "open")],
}
CHART = {
    "type": "data_visualization",
    "title": "Leads a week",
    "chart": {
        "type": "bar",
        "series": [{"name": "Leads", "data": [{"label": "W47", "value": 12}, {"label": "W48", "value": 19}]}],
        "axis_config": {"categories": ["W47", "W48"]},
    },
}
MESSAGES: list[list[dict[str, Any]]] = [
    [
        {"type": "header", "text": plain("Pat Doe at Globex")},
        section(
            "*VP Operations*, <https://globex.test|globex.test>, waiting since <!date^1795420800^{time}|8:00>"
        ),
        {
            "type": "section",
            "fields": [{"type": "mrkdwn", "text": f"*{one}*\nvalue"} for one in ("Source", "Score")],
        },
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "Title: VP Operations (+20) · `crm-991`"}],
        },
        actions(
            button("Accept", "yes", style="primary", accessibility_label="Accept: Pat Doe at Globex"),
            button("Reject…", "no"),
            button("Remove", "remove", style="danger"),
        ),
    ],
    [
        section("Pick:", accessory=SELECTS[3]),
        actions(*SELECTS[:3], block_id="selects"),
        {"type": "divider"},
        RICH,
    ],
    [
        {
            "type": "markdown",
            "text": "## This week\n\n* **12** handed over\n* 7 accepted\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        }
    ],
    [TABLE, DATA],
    [
        FEEDBACK,
        CARD,
        {"type": "carousel", "elements": [CARD, {**CARD, "actions": [button("Open", "open_2")]}]},
    ],
    [{"type": "container", "title": plain("More about it"), "child_blocks": [section("Inside")]}, CHART],
    [
        {
            "type": "plan",
            "title": "Plan",
            "tasks": [{"type": "task_card", "task_id": "1", "title": "Call", "status": "pending"}],
        },
        {
            "type": "image",
            "image_url": "https://elsewhere.test/a.png",
            "alt_text": "A picture from elsewhere",
        },
    ],
]
FIELDS: list[dict[str, Any]] = [
    {"type": "alert", "text": plain("Marketing will read this."), "level": "info"},
    field_block("Reason", SELECTS[0], block_id="reason"),
    field_block(
        "Words",
        {"type": "plain_text_input", "action_id": "w", "multiline": True},
        hint=plain("They will read it."),
    ),
    field_block("Day", SELECTS[2], optional=True),
    field_block("Sure?", {"type": "radio_buttons", "action_id": "r", "options": options("Very", "A little")}),
    field_block(
        "What else",
        {"type": "checkboxes", "action_id": "c", "options": options("Price", "Trust")},
        optional=True,
    ),
    field_block(
        "Reps", {"type": "multi_users_select", "action_id": "m", "placeholder": plain("Who")}, optional=True
    ),
    field_block(
        "Amount", {"type": "number_input", "action_id": "n", "is_decimal_allowed": True}, optional=True
    ),
    field_block("Mail", {"type": "email_text_input", "action_id": "e"}, optional=True),
    field_block("When", {"type": "timepicker", "action_id": "t"}, optional=True),
    field_block(
        "Record", {"type": "external_select", "action_id": "x", "min_query_length": 1}, optional=True
    ),
    field_block("List", {"type": "file_input", "action_id": "f", "filetypes": ["csv"]}, optional=True),
]


async def furnish(office: Office) -> str:
    """Fill the office, teach its app /form, and give the ts of a message with a thread."""

    @office.app.event("message")
    async def heard() -> None: ...

    @office.app.event("app_home_opened")
    async def looked() -> None: ...

    @office.app.command("/form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        view = modal(*FIELDS, title="Not this one?", close=plain("Back"))
        await office.client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    office.slack.desk.store.place("leads").topic = "Leads for everybody who sells"
    ts = ""
    for number, blocks in enumerate(MESSAGES):
        ts = await office.post(f"Message {number}", blocks=blocks)
    await office.post("In the *thread*", thread_ts=ts)
    said = await office.slack.says("ben", "leads", "Who takes this? `asap` @amy", thread=ts)
    await office.slack.reacts("amy", office.slack.message("leads", ts), "eyes")
    await office.slack.edits("ben", said.message, "Who takes this? @amy")
    await office.slack.drops("ben", "leads", "chart.png", picture(), text="Our week")
    await office.slack.drops("ben", "leads", "leads.csv", b"name,email\n")
    await office.client.chat_postEphemeral(
        channel=office.leads, user=office.slack.person_id("amy"), text="This is yours already."
    )
    await office.client.bookmarks_add(
        channel_id=office.leads, title="Guide", type="link", link="https://a.test"
    )
    await office.client.views_publish(
        user_id=office.slack.person_id("amy"),
        view={
            "type": "home",
            "blocks": [{"type": "header", "text": plain("Your leads")}, *MESSAGES[0][1:], TABLE],
        },
    )
    await office.slack.changes("ben", status="On holiday", status_emoji=":palm_tree:")
    users = [office.slack.person_id(one) for one in ("amy", "ben")]
    opened = await office.client.conversations_open(users=users)
    await office.client.chat_postMessage(channel=opened["channel"]["id"], text="You two")
    return ts
