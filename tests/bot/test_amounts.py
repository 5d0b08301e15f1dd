"""Amounts of time, said as people say them."""

from datetime import timedelta

import pytest

from bot.working_time import Span, Waited, waited, words


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Span.parse("10s"), "10 working seconds"),
        (Span.parse("5m"), "5 working minutes"),
        (Span.parse("60m"), "1 working hour"),
        (Span.parse("90m"), "90 working minutes"),
        (Span.parse("2h"), "2 working hours"),
        (Span.parse("1d"), "1 working day"),
        (Span(days=2, seconds=3600), "2 working days and 1 working hour"),
        (timedelta(minutes=4, seconds=37), "4 minutes"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(), "0 seconds"),
        (timedelta(hours=1, minutes=30), "1 hour 30 minutes"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=2, hours=3, minutes=5), "2 days 3 hours"),
    ],
)
def test_an_amount_is_said_as_people_say_it(amount: Span | timedelta, said: str) -> None:
    assert words(amount) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (Waited(0), "1 working minute"),
        (Waited(3 * 60 + 59), "3 working minutes"),
        (Waited(63 * 60), "1 working hour"),
        (Waited(89 * 60), "89 working minutes"),
        (Waited(90 * 60), "1 working hour and 30 minutes"),
        (Waited(107 * 60), "1 working hour and 47 minutes"),
        (Waited(124 * 60), "2 working hours"),
        (Waited(149 * 60), "2 working hours and 29 minutes"),
        (Waited(299 * 60), "4 working hours"),
        (Waited(8 * 3600, 1), "8 working hours"),
        (Waited(17 * 3600, 2), "2 working days"),
        (Waited(274 * 3600, 34), "34 working days"),
        (Waited(274 * 3600), "274 working hours"),  # of one that was kept before days were counted
    ],
)
def test_how_long_something_has_waited_is_said_in_what_has_passed_whole(length: Waited, said: str) -> None:
    assert waited(length) == said
