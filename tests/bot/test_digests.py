"""When a digest goes to whom, and what it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import ids
from bot.digests import (
    Audience,
    Digest,
    FirstDays,
    LookedBack,
    OpenDeal,
    Overdue,
    SecondChance,
    Usual,
    Waiting,
    all_late,
    delivery,
    digest_message,
    latest_round,
    read_switch,
    reported,
)
from bot.errors import Refused
from bot.figures import Figures, Share, Tally
from bot.leads.lead import Lead, Verdict
from bot.periods import last_week
from bot.reports import Report
from bot.settings.kinds import WeeklyTime
from bot.voices import Theme
from bot.working_time import Calendar, Waited, Week, read_holiday
from tests.bot.examples import ACME, NOW, accepted, offered

MONDAY_AT_NINE = WeeklyTime.read("mon 09:00")
OFFICE = Week.parse({"mon-fri": "09:00-17:30"})


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-22T18:59", "2026-W47"),  # on the first island it is a minute to nine
        ("2026-11-22T19:00", "2026-W48"),
        ("2026-11-23T09:00", "2026-W48"),
        ("2026-11-29T18:00", "2026-W48"),
        ("2026-12-27T19:00", "2026-W53"),
        ("2027-01-03T19:00", "2027-W01"),
    ],
)
def test_a_round_begins_where_a_day_begins_first(now: str, week: str) -> None:
    assert latest_round(datetime.fromisoformat(now).replace(tzinfo=UTC), MONDAY_AT_NINE) == week


@pytest.mark.parametrize("day", range(400))
def test_every_week_has_one_round_and_it_reports_the_week_before(day: int) -> None:
    now = NOW + timedelta(days=day)

    week = latest_round(now, MONDAY_AT_NINE)

    assert reported(week) == last_week(now.date())


@pytest.mark.parametrize(
    ("zone", "holidays", "week", "at"),
    [
        ("Europe/London", [], "2026-W48", "2026-11-23T09:00+00:00"),
        ("Asia/Tokyo", [], "2026-W48", "2026-11-23T00:00+00:00"),
        ("Europe/London", ["2026-11-23", "2026-11-24"], "2026-W48", "2026-11-25T09:00+00:00"),
        ("Europe/London", [], "2026-W14", "2026-03-30T08:00+00:00"),  # the clocks went forward the day before
        ("Europe/London", [], "2026-W44", "2026-10-26T09:00+00:00"),
    ],
)
def test_it_is_nine_by_the_readers_clock_or_the_next_working_day(
    zone: str, holidays: list[str], week: str, at: str
) -> None:
    calendar = Calendar(ZoneInfo(zone), OFFICE, frozenset(map(read_holiday, holidays)))

    assert delivery(week, calendar, MONDAY_AT_NINE) == datetime.fromisoformat(at)


def test_who_never_works_gets_it_all_the_same() -> None:
    calendar = Calendar(ZoneInfo("Europe/London"), Week.parse({"mon": "9-10"}), frozenset())
    closed = replace(calendar, week=replace(OFFICE, days=((),) * 7))

    assert delivery("2026-W48", closed, MONDAY_AT_NINE) == datetime(2026, 11, 23, 9, tzinfo=UTC)


def week_of(*tallies: Tally, **more: Any) -> Report:
    figures = Figures(tallies=tallies, decided={})
    return Report(period=last_week(NOW.date()), figures=figures, before=Figures(decided={}), at=NOW, **more)


def digest(audience: Audience = Audience.MANAGER, **changes: object) -> Digest:
    return Digest(**{"id": "2026-W48|UHAL", "audience": audience, "report": week_of(), **changes})  # type: ignore[arg-type] # by name


def late(number: int, lead: Lead | None = None) -> list[Waiting]:
    one = lead or offered()
    return [
        Waiting(
            lead=replace(one, fields={**one.fields, "contact.name": f"Lead {each}"}),
            waited=Waited(90_000 - each, 3),
        )
        for each in range(number)
    ]


def buttons(told: Digest) -> list[tuple[str, str]]:
    found = []
    for block in digest_message(told, ACME).body()["blocks"]:
        parts = [block["accessory"]] if block.get("accessory") else block.get("elements", [])
        found += [(part["text"]["text"], part["action_id"]) for part in parts if part["type"] == "button"]
    return found


def test_a_week_in_which_nothing_happened_is_told_to_a_manager() -> None:
    told = digest()

    text = digest_message(told, ACME).text
    assert told.is_empty
    assert text.startswith("Week 47 (16 to 22 November 2026). Handed over 0 (0) = accepted 0")
    assert "Nothing is late now." in text


def test_what_is_late_comes_longest_first_ten_with_buttons_and_all_behind_one_more() -> None:
    told = digest(late=late(10), late_in_all=23)

    assert buttons(told) == [*[("Give to...", ids.GIVE)] * 10, ("All", ids.DIGEST_ALL)]
    text = digest_message(told, ACME).text
    assert "23 leads late now, longest first: Lead 0 at Globex: 3 working days for an answer." in text
    assert ". And 13 more leads." in text


def test_two_leads_of_the_same_words_have_a_button_each() -> None:
    twins = [
        Waiting(lead=replace(offered(), id=each), waited=Waited(90_000, 3)) for each in ("twin1", "twin2")
    ]

    body = digest_message(digest(late=twins, late_in_all=2), ACME).body()

    values = [block["accessory"]["value"] for block in body["blocks"] if block.get("accessory")]
    assert values == ["twin1", "twin2"]


def test_a_rep_has_the_button_of_what_is_to_be_done() -> None:
    mine = digest(Audience.REP, late=[*late(1), *late(1, accepted())], late_in_all=2)

    assert [each for each, _ in buttons(mine)] == ["Accept", "Contacted"]
    assert "2 leads of yours late now" in digest_message(mine, ACME).text


def test_a_giant_of_a_week_fits_into_one_message() -> None:
    reasons = ("no_budget", "no_need", "not_icp", "spam")
    tallies = [
        Tally(
            number=1000,
            line=f"campaign:{'A' * 76} {each}",
            source="webinar",
            hot=False,
            verdict=Verdict.REJECTED,
            reason=reason,
        )
        for each in range(300)
        for reason in reasons
    ]
    long = [
        replace(each, lead=replace(each.lead, fields={**each.lead.fields, "contact.name": "N" * 80}))
        for each in late(10)
    ]

    body = digest_message(
        digest(
            report=week_of(*tallies, reminders={"remind": Share(part=1, whole=900)}),
            late=long,
            late_in_all=5000,
            stalled=[each.lead for each in long[:5]],
            stalled_in_all=900,
            quotes=["Q" * 3000] * 2,
            deals=[OpenDeal(title="D" * 80)] * 5,
            deals_in_all=700,
            back=LookedBack(
                due=90,
                done=80,
                unchosen=9,
                overdue=[Overdue(what="W" * 500, who="UAMY", due="2026-11-12")] * 40,
            ),
            heard=[Theme(theme="H" * 60, number=9, words="W" * 1000)] * 5,
            second_chances=[SecondChance(title="T" * 80, reason="no_budget")] * 30,
            first_days=FirstDays(until=NOW + timedelta(days=2), leads=[offered()] * 5, in_all=300),
        ),
        ACME,
    ).body()

    texts = [block["text"]["text"] for block in body["blocks"] if block.get("text")]
    assert len(body["blocks"]) <= 50
    assert sum(map(len, texts)) < 11_000
    assert len(body["text"]) <= 4000


def test_the_weeks_before_and_the_reminders_stand_beside_it() -> None:
    told = digest(
        usual=Usual(weeks=3, handed_over=30, acceptance=Share(part=20, whole=25)),
        report=week_of(reminders={"remind": Share(part=1, whole=20), "manager": Share(part=4, whole=5)}),
    )

    text = digest_message(told, ACME).text

    assert "In the 3 weeks before: 10.0 handed over a week, acceptance 80 % of 25." in text
    assert "Reminders sent 25; acted on within a working hour: 20 % of 25." in text
    assert (
        "The rule `remind` is mostly passed over (5 % of 20): `ladder`, `remind` in app.yaml moves it."
        in text
    )


def test_words_from_outside_are_dead_in_it() -> None:
    told = digest(
        quotes=["<!channel> *look*"],
        report=week_of(Tally(number=1, line="campaign:<!here>", source="", hot=False)),
    )

    body = str(digest_message(told, ACME).body())

    assert "<!channel>" not in body
    assert "<!here>" not in body


def test_the_view_of_all_that_is_late_takes_what_slack_takes_and_counts_the_rest() -> None:
    view = all_late(late(90), 200, NOW)

    assert len(view["blocks"]) == 91
    assert "110 more leads" in str(view["blocks"][-1])
    assert "Nothing is late" in str(all_late([], 0, NOW))


def test_deals_without_a_next_step_have_its_button_for_who_owns_their_lead() -> None:
    deals = [OpenDeal(title="Globex rollout", lead=accepted()), OpenDeal(title="Initech")]

    mine = digest(Audience.REP, deals=deals, deals_in_all=2)
    theirs = digest(deals=deals, deals_in_all=7)

    assert buttons(mine) == [("Next step...", ids.NEXT_STEP)]
    assert "2 deals of yours without a next step: Globex rollout." in digest_message(mine, ACME).text
    assert buttons(theirs) == []
    assert (
        "7 deals without a next step: Globex rollout, Initech and 5 more."
        in digest_message(theirs, ACME).text
    )


def test_retros_and_changes_past_their_date_are_told_without_a_name() -> None:
    overdue = [Overdue(what="Ask about budget first", who="UAMY", due="2026-11-12")]

    text = digest_message(digest(back=LookedBack(due=3, done=2, unchosen=1, overdue=overdue)), ACME).text

    assert "Retros of deals closed in this time: 2 of 3 done." in text
    assert "1 retro ended without a change: nobody chose one within three working days." in text
    assert "1 change past its date: “Ask about budget first”, due 12 Nov." in text
    assert "UAMY" not in text


def test_only_a_reason_that_counts_was_overturned() -> None:
    chances = [
        SecondChance(title="Globex rollout", reason="no_budget"),
        SecondChance(title="Initech", reason="not_now"),
    ]

    text = digest_message(digest(second_chances=chances), ACME).text

    assert "2 second chances won: Globex rollout (overturned: No budget)" in text
    assert "Initech (first: Right fit, wrong time)." in text


def test_what_first_days_kept_from_managers_can_be_switched_on() -> None:
    first = FirstDays(until=NOW + timedelta(days=2), leads=[offered()], in_all=3)

    still, over = digest(first_days=first), digest(first_days=replace(first, until=NOW))
    on = digest(first_days=replace(first, switched_on_by="UHAL"))

    assert buttons(still) == [("Switch on", ids.DIGEST_SWITCH_ON)]
    assert (
        "Managers would have been told of 3 leads: Pat Doe at Globex and 2 more."
        in digest_message(still, ACME).text
    )
    assert buttons(over) == buttons(on) == []
    assert "from now on managers are, too" in digest_message(over, ACME).text
    assert "<@UHAL> switched them on." in digest_message(on, ACME).text


@pytest.mark.parametrize(("words", "on"), [("", None), ("off", False), ("On.", True), ("stop", False)])
def test_a_digest_is_switched_by_a_word(words: str, on: bool | None) -> None:  # noqa: FBT001 - a case of the table
    assert read_switch(words) is on


def test_what_is_no_switch_is_refused() -> None:
    with pytest.raises(Refused, match="digest off"):
        read_switch("tomorrow")


def test_what_customers_spoke_of_stands_with_its_newest_words() -> None:
    heard = [
        Theme(theme="setup time", number=3, words="Too long."),
        Theme(theme="price", number=1, words="x"),
    ]

    text = digest_message(digest(heard=heard), ACME).text

    assert "Customers spoke of setup time 3, price 1. “Too long.”" in text
