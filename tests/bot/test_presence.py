"""What people say of their hours and absences, and what is kept of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import presence
from bot.errors import Refused
from bot.people import Person
from bot.presence import Asker
from bot.statuses import Status
from bot.teams import Presence, Why
from bot.working_time import Calendar, Stop, Week, zone_of

LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")
COMMON = Calendar(LONDON, Week.parse({"mon-fri": "09:00-17:30"}))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


NOW = berlin("2026-11-25T10:30")  # a Wednesday
SICK = Status(emoji=":face_with_thermometer:", text="Out sick")


def eva(
    *, tz: str = "Europe/Berlin", now: datetime = NOW, told: Presence | None = None, **kept: Any
) -> Asker:
    told = told or Presence(**kept)
    own = Calendar(zone_of(tz) or LONDON, told.week or COMMON.week, frozenset(told.days_off))
    person = Person(slack_id="UEVA", name="Eva", tz=tz)
    return Asker(person=person, told=told, common=COMMON, own=own, now=now)


@pytest.mark.parametrize(
    ("words", "week"),
    [
        ("mon-wed 9-15", {"mon-wed": "9-15"}),
        ("Monday to Wednesday, 9:00 - 15:00", {"mon-wed": "9-15"}),
        ("mon-thu 9-12 13-17, fri 9-13", {"mon-thu": ["9-12", "13-17"], "fri": "9-13"}),
        ("mon, wed and fri 9am-1:30pm", {"mon": "9-13:30", "wed": "9-13:30", "fri": "9-13:30"}),
        ("weekdays 10-18", {"mon-fri": "10-18"}),
        ("every day 12am-12pm", {"mon-sun": "0-12"}),
        ("tuesdays 8\u201316", {"tue": "8-16"}),
    ],
)
def test_hours_of_ones_own_are_said_in_many_ways(words: str, week: dict[str, Any]) -> None:
    reply = presence.hours(words, eva())

    assert reply.told.week == Week.parse(week)
    assert reply.words.startswith("Your own hours: ")
    assert "(Europe/Berlin time)" in reply.words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("mon-fri", "At what hours?"),
        ("none", "“none” is no day of the week"),
        ("9-15", "On which days?"),
        ("foo 9-15", "“foo” is no day of the week"),
        ("mon-wed 9-25", "'9-25' are no hours"),
        ("mon 15-9", "'15-9' end before they begin. A night is two"),
        ("mon 9-12 11-14", "overlap"),
        ("mon-wed 9-12, tue 13-15", "tue is there twice"),
        ("mon 9-15 tue", "At what hours?"),
        ("mon 9-15 Europe/Lodnon", "please leave out “europe/lodnon”"),
    ],
)
def test_hours_that_cannot_be_get_one_clear_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        presence.hours(words, eva())

    assert sentence in str(refused.value)
    assert "/truce hours mon-wed 9-15" in str(refused.value)


def test_hours_alone_are_shown_and_team_goes_back_to_the_teams() -> None:
    own = presence.hours("mon 9-15", eva()).told

    assert presence.hours("", eva(told=own)).told == own
    assert presence.hours("", eva(told=own)).words.startswith("Your own hours: mon 09:00-15:00")
    assert presence.hours("team", eva(told=own)).told == Presence()
    assert presence.hours("", eva()).words.startswith("Your hours are the team's: mon-fri 09:00-17:30")


def test_a_time_zone_that_nobody_knows_is_said_to_be_unknown() -> None:
    words = presence.hours("", eva(tz="Mars/Base")).words

    assert "Slack says you are in Mars/Base, a time zone I do not know: the team's counts." in words
    assert "(Europe/London time)" in words


def test_hot_ones_may_come_until_a_time_of_today() -> None:
    assert presence.hot("until 21:00", eva()).told.hot_until == berlin("2026-11-25T21:00")
    assert presence.hot("until today", eva()).told.hot_until == berlin("2026-11-26T00:00")
    assert presence.hot("until midnight", eva()).told.hot_until == berlin("2026-11-26T00:00")
    assert presence.hot("off", eva(hot_until=berlin("2026-11-25T21:00"))).told.hot_until is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", "Until when"), ("until Friday", "for today only"), ("until 9:00", "passed already")],
)
def test_hot_until_another_day_or_no_time_gets_a_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        presence.hot(words, eva())


def test_days_off_add_up_and_those_that_are_over_go() -> None:
    reply = presence.off("24 Dec", eva(days_off=(date(2026, 11, 2), date(2026, 12, 23))))

    assert reply.told.days_off == (date(2026, 12, 23), date(2026, 12, 24))
    assert "Wed 23 Dec 2026, Thu 24 Dec 2026" in reply.words
    cleared = presence.off("none", eva(told=reply.told))
    assert cleared.told.days_off == ()
    assert cleared.words == "You have no days off of your own. Say them like `/truce off 24 Dec - 2 Jan`."


def test_half_a_year_of_days_off_is_an_absence() -> None:
    with pytest.raises(Refused, match="/truce away until"):
        presence.off("1 Jan - 1 May", eva())


def test_away_is_from_now_to_the_end_in_ones_own_zone() -> None:
    reply = presence.away("until Friday", eva())

    assert reply.told == Presence(away_from=NOW, away_until=berlin("2026-11-27T00:00"), why=Why.SAID)
    assert "You are away until Friday, 27 November." in reply.words


def test_away_later_begins_later() -> None:
    reply = presence.away("24 Dec - 2 Jan", eva())

    assert reply.told.away_from == berlin("2026-12-24T00:00")
    assert "from Thursday, 24 December until Sunday, 3 January 2027" in reply.words


def test_away_without_an_end_is_asked_for_one() -> None:
    with pytest.raises(Refused, match="Until when"):
        presence.away("", eva())


def test_who_comes_back_is_here_and_the_absence_is_remembered_as_far_as_it_went() -> None:
    gone = presence.away("until Friday", eva()).told
    later = berlin("2026-11-26T09:00")

    told = presence.back("", eva(told=gone, now=later)).told

    assert (told.away_from, told.away_until, told.why) == (NOW, later, None)
    assert not told.away(later)


def test_who_goes_away_again_has_their_absence_before_remembered() -> None:
    home = berlin("2026-11-26T09:00")
    back = presence.back("", eva(told=presence.away("until Friday", eva()).told, now=home)).told

    again = presence.away("until 1 December", eva(told=back, now=home + timedelta(hours=3))).told

    assert again.past == (Stop(NOW, home),)
    assert [begin for begin, _ in again.absences()] == [NOW, home + timedelta(hours=3)]


def test_who_stays_away_longer_is_away_in_one_absence() -> None:
    gone = presence.away("until Friday", eva()).told

    longer = presence.away("until 1 December", eva(told=gone, now=berlin("2026-11-26T09:00"))).told

    assert longer == Presence(away_from=NOW, away_until=berlin("2026-12-01T00:00"), why=Why.SAID)


def test_of_absences_the_newest_are_remembered() -> None:
    told, now = Presence(), NOW
    for _ in range(70):
        told, now = presence.away("for 2 days", eva(told=told, now=now)).told, now + timedelta(days=3)

    assert len(told.past) == presence.MOST_PAST


def test_an_absence_that_has_not_begun_is_called_off_whole() -> None:
    planned = presence.away("24 Dec - 2 Jan", eva()).told

    assert presence.back("", eva(told=planned)).told == Presence()


def test_back_without_having_been_away_changes_nothing() -> None:
    assert presence.back("", eva()).words == "You are not away: leads come to you."


# What a status says.


def test_a_sick_status_is_an_absence_to_its_end() -> None:
    until = berlin("2026-11-27T18:00")

    told = presence.noticed(replace(SICK, until=until), eva())

    assert (told.away_from, told.away_until, told.why) == (NOW, until, Why.STATUS)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-25T10:30", "2026-11-25T17:30"),
        ("2026-11-25T07:00", "2026-11-25T17:30"),
        ("2026-11-25T20:00", "2026-11-26T17:30"),
        ("2026-11-28T12:00", "2026-11-30T17:30"),
    ],
)
def test_one_without_an_end_lasts_to_the_end_of_the_working_day(now: str, end: str) -> None:
    told = presence.noticed(SICK, eva(now=berlin(now)))

    assert told.away_until == berlin(end)


def test_one_that_still_stands_the_next_day_is_an_absence_of_that_day_too() -> None:
    told = presence.noticed(SICK, eva())
    tomorrow = berlin("2026-11-26T08:00")

    again = presence.noticed(SICK, eva(told=told, now=tomorrow))

    assert (again.away_from, again.away_until) == (tomorrow, berlin("2026-11-26T17:30"))


def test_the_same_status_seen_again_changes_nothing() -> None:
    told = presence.noticed(SICK, eva())

    assert presence.noticed(SICK, eva(told=told, now=berlin("2026-11-25T12:00"))) == told


def test_a_status_that_is_taken_away_ends_its_absence() -> None:
    told = presence.noticed(SICK, eva())
    noon = berlin("2026-11-25T12:00")

    after = presence.noticed(Status(), eva(told=told, now=noon))

    assert (after.away_until, after.why, after.status) == (noon, None, None)


def test_it_does_not_end_an_absence_that_they_said_themselves() -> None:
    said = presence.away("until Friday", eva()).told

    assert presence.noticed(Status(), eva(told=said)) == said
    assert presence.noticed(SICK, eva(told=said)).away_until == said.away_until


def test_who_says_that_they_are_back_is_not_sent_away_by_the_status_that_stands() -> None:
    told = presence.noticed(SICK, eva())
    later = berlin("2026-11-25T12:00")
    here = presence.back("", eva(told=told, now=later)).told

    assert presence.noticed(SICK, eva(told=here, now=berlin("2026-11-25T12:05"))) == here
    assert presence.noticed(
        replace(SICK, text="Sick again"), eva(told=here, now=berlin("2026-11-26T09:00"))
    ).away(berlin("2026-11-26T10:00"))


def test_an_absence_that_was_said_begins_where_that_of_a_status_ends_and_outlasts_the_status() -> None:
    said = presence.away("tomorrow - Friday", eva()).told
    midnight, noon = berlin("2026-11-26T00:00"), berlin("2026-11-26T12:00")

    sick = presence.noticed(replace(SICK, until=noon), eva(told=said))
    begun = presence.following(sick, midnight)

    assert (sick.away_until, sick.why) == (midnight, Why.STATUS)
    assert (begun.away_from, begun.away_until, begun.why) == (midnight, berlin("2026-11-28T00:00"), Why.SAID)
    assert presence.noticed(Status(), eva(told=begun, now=noon)).away(noon)


def test_who_is_back_and_then_plans_an_absence_is_not_sent_away_by_the_status_that_stands() -> None:
    here = presence.back("", eva(told=presence.noticed(SICK, eva()))).told
    planned = presence.away("24 Dec - 2 Jan", eva(told=here)).told

    assert presence.noticed(SICK, eva(told=planned)) == planned
    begun = presence.following(planned, berlin("2026-12-24T00:00"))
    assert presence.noticed(Status(), eva(told=begun, now=berlin("2026-12-24T09:00"))).why is Why.SAID


def test_another_status_with_an_end_only_holds_messages_back() -> None:
    until = berlin("2026-11-25T11:30")

    told = presence.noticed(Status(text="In a meeting", until=until), eva())

    assert not told.away(NOW)
    assert told.quiet_to(NOW) == until
    assert presence.noticed(Status(), eva(told=told)).quiet_to(NOW) == NOW


def test_another_status_without_an_end_holds_nothing_back() -> None:
    assert presence.noticed(Status(emoji=":rocket:", text="Shipping"), eva()) == Presence()


def test_an_absence_that_is_planned_while_another_lasts_leaves_both() -> None:
    sick = presence.away("until Friday", eva()).told

    reply = presence.away("24 Dec - 2 Jan", eva(told=sick))

    assert reply.told.away(NOW)
    assert not reply.told.away(berlin("2026-11-27T00:00"))
    assert reply.words.startswith(
        "You are away from Thursday, 24 December until Sunday, 3 January 2027."
        " You are also away until Friday, 27 November."
    )


def test_who_falls_ill_keeps_the_holiday_that_they_planned() -> None:
    planned = presence.away("24 Dec - 2 Jan", eva()).told

    ill = presence.noticed(replace(SICK, until=NOW + timedelta(days=1)), eva(told=planned))

    later = presence.following(ill, NOW + timedelta(days=2))
    assert ill.away(NOW)
    assert (later.away_from, later.away_until) == (berlin("2026-12-24T00:00"), berlin("2027-01-03T00:00"))
    assert Stop(NOW, NOW + timedelta(days=1)) in later.past


def test_an_absence_that_lasts_goes_on_into_the_one_that_it_touches() -> None:
    sick = presence.away("until Friday", eva()).told

    told = presence.away("27 Nov - 4 Dec", eva(told=sick)).told

    assert (told.away_from, told.away_until, told.past) == (NOW, berlin("2026-12-05T00:00"), ())


def test_a_planned_absence_that_is_said_anew_has_the_days_that_were_said_last() -> None:
    first = presence.away("24 Dec - 2 Jan", eva()).told

    told = presence.away("23 Dec - 30 Dec", eva(told=first)).told

    assert (told.away_from, told.away_until) == (berlin("2026-12-23T00:00"), berlin("2026-12-31T00:00"))
    assert told.past == ()


def test_who_is_back_early_is_told_of_the_absence_that_is_still_to_come() -> None:
    sick = presence.away("until Friday", eva()).told
    both = presence.away("24 Dec - 2 Jan", eva(told=sick)).told

    reply = presence.back("", eva(told=both, now=NOW + timedelta(hours=2)))

    assert not reply.told.away(NOW + timedelta(hours=2))
    assert reply.told.away(berlin("2026-12-24T10:00"))
    assert reply.words == (
        "Welcome back: leads come to you again. You are still away from Thursday, 24 December until"
        " Sunday, 3 January 2027."
    )
