"""Working time, against the plainest possible count."""

import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.working_time import Calendar, Clock, Span, Stop, Week, read_holiday
from tests.bot.wall import (
    ALWAYS,
    BERLIN,
    LONDON,
    MINUTE,
    NIGHTS,
    OFFICE,
    SIESTA,
    ZONES,
    any_calendar,
    counted,
    has_open_time,
    lengths,
    local,
    minutes,
    moments,
    near_changes,
    steady,
    wall_says_open,
)


@steady
@given(any_calendar, minutes | near_changes, st.integers(0, 4000))
def test_between_is_what_counting_minutes_on_the_wall_gives(
    calendar: Calendar, start: datetime, length: int
) -> None:
    end = start + timedelta(minutes=length)

    assert calendar.between(start, end) == counted(calendar, start, end)


@steady
@given(any_calendar, moments | near_changes, st.integers(0, 400_000))
def test_as_much_has_passed_as_was_added(calendar: Calendar, start: datetime, seconds: int) -> None:
    end = calendar.add(start, Span(seconds=seconds))

    assert calendar.between(start, end) == timedelta(seconds=seconds)


@steady
@given(any_calendar, minutes | near_changes, st.integers(0, 40_000_000))
def test_adding_what_has_passed_comes_back_to_the_same_moment(
    calendar: Calendar, start: datetime, seconds: int
) -> None:
    end = start + timedelta(seconds=seconds)
    passed = calendar.between(start, end)
    assume(passed)

    back = calendar.add(start, Span(seconds=int(passed.total_seconds())))

    assert back <= end
    assert calendar.between(back, end) == timedelta()
    if calendar.is_open(end) and calendar.is_open(end - timedelta(seconds=1)):
        assert back == end


@steady
@given(any_calendar, minutes | near_changes)
def test_the_next_opening_is_the_first_open_minute_on_the_wall(calendar: Calendar, moment: datetime) -> None:
    opening = calendar.next_opening(moment)

    assert calendar.is_open(moment) == wall_says_open(calendar, moment)
    assert wall_says_open(calendar, opening)
    closed = min(int((opening - moment) / MINUTE), 3000)
    assert not any(wall_says_open(calendar, opening - MINUTE * n) for n in range(1, closed + 1))


@steady
@given(any_calendar, moments, st.integers(1, 6))
def test_a_day_is_the_same_time_on_the_next_working_day(
    calendar: Calendar, start: datetime, days: int
) -> None:
    begin = calendar.next_opening(start).astimezone(calendar.zone)
    day = begin.date()
    for _ in range(days):
        day += timedelta(days=1)
        while not has_open_time(calendar, day):
            day += timedelta(days=1)

    same_time = datetime.combine(day, begin.time(), calendar.zone)
    assume(same_time.astimezone(UTC).astimezone(calendar.zone) == same_time)

    assert calendar.add(start, Span(days=days)) == calendar.next_opening(same_time)


@steady
@given(any_calendar, moments, lengths, st.sampled_from([Span(seconds=5400), Span(days=1), Span(days=3)]))
def test_who_begins_later_is_never_due_earlier(
    calendar: Calendar, start: datetime, length: timedelta, span: Span
) -> None:
    assert calendar.add(start, span) <= calendar.add(start + length, span)


FRIDAY = local(BERLIN, 2026, 11, 20, 16, 30)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (FRIDAY, "30m", local(BERLIN, 2026, 11, 20, 17)),
        (FRIDAY, "1h", local(BERLIN, 2026, 11, 20, 17, 30)),
        (FRIDAY, "2h", local(BERLIN, 2026, 11, 23, 10)),
        (FRIDAY, "1d", local(BERLIN, 2026, 11, 23, 16, 30)),
        (local(BERLIN, 2026, 11, 21, 12), "10s", local(BERLIN, 2026, 11, 23, 9, 0, 10)),
        (local(BERLIN, 2026, 11, 21, 12), "1d", local(BERLIN, 2026, 11, 24, 9)),
        (local(BERLIN, 2026, 11, 20, 17, 30), "0s", local(BERLIN, 2026, 11, 23, 9)),
        (local(BERLIN, 2026, 12, 23, 10), "2d", local(BERLIN, 2026, 12, 28, 10)),
    ],
)
def test_working_time_passes_only_while_people_work(start: datetime, span: str, end: datetime) -> None:
    calendar = Calendar(BERLIN, OFFICE, frozenset({"DE-BY"}))

    assert calendar.add(start, Span.parse(span)) == end
    assert calendar.add(start, Span.parse(span)).tzinfo is UTC


def test_a_lunch_break_is_no_working_time() -> None:
    calendar = Calendar(BERLIN, SIESTA)

    assert calendar.add(local(BERLIN, 2026, 11, 17, 11, 30), Span.parse("1h")) == local(
        BERLIN, 2026, 11, 17, 13, 30
    )


def test_a_time_that_the_next_working_day_does_not_have_is_moved_to_its_next_opening() -> None:
    calendar = Calendar(BERLIN, SIESTA)

    assert calendar.add(local(BERLIN, 2026, 11, 19, 16), Span.parse("1d")) == local(BERLIN, 2026, 11, 23, 9)


def test_a_night_in_which_the_clocks_go_forward_has_an_hour_less() -> None:
    calendar = Calendar(BERLIN, ALWAYS)

    assert calendar.between(local(BERLIN, 2026, 3, 29), local(BERLIN, 2026, 3, 30)) == timedelta(hours=23)
    assert calendar.add(local(BERLIN, 2026, 3, 29), Span.parse("3h")) == local(BERLIN, 2026, 3, 29, 4)


def test_a_night_in_which_the_clocks_go_back_has_an_hour_more() -> None:
    calendar = Calendar(BERLIN, ALWAYS)

    assert calendar.between(local(BERLIN, 2026, 10, 25), local(BERLIN, 2026, 10, 26)) == timedelta(hours=25)
    assert calendar.add(local(BERLIN, 2026, 10, 25), Span.parse("3h")) == datetime(
        2026, 10, 25, 1, tzinfo=UTC
    )


def test_both_passes_of_an_hour_that_comes_twice_are_working_time() -> None:
    calendar = Calendar(BERLIN, Week.parse({"sun": "02:00-02:30"}))
    first, second = (local(BERLIN, 2026, 10, 25, 2, 10, fold=fold) for fold in (0, 1))

    assert calendar.is_open(first)
    assert calendar.is_open(second)
    assert calendar.between(first, second) == timedelta(minutes=30)


def test_a_day_over_a_change_of_the_clocks_ends_at_the_same_time_on_the_wall() -> None:
    calendar = Calendar(BERLIN, ALWAYS)

    assert calendar.add(local(BERLIN, 2026, 3, 28, 12), Span.parse("1d")) == local(BERLIN, 2026, 3, 29, 12)


def test_a_day_that_a_zone_left_out_is_no_working_day() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    calendar = Calendar(apia, ALWAYS)

    assert calendar.add(local(apia, 2011, 12, 29, 12), Span.parse("1d")) == local(apia, 2011, 12, 31, 12)


def test_the_end_of_the_next_working_day_is_its_last_closing_time() -> None:
    calendar = Calendar(BERLIN, SIESTA, frozenset({date(2026, 11, 23)}))

    assert calendar.end_of_next_working_day(local(BERLIN, 2026, 11, 18, 20)) == local(
        BERLIN, 2026, 11, 19, 17, 30
    )
    assert calendar.end_of_next_working_day(local(BERLIN, 2026, 11, 19, 8)) == local(BERLIN, 2026, 11, 20, 13)
    assert calendar.end_of_next_working_day(FRIDAY) == local(BERLIN, 2026, 11, 24, 17, 30)


def test_five_working_days_after_a_friday_is_the_friday_after() -> None:
    assert Calendar(BERLIN, OFFICE).working_days_after(FRIDAY, 5) == local(BERLIN, 2026, 11, 27, 16, 30)


def test_new_year_is_like_any_other_night_in_every_zone() -> None:
    for zone in ZONES:
        calendar = Calendar(zone, OFFICE)
        assert calendar.add(local(zone, 2026, 12, 31, 16, 30), Span.parse("2h")) == local(
            zone, 2027, 1, 1, 10
        )
        assert calendar.end_of_next_working_day(local(zone, 2026, 12, 30, 9)) == local(
            zone, 2026, 12, 31, 17, 30
        )


def test_nothing_has_passed_between_a_moment_and_an_earlier_one() -> None:
    assert Calendar(BERLIN, OFFICE).between(FRIDAY, FRIDAY - timedelta(hours=1)) == timedelta()


def test_a_moment_without_zone_or_beyond_all_years_is_refused() -> None:
    calendar = Calendar(BERLIN, NIGHTS)

    with pytest.raises(ValueError, match="has no zone"):
        calendar.is_open(datetime(2026, 11, 20, 12))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="from 1970 to 2199, not in 9999"):
        calendar.between(FRIDAY, datetime(9999, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="not counted beyond 2199"):
        Calendar(LONDON, NIGHTS).add(datetime(2199, 12, 1, tzinfo=UTC), Span(days=40))


@pytest.mark.parametrize(
    "hours",
    [
        Calendar(BERLIN, OFFICE, frozenset({"DE-BY"})),
        Calendar.always(BERLIN),
        Calendar.anyone(BERLIN, [Calendar(zone, OFFICE) for zone in ZONES[:4]]),
        Clock(calendar=Calendar(BERLIN, OFFICE), stops=(Stop(FRIDAY, FRIDAY + timedelta(days=7)),)),
    ],
    ids=["a calendar", "always", "anyone", "a clock"],
)
def test_a_question_costs_the_same_however_long_the_time(hours: Calendar | Clock) -> None:
    def steps(days: int) -> int:
        """Count the calls that both questions make, once the years are known."""
        calls: list[str] = []
        for watch in (None, lambda _frame, event, _arg: calls.append(event)):
            sys.setprofile(watch)
            hours.between(FRIDAY, hours.add(FRIDAY, Span(days=days, seconds=days)))
            sys.setprofile(None)
        return len(calls)

    assert 0 < steps(days=3000) < 1.3 * steps(days=30)


def test_a_question_to_a_clock_costs_a_little_for_each_stop() -> None:
    def steps(stops: int) -> int:
        downs = (FRIDAY + timedelta(days=n) for n in range(stops))
        clock = Clock(
            calendar=Calendar(BERLIN, OFFICE), stops=tuple(Stop(at, at + timedelta(hours=3)) for at in downs)
        )
        calls: list[str] = []
        for watch in (None, lambda _frame, event, _arg: calls.append(event)):
            sys.setprofile(watch)
            clock.between(FRIDAY, clock.add(FRIDAY, Span(days=1000)))
            sys.setprofile(None)
        return len(calls)

    assert steps(stops=400) < 10 * 1.3 * steps(stops=40)


def test_equal_calendars_are_one() -> None:
    assert Calendar(BERLIN, OFFICE) == Calendar(BERLIN, Week.parse({"mon-fri": "9-17:30"}))
    assert hash(Calendar(BERLIN, OFFICE)) == hash(Calendar(BERLIN, OFFICE))


@pytest.mark.parametrize("text", ["10s", "5m", "90m", "2h", "1d", "14d"])
def test_a_span_is_written_as_it_is_read(text: str) -> None:
    assert str(Span.parse(text)) == text


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "1.5h", "1d 2h", "5 m", "99999d", "1w", "٣m"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="10s, 5m, 2h, 1d"):
        Span.parse(text)


@pytest.mark.parametrize(
    "written",
    [
        {"mon-fri": ["09:00-17:30"]},
        {"mon": ["08:00-12:00"], "wed-thu": ["09:00-12:00", "13:00-24:00"]},
        {"mon-sun": ["00:00-24:00"]},
    ],
)
def test_a_week_is_written_as_it_is_read(written: dict[str, list[str]]) -> None:
    assert Week.parse(written).written() == written


def test_a_week_may_run_over_sunday_and_leave_out_minutes() -> None:
    assert Week.parse({"sat-mon": "9-15"}).written() == {"mon": ["09:00-15:00"], "sat-sun": ["09:00-15:00"]}


@pytest.mark.parametrize(
    ("written", "words_of_error"),
    [
        ({"mon-fry": "9-17"}, "'mon-fry' is no day; allowed: mon tue wed"),
        ({"mon-wed": "9-17", "wed": "9-12"}, "wed is there twice"),
        ({"mon": "17-9"}, "'17-9' end before they begin; allowed: 09:00-17:30"),
        ({"mon": "9-24:30"}, "no hours"),
        ({"mon": "9:75-12"}, "no hours"),
        ({"mon": "nine"}, "no hours"),
        ({"mon": ["9-13", "12-17"]}, "09:00-13:00 and 12:00-17:00 overlap"),
        ({"mon": []}, "no open hour"),
        ({}, "no open hour"),
    ],
)
def test_what_is_no_week_is_refused_with_what_is_allowed(
    written: dict[str, str], words_of_error: str
) -> None:
    with pytest.raises(ValueError, match=words_of_error):
        Week.parse(written)


def test_holidays_are_countries_subdivisions_or_dates() -> None:
    assert read_holiday("DE") == "DE"
    assert read_holiday("DE-BY") == "DE-BY"
    assert read_holiday("2026-12-24") == read_holiday(date(2026, 12, 24)) == date(2026, 12, 24)
    for wrong, allowed in {
        "XX": "a country",
        "DE-XX": "DE-BY",
        "2026-13-01": "2026-12-24",
        "QA-X": "QA",
    }.items():
        with pytest.raises(ValueError, match=f"{wrong}.*allowed: .*{allowed}"):
            read_holiday(wrong)


def test_a_subdivision_has_holidays_that_its_country_has_not() -> None:
    epiphany = local(BERLIN, 2026, 1, 6, 12)

    assert Calendar(BERLIN, OFFICE, frozenset({"DE"})).is_open(epiphany)
    assert not Calendar(BERLIN, OFFICE, frozenset({"DE-BY"})).is_open(epiphany)
