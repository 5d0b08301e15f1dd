"""What people mean by their words for days and times, by the clock on their own wall."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.moments import days, moment, said, stretch

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=BERLIN)  # a Wednesday


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("words", "begin", "end"),
    [
        ("until Friday", "2026-11-25T10:30", "2026-11-27T00:00"),
        ("till fri", "2026-11-25T10:30", "2026-11-27T00:00"),
        ("through Friday", "2026-11-25T10:30", "2026-11-28T00:00"),
        ("until Wednesday", "2026-11-25T10:30", "2026-12-02T00:00"),
        ("until next Friday", "2026-11-25T10:30", "2026-12-04T00:00"),
        ("until this friday", "2026-11-25T10:30", "2026-11-27T00:00"),
        ("until tomorrow", "2026-11-25T10:30", "2026-11-26T00:00"),
        ("until the day after tomorrow", "2026-11-25T10:30", "2026-11-27T00:00"),
        ("until next week", "2026-11-25T10:30", "2026-11-30T00:00"),
        ("until 3 December", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until the 3rd of December", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until December 3rd", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until Dec. 3, 2026", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until 3.12.", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until 3.12.2026", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until 2026-12-03", "2026-11-25T10:30", "2026-12-03T00:00"),
        ("until 3 March", "2026-11-25T10:30", "2027-03-03T00:00"),
        ("until 14:00", "2026-11-25T10:30", "2026-11-25T14:00"),
        ("until 2pm", "2026-11-25T10:30", "2026-11-25T14:00"),
        ("until 2:30 pm", "2026-11-25T10:30", "2026-11-25T14:30"),
        ("until noon", "2026-11-25T10:30", "2026-11-25T12:00"),
        ("until Friday 14:00", "2026-11-25T10:30", "2026-11-27T14:00"),
        ("until 14:00 on Friday", "2026-11-25T10:30", "2026-11-27T14:00"),
        ("until 14:00 tomorrow", "2026-11-25T10:30", "2026-11-26T14:00"),
        ("until today", "2026-11-25T10:30", "2026-11-26T00:00"),
        ("14:00", "2026-11-25T10:30", "2026-11-25T14:00"),
        ("today", "2026-11-25T10:30", "2026-11-26T00:00"),
        ("tomorrow", "2026-11-26T00:00", "2026-11-27T00:00"),
        ("Friday", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("next week", "2026-11-30T00:00", "2026-12-07T00:00"),
        ("for 2 weeks", "2026-11-25T10:30", "2026-12-09T00:00"),
        ("for the next two weeks", "2026-11-25T10:30", "2026-12-09T00:00"),
        ("2 weeks", "2026-11-25T10:30", "2026-12-09T00:00"),
        ("for 3 days", "2026-11-25T10:30", "2026-11-28T00:00"),
        ("for a day", "2026-11-25T10:30", "2026-11-26T00:00"),
        ("for 2 hours", "2026-11-25T10:30", "2026-11-25T12:30"),
        ("from Friday to Monday", "2026-11-27T00:00", "2026-12-01T00:00"),
        ("Friday until Monday", "2026-11-27T00:00", "2026-11-30T00:00"),
        ("Monday to Friday", "2026-11-30T00:00", "2026-12-05T00:00"),
        ("next Monday to Friday", "2026-11-30T00:00", "2026-12-05T00:00"),
        ("14 Dec until Friday", "2026-12-14T00:00", "2026-12-18T00:00"),
        ("24 Dec - 2 Jan", "2026-12-24T00:00", "2027-01-03T00:00"),
        ("24 Dec\u20132 Jan", "2026-12-24T00:00", "2027-01-03T00:00"),
        ("in 2 weeks", "2026-12-09T00:00", "2026-12-10T00:00"),
    ],
)
def test_an_absence_is_what_its_words_say(words: str, begin: str, end: str) -> None:
    found = stretch(words, NOW, BERLIN)

    assert (found.begin, found.end) == (there(begin), there(end))
    assert found.end.tzinfo is UTC or found.end.utcoffset() is not None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("until 31 February", "There is no 31 February"),
        ("until 2026-02-30", "There is no 2026-02-30"),
        ("until 24.13.", "There is no 24.13"),
        ("until 20 Nov", "has passed already"),
        ("until yesterday", "has passed already"),
        ("until 2025-12-24", "has passed already"),
        ("until 9:00", "has passed already"),
        ("until 3/12", "two different days in two countries"),
        ("until 25:00", "no time of the day"),
        ("until 13pm", "no time of the day"),
        ("until 9:75", "no time of the day"),
        ("until", "Until when?"),
        ("", "Until when?"),
        ("until whenever", "I do not know the day “whenever”"),
        ("until Friday CET", "I do not understand “cet”"),
        ("Monday - Friday until Sunday", "I do not understand “until sunday”"),
        ("4 Dec until 2 Dec", "earlier day first"),
        ("for 400 days", "more than a year away"),
        ("until 2099-01-01", "more than a year away"),
        ("through 9999-12-31", "There is no 9999-12-31"),
        ("until 0001-01-01", "There is no 0001-01-01"),
        ("for ages", "For how long?"),
        ("for 0 days", "For how long?"),
        ("for", "For how long?"),
        ("until <!channel>", "&lt;!channel&gt;"),
    ],
)
def test_what_cannot_be_meant_gets_one_clear_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        stretch(words, NOW, BERLIN)

    assert sentence in str(refused.value)


def test_a_moment_is_by_the_wall_of_who_says_it() -> None:
    assert moment("until 21:00", NOW, BERLIN) == there("2026-11-25T21:00")
    assert moment("21:00", NOW, ZoneInfo("Asia/Tokyo")) == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    assert moment("until Monday", NOW, BERLIN) == there("2026-11-30T00:00")


def test_days_are_said_one_by_one_and_from_to() -> None:
    assert days("24 Dec", NOW, BERLIN) == (date(2026, 12, 24),)
    assert days("Tuesday - Wednesday", NOW, BERLIN) == (date(2026, 12, 1), date(2026, 12, 2))
    assert days("tomorrow and Friday", NOW, BERLIN) == (date(2026, 11, 26), date(2026, 11, 27))
    assert days("31 Dec - 2 Jan, 6 Jan", NOW, BERLIN) == (
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 2),
        date(2027, 1, 6),
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("20 Nov", "has passed"), ("6 Jan - 2 Jan", "earlier day first"), ("24 and 31 Dec", "“24”")],
)
def test_days_that_cannot_be_get_a_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        days(words, NOW, BERLIN)

    assert sentence in str(refused.value)


def test_the_29th_of_february_is_that_of_the_next_leap_year_only() -> None:
    assert days("29 Feb", datetime(2027, 11, 25, tzinfo=UTC), BERLIN) == (date(2028, 2, 29),)
    with pytest.raises(Refused, match="There is no 29 Feb"):
        days("29 Feb", NOW, BERLIN)


def test_a_day_on_which_the_clocks_change_begins_at_its_own_midnight() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)

    found = stretch("tomorrow", before, BERLIN)

    assert (found.end - found.begin).total_seconds() == 25 * 3600


def test_a_moment_is_said_as_shortly_as_it_is_plain() -> None:
    assert said(there("2026-11-25T21:00"), NOW, BERLIN) == "21:00"
    assert said(there("2026-11-27T00:00"), NOW, BERLIN) == "Friday, 27 November"
    assert said(there("2026-11-27T14:00"), NOW, BERLIN) == "Friday, 27 November, 14:00"
    assert said(there("2027-01-03T00:00"), NOW, BERLIN) == "Sunday, 3 January 2027"


WORDS = (
    "until",
    "for",
    "next",
    "3",
    "dec",
    "24.12.",
    "9:00",
    "pm",
    "-",
    "friday",
    "a",
    "week",
    "in",
    "tomorrow",
)


@given(words=st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_whatever_is_typed_is_understood_or_refused_and_lies_ahead(words: str) -> None:
    try:
        found = stretch(words, NOW, BERLIN)
    except Refused:
        return

    assert found.end > NOW
    assert found.begin < found.end
