"""Reminders in words: how many were sent, how many anybody acted on, and which rule is mostly passed over."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.figures import FEW, Share
from bot.text import count

PASSED_OVER: Final = 20  # per cent: a rule that is acted on less is ignored
OWN: Final = "next_step"  # on a day that its receiver has chosen: no setting moves it
SETTING: Final = {
    "first_contact": "first_contact",
    "still_yours": "still_yours",
    "stalled_again": "stalled",
    "stalled_long": "stalled",
}


def reminders_sent(rungs: Mapping[str, Share], stopped: int = 0) -> str:
    """`stopped`: how often somebody wanted no more of them for one lead."""
    sent = Share(
        part=sum(each.part for each in rungs.values()), whole=sum(each.whole for each in rungs.values())
    )
    ended = f"; stopped by request for {count(stopped, 'lead')}" if stopped else ""
    return f"Reminders sent {sent.whole:,}; acted on within a working hour: {sent}{ended}"


def by_rule(rungs: Mapping[str, Share]) -> Iterator[str]:
    """Each rule with its own share."""
    for rung, share in sorted(rungs.items()):
        yield f"• `{rung}`: sent {share.whole:,}, acted on {share}"


def mostly_passed_over(rungs: Mapping[str, Share]) -> Iterator[str]:
    """A rule that people ignore, with the setting to change."""
    for rung, share in sorted(rungs.items()):
        if share.whole >= FEW and share.percent < PASSED_OVER and rung != OWN:
            key = SETTING.get(rung, rung)
            yield f"The rule `{rung}` is mostly passed over ({share}): `ladder`, `{key}` in app.yaml moves it"
