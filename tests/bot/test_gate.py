"""The gate and the score: when a lead is really a lead, and what the card says for it."""

from dataclasses import replace
from typing import Any

import pytest

from bot import gate
from bot.agreement import Agreement
from bot.arrivals import Touch, Value
from bot.leads.lead import Lead
from tests.bot.examples import ACME, DAY, NOW, PAT, agreement, blank, touched


def lead(**changes: Value) -> Lead:
    """Pat; `changes` of fields with __ for a dot, None takes one away."""
    fields = {**PAT, **{path.replace("__", "."): value for path, value in changes.items()}}
    return replace(blank(), fields={path: value for path, value in fields.items() if value is not None})


def terms(**leads: Any) -> Agreement:
    return agreement(leads=leads)


def failing(known: Lead, own: Agreement = ACME, *touches: Touch) -> tuple[str, ...]:
    return gate.failing(known, touches, own, NOW)


def points(known: Lead, own: Agreement, *touches: Touch) -> float:
    return gate.score(known, touches, own, NOW).points


# The gate.


@pytest.mark.parametrize("missing", ["contact__email", "contact__phone"])
def test_an_email_or_a_phone_is_enough(missing: str) -> None:
    assert failing(lead(**{missing: None})) == ()


def test_without_both_it_is_not_reachable() -> None:
    assert failing(lead(contact__email=None, contact__phone=None)) == ("no e-mail or phone",)


@pytest.mark.parametrize(
    ("rule", "path", "words"),
    [
        ("company.country", "company__country", "no company country"),
        ("contact.title", "contact__title", "no contact title"),
    ],
)
def test_a_required_field_must_be_known(rule: str, path: str, words: str) -> None:
    own = terms(require=[rule])

    assert failing(lead(), own) == ()
    assert failing(lead(**{path: None}), own) == (words,)


def test_a_whole_section_is_there_with_any_of_its_fields() -> None:
    own = terms(require=["company"])
    nothing = {path.replace(".", "__"): None for path in PAT if path.startswith("company.")}

    assert failing(lead(company__name=None), own) == ()
    assert failing(lead(**nothing), own) == ("no company",)


@pytest.mark.parametrize(
    ("disqualify", "words"),
    [
        ({"email_domains": ["GLOBEX.test"]}, "e-mail domain globex.test is excluded"),
        ({"titles": ["vp operations"]}, "title VP Operations is excluded"),
        ({"countries": ["GB"]}, "country GB is excluded"),
    ],
)
def test_what_is_disqualified_is_named(disqualify: dict[str, Any], words: str) -> None:
    assert failing(lead(), terms(disqualify=disqualify)) == (words,)


@pytest.mark.parametrize("disqualify", [{"email_domains": ["bex.test"]}, {"titles": ["operations"]}])
def test_only_whole_values_disqualify(disqualify: dict[str, Any]) -> None:
    assert failing(lead(), terms(disqualify=disqualify)) == ()


def test_under_the_threshold_it_is_not_ready() -> None:
    own = terms(score={"threshold": 50})

    assert failing(lead(), own) == ("score 0 is under 50",)


def test_a_score_just_under_the_threshold_is_not_rounded_up_to_it() -> None:
    own = terms(score={"threshold": 10, "touches": {"webinar": 10}})

    assert failing(lead(), own, touched("webinar", NOW - DAY)) == ("score 9 is under 10",)


@pytest.mark.parametrize("source", ["demo_request", "contact_us", "by_hand"])
def test_who_asks_for_us_or_was_made_by_hand_needs_no_score(source: str) -> None:
    assert failing(lead(source=source), terms(score={"threshold": 50})) == ()


def test_who_asks_by_a_touch_needs_no_score_either() -> None:
    own = terms(score={"threshold": 50})

    assert failing(lead(), own, touched("demo_request", NOW - DAY)) == ()
    assert failing(lead(), own, touched("demo_request", NOW - 8 * DAY)) != ()
    assert failing(lead(), own, touched("demo_request", by="UAMY")) != ()


def test_a_request_for_contact_does_not_lift_who_is_disqualified() -> None:
    own = terms(disqualify={"countries": ["GB"]})

    assert failing(lead(source="demo_request"), own) == ("country GB is excluded",)


# The score.


@pytest.mark.parametrize(
    ("value", "condition", "fits"),
    [
        (250, ">=250", True),
        (249, ">=250", False),
        (251, ">250", True),
        (250, ">250", False),
        (250, "<=250", True),
        (249.5, "<250", True),
        ("250", ">=200", True),
        ("many", ">=200", False),
        (True, ">=1", False),
        ("VP Operations", "vp", True),
        ("VP, Operations", "vp operations", True),
        ("VPN Operator", "vp", False),
        ("Head of R&D", "r&d", True),
        ("C++ Lead", "c++", True),
        ("Logistics", "log", False),
        (250, "250", True),
    ],
)
def test_a_fact_fits_a_condition(value: Value, condition: str, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    own = terms(score={"facts": {"facts.x": {condition: 20}}})

    assert points(lead(facts__x=value), own) == (20 if fits else 0)


def test_a_touch_is_worth_half_after_its_half_life() -> None:
    own = terms(score={"touches": {"webinar": 10}, "half_life": "30d"})

    assert points(lead(), own, touched("webinar", NOW)) == 10
    assert points(lead(), own, touched("webinar", NOW - 30 * DAY)) == 5
    assert points(lead(), own, touched("webinar", NOW - 60 * DAY)) == 2.5
    assert points(lead(), own, touched("webinar", NOW + DAY)) == 10


def test_what_we_did_ourselves_and_what_has_no_points_adds_nothing() -> None:
    assert points(lead(), ACME, touched("webinar", by="UAMY"), touched("sneeze")) == 0


def test_the_three_biggest_reasons_are_told_and_no_deductions() -> None:
    own = terms(
        score={
            "facts": {
                "contact.title": {"vp": 20},
                "company.employees": {">=200": 15},
                "company.country": {"GB": -30},
                "company.industry": {"logistics": 5},
            },
            "touches": {"webinar": 10},
        }
    )
    score = gate.score(lead(), [touched("webinar")], own, NOW)

    assert score.reasons == ("Title: VP Operations (+20)", "Employees: 250 (+15)", "Webinar (+10)")
    assert score.points == 20


def test_many_touches_of_a_kind_are_one_reason() -> None:
    score = gate.score(lead(), [touched("pricing_page"), touched("pricing_page", NOW - 30 * DAY)], ACME, NOW)

    assert score.reasons == ("Pricing page, 2 times (+22)",)


def test_a_feeds_own_score_counts_only_where_full_marks_are_known() -> None:
    scaled = agreement(feeds={"crm": {"score_scale": 200}})

    assert gate.score(lead(score=90), (), scaled, NOW) == gate.Score(
        points=45, reasons=("score 45 of 100",), whose="crm"
    )
    assert gate.score(lead(score=90), (), ACME, NOW) == gate.Score(points=0, reasons=(), whose="agreement")


# Hot, and why.


def test_asking_for_us_makes_hot_and_a_score_only_where_it_is_set() -> None:
    known, many = lead(), [touched("pricing_page")] * 9
    by_score = terms(hot={"sources": ["demo_request"], "score": 80})

    assert gate.hot(lead(source="demo_request"), (), ACME, NOW)
    assert gate.hot(known, [touched("contact_us")], ACME, NOW)
    assert not gate.hot(known, many, ACME, NOW)
    assert gate.hot(known, many, by_score, NOW)


def test_why_begins_with_what_they_asked_for() -> None:
    assert gate.why(lead(), [touched("demo_request"), touched("webinar")], ACME, NOW) == (
        "Asked for us: demo request",
        "Webinar (+10)",
        "Came by webinar",
    )


def test_why_does_not_say_twice_by_what_they_came() -> None:
    assert gate.why(lead(source="demo_request"), (), ACME, NOW) == (
        "Asked for us: demo request",
        "Can be reached by phone and e-mail",
    )


def test_thousands_of_people_are_written_here_as_everywhere() -> None:
    rules = terms(score={"facts": {"company.employees": {">=200": 15}}})

    large = lead(company__employees=1200)

    assert gate.score(large, (), rules, NOW).reasons == ("Employees: 1,200 (+15)",)


def test_why_is_empty_when_nothing_is_known() -> None:
    assert gate.why(replace(blank(), fields={}), (), ACME, NOW) == ()
