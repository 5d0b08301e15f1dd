"""What is asked for, who may see it, and how it is told."""

import json
from dataclasses import replace
from datetime import date

import pytest

from bot.agreement import Agreement
from bot.attribution import Journey, Met
from bot.errors import Refused
from bot.figures import Closed, Figures, Share, Spread, Tally, kept
from bot.leads.lead import Verdict
from bot.money import Money
from bot.people import Person
from bot.periods import Period, last_week
from bot.reports import Report, Sight, as_json, nearest, read_request, report_words, seen_by
from bot.reports.told import lasted, spread_words
from tests.bot.examples import ACME, AMY, BEN, CHI, DAY, EVA, HAL, NOW, SAM, agreement

TODAY = date(2026, 11, 23)
WEEK = last_week(TODAY)
TEAMS = agreement(
    teams=[
        {
            "name": "dach",
            "channel": "#dach",
            "reps": ["ben@acme.test"],
            "managers": ["chi@acme.test"],
            "when": {"company.country": "DE"},
        },
        {"name": "rest", "channel": "#rest"},
    ]
)
OPEN = agreement(people={})


def test_a_request_is_a_period_and_what_makes_the_set_smaller() -> None:
    asked = read_request("march campaign: “Autumn webinar”, source=demo_request", TODAY)

    assert asked.period == Period(date(2026, 3, 1), date(2026, 4, 1))
    assert asked.filters == {"campaign": "Autumn webinar", "source": "demo_request"}


@pytest.mark.parametrize(
    ("words", "models"),
    [
        ("", ()),
        ("attribution: linear", ("linear",)),
        ("attribution: first, U and decay", ("first", "u", "decay")),
    ],
)
def test_models_of_attribution_may_be_chosen(words: str, models: tuple[str, ...]) -> None:
    assert read_request(words, TODAY).models == models
    assert len(read_request("attribution: all", TODAY).models) == 6


@pytest.mark.parametrize("words", ["", "campaign: X", "  last week  "])
def test_without_a_period_it_is_last_week(words: str) -> None:
    assert read_request(words, TODAY).period == WEEK


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("team:", "Which team?"),
        ("team: a team: b", "One team at a time"),
        ("attribution: magic", "There are `first`, `last`"),
        ("yesteryear team: a", "I do not know the period “yesteryear”"),
    ],
)
def test_a_request_without_sense_is_refused_with_a_sentence(words: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence.replace("?", r"\?")):
        read_request(words, TODAY)


def test_a_name_is_found_whatever_its_capitals_and_one_that_is_not_there_is_guessed() -> None:
    assert nearest("campaign", "autumn WEBINAR", ["Autumn webinar", "Fair"]) == "Autumn webinar"
    with pytest.raises(Refused, match=r"I know no campaign “Autum webinar”\. Did you mean “Autumn webinar”"):
        nearest("campaign", "Autum webinar", ["Autumn webinar", "Fair"])


@pytest.mark.parametrize(
    ("who", "where", "rep", "seen"),
    [
        (EVA, ACME, None, Sight(marketing=True)),
        (HAL, ACME, None, Sight()),
        (AMY, ACME, None, Sight(rep="UAMY")),
        (AMY, ACME, AMY, Sight(rep="UAMY")),
        (HAL, ACME, AMY, Sight(rep="UAMY")),
        (CHI, TEAMS, None, Sight(teams=("dach",))),
        (CHI, TEAMS, BEN, Sight(teams=("dach",), rep="UBEN")),
        (BEN, OPEN, None, Sight()),
        (HAL, agreement(figures_per_person="self"), None, Sight()),
    ],
)
def test_seeing_follows_acting(who: Person, where: Agreement, rep: Person | None, seen: Sight) -> None:
    assert seen_by(who, where, None, rep) == seen


@pytest.mark.parametrize(
    ("who", "where", "rep", "sentence"),
    [
        (AMY, ACME, BEN, "seen by that person and their manager"),
        (EVA, ACME, AMY, "seen by that person and their manager"),
        (AMY, OPEN, BEN, "seen by that person and their manager"),
        (HAL, agreement(figures_per_person="self"), AMY, "seen by that person and their manager"),
        (AMY, agreement(figures_per_person="off"), AMY, "switched off"),
        (SAM, ACME, None, "Only people of this workspace"),
    ],
)
def test_what_is_not_theirs_is_refused(
    who: Person, where: Agreement, rep: Person | None, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        seen_by(who, where, None, rep)


def a_week() -> Figures:
    line = "campaign:*Autumn* <!channel>"
    return Figures(
        tallies=(
            Tally(
                number=12,
                line=line,
                source="webinar",
                hot=False,
                verdict=Verdict.ACCEPTED,
                contacted=True,
                in_time=True,
            ),
            Tally(
                number=3,
                line=line,
                source="webinar",
                hot=False,
                verdict=Verdict.REJECTED,
                reason="no_budget",
                late=True,
            ),
            Tally(number=2, line="source:demo_request", source="demo_request", hot=True, waits=True),
        ),
        decided={Verdict.ACCEPTED: 12, Verdict.REJECTED: 3},
        to_decision=Spread.of({3600: 15}, [7200, 90_000]),
        system=Spread.of({1200: 17}),
        deals=(Closed(won=True, number=1, currency="EUR", amount=120_000_000),),
    )


def test_a_report_says_every_figure_with_its_count_and_the_week_before() -> None:
    report = Report(period=WEEK, figures=a_week(), before=Figures(decided={}), at=NOW)

    told = report_words(report, ACME)

    for words in (
        "*Week 47 (16 to 22 November 2026)*",
        "Handed over *17* (0) = accepted 12 + rejected 3 + waiting 2",
        "Acceptance: 80 % of 15 (none yet)",
        "Time to decision: middle 1 hour, nine of ten within 2 hours, of 17; 2 still waiting, longest 2 days",
        "System time, Truce's own: middle 1.2 s",
        "Within the clock, standard: 80 % of 15",
        "Followed up in time: 100 % of 12",
        "Rejected before first contact: No budget 3",
        "Lead quality: 80 % of 15",
        "Source demo request: 2 handed over",
        "Deals closed: won 1 of 1, 12,000 EUR",
        "In brackets: Week 46 (9 to 15 November 2026).",
    ):
        assert words in told, told
    assert "<!channel>" not in told


def test_what_was_won_is_owed_to_campaigns_by_the_models_of_the_agreement_and_all_are_in_json() -> None:
    met = tuple(Met(at=NOW - day * DAY, line=f"campaign:C{day}", source="webinar") for day in (3, 2, 1))
    won = tuple(
        Journey(met=each, closed_at=NOW, money=Money(currency="EUR", amount=120_000_000))
        for each in (met, ())
    )
    report = Report(
        period=WEEK, figures=a_week(), before=Figures(decided={}), at=NOW, won=won, pipeline=won[:1]
    )

    told, machines = (
        report_words(report, agreement(digest={"attribution": ["first", "linear"]})),
        as_json(report),
    )

    assert "Won by first touch: C3 1 (12,000 EUR), unknown 1 (12,000 EUR)" in told
    assert (
        "Won by all touches alike: unknown 1 (12,000 EUR), C1 0.3 (4,000 EUR), C2 0.3 (4,000 EUR), others 0.3"
        in told
    )
    assert "Open now by first touch: C3 1 (12,000 EUR)" in told
    assert machines["attribution"]["won"]["linear"]["sources"] == {
        "unknown": {"deals": "1", "money": {"EUR": "12000.00"}},
        "webinar": {"deals": "1", "money": {"EUR": "12000.00"}},
    }
    assert machines["attribution"]["pipeline"]["w"]["lines"]["campaign:C1"]["deals"] == "1/8"


def test_an_empty_week_is_told_too() -> None:
    report = Report(period=WEEK, figures=Figures(decided={}), before=Figures(decided={}), at=NOW)

    assert "Handed over *0* (0) = accepted 0 + rejected 0 + waiting 0" in report_words(report, ACME)


def test_many_campaigns_are_summed_up_after_the_tenth() -> None:
    tallies = tuple(
        Tally(number=50 - each, line=f"campaign:C{each}", source="webinar", hot=False) for each in range(30)
    )
    report = Report(
        period=WEEK, figures=Figures(tallies=tallies, decided={}), before=Figures(decided={}), at=NOW
    )

    told = report_words(report, ACME)

    assert "C9:" in told
    assert "C10:" not in told
    assert "20 other campaigns and sources: 610 handed over" in told


def test_more_than_fifteen_per_cent_of_other_says_that_the_list_needs_work() -> None:
    tallies = (
        Tally(number=16, line="source:x", source="x", hot=False, verdict=Verdict.REJECTED, reason="no_need"),
        Tally(number=4, line="source:x", source="x", hot=False, verdict=Verdict.REJECTED, reason="other"),
    )
    report = Report(
        period=WEEK, figures=Figures(tallies=tallies, decided={}), before=Figures(decided={}), at=NOW
    )

    assert "“Other” is 20 % of 20 rejections: the list of reasons needs work." in report_words(report, ACME)


def test_of_few_the_fastest_the_middle_and_the_slowest_are_told() -> None:
    few = Spread.of({60: 1, 3700: 1, 60_000: 1})

    assert few is not None
    assert spread_words(few, ACME) == "fastest 1 minute, middle 1 hour 1 min, slowest 16 hours, of 3"
    assert lasted(30, ACME) == "under a minute"


def test_of_a_long_time_no_more_working_days_are_told_than_have_passed() -> None:
    two = 17 * 3600  # of the week of ACME

    assert lasted(two - 1, ACME) == "16 hours"
    assert lasted(two, ACME) == "2 days"
    assert lasted(34 * two, ACME) == "68 days"


def test_other_tools_get_counts_and_seconds() -> None:
    report = Report(period=WEEK, figures=a_week(), before=Figures(decided={}), at=NOW)

    told = as_json(report)

    assert told["period"] == {"from": "2026-11-16", "to": "2026-11-23"}
    assert told["figures"]["acceptance"] == {"part": 12, "whole": 15}
    assert told["figures"]["system_time"]["middle"] == 1.2
    assert told["figures"]["revenue"] == [{"currency": "EUR", "amount": "12000.00"}]
    assert told["before"]["time_to_decision"] is None


def test_a_frozen_period_says_what_has_changed_since() -> None:
    now = a_week()
    then = replace(now, tallies=now.tallies[:1])
    report = Report(
        period=WEEK, figures=then, before=Figures(decided={}), at=NOW, frozen_at=NOW - DAY, since=now
    )

    told = report_words(report, ACME)

    assert "Handed over *12* (0) = accepted 12" in told
    assert "Changes since 22 Nov: handed over 12 → 17, rejected 0 → 3, waiting 0 → 2" in told
    assert "Frozen on 22 Nov. In brackets" in told
    assert as_json(report)["since"]["rejected"] == 3


def test_figures_that_were_kept_are_read_as_they_were() -> None:
    assert kept.read(json.loads(json.dumps(kept.write(a_week())))) == a_week()


def test_each_rule_of_reminders_has_its_share_in_a_report() -> None:
    rungs = {"remind": Share(part=1, whole=20), "manager": Share(part=4, whole=5)}
    report = Report(
        period=WEEK, figures=Figures(decided={}), before=Figures(decided={}), at=NOW, reminders=rungs
    )

    told = report_words(report, ACME)

    assert "• `manager`: sent 5, acted on 4 of 5" in told
    assert "• `remind`: sent 20, acted on 5 % of 20" in told
    assert "The rule `remind` is mostly passed over" in told
