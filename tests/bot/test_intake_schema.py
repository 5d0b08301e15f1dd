"""The schema that senders are given, held against what is really taken: the same, whatever is sent."""

import json
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from bot.arrivals import Senseless
from bot.intake import read, values
from bot.intake.forms import DEAL, LEAD, LISTS, TOUCH
from bot.intake.schema import KINDS, WORDS, json_schema, openapi
from tests.bot.openapi import PAGE, written

FULL = json.loads("""
{"id": "crm-991", "source": "demo_request", "campaign": "Autumn webinar", "occurred_at": "2026-11-22T09:30:00Z",
 "contact": {"name": "Pat Doe", "email": "Pat@Globex.test", "title": "VP Operations", "phone": "+44 20 7946 0000"},
 "company": {"name": "Globex", "domain": "globex.test", "industry": "Logistics", "employees": 250, "country": "GB"},
 "score": 90, "facts": {"budget": "yes"}, "url": "https://crm.test/leads/991",
 "owner": "Amy@acme.test", "status": "rejected", "reason": "no_budget",
 "touches": [{"kind": "webinar", "at": "2026-11-20T15:00:00Z", "detail": "stayed to the end"}]}
""")
DEALT = json.loads("""
{"id": "opp-7", "name": "Globex rollout", "stage": "lost", "amount": "12000.00", "currency": "EUR",
 "opened_at": "2026-09-01", "closed_at": "2026-12-01T10:00:00Z", "occurred_at": "2026-12-01",
 "leads": ["crm-991", "pat@globex.test", 7], "owner": "Amy@acme.test", "people": ["eva@acme.test"],
 "reason": "competitor", "competitor": "Initech", "url": "https://crm.test/deals/7", "facts": {"seats": 30}}
""")
FORMATS = {
    "amount": values.amount,
    "currency": values.currency,
    "email": values.email,
    "country": values.country,
    "domain": values.domain,
    "uri": values.link,
    "whole-number": values.employees,
    "date-time": values.moment,
    "date": values.moment,
}


def checker() -> FormatChecker:
    """What a pattern cannot say is said by our reader of that name."""
    formats = FormatChecker(formats=())
    for name, reader in FORMATS.items():
        formats.checks(name, raises=values.Wrong)(_fits(reader))
    return formats


def _fits(reader: Callable[[Any], Any]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        if isinstance(value, str):
            reader(value)
        return True

    return fits


SCHEMA = json_schema("website")
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=checker())


def taken(value: Any) -> bool:
    """Whether all of it is taken by the reader."""
    return not any(isinstance(item, Senseless) for item in read(json.dumps(value).encode(), "website").items)


NUMBERS: list[Any] = [0, -1, 1, 250, 250.0, -0.0, 1.5, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63), 1e300]
TEXTS = [
    "",
    " \n",
    "x",
    "x" * 255,
    "x" * 256,
    "x" * 10_000,
    "x" * 10_001,
    "pat@globex.test",
    "a@b",
    "GB",
    "Atlantis",
]
TEXTS += [
    "United Kingdom",
    "globex.test",
    "https://www.globex.test/a?b",
    "no domain",
    "ftp://globex.test",
    "1,200",
]
TEXTS += ["2026-11-22", "2026-11-22T09:30:00Z", "2026-11-22T09:30:00", "1969-12-31", "accepted", "rejected"]
TEXTS += ["eur", "EU", "12000.5", "1.23456", "-1", "won"]
TEXTS += ["no_budget", "250.0", "offered", "+44 20 7946 0000"]
ODD: list[Any] = [None, True, False, [], {}, ["a", 1], {"a": None}]
ANY = st.sampled_from([*NUMBERS, *TEXTS, *ODD])
GOOD = {path: value for path, value in FULL.items() if not isinstance(value, dict | list)}
GOOD |= {f"{part}.{name}": value for part in ("contact", "company") for name, value in FULL[part].items()}
UNKNOWN = ["budget", "x.y", "facts.z"]


def fields(names: list[str], good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of these fields and unknown ones, mostly with what fits."""
    each = {name: st.just(good[name]) | ANY if name in good else ANY for name in [*names, *UNKNOWN]}
    return st.fixed_dictionaries({}, optional=each)


def section(name: str) -> st.SearchStrategy[Any]:
    prefix = f"{name}."
    names = [path.removeprefix(prefix) for path in LEAD if path.startswith(prefix)]
    good = {path.removeprefix(prefix): value for path, value in GOOD.items() if path.startswith(prefix)}
    return fields(names, good) | ANY


TOUCHED = fields([*TOUCH], {"lead": "crm-991", **FULL["touches"][0], "by": "amy@acme.test"})
SECTIONS = {name: section(name) for name in ("contact", "company", "facts")}
MORE = st.fixed_dictionaries({}, optional={**SECTIONS, "touches": st.lists(TOUCHED | ANY, max_size=2) | ANY})
LEADS = st.builds(lambda flat, more: {**flat, **more}, fields([*LEAD], GOOD), MORE)
DEALS = st.builds(
    lambda told, lists: {"deal": {**told, **lists}},
    fields([*DEAL], DEALT),
    st.fixed_dictionaries({}, optional={name: st.lists(ANY, max_size=2) | ANY for name in [*LISTS, "facts"]}),
)
ALONE = st.fixed_dictionaries({"touch": TOUCHED | ANY}, optional={"id": ANY, "deal": ANY})
ITEMS = LEADS | DEALS | ALONE | ANY | st.fixed_dictionaries({"deal": ANY})
DELIVERIES = ITEMS | st.lists(ITEMS, max_size=3)


@given(DELIVERIES)
@settings(max_examples=80, deadline=None)
def test_what_the_schema_takes_is_taken_and_what_it_refuses_is_refused(sent: Any) -> None:
    judged_alike(sent)


@pytest.mark.slow
@given(DELIVERIES)
@settings(max_examples=1_000, deadline=None)
def test_the_same_of_very_many(sent: Any) -> None:
    judged_alike(sent)


def judged_alike(sent: Any) -> None:
    assert VALIDATOR.is_valid(sent) == taken(sent), [error.message for error in VALIDATOR.iter_errors(sent)]


def one_change_each() -> Iterator[Any]:
    """A full lead and a full touch with each field replaced by everything, one at a time."""
    touch = {"lead": "crm-991", **FULL["touches"][0], "by": "amy@acme.test", "campaign": "x"}
    for value in [*NUMBERS, *TEXTS, *ODD]:
        yield from ({**FULL, name: value} for name in [*FULL, *UNKNOWN, *LEAD])
        for part in ("contact", "company", "facts"):
            yield from ({**FULL, part: {**FULL[part], name: value}} for name in [*FULL[part], "new"])
        yield from ({"touch": {**touch, name: value}} for name in [*touch, "new"])
        yield from ({**FULL, "touches": [{**touch, name: value}]} for name in touch)
        yield {"touch": touch, "more": value}
        yield {"touch": value}
        yield {**FULL, "deal": value}
        yield from ({"deal": {**DEALT, name: value}} for name in [*DEALT, "new"])
        yield from ({"deal": {**DEALT, name: [value]}} for name in LISTS)
        yield {"deal": DEALT, "more": value}
        yield {"deal": value}


# All of them take seconds. Every eleventh meets each of the 63 fields as well, with four values in place of 47.
@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_each_field_is_as_strict_in_the_schema_as_in_the_reader(step: int) -> None:
    some = islice(one_change_each(), 0, None, step)

    different = [sent for sent in some if VALIDATOR.is_valid(sent) != taken(sent)]

    assert different == []


@pytest.mark.parametrize(
    "sent",
    [
        FULL,
        {"deal": DEALT},
        {"deal": {"id": 7, "stage": "won"}},
        {"deal": {**DEALT, "leads": ["crm-991"] * 101}},
        {"deal": {**DEALT, "people": ["eva@acme.test"] * 100}},
        {"deal": DEALT, "touch": {"lead": "a", "kind": "call", "at": "2026-11-22"}},
        [FULL, {"touch": {"lead": "a", "kind": "call", "at": "2026-11-22"}}],
        [],
        [FULL] * 100,
        [FULL] * 101,
        {},
    ],
)
def test_whole_deliveries_are_judged_alike(sent: Any) -> None:
    assert VALIDATOR.is_valid(sent) == taken(sent)


def test_the_schema_is_one_and_says_something_of_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert set(WORDS) == {
        *LEAD,
        *(f"touch.{name}" for name in TOUCH),
        *(f"deal.{name}" for name in (*DEAL, *LISTS)),
    }
    assert {*LEAD.values(), *TOUCH.values(), *DEAL.values(), *LISTS.values(), values.fact} == KINDS.keys()


def test_every_reference_leads_somewhere() -> None:
    document = openapi("0")
    for whole in (SCHEMA, document):
        for target in references(whole):
            found: Any = whole
            for step in target.removeprefix("#/").split("/"):
                found = found[step]
            assert found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for child in children:
        yield from references(child)


def test_the_document_in_docs_is_the_one_that_the_code_makes() -> None:
    """Else: python -m tests.bot.openapi."""
    assert PAGE.read_text(encoding="utf-8") == written(version("truce"))


def test_the_schema_of_the_document_is_that_of_the_feed() -> None:
    told = openapi("0")["components"]["schemas"]
    inside = json.loads(json.dumps(SCHEMA["$defs"]).replace("#/$defs/", "#/components/schemas/"))

    assert inside.items() <= told.items()
