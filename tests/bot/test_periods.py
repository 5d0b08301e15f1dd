"""Periods in plain words, said on Monday, 23 November 2026."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.periods import Period, finished, last_week, read_period
from tests.bot.wall import steady

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Week 47 (16 to 22 November 2026)"),
        ("last week", "Week 47 (16 to 22 November 2026)"),
        ("on last week", "Week 47 (16 to 22 November 2026)"),
        ("about the last week", "Week 47 (16 to 22 November 2026)"),
        ("on", "Week 47 (16 to 22 November 2026)"),
        ("this week", "Week 48 (23 to 29 November 2026)"),
        ("the last 4 weeks", "26 October to 22 November 2026"),
        ("last 30 days", "24 October to 22 November 2026"),
        ("last month", "October 2026"),
        ("This Month", "November 2026"),
        ("last 3 months", "1 August to 31 October 2026"),
        ("last quarter", "Q3 2026"),
        ("last year", "2025"),
        ("yesterday", "22 November 2026"),
        ("today", "23 November 2026"),
        ("march", "March 2026"),
        ("in march", "March 2026"),
        ("dec", "December 2025"),
        ("march 2025", "March 2025"),
        ("2026-03", "March 2026"),
        ("2026", "2026"),
        ("2026-Q3", "Q3 2026"),
        ("q4", "Q4 2026"),
        ("Q1 2025", "Q1 2025"),
        ("2026-W47", "Week 47 (16 to 22 November 2026)"),
        ("week 50", "Week 50 (8 to 14 December 2025)"),
        ("2020-W53", "Week 53 (28 December 2020 to 3 January 2021)"),
        ("2026-11-01..2026-11-15", "1 to 15 November 2026"),
        ("1 Nov..15 Nov", "1 to 15 November 2026"),
        ("1.11. to 15.11.", "1 to 15 November 2026"),
        ("from November 1st to November 15th", "1 to 15 November 2026"),
        ("january..march", "Q1 2026"),
        ("since october", "1 October to 23 November 2026"),
        ("29 Feb 2024", "29 February 2024"),
    ],
)
def test_a_period_is_understood_as_people_say_it(words: str, said: str) -> None:
    assert str(read_period(words, TODAY)) == said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("yesteryear", "I do not know the period “yesteryear”. Say it like `last week`"),
        ("2026-Q5", "I do not know the period"),
        ("2026-13", "I do not know the period"),
        ("2026-W54", "I do not know the period"),
        ("last 0 weeks", "I do not know the period"),
        ("30 Feb", "I do not know the period"),
        ("15 Nov..1 Nov", "That would end before it begins"),
        ("1 Nov..whenever", "I do not know the day “whenever”"),
        ("2027-Q1", "That lies ahead"),
        ("<!channel>", "&lt;!channel&gt;"),
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_period(words, TODAY)

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("last week", "Week 46 (9 to 15 November 2026)"),
        ("march 2024", "February 2024"),
        ("2026-Q1", "Q4 2025"),
        ("2026", "2025"),
        ("1 Nov..15 Nov", "17 to 31 October 2026"),
    ],
)
def test_the_period_before_is_as_long_in_whole_months_or_in_days(words: str, before: str) -> None:
    assert str(read_period(words, TODAY).before()) == before


def test_a_week_in_which_the_clocks_change_is_an_hour_longer() -> None:
    begin, end = Period(date(2026, 10, 19), date(2026, 10, 26)).moments(ZoneInfo("Europe/London"))

    assert begin == datetime(2026, 10, 18, 23, tzinfo=UTC)
    assert end - begin == timedelta(days=7, hours=1)


@steady
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_weeks_follow_each_other_without_a_gap(today: date) -> None:
    week = last_week(today)

    assert week.first.weekday() == 0
    assert (week.end - week.first, today - week.end < timedelta(days=7)) == (timedelta(days=7), True)
    assert week.before() == last_week(week.first)


def test_every_period_is_finished_once() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(800)]
    found = [each for day in days for each in finished(day - timedelta(days=1), day)]

    firsts = [day for day in days if day.day == 1]
    mondays, quarters = sum(day.weekday() == 0 for day in days), sum(day.month % 3 == 1 for day in firsts)
    assert len(found) == mondays + len(firsts) + quarters + sum(day.month == 1 for day in firsts)
    assert len(set(found)) == len(found)
    assert {Period(date(2026, 1, 1), date(2027, 1, 1)), Period(date(2026, 11, 16), date(2026, 11, 23))} < {
        *found
    }
