"""Words for Slack's eyes. Everything from outside goes through `plain`, and only our own markup is live."""

import re
from datetime import date, datetime, timedelta
from typing import Final

HALF_A_DAY: Final = timedelta(hours=12)
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What takes no room, the marks that turn the direction of writing among them: they can make a card say
# something else than what it holds. Halves of surrogate pairs cannot be sent at all. Joiners stay: emoji and
# the scripts of half of Asia need them.
_UNSEEN: Final = re.compile(
    r"[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A zero-width space behind each of these, so that Slack does not style what others wrote: an underscore inside
# a word and the colons of 12:30:00 style nothing. Links need no such care: our mrkdwn is `verbatim`, which
# turns only our own markup into links.
_STYLED: Final = re.compile(
    r"([*~`]|(?<!\w)_|_(?!\w)|:(?=[^\s:]*[^\s:\d][^\s:]*:)|:(?=(?:100|1234):)|^(?=>))"
)
_BREAK: Final = "\u200b"
_TORN: Final = re.compile(r"&[a-z]{0,3}$|<[^<>]*$")


def plain(text: str, most: int = 200) -> str:
    """Text from outside, made safe for mrkdwn: no mention, link, style or entity survives; one line.

    `most` characters of it are shown; twice as many are the answer's most, whatever has to be escaped.
    """
    safe = _STYLED.sub(rf"\1{_BREAK}", shorten(one_line(text), most)).translate(_MARKUP)
    return fit(safe, 2 * most)


def one_line(text: str) -> str:
    """The same words without line breaks, control characters or marks of direction."""
    return " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", text)).split())


def shorten(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def fit(text: str, most: int) -> str:
    """Shorten what is mrkdwn already: no entity or link is torn apart."""
    return text if len(text) <= most else _TORN.sub("", text[: most - 1]).rstrip() + "…"


def quote(text: str, most: int = 2000) -> str:
    """Somebody's words as a quotation, line by line."""
    lines = (plain(line, most) for line in shorten(text, most).splitlines())
    return "\n".join(f"> {line}" for line in lines if line)


def mention(slack_id: str) -> str:
    return f"<@{slack_id}>"


def at_time(moment: datetime, now: datetime) -> str:
    """When it was: "at 10:04", and "on 3 May at 10:04" where the day is not plain."""
    if abs(now - moment) < HALF_A_DAY:
        return f"at {by_the_clock(moment, now)}"
    # Not Slack's pretty dates: "on yesterday".
    return (
        f"on <!date^{moment.timestamp():.0f}^{{date_short}} at {{time}}|{day(moment)} at {moment:%H:%M} UTC>"
    )


def by_the_clock(moment: datetime, now: datetime) -> str:
    """A time in the reader's own zone: "10:04", or "3 May at 10:04" where the day is not plain."""
    stamp = f"{moment.timestamp():.0f}"
    if abs(now - moment) < HALF_A_DAY:
        return f"<!date^{stamp}^{{time}}|{moment:%H:%M} UTC>"
    return f"<!date^{stamp}^{{date_short_pretty}} at {{time}}|{day(moment)} at {moment:%H:%M} UTC>"


def on_day(moment: datetime) -> str:
    """A date in the reader's own zone."""
    return f"<!date^{moment.timestamp():.0f}^{{date_short}}|{day(moment)}>"


def moment_of(moment: datetime) -> str:
    """A date and a time in the reader's own zone."""
    return f"<!date^{moment.timestamp():.0f}^{{date_short_pretty}} {{time}}|{day(moment)} {moment:%H:%M} UTC>"


def ago(moment: datetime) -> str:
    """How long ago, drawn by Slack and kept up to date by it."""
    return f"<!date^{moment.timestamp():.0f}^{{ago}}|{moment:%d %b %H:%M} UTC>"


def day(moment: date) -> str:
    return f"{moment.day} {moment:%b}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 lead, 2,000 leads."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
