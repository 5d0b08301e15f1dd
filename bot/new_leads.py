"""A lead made by hand: the form, what it becomes, and what can be read from a message to begin with.

It becomes what a feed would send, and is read as that is: the same checks, the same way in.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

import phonenumbers
from slack_sdk.models.blocks import CheckboxesElement, PlainTextInputElement

from bot import ids
from bot.arrivals import LeadArrival, Senseless
from bot.blocks import field, modal, option
from bot.companies import domain_of
from bot.deals import BY_HAND as FEED
from bot.errors import Refused
from bot.gate import BY_HAND
from bot.intake import read
from bot.intake.values import Wrong, email
from bot.rejecting import Values
from bot.text import one_line, shorten

TITLE: Final = "New lead"
MINE: Final = "mine"
LONGEST: Final = 200
LONGEST_NOTE: Final = 2000
# Where each field stands in what a feed sends: its block, its label, whether it may be left empty.
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "contact.name": (ids.NAME, "Name"),
    "contact.email": (ids.EMAIL, "E-mail"),
    "contact.phone": (ids.PHONE, "Phone"),
    "contact.title": (ids.TITLE, "Title"),
    "company.name": (ids.COMPANY, "Company"),
    "campaign": (ids.CAMPAIGN_NAME, "Campaign"),
}
LONGEST_NAME: Final = 7  # words, of somebody and a company
NOTE_PATH: Final = "facts.note"
UNREACHABLE: Final = "An e-mail address or a phone number is needed, so that somebody can be in touch."
NOT_A_REP: Final = "Who takes leads here can have it. Send it without, and one of them is asked."
NO_ADDRESS: Final = "Slack does not tell me your e-mail address: I cannot make it yours. Send it without."
_SECOND_LEVEL: Final = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})  # as in co.uk
_MARKED: Final = re.compile(r"<(?:mailto:|tel:)?([^<>|]+)(?:\|([^<>]*))?>")
_UNSENDABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+\.[^\s<>()\[\],;:\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A lead as somebody filled it in, and whether it is theirs."""

    told: Mapping[str, str]  # by path
    mine: bool = False


def new_form(told: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The form, empty or with what is known already."""
    known = told or {}
    blocks = [
        field(
            block,
            label,
            PlainTextInputElement(
                action_id=block,
                max_length=LONGEST,
                initial_value=shorten(known.get(path, ""), LONGEST) or None,
            ),
            optional=path != "contact.name",
            hint="This or a phone number is needed." if path == "contact.email" else None,
        )
        for path, (block, label) in FIELDS.items()
    ]
    note = PlainTextInputElement(
        action_id=ids.NOTE,
        multiline=True,
        max_length=LONGEST_NOTE,
        initial_value=shorten(known.get(NOTE_PATH, ""), LONGEST_NOTE) or None,
    )
    mine = CheckboxesElement(action_id=ids.MINE, options=[option("It is mine", MINE)])
    blocks.append(field(ids.NOTE, "What do they want?", note, optional=True))
    blocks.append(
        field(ids.MINE, "Whose is it?", mine, optional=True, hint="Else it is offered as others are.")
    )
    return modal(ids.NEW_FORM, TITLE, blocks, submit="Hand over")


def read_form(values: Values) -> Made:
    """What was filled in. Raises Refused where nobody could be in touch."""
    told = {path: _typed(values, block) for path, (block, _) in FIELDS.items()}
    told[NOTE_PATH] = _typed(values, ids.NOTE)
    if not told["contact.email"] and not told["contact.phone"]:
        raise Refused(UNREACHABLE, field=ids.EMAIL)
    chosen = values.get(ids.MINE, {}).get(ids.MINE, {}).get("selected_options") or []
    return Made(told={path: words for path, words in told.items() if words}, mine=bool(chosen))


def arrival_of(made: Made, owner: str | None) -> LeadArrival:
    """The same as a feed would send it; `owner` an e-mail of ours. Raises Refused with the field at fault."""
    body: dict[str, Any] = {"source": BY_HAND}
    if "contact.email" not in made.told:
        body["id"] = made.told["contact.phone"]  # a lead is known by something
    for path, words in made.told.items():
        section, _, name = path.rpartition(".")
        (body.setdefault(section, {}) if section else body)[name] = words
    if owner is not None:
        body |= {"owner": owner, "status": "accepted"}
    [item] = read(json.dumps(body).encode(), FEED).items
    match item:
        case LeadArrival():
            return item
        case Senseless(problems=(problem, *_)):
            block, _ = FIELDS.get(problem.path, (ids.NOTE, ""))
            raise Refused(problem.words, field=block)
        case _:
            raise Refused(UNREACHABLE, field=ids.EMAIL)


def told_in(text: str) -> dict[str, str]:
    """What can be read from a message: e-mail, phone, name and company as its address has them, and the words."""
    words = _UNSENDABLE.sub("", unescape(_MARKED.sub(lambda found: found[2] or found[1], text)))
    told = {NOTE_PATH: words.strip()}
    for found in _ADDRESS.findall(words):
        try:
            told["contact.email"] = email(found.rstrip(".!?'"))
        except Wrong:
            continue
        break
    numbers = phonenumbers.PhoneNumberMatcher(
        words, None
    )  # without a country only those with a + can be told
    for number in numbers:
        told["contact.phone"] = phonenumbers.format_number(number.number, phonenumbers.PhoneNumberFormat.E164)
        break
    mailbox = told.get("contact.email", "").partition("@")[0]
    if re.fullmatch(r"[a-z]+\.[a-z]+", mailbox):
        told["contact.name"] = mailbox.replace(".", " ").title()
    if domain := domain_of({"contact.email": told.get("contact.email")}):
        told["company.name"] = _own_part(domain).replace("-", " ").title()
    return {path: said for path, said in told.items() if one_line(said)}


def _own_part(domain: str) -> str:
    """mail.globex.co.uk -> globex: without the ending, and without what stands before."""
    parts = domain.split(".")[:-1]
    return parts[-2] if len(parts) > 1 and parts[-1] in _SECOND_LEVEL else parts[-1]


def told_by(words: str) -> dict[str, str]:
    """The same of what is typed behind /truce new: what is no address or number is who it is, and where.

    More words than a name has are what they want.
    """
    told = told_in(words)
    rest = _ADDRESS.sub(" ", told.pop(NOTE_PATH, ""))
    rest = re.sub(r"\+[\d\s().\-/]+\d", " ", rest) if "contact.phone" in told else rest
    who = re.split(r"\s+(?:at|from|of)\s+|\s*,\s*", rest.strip(" ,;"), maxsplit=1)
    if len(rest.split()) > LONGEST_NAME:
        return {**told, NOTE_PATH: rest.strip()}
    return {
        **told,
        **{path: said for path, said in zip(("contact.name", "company.name"), who, strict=False) if said},
    }


def _typed(values: Values, block: str) -> str:
    return str(values.get(block, {}).get(block, {}).get("value") or "").strip()
