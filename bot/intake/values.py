"""What one value from outside may be: a function each, that answers the value or raises Wrong.

All of it is hostile until read here. Whoever reads `Wrong` runs a CRM, not our code: its sentence says what
is expected, with an example, and repeats nothing that came in.
"""

import json
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from holidays.registry import COUNTRIES

from bot import money
from bot.arrivals import Value

LONGEST: Final = 10_000  # characters of a text
LONGEST_NAME: Final = (
    255  # characters of what is looked up and indexed; PostgreSQL indexes at most 2,700 bytes
)
MOST_EMPLOYEES: Final = 2**31 - 1
SMALLEST, LARGEST = -(2**63), 2**63 - 1  # of what is kept as a number
YEARS: Final = range(1970, 2200)  # far from where adding a duration overflows

# Unstorable: control characters but newline and tab, and halves of surrogate pairs.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+")
_WHOLE: Final = re.compile(r"(\d+)(?:[.,]0+)?")
_LINK: Final = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_WEB: Final = re.compile(r"(?:https?://)?(?:www\.)?([^\s/?#]+)(?:[/?#]\S*)?")

# United Kingdom, GB, GBR and UK are all GB.
_COUNTRIES: Final = {
    "".join(filter(str.isalpha, name)).casefold(): code
    for spelled, (_, code, *others) in COUNTRIES.items()
    for name in (spelled, code, *others)
}


class Wrong(Exception):
    """The value cannot be taken; str(self) tells the sender what is expected."""


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A JSON number that no column holds: beyond 64 bits, or infinite. No reader takes it."""

    digits: str


def clean(words: str) -> str:
    """Leave of a text what may be stored and shown."""
    return _UNWANTED.sub("", words).strip()


def compact(value: Any) -> str:
    """JSON text without spaces, as it came; always valid UTF-8, whatever is in it."""
    words = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda large: large.digits)
    return words.encode("utf-8", "backslashreplace").decode()  # a lone surrogate becomes its JSON escape


def text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Wrong(f"This should be a text, not {_a(raw)}.")
    words = clean(raw)
    if len(words) > LONGEST:
        raise Wrong(f"This is longer than {LONGEST:,} characters.")
    return words


def name(raw: Any) -> str:
    """Read a text by which things are found again: shorter."""
    words = text(raw)
    if len(words) > LONGEST_NAME:
        raise Wrong(f"This is longer than {LONGEST_NAME} characters.")
    return words


def identity(raw: Any) -> str:
    """Read an id in the sender's system, which may be a number there."""
    if _is_whole(raw, SMALLEST, LARGEST):
        return str(int(raw))
    if not isinstance(raw, str):
        raise Wrong(f"An id should be a text or a whole number, not {_a(raw)}.")
    return name(raw)


def email(raw: Any) -> str:
    """Lower case. The domain is not looked up: `.test` will do."""
    words = name(raw)
    try:
        address = validate_email(words, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Wrong("This should be one e-mail address, like pat@globex.com.") from None
    return address.normalized.lower()


def id_or_email(raw: Any) -> str:
    """How a touch names its lead. An e-mail is written as leads have it."""
    words = identity(raw)
    with suppress(Wrong):
        return email(words)
    return words


def dialled(words: str, region: str | None) -> str:
    """Write a phone number as E.164 (an extension behind it) where it can be understood, else as written.

    Without a country, 00 in front can only stand for +.
    """
    abroad = region is None and words.lstrip().startswith("00")
    try:
        number = phonenumbers.parse(f"+{words.lstrip()[2:]}" if abroad else words, region)
    except phonenumbers.NumberParseException:
        return words
    if not phonenumbers.is_possible_number(number):
        return words
    dial = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{dial} ext. {number.extension}" if number.extension else dial


def country(raw: Any) -> str:
    """ISO 3166 alpha-2, upper case."""
    code = _COUNTRIES.get("".join(filter(str.isalpha, text(raw))).casefold())
    if code is None:
        raise Wrong("This should be a country's code of two letters, like GB.")
    return code


def domain(raw: Any) -> str:
    """Read the bare domain, also of a whole web address."""
    found = _WEB.fullmatch(name(raw).lower())
    if found is None:
        raise Wrong("This should be a domain, like globex.com.")
    return found[1]


def link(raw: Any) -> str:
    words = text(raw)
    if not _LINK.fullmatch(words):
        raise Wrong("This should be a link that starts with https://.")
    return words


def employees(raw: Any) -> int:
    """How many people: a whole number, or a text of one (250, 1,200, 250.0)."""
    if _is_whole(raw, 0, MOST_EMPLOYEES):
        return int(raw)
    words = clean(raw) if isinstance(raw, str) else ""
    if _THOUSANDS.fullmatch(words):
        words = "".join(filter(str.isdecimal, words))
    found = _WHOLE.fullmatch(words)
    # No longer than the largest: int() refuses thousands of digits.
    if found is None or len(found[1]) > len(str(MOST_EMPLOYEES)) or int(found[1]) > MOST_EMPLOYEES:
        raise Wrong("This should be a whole number of people, like 250.")
    return int(found[1])


def number(raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not SMALLEST <= raw <= LARGEST:
        raise Wrong(f"This should be a number, like 90, not {_a(raw)}.")
    return raw


def amount(raw: Any) -> int:
    """Read an amount of money as ten-thousandths: a decimal as text or number, exactly as it was written."""
    # A number in reach has 15 digits or less, and so is written by repr() as it came.
    words = repr(raw) if _is_number(raw) and 0 <= raw <= money.MOST else raw
    found = money.amount(clean(words).removeprefix("-" * (raw == 0))) if isinstance(words, str) else None
    if found is None:
        raise Wrong(
            f"This should be an amount from 0 to {money.MOST:,}, like 12000.50, with four decimals at most."
        )
    return found


def currency(raw: Any) -> str:
    """ISO 4217, upper case."""
    code = text(raw).upper()
    if code not in money.CURRENCIES:
        raise Wrong("This should be a currency's code of three letters, like EUR.")
    return code


def stage(raw: Any) -> str:
    """Won and lost in lower case; an open stage as it is called at the sender's."""
    words = name(raw)
    return words.lower() if words.lower() in ("won", "lost") else words


def moment(raw: Any) -> datetime:
    """Read a moment, in UTC. A bare date is its midnight in UTC; a time of day without an offset could be any."""
    words = clean(raw).upper() if isinstance(raw, str) else ""
    with suppress(ValueError):
        return _in_reach(datetime.combine(date.fromisoformat(words), time(), UTC))
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        raise Wrong("This should be a time, like 2026-11-22T09:30:00Z, or a date, like 2026-11-22.") from None
    if at.tzinfo is None:
        raise Wrong(
            "This time does not say where: end it with Z or an offset, like 2026-11-22T09:30:00+01:00."
        )
    return _in_reach(at)


def fact(raw: Any) -> Value:
    """Anything: a text, a number, yes or no as they are, all else as JSON text."""
    match raw:
        case bool():
            return raw
        case int() | float():
            return number(raw)
        case list() | dict():
            return text(compact(raw))
        case _:
            return text(raw)


def one_of(raw: Any, allowed: Collection[str]) -> str:
    word = text(raw).lower()
    if word not in allowed:
        raise Wrong(f"This should be one of: {', '.join(allowed)}.")
    return word


def _is_whole(raw: Any, least: int, most: int) -> bool:
    """Whether this is a whole number from here to there; JSON does not tell 250 and 250.0 apart."""
    return _is_number(raw) and raw % 1 == 0 and least <= raw <= most


def _is_number(raw: Any) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool)


def _in_reach(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise Wrong(f"This should be a year from {YEARS.start} to {YEARS.stop - 1}.")
    return at.astimezone(UTC)


def _a(raw: Any) -> str:
    match raw:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case TooLarge():
            return "a number too large to keep"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
