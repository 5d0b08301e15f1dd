"""Who sent this: Standard Webhooks, bearer tokens and Slack's own signatures, checked on the bytes as they came; and ours.

Everything compared with a secret is compared in constant time, and no secret, signature or body is ever in
an Unsigned: its words go to the log.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

TOLERANCE: Final = 300  # seconds, both ways: standardwebhooks.com and Slack's documentation
LONGEST_STAMP: Final = 12  # digits of Unix seconds; int() refuses thousands of them


class Unsigned(Exception):
    """Not from whom it says, or too old; str(self) is a short reason for our log."""


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime) -> None:
    """Hold a delivery against Standard Webhooks, or raise Unsigned.

    Any of `secrets` will do, so that one can be exchanged; they are the bytes, not their base64.
    """
    keys = [secret for secret in secrets if secret]
    if not keys:
        raise Unsigned("no secret is set")
    message, stamp = _header(headers, "webhook-id"), _stamp(headers, "webhook-timestamp", now)
    signatures = _header(headers, "webhook-signature").split()
    signed = f"{message}.{stamp}.".encode() + body
    expected = [_signature(key, signed).encode() for key in keys]
    if not any(hmac.compare_digest(one, given.encode()) for one in expected for given in signatures):
        raise Unsigned("no signature fits")


def sign(message: str, body: bytes, secrets: Sequence[bytes], now: datetime) -> dict[str, str]:
    """The headers that prove a delivery of ours as Standard Webhooks have it, by each of `secrets`."""
    stamp = str(int(now.timestamp()))
    signed = f"{message}.{stamp}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(key, signed) for key in secrets),
    }


def verify_bearer(headers: Mapping[str, str], secret: str) -> None:
    """Hold `Authorization: Bearer` against the secret, or raise Unsigned."""
    if not secret:
        raise Unsigned("no secret is set")
    scheme, _, token = _header(headers, "authorization").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(secret.encode(), token.strip().encode()):
        raise Unsigned("the bearer token does not fit")


def verify_slack(headers: Mapping[str, str], body: bytes, signing_secret: str, now: datetime) -> None:
    """Hold a request against Slack's signature, or raise Unsigned."""
    if not signing_secret:
        raise Unsigned("no signing secret is set")
    stamp = _stamp(headers, "x-slack-request-timestamp", now)
    given = _header(headers, "x-slack-signature")
    digest = hmac.digest(signing_secret.encode(), f"v0:{stamp}:".encode() + body, "sha256")
    if not hmac.compare_digest(f"v0={digest.hex()}".encode(), given.encode()):
        raise Unsigned("no signature fits")


def _signature(key: bytes, signed: bytes) -> str:
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def _header(headers: Mapping[str, str], name: str) -> str:
    """One header, however it is capitalised; what is signed is plain ASCII."""
    value = next((value for key, value in headers.items() if key.lower() == name), "")
    if not value or not value.isascii():
        raise Unsigned(f"{name} is missing" if not value else f"{name} is not plain text")
    return value


def _stamp(headers: Mapping[str, str], name: str, now: datetime) -> str:
    """Read the timestamp as it came, once it is known to be a recent one."""
    stamp = _header(headers, name)
    if not stamp.isdigit() or len(stamp) > LONGEST_STAMP:
        raise Unsigned(f"{name} is not a number")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE:
        raise Unsigned(f"{name} is more than {TOLERANCE} s off")
    return stamp
