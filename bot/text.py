"""Words for Slack's eyes. Everything from outside goes through `plain`, and only our own markup is live."""

import re
from datetime import datetime
from typing import Final

# Control characters, and the marks that turn the direction of writing: they can make a card say
# something else than what it holds.
_UNSEEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A zero-width space behind each of these, so that Slack does not style what others wrote. Links need no
# such care: our mrkdwn is `verbatim`, which turns only our own markup into links.
_STYLED: Final = re.compile(r"([*~`]|(?<!\w)_|_(?!\w)|:(?=[a-z0-9_+-]+:))")
_BREAK: Final = "\u200b"


def plain(text: str, most: int = 200) -> str:
    """Text from outside, made safe for mrkdwn: no mention, link, style or entity survives; one line."""
    return _STYLED.sub(rf"\1{_BREAK}", shorten(one_line(text), most)).translate(_MARKUP)


def one_line(text: str) -> str:
    """The same words without line breaks, control characters or marks of direction."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def shorten(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def quote(text: str, most: int = 1000) -> str:
    """Somebody's words as a quotation, line by line."""
    lines = (plain(line, most) for line in shorten(text, most).splitlines())
    return "\n".join(f"> {line}" for line in lines if line)


def mention(slack_id: str) -> str:
    return f"<@{slack_id}>"


def at_time(moment: datetime) -> str:
    """A time of day in the reader's own zone."""
    return f"<!date^{moment.timestamp():.0f}^{{time}}|{moment:%H:%M} UTC>"


def on_day(moment: datetime) -> str:
    """A date in the reader's own zone."""
    return f"<!date^{moment.timestamp():.0f}^{{date_short_pretty}}|{day(moment)}>"


def ago(moment: datetime) -> str:
    """How long ago, drawn by Slack and kept up to date by it."""
    return f"<!date^{moment.timestamp():.0f}^{{ago}}|{moment:%d %b %H:%M} UTC>"


def day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 lead, 2,000 leads."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
