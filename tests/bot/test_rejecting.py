"""The form "Not this one?": what it asks for each reason, and what becomes of what was filled in."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import ids
from bot.errors import Refused
from bot.handing import read_hand_over
from bot.leads.commands import Reject
from bot.reasons import REASONS
from bot.rejecting import answer_block, block_of, read_rejection, reject_form
from tests.bot.examples import ACME, DAY, HOUR, NOW, accepted, agreement, offered


def form(reason: str | None = None, **changes: Any) -> dict[str, Any]:
    return reject_form(replace(accepted(), **changes), ACME, NOW, reason)


def blocks(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def labels(view: dict[str, Any]) -> list[str]:
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


def chosen(value: str, text: str = "") -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": text or value}}}


def filled(reason: str, **told: dict[str, Any]) -> dict[str, Any]:
    """The state of a form in which this reason was chosen."""
    return {
        ids.REASON: {ids.REASON: chosen(reason)},
        **{block: {"any": value} for block, value in told.items()},
    }


def read(values: dict[str, Any], now: datetime = NOW) -> Reject:
    return read_rejection(values, "UAMY", ACME, now)


def test_the_reasons_stand_in_their_groups_with_the_agreements_labels() -> None:
    view = reject_form(offered(), agreement(reasons={"no_budget": "No money"}), NOW)
    groups = view["blocks"][1]["element"]["option_groups"]
    said = [option["text"]["text"] for group in groups for option in group["options"]]

    assert [group["label"]["text"] for group in groups] == [
        "Not a good lead",
        "Good, but later",
        "Good, but not for me",
        "Other",
    ]
    assert len(said) == len(REASONS)
    assert "No money" in said


@pytest.mark.parametrize(
    ("reason", "question"), [(reason.code, reason.question) for reason in REASONS.values() if reason.question]
)
def test_a_reason_brings_its_question(reason: str, question: str) -> None:
    asked = labels(form(reason, attempts=4))

    assert asked[1] == (question if reason != "unreachable" else "Attempt 5: day")


def test_as_many_attempts_are_asked_for_as_are_missing() -> None:
    assert len(blocks(form("unreachable", attempts=2))) == 2 + 2 * 3
    assert len(blocks(form("unreachable", attempts=5))) == 2


def test_only_other_needs_words() -> None:
    needed = {
        reason: not next(block for block in form(reason)["blocks"] if block.get("block_id") == ids.WORDS)[
            "optional"
        ]
        for reason in REASONS
    }

    assert [reason for reason, is_needed in needed.items() if is_needed] == ["other"]


def test_the_months_on_offer_begin_with_the_next() -> None:
    options = form("not_now")["blocks"][2]["element"]["options"]

    assert [option["value"] for option in options[:2]] == ["2026-12", "2027-01"]


def test_a_month_is_its_first_working_moment() -> None:
    command = read(filled("not_now", **{answer_block("not_now"): chosen("2027-01", "January 2027")}))

    assert command.until == datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert command.answer == "January 2027"


def test_a_known_record_is_named_in_words() -> None:
    command = read(filled("duplicate", **{answer_block("duplicate"): chosen("1ead-id", "Pat Doe at Globex")}))

    assert (command.answer, command.record) == ("Pat Doe at Globex", "1ead-id")


def test_an_answer_to_another_reason_is_no_answer() -> None:
    assert read(filled("not_icp", **{answer_block("spam"): chosen("Vendor")})).answer is None


def test_a_colleague_is_read_for_not_mine_alone() -> None:
    told = {answer_block("not_mine"): {"selected_user": "UBEN"}}

    assert read(filled("not_mine", **told)).colleague == "UBEN"
    assert read(filled("no_capacity", **told)).colleague is None


def test_attempts_of_one_day_are_two_and_none_lies_ahead() -> None:
    told = {
        "attempt.1.day": {"selected_date": "2026-11-23"},
        "attempt.1.kind": chosen("Call"),
        "attempt.2.day": {"selected_date": "2026-11-23"},
        "attempt.2.kind": chosen("E-mail"),
        "attempt.3.day": {"selected_date": "2026-11-20"},
        "attempt.3.kind": {"selected_option": None},
    }
    attempts = read(filled("unreachable", **told)).attempts

    assert [attempt.detail for attempt in attempts] == ["Call", "E-mail"]
    assert len({attempt.at for attempt in attempts}) == 2
    assert max(attempt.at for attempt in attempts) < NOW


def test_today_is_today_wherever_the_rep_is() -> None:
    told = {"attempt.1.day": {"selected_date": "2026-11-24"}, "attempt.1.kind": chosen("Call")}
    evening = NOW + 13 * HOUR

    assert len(read(filled("unreachable", **told), evening).attempts) == 1


def test_a_day_to_come_is_refused_under_its_field() -> None:
    day = (NOW + 2 * DAY).date().isoformat()
    values = filled(
        "unreachable", **{"attempt.1.day": {"selected_date": day}, "attempt.1.kind": chosen("Call")}
    )
    with pytest.raises(Refused) as refused:
        read(values)

    assert str(refused.value) == "This day is still to come. Please choose one that has been."
    assert block_of(refused.value, values) == "attempt.1.day"


@pytest.mark.parametrize(
    ("field", "block"),
    [("answer", "answer.spam"), ("words", "words"), ("reason", "reason"), (None, "reason")],
)
def test_a_refusal_stands_under_the_field_that_it_is_about(field: str | None, block: str) -> None:
    assert block_of(Refused("No.", field=field), filled("spam")) == block


def test_handing_over_needs_a_lead_and_takes_its_line() -> None:
    line = {ids.NOTE: {ids.NOTE: {"value": "She called me."}}}

    assert read_hand_over({ids.LEAD: {ids.LEAD: chosen("1ead")}, **line}) == ("1ead", "She called me.")
    with pytest.raises(Refused) as refused:
        read_hand_over(line)
    assert refused.value.field == ids.LEAD
