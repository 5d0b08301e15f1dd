"""The generic feed: what a CRM may send, and what it is told about the rest."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arrivals import LeadArrival, Senseless, Touch, TouchArrival, Value
from bot.errors import Unintelligible
from bot.intake import Delivery, read

FULL = json.loads("""
{"id": "crm-991", "source": "demo_request", "campaign": "Autumn webinar", "occurred_at": "2026-11-22T09:30:00Z",
 "contact": {"name": "Pat Doe", "email": "Pat@Globex.test", "title": "VP Operations", "phone": "+44 20 7946 0000"},
 "company": {"name": "Globex", "domain": "globex.test", "industry": "Logistics", "employees": 250, "country": "GB"},
 "score": 90, "facts": {"budget": "yes"}, "url": "https://crm.test/leads/991",
 "owner": "Amy@acme.test", "status": "rejected", "reason": "no_budget",
 "touches": [{"kind": "webinar", "at": "2026-11-20T15:00:00Z", "detail": "stayed to the end"}]}
""")
TIME = "This should be a time, like 2026-11-22T09:30:00Z, or a date, like 2026-11-22."
TOUCH = {
    "lead": "crm-991",
    "kind": "call",
    "at": "2026-11-22T10:05:00+01:00",
    "by": "Amy@acme.test",
    "detail": "left a message",
}


def sent(value: Any) -> Delivery:
    return read(json.dumps(value).encode(), "website")


def lead(**told: Any) -> LeadArrival:
    [item] = sent({"id": "crm-991", **told}).items
    assert isinstance(item, LeadArrival), item
    return item


def fields(**told: Any) -> dict[str, Value]:
    return dict(lead(**told).fields)


def problems(value: Any) -> dict[str, str]:
    [item] = sent(value).items
    assert isinstance(item, Senseless), item
    return {problem.path: problem.words for problem in item.problems}


def complaint(**told: Any) -> str:
    """The one problem with a lead that says this, as `path: words`."""
    [(path, words)] = problems({"id": "crm-991", **told}).items()
    return f"{path}: {words}"


def test_a_lead_is_read_whole() -> None:
    assert lead(**FULL) == LeadArrival(
        feed="website",
        external_id="crm-991",
        occurred_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        fields={
            "source": "demo_request",
            "campaign": "Autumn webinar",
            "contact.name": "Pat Doe",
            "contact.email": "pat@globex.test",
            "contact.title": "VP Operations",
            "contact.phone": "+442079460000",
            "company.name": "Globex",
            "company.domain": "globex.test",
            "company.industry": "Logistics",
            "company.employees": 250,
            "company.country": "GB",
            "score": 90,
            "facts.budget": "yes",
            "url": "https://crm.test/leads/991",
        },
        touches=(
            Touch(kind="webinar", at=datetime(2026, 11, 20, 15, tzinfo=UTC), detail="stayed to the end"),
        ),
        owner="amy@acme.test",
        status="rejected",
        reason="no_budget",
    )


def test_a_touch_is_read_whole() -> None:
    at = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    touch = Touch(kind="call", at=at, detail="left a message", by="amy@acme.test")

    expected = TouchArrival(feed="website", lead="crm-991", touch=touch)
    assert sent({"touch": TOUCH}) == Delivery(items=(expected,), array=False)


def test_a_touch_may_name_its_lead_by_email_or_number() -> None:
    leads = [
        item.lead
        for name in ("Pat@Globex.test", 991)
        for item in sent({"touch": {**TOUCH, "lead": name}}).items
        if isinstance(item, TouchArrival)
    ]
    assert leads == ["pat@globex.test", "991"]


def test_in_an_array_each_is_read_for_itself_and_the_order_stays() -> None:
    delivery = sent([{"id": 1}, {"score": "high"}, {"touch": TOUCH}, 7])

    assert delivery.array
    kinds = [type(item) for item in delivery.items]
    assert kinds == [LeadArrival, Senseless, TouchArrival, Senseless]
    assert sent([]) == Delivery(items=(), array=True)


def test_an_array_of_a_hundred_is_taken_and_a_longer_one_is_refused_as_one() -> None:
    assert len(sent([{"id": 1}] * 100).items) == 100

    assert problems([{"id": 1}] * 101) == {"": "An array may have at most 100 items, this one has 101."}
    assert not sent([{"id": 1}] * 101).array


@pytest.mark.parametrize("value", [None, True, 7, "lead", 1.5])
def test_what_is_neither_object_nor_array_makes_no_sense(value: Any) -> None:
    assert problems(value) == {"": "This should be an object: a lead, a touch or a deal."}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}x",
        b"\xff\xfe{\x00}\x00",
        b'{"id": "\xe9"}',
        b'{"score": NaN}',
        b'{"score": -Infinity}',
        b'{"id": "a\x01"}',
        b"[" * 100_000,
        b"[" * 40 + b"]" * 40,
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ],
)
def test_what_is_not_json_is_unintelligible(body: bytes) -> None:
    with pytest.raises(Unintelligible):
        read(body, "website")


def test_a_key_twice_and_a_byte_order_mark_do_no_harm() -> None:
    [item] = read(b'\xef\xbb\xbf{"id": "a", "id": "b"}', "website").items

    assert isinstance(item, LeadArrival)
    assert item.external_id == "b"


def test_all_problems_are_told_at_once_by_the_senders_own_paths() -> None:
    told = {
        "id": ["crm-991"],
        "contact": {"email": "pat", "phone": 442079460000},
        "company": {"employees": "many", "country": "Atlantis"},
        "score": "high",
        "facts": 3,
        "occurred_at": 1795340000,
        "touches": [{"kind": "call", "at": "2026-11-22"}, {"at": "yesterday", "by": "amy"}, 7],
    }

    assert problems(told) == {
        "id": "An id should be a text or a whole number, not a list.",
        "contact.email": "This should be one e-mail address, like pat@globex.com.",
        "contact.phone": "This should be a text, not a number.",
        "company.employees": "This should be a whole number of people, like 250.",
        "company.country": "This should be a country's code of two letters, like GB.",
        "score": "This should be a number, like 90, not a text.",
        "facts": "This should be an object.",
        "occurred_at": TIME,
        "touches.1.kind": "A touch needs `kind`.",
        "touches.1.at": TIME,
        "touches.1.by": "This should be one e-mail address, like pat@globex.com.",
        "touches.2": "This should be an object with kind and at.",
    }


@pytest.mark.parametrize(
    "told", [{}, {"id": None}, {"id": " ", "contact": {"email": "\0"}}, {"contact": None}]
)
def test_a_lead_needs_an_id_or_an_email(told: Any) -> None:
    assert problems(told) == {"id": "A lead needs an id or a contact.email."}
    assert lead(id=None, contact={"email": "pat@globex.test"}).external_id is None


def test_a_touch_needs_lead_kind_and_time() -> None:
    assert problems({"touch": {}}).keys() == {"touch.lead", "touch.kind", "touch.at"}
    assert problems({"touch": {**TOUCH, "lead": None}}).keys() == {"touch.lead"}
    assert problems({"touch": "call"}).keys() == {"touch"}
    assert problems({"touch": TOUCH, "id": "crm-991"}) == {
        "touch": "A touch comes alone, in an object of its own."
    }


def test_what_we_do_not_know_is_kept_as_facts() -> None:
    told = fields(
        budget="yes",
        tags=["a", {"b": None}],
        pets=True,
        contact={"shoe size": 44.5},
        company={"vat": "GB1"},
        facts={"plan": {"seats": 5}, "source": "theirs", "gone": None},
        **{"": 1, "a\0b": 2},
    )

    assert told == {
        "facts.budget": "yes",
        "facts.tags": '["a",{"b":null}]',
        "facts.pets": True,
        "facts.contact.shoe size": 44.5,
        "facts.company.vat": "GB1",
        "facts.plan": '{"seats":5}',
        "facts.source": "theirs",
        "facts.gone": None,
        "facts.unnamed": 1,
        "facts.ab": 2,
    }


def test_empty_says_nothing_and_null_erases() -> None:
    assert fields(source="", campaign=None, contact={"name": " ", "phone": None}, company=None) == {
        "campaign": None,
        "contact.phone": None,
    }


def test_texts_are_trimmed_and_lose_what_cannot_be_kept_or_shown() -> None:
    assert fields(contact={"name": "  Pat\0\x1b\r\n\tDoe \ud800 "}) == {"contact.name": "Pat\n\tDoe"}


def test_a_text_has_ten_thousand_characters_at_most_and_a_name_255() -> None:
    assert fields(facts={"notes": "é" * 10_000})
    assert complaint(facts={"notes": "é" * 10_001}) == "facts.notes: This is longer than 10,000 characters."
    assert complaint(facts={"notes": ["é" * 10_000]}) == "facts.notes: This is longer than 10,000 characters."
    assert complaint(source="é" * 256) == "source: This is longer than 255 characters."


@pytest.mark.parametrize("digits", ["9223372036854775808", "-9223372036854775809", "1e999", "9" * 5000])
def test_a_number_that_nothing_can_hold_is_a_problem_and_is_kept_as_it_came(digits: str) -> None:
    for field in ("id", "score", "budget"):
        [item] = read(f'{{"id": "a", "{field}": {digits}}}'.encode(), "website").items

        assert isinstance(item, Senseless)
        [problem] = item.problems
        assert problem.path == field
        assert problem.words.endswith("not a number too large to keep.")
        assert digits in item.raw


def test_the_largest_number_of_64_bits_is_taken() -> None:
    assert fields(score=2**63 - 1)["score"] == 2**63 - 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22t09:30:00.5z", datetime(2026, 11, 22, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-11-22 01:30+02:00", datetime(2026, 11, 21, 23, 30, tzinfo=UTC)),
        ("20261122T093000-0100", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_times_are_iso_8601_and_come_out_in_utc(written: str, meant: datetime) -> None:
    assert lead(occurred_at=written).occurred_at == meant


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-11-22T09:30:00", "does not say where"),
        ("22.11.2026", "should be a time"),
        ("2026-02-30", "should be a time"),
        ("0001-01-01T00:00:00+14:00", "a year from 1970"),
        ("9999-12-31", "a year from 1970 to 2199"),
    ],
)
def test_other_times_are_refused_with_a_sentence(written: str, words: str) -> None:
    assert words in complaint(occurred_at=written)


@pytest.mark.parametrize(
    ("phone", "country", "kept"),
    [
        ("020 7946 0000", "GB", "+442079460000"),
        ("020 7946 0000", None, "020 7946 0000"),
        ("0044 20 7946 0000", None, "+442079460000"),
        ("0044 20 7946 0000", "FR", "+442079460000"),
        ("00", None, "00"),
        ("+1 (212) 555-0100 ext. 5", None, "+12125550100 ext. 5"),
        ("12", "GB", "12"),
        ("ask Pat", "GB", "ask Pat"),
    ],
)
def test_a_phone_number_is_normalised_where_it_can_be(phone: str, country: str | None, kept: str) -> None:
    assert fields(contact={"phone": phone}, company={"country": country})["contact.phone"] == kept


@pytest.mark.parametrize(
    ("country", "code"), [("gb", "GB"), ("UK", "GB"), ("United Kingdom", "GB"), ("usa", "US"), ("CI", "CI")]
)
def test_a_country_is_a_code_and_its_name_will_do(country: str, code: str) -> None:
    assert fields(company={"country": country}) == {"company.country": code}


@pytest.mark.parametrize(
    ("employees", "number"), [(0, 0), (250.0, 250), ("250", 250), ("1,200", 1200), ("1.200", 1200)]
)
def test_employees_may_be_a_number_in_a_text(employees: Any, number: int) -> None:
    assert fields(company={"employees": employees}) == {"company.employees": number}


@pytest.mark.parametrize("employees", [-1, 2.5, True, "51-200", [3], "9" * 5000, 2**31])
def test_employees_are_a_whole_number_of_people(employees: Any) -> None:
    assert complaint(company={"employees": employees}).startswith("company.employees: This should be")


@pytest.mark.parametrize("domain", ["globex.test", "https://www.Globex.test/about?x", "www.globex.test"])
def test_a_domain_may_be_written_as_a_web_address(domain: str) -> None:
    assert fields(company={"domain": domain}) == {"company.domain": "globex.test"}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "crm.test/1", "https://a b", "https://a|<b>", "https://"]
)
def test_a_link_is_a_link(url: str) -> None:
    assert complaint(url=url) == "url: This should be a link that starts with https://."


def test_a_reason_is_one_of_ours_and_goes_with_a_rejection_only() -> None:
    assert lead(status="Rejected", reason="not_now").reason == "not_now"
    assert lead(status="rejected").status == "rejected"
    assert (
        complaint(status="accepted", reason="not_now")
        == "reason: A reason goes with the status rejected only."
    )
    assert complaint(status="rejected", reason="meh").startswith("reason: This should be one of: not_icp, ")


def test_a_status_is_a_state_that_a_crm_can_know() -> None:
    words = "This should be one of: new, nurture, accepted, working, rejected, converted, closed."

    assert complaint(status="offered") == f"status: {words}"


def test_what_makes_no_sense_is_kept_as_it_came() -> None:
    [item] = read('{"score": "Zoë",  "x": [1.50, "\\ud800", "\\u0000"]}'.encode(), "website").items

    assert isinstance(item, Senseless)
    assert item.raw == '{"score":"Zoë","x":[1.5,"\\ud800","\\u0000"]}'


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
KEYS = (
    st.sampled_from([*FULL, *TOUCH, "name", "email", "employees", "country", "phone", "touch", "deal"])
    | ANY_TEXT
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT | st.emails(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=15,
)


def can_be_kept(value: Value) -> bool:
    return not isinstance(value, str) or ("\0" not in value and value.encode().decode() == value != "")


@settings(derandomize=True, max_examples=300, deadline=None)
@given(ANY_JSON | st.dictionaries(KEYS, ANY_JSON))
def test_no_json_makes_it_crash_and_all_that_comes_out_can_be_kept(value: Any) -> None:
    # Python writes infinity as a word; a sender writes a number that large.
    body = json.dumps(value).replace("Infinity", "1e999").encode()

    for item in read(body, "website").items:
        if isinstance(item, Senseless):
            assert item.problems
            assert can_be_kept(item.raw)
            assert all(can_be_kept(problem.path + problem.words) for problem in item.problems)
            json.loads(item.raw)
        elif isinstance(item, LeadArrival):
            assert all(can_be_kept(part) for pair in item.fields.items() for part in pair)
            assert item.external_id or item.fields["contact.email"]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary() | st.text().map(str.encode) | st.text('{}[]",:0123456789eE.-\\u ').map(str.encode))
def test_no_bytes_make_it_crash(body: bytes) -> None:
    try:
        delivery = read(body, "website")
    except Unintelligible:
        return
    assert delivery.array or len(delivery.items) == 1
