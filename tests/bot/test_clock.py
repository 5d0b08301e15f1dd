"""Clocks that stand still, people at work together, and hours besides the usual ones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.working_time import Calendar, Clock, Span, Stop, Week, zone_of
from tests.bot.wall import (
    BERLIN,
    LONDON,
    MINUTE,
    NEW_YORK,
    OFFICE,
    clocks,
    counted,
    local,
    minutes,
    moments,
    near_changes,
    steady,
    wall_says_open,
)

TOKYO = ZoneInfo("Asia/Tokyo")
HOUR = timedelta(hours=1)
TOGETHER = Calendar.anyone(BERLIN, [Calendar(TOKYO, OFFICE), Calendar(NEW_YORK, OFFICE)])


@steady
@given(st.data(), minutes | near_changes, st.integers(0, 4000))
def test_a_clock_goes_on_by_every_open_minute_outside_its_stops(
    data: st.DataObject, start: datetime, length: int
) -> None:
    clock, end = data.draw(clocks(start)), start + timedelta(minutes=length)

    assert clock.between(start, end) == counted(clock, start, end)


@steady
@given(st.data(), moments | near_changes, st.integers(1, 400_000))
def test_a_clock_goes_on_by_what_was_added(data: st.DataObject, start: datetime, seconds: int) -> None:
    clock = data.draw(clocks(start))

    end = clock.add(start, Span(seconds=seconds))

    assert clock.between(start, end) == timedelta(seconds=seconds)
    assert clock.between(start, end - timedelta(seconds=1)) == timedelta(seconds=seconds - 1)


@steady
@given(
    st.data(),
    moments | near_changes,
    st.builds(Span, days=st.integers(0, 12), seconds=st.integers(0, 100_000)),
)
def test_a_clock_is_later_than_its_calendar_by_what_its_stops_took(
    data: st.DataObject, start: datetime, span: Span
) -> None:
    clock = data.draw(clocks(start))
    without = clock.calendar.add(start, span)

    end = clock.add(start, span)

    assert end >= without
    assert clock.between(start, end) == clock.calendar.between(start, without)


@steady
@given(st.data(), moments | near_changes, st.integers(0, 60 * 86_400))
def test_as_many_days_are_told_as_can_be_added_and_no_more(
    data: st.DataObject, start: datetime, length: int
) -> None:
    clock, end = data.draw(clocks(start)), start + timedelta(seconds=length)

    seconds, days = clock.waited(start, end)

    assert seconds == clock.between(start, end) // timedelta(seconds=1)
    assert days == 0 or clock.add(start, Span(days=days)) <= end
    assert clock.add(start, Span(days=days + 1)) > end


def test_days_of_a_clock_are_those_of_whose_time_it_counts() -> None:
    part_time = Clock(calendar=Calendar(LONDON, Week.parse({"mon-wed": "9-15"})))
    start = local(LONDON, 2026, 11, 23, 11)

    assert part_time.waited(start, local(LONDON, 2026, 11, 30, 10, 59)) == (18 * 3600 - 60, 2)
    assert part_time.waited(start, local(LONDON, 2026, 11, 30, 11)) == (18 * 3600, 3)
    assert part_time.waited(start, start) == (0, 0)


@steady
@given(st.data(), minutes | near_changes)
def test_a_clock_runs_again_in_the_first_open_minute_outside_its_stops(
    data: st.DataObject, moment: datetime
) -> None:
    clock = data.draw(clocks(moment))

    opening = clock.next_opening(moment)

    assert clock.is_open(moment) == wall_says_open(clock, moment)
    assert wall_says_open(clock, opening)
    closed = min(int((opening - moment) / MINUTE), 3000)
    assert not any(wall_says_open(clock, opening - MINUTE * n) for n in range(1, closed + 1))


def test_while_somebody_in_tokyo_or_new_york_is_at_work_the_clock_of_both_runs() -> None:
    start = local(BERLIN, 2026, 11, 18, 1)  # 9:00 in Tokyo, where it is 8 hours later

    assert TOGETHER.between(start, start + 24 * HOUR) == 17 * HOUR
    assert TOGETHER.add(start, Span.parse("9h")) == local(NEW_YORK, 2026, 11, 18, 9, 30)
    assert TOGETHER.add(local(BERLIN, 2026, 11, 18, 17), Span.parse("1d")) == local(BERLIN, 2026, 11, 19, 17)


def test_a_day_of_people_in_two_zones_ends_when_the_first_of_them_is_back() -> None:
    thanksgiving = Calendar(NEW_YORK, OFFICE, frozenset({date(2026, 11, 26)}))
    together = Calendar.anyone(BERLIN, [Calendar(TOKYO, OFFICE), thanksgiving])
    start = local(BERLIN, 2026, 11, 25, 17)

    assert together.add(start, Span.parse("1d")) == local(TOKYO, 2026, 11, 27, 9)


def test_a_holiday_of_one_is_no_holiday_of_the_others() -> None:
    munich, london = (
        Calendar(zone, OFFICE, frozenset({code})) for zone, code in ((BERLIN, "DE-BY"), (LONDON, "GB"))
    )
    epiphany = local(BERLIN, 2026, 1, 6, 9)

    assert not Calendar.anyone(BERLIN, [munich]).is_open(epiphany)
    assert Calendar.anyone(BERLIN, [munich, london]).next_opening(epiphany) == epiphany + HOUR


def test_nobody_at_all_has_no_working_time_together() -> None:
    with pytest.raises(ValueError, match="nobody is there whose hours could count"):
        Calendar.anyone(BERLIN, [])


def test_who_is_always_there_works_every_minute() -> None:
    calendar = Calendar.always(BERLIN)
    start = local(BERLIN, 2026, 3, 27, 23)

    assert calendar.between(start, local(BERLIN, 2026, 3, 30, 23)) == 71 * HOUR  # the clocks go forward
    assert calendar.add(start, Span.parse("2d")) == local(BERLIN, 2026, 3, 29, 23)


def test_an_evening_besides_the_usual_hours_is_working_time_once() -> None:
    calendar = Calendar(BERLIN, OFFICE)
    late = calendar.also(local(BERLIN, 2026, 11, 18, 17), local(BERLIN, 2026, 11, 18, 21))

    assert late.next_opening(local(BERLIN, 2026, 11, 18, 20, 59)) == local(BERLIN, 2026, 11, 18, 20, 59)
    assert late.next_opening(local(BERLIN, 2026, 11, 18, 21)) == local(BERLIN, 2026, 11, 19, 9)
    assert late.add(local(BERLIN, 2026, 11, 18, 16), Span.parse("5h")) == local(BERLIN, 2026, 11, 18, 21)
    assert not calendar.is_open(local(BERLIN, 2026, 11, 18, 20))


def test_a_saturday_besides_the_usual_hours_is_a_working_day() -> None:
    calendar = Calendar(BERLIN, OFFICE).also(local(BERLIN, 2026, 11, 21, 10), local(BERLIN, 2026, 11, 21, 14))

    assert calendar.add(local(BERLIN, 2026, 11, 20, 12), Span.parse("1d")) == local(BERLIN, 2026, 11, 21, 12)
    assert calendar.end_of_next_working_day(local(BERLIN, 2026, 11, 20, 12)) == local(
        BERLIN, 2026, 11, 21, 14
    )


def test_open_until_a_time_that_has_passed_is_refused() -> None:
    with pytest.raises(ValueError, match="is not after 2026-11-18 21:00"):
        Calendar(BERLIN, OFFICE).also(local(BERLIN, 2026, 11, 18, 21), local(BERLIN, 2026, 11, 18, 20))


def test_a_day_ends_as_much_later_as_the_clock_stood() -> None:
    down = Stop(local(BERLIN, 2026, 11, 18, 8), local(BERLIN, 2026, 11, 18, 12))
    clock = Clock(calendar=Calendar(BERLIN, OFFICE), stops=(down,))

    assert clock.add(local(BERLIN, 2026, 11, 17, 16), Span.parse("1d")) == local(BERLIN, 2026, 11, 19, 10, 30)
    assert clock.add(local(BERLIN, 2026, 11, 17, 16), Span.parse("2h")) == local(BERLIN, 2026, 11, 18, 12, 30)
    assert clock.next_opening(local(BERLIN, 2026, 11, 17, 18)) == local(BERLIN, 2026, 11, 18, 12)


def test_a_day_that_would_end_while_the_clock_stands_ends_when_it_runs_again() -> None:
    night = Stop(local(BERLIN, 2026, 11, 17, 22), local(BERLIN, 2026, 11, 18, 12))
    clock = Clock(calendar=Calendar(BERLIN, OFFICE), stops=(night,))

    assert clock.add(local(BERLIN, 2026, 11, 17, 9), Span.parse("1d")) == local(BERLIN, 2026, 11, 18, 12)
    assert clock.add(local(BERLIN, 2026, 11, 18, 10), Span.parse("0s")) == local(BERLIN, 2026, 11, 18, 12)


def test_an_absence_longer_than_the_days_adds_what_they_would_have_been() -> None:
    away = Stop(local(BERLIN, 2026, 11, 16), local(BERLIN, 2026, 11, 21))
    clock = Clock(calendar=Calendar(BERLIN, OFFICE), stops=(away, away))

    assert clock.add(local(BERLIN, 2026, 11, 13, 15), Span.parse("2d")) == local(BERLIN, 2026, 11, 24, 15)


def test_a_stop_of_a_month_stops_for_a_month() -> None:
    pause = Stop(local(BERLIN, 2026, 7, 1), local(BERLIN, 2026, 8, 1))
    clock = Clock(calendar=Calendar(BERLIN, OFFICE), stops=(pause,))

    assert clock.add(local(BERLIN, 2026, 6, 30, 16), Span.parse("1d")) == local(BERLIN, 2026, 8, 3, 16)


def test_calendars_of_the_same_people_are_one() -> None:
    one, two = (
        Calendar.anyone(BERLIN, [Calendar(zone, OFFICE) for zone in zones])
        for zones in ((TOKYO, LONDON), (LONDON, TOKYO, LONDON))
    )
    until = local(BERLIN, 2026, 11, 18, 21)

    assert one == two
    assert hash(one) == hash(two)
    assert one.also(until, until + HOUR) == two.also(until.astimezone(UTC), (until + HOUR).astimezone(TOKYO))


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Olympus", "Europe", "../etc/passwd", "a\0b", "Europe/Berlin\n"]
)
def test_a_zone_that_nobody_knows_is_none(name: str | None) -> None:
    assert zone_of(name) is None


def test_a_zone_that_is_known_is_found() -> None:
    assert zone_of("Asia/Tokyo") is TOKYO
