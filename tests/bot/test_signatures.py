"""Signatures, made by the public library of the standard and by Slack's own SDK."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier
from standardwebhooks import Webhook

from bot.signatures import Unsigned, verify, verify_bearer, verify_slack

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OLD, NEW = b"the old secret, 24 bytes", b"the new secret, 24 bytes"
BODY = '{"id": "crm-991", "name": "Zoë"}'


def delivery(*secrets: bytes, at: datetime = NOW, body: str = BODY) -> dict[str, str]:
    """The headers of a delivery, signed by the standard's own library."""
    signed = [Webhook(b64encode(secret).decode()).sign("msg_1", at, body) for secret in secrets]
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def refusal(headers: Mapping[str, str], body: str = BODY, secrets: tuple[bytes, ...] = (NEW,)) -> str:
    with pytest.raises(Unsigned) as unsigned:
        verify(headers, body.encode(), secrets, NOW)
    return str(unsigned.value)


def test_what_the_standards_library_signed_is_taken() -> None:
    verify(delivery(NEW), BODY.encode(), [NEW], NOW)


def test_headers_may_be_capitalised_in_any_way() -> None:
    verify({key.title(): value for key, value in delivery(NEW).items()}, BODY.encode(), [NEW], NOW)


@pytest.mark.parametrize("signed_by", [(OLD,), (NEW,), (OLD, NEW), (b"somebody else's", NEW)])
def test_while_a_secret_is_exchanged_either_will_do(signed_by: tuple[bytes, ...]) -> None:
    verify(delivery(*signed_by), BODY.encode(), [OLD, NEW], NOW)


def test_a_signature_of_another_version_is_passed_over() -> None:
    headers = delivery(NEW)
    headers["webhook-signature"] = "v1a,c29tZXRoaW5n v2 " + headers["webhook-signature"]

    verify(headers, BODY.encode(), [NEW], NOW)


def test_another_secret_or_another_body_does_not_fit() -> None:
    assert refusal(delivery(OLD)) == "no signature fits"
    assert refusal(delivery(NEW), body=BODY + " ") == "no signature fits"


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_id_and_time_are_signed_too(header: str) -> None:
    headers = delivery(NEW)
    headers[header] = headers[header][:-1] + "9"

    assert refusal(headers) == "no signature fits"


@pytest.mark.parametrize("off", [timedelta(minutes=-5), timedelta(minutes=5)])
def test_five_minutes_are_near_enough_and_a_second_more_is_not(off: timedelta) -> None:
    verify(delivery(NEW, at=NOW + off), BODY.encode(), [NEW], NOW)

    assert "300 s off" in refusal(delivery(NEW, at=NOW + off * 1.01))


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed(header: str) -> None:
    assert refusal({**delivery(NEW), header: ""}) == f"{header} is missing"


@pytest.mark.parametrize("stamp", ["soon", "1e9", "-5", " 1795340000", "nan", "٣", "9" * 5000])
def test_a_time_that_is_no_number_is_refused(stamp: str) -> None:
    assert refusal({**delivery(NEW), "webhook-timestamp": stamp}).startswith("webhook-timestamp is not")


@pytest.mark.parametrize("secrets", [(), (b"",)])
def test_without_a_secret_nothing_is_taken_not_even_what_an_empty_one_signed(
    secrets: tuple[bytes, ...],
) -> None:
    assert refusal(delivery(NEW), secrets=secrets) == "no secret is set"
    with pytest.raises(Unsigned):
        verify_bearer({"authorization": "Bearer "}, "")
    with pytest.raises(Unsigned):
        verify_slack({}, b"", "", NOW)


def test_the_reason_for_the_log_tells_neither_secret_nor_body() -> None:
    reason = refusal(delivery(OLD))

    assert "secret, 24" not in reason
    assert "crm-991" not in reason


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(list(delivery(NEW))), st.text()), st.binary())
def test_no_header_makes_it_crash(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Unsigned):
        verify({**delivery(OLD), **headers}, body, [NEW], NOW)


def test_a_bearer_token_is_taken_if_it_is_ours() -> None:
    verify_bearer({"Authorization": "Bearer s3cret"}, "s3cret")
    verify_bearer({"authorization": "bearer s3cret"}, "s3cret")


@pytest.mark.parametrize(
    "value", ["", "s3cret", "Basic s3cret", "Bearer", "Bearer s3cre", "Bearer s3cret x", "Bearer é"]
)
def test_any_other_bearer_token_is_refused(value: str) -> None:
    with pytest.raises(Unsigned):
        verify_bearer({"authorization": value}, "s3cret")


def from_slack(secret: str = "shh", *, at: datetime = NOW) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=BODY)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}


def test_what_slack_signed_is_taken() -> None:
    verify_slack(from_slack(), BODY.encode(), "shh", NOW)


def test_what_slack_did_not_sign_is_refused() -> None:
    for headers, body in ((from_slack("else"), BODY), (from_slack(), BODY + " "), ({}, BODY)):
        with pytest.raises(Unsigned):
            verify_slack(headers, body.encode(), "shh", NOW)


def test_an_old_request_of_slack_is_refused() -> None:
    for minutes in (-6, 6):
        with pytest.raises(Unsigned, match="300 s off"):
            verify_slack(from_slack(at=NOW + timedelta(minutes=minutes)), BODY.encode(), "shh", NOW)


def test_a_time_from_slack_that_is_no_number_is_refused() -> None:
    with pytest.raises(Unsigned, match="not a number"):
        verify_slack({**from_slack(), "X-Slack-Request-Timestamp": "soon"}, BODY.encode(), "shh", NOW)
