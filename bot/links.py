"""Links to figures: for one person, for some minutes, and opened by one browser. Signed with a key of our own.

A link says who it is for and what it is about; whether they may see it is asked anew when it is opened.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Final
from urllib.parse import urlsplit

LINK_LIVES: Final = timedelta(minutes=15)
VISIT_LIVES: Final = timedelta(hours=1)  # of the browser that opened it
LONGEST: Final = 4000  # characters; more is none of ours
LONGEST_URL: Final = 2900  # a button takes 3,000
LINK, VISIT, ROWS = "link", "visit", "rows"
OPENED: Final = "This link was opened already: it opens once. Ask for a new one with /truce report."
ENDED: Final = "This link is over: it lives for a few minutes. Ask for a new one with /truce report."
NOT_OURS: Final = "This link is not one of ours as it stands. Ask for a new one with /truce report."


class Closed(Exception):
    """The link does not open anything; str(self) says why, to who holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a link, or the visit that it began, lets somebody see. `id` tells it from others."""

    kind: str
    id: str
    by: str  # a Slack user id
    about: str  # what they asked for, or which rows
    until: datetime


def sign(told: Pass, key: bytes) -> str:
    """The pass as it stands in an address or a cookie."""
    until = int(told.until.timestamp())
    body = _written(json.dumps([told.kind, told.id, told.by, told.about, until]).encode())
    return f"{body}.{_written(hmac.digest(key, body.encode(), 'sha256'))}"


def read(written: str, kind: str, key: bytes, now: datetime) -> Pass:
    """The pass again. Raises Closed where it was altered, is of another kind, or is over."""
    body, _, signature = written.partition(".")
    if len(written) > LONGEST or not written.isascii():
        raise Closed(NOT_OURS)
    if not hmac.compare_digest(_written(hmac.digest(key, body.encode(), "sha256")), signature):
        raise Closed(NOT_OURS)
    told_kind, ident, by, about, until = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    told = Pass(kind=told_kind, id=ident, by=by, about=about, until=datetime.fromtimestamp(until, UTC))
    if told.kind != kind:
        raise Closed(NOT_OURS)
    if told.until <= now:
        raise Closed(ENDED)
    return told


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a browser reaches us, None where it does not; and what links there are signed with."""

    url: str | None
    key: bytes = field(repr=False)

    @property
    def host(self) -> str | None:
        return None if self.url is None else urlsplit(self.url).hostname

    @property
    def is_secure(self) -> bool:
        return bool(self.url and self.url.startswith("https:"))

    def page(self, by: str, words: str, now: datetime) -> str | None:
        """A link to the page of a report; None: nobody could open it."""
        return self._link("/reports", LINK, by, words, now)

    def file(self, by: str, handout: str, now: datetime) -> str | None:
        """A link to the leads of a report as a file."""
        return self._link("/reports/leads.csv", ROWS, by, handout, now)

    def _link(self, path: str, kind: str, by: str, about: str, now: datetime) -> str | None:
        if self.url is None:
            return None
        told = Pass(kind=kind, id=token_hex(8), by=by, about=about, until=now + LINK_LIVES)
        link = f"{self.url}{path}?link={sign(told, self.key)}"
        return link if len(link) <= LONGEST_URL else None

    def visit(self, opened: Pass, now: datetime) -> str:
        """What the browser that opened a link keeps."""
        told = Pass(kind=VISIT, id=opened.id, by=opened.by, about="", until=now + VISIT_LIVES)
        return sign(told, self.key)

    def read(self, written: str, kind: str, now: datetime) -> Pass:
        return read(written, kind, self.key, now)


def is_slacks(where: str, ours: str) -> bool:
    """Whether an address of a file is Slack's own, or that of the stand-in that we were told to use: `ours`."""
    told, known = urlsplit(where), urlsplit(ours)
    return (told.scheme, told.netloc) in (("https", "files.slack.com"), (known.scheme, known.netloc))
