"""Amounts of time as people say them."""

from datetime import timedelta
from typing import Final

from bot.working_time.span import Span, Waited, largest_unit

MINUTE: Final = 60
FEW: Final = 5  # minutes
MANY: Final = 4  # hours
MANY_MINUTES: Final = 90  # from here on hours are said with them
LONG: Final = 2  # days
NAMES: Final = {"s": "second", "m": "minute", "h": "hour"}


def words(amount: Span | timedelta) -> str:
    """Say an amount to people: "2 working hours", "1 working day"; of a timedelta "4 minutes", "2 days 3 hours"."""
    if isinstance(amount, timedelta):
        return _calendar_words(amount)
    number, unit = largest_unit(amount.seconds)
    days, rest = _count(amount.days, "working day"), _count(number, f"working {NAMES[unit]}")
    if not amount.days:
        return rest
    return f"{days} and {rest}" if amount.seconds else days


def waited(length: Waited) -> str:
    """How long something has waited, to the minute; whole hours where a few minutes more say nothing, at last days.

    What has begun and is not over is left out: never more than has passed.
    """
    if length.days >= LONG:
        return words(Span(days=length.days))
    minutes = max(length.seconds // MINUTE, 1)
    hours, rest = divmod(minutes, 60)
    if not hours or (minutes < MANY_MINUTES and rest >= FEW):
        return words(Span(seconds=minutes * MINUTE))
    said = words(Span(seconds=hours * 60 * MINUTE))
    return said if rest < FEW or hours >= MANY else f"{said} and {_count(rest, 'minute')}"


def _calendar_words(amount: timedelta) -> str:
    minutes, seconds = divmod(int(amount.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    counts = [(days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second")]
    while len(counts) > 1 and not counts[0][0]:
        counts.pop(0)
    kept = counts[:2] if counts[0][1] in ("day", "hour") else counts[:1]
    return " ".join(_count(number, name) for number, name in kept if number or len(kept) == 1)


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
