"""What must be true of everything that is shown, held against Slack's limits and against what outsiders may write."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.blocks import Message
from bot.leads.lead import Lead
from playground.checks import check_message, check_view

MOST_TEXT: Final = 4000  # chat.update refuses more
MOST_IN_BLOCKS: Final = 9000  # characters over all blocks: refused from 9,600 on, by reports
HOSTILE: Final = (
    "<!channel>",
    "<@U123>",
    "<http://evil.test|good>",
    "<#C123|x> &lt;!here&gt; <!subteam^S1>",
    "\u202eevil\u2066\u200f.txt",
    "*bold* _it_ ~gone~ `code` ```block```",
    ":fire: :+1: 😀👩‍👩‍👧",
    "> quoted | piped || \\ {x}",
    "one\ntwo\r\n\n> three\x00\x07\u2028four",
    "\ud800 half",
    "&" * 4000,
    "<" * 4000,
    "*" * 4000,
    "x" * 4000,
    "<!channel> " * 400,
)
# Our own markup: a moment, a person of ours, and in direct messages how to reach the lead.
_DATE: Final = re.compile(r"<!date\^\d+\^[^<>|^]+\|[^<>|]+>")
_OURS: Final = re.compile(r"<@U(?:AMY|BEN|CHI|EVA|HAL)>|<(?:tel|mailto):[^<>|\s]*\|[^<>|]*>")
_STYLED: Final = re.compile(
    r"(?<!\w)[*_~`](?=\S)[^*_~`\n\u200b]+?[*_~`](?!\w|\u200b)|:[a-z0-9_+-]*[a-z+-][a-z0-9_+-]*:"
)
_UNSEEN: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def hold_to_slack(message: Message) -> dict[str, Any]:
    """Check that Slack takes the message; answer what is sent."""
    body: dict[str, Any] = message.body()
    hold_body_to_slack(body)
    return body


def hold_body_to_slack(body: Mapping[str, Any]) -> None:
    check_message(body["blocks"])
    assert 0 < len(body["text"]) <= MOST_TEXT
    assert sum(len(text) for text in shown(body["blocks"])) <= MOST_IN_BLOCKS
    json.dumps(body, ensure_ascii=False).encode()


def hold_view_to_slack(view: Mapping[str, Any]) -> None:
    check_view(dict(view))
    json.dumps(view, ensure_ascii=False).encode()


def shown(part: Any, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> list[str]:
    """Every text in blocks or views, of these kinds."""
    if isinstance(part, list):
        return [text for each in part for text in shown(each, kinds)]
    if not isinstance(part, dict):
        return []
    if part.get("type") in ("mrkdwn", "plain_text"):
        return [part["text"]] if part["type"] in kinds else []
    return [text for each in part.values() for text in shown(each, kinds)]


def live(text: str) -> list[str]:
    """The markup in a text that is not ours."""
    rest = _OURS.sub("", _DATE.sub("", text))
    return re.findall(r"<[^>]*>?", rest) + _UNSEEN.findall(rest)


def styled(text: str) -> list[str]:
    """What Slack would style in a text, outside of our own bold headings."""
    return _STYLED.findall(_OURS.sub("", _DATE.sub("", text)))


def hostile_leads() -> list[dict[str, Any]]:
    """Every field of a lead, filled with each of these."""
    paths = [
        "source",
        "campaign",
        "contact.name",
        "contact.title",
        "company.name",
        "company.industry",
        "company.country",
        "url",
        "facts.question",
    ]
    return [{**dict.fromkeys(paths, words), f"facts.{words[:40]}": words} for words in HOSTILE]


def reaches(lead: Lead, text: str) -> list[str]:
    """The phone number and the e-mail that a text gives away."""
    known = (lead.text("contact.email"), lead.text("contact.phone"))
    return [each for each in known if each and each in text]
