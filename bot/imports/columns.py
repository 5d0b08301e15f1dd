"""What the columns of a file mean: as it is told, else by their usual names, else facts."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Final

from bot.errors import Refused
from bot.intake.forms import LEAD, REACHED_BY
from bot.intake.values import clean
from bot.text import count as count_of

MOST_LISTED: Final = 40
FACTS: Final = "facts."
NAME: Final = "contact.name"
# The names of columns in the exports of HubSpot, Salesforce and Pipedrive, and in lists made by hand, without
# case, spaces and signs; the first that a file has is taken. Status and reason are never guessed: every CRM
# has such columns, with words of its own.
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("recordid", "recordidcontact", "leadid", "contactid", "personid", "externalid", "mqlid", "id"),
    "source": (
        "leadsource",
        "originalsource",
        "originaltrafficsource",
        "leadsourceorigin",
        "leadsourcename",
        "source",
        "utmsource",
    ),
    "campaign": ("campaign", "campaignname", "primarycampaign", "utmcampaign"),
    "occurred_at": (
        *("occurredat", "createdate", "createddate", "createdat", "createdon", "created", "datecreated"),
        *(
            "creationdate",
            "leadcreated",
            "leadleadcreated",
            "personpersoncreated",
            "leadcreatedtime",
            "leadleadcreatedtime",
            "personaddtime",
            "submittedat",
            "dateadded",
            "createdtime",
            "addtime",
        ),
    ),
    "score": ("score", "leadscore", "hubspotscore"),
    "url": ("recordurl", "leadurl", "crmurl", "url"),
    "contact.email": (
        *("email", "emailaddress", "mail", "workemail", "businessemail", "primaryemail", "emailwork"),
        *("personemail", "personemailwork", "personemailhome", "personemailother", "leademail"),
    ),
    "contact.title": ("jobtitle", "personjobtitle", "position", "title"),
    "contact.phone": (
        *("phone", "phonenumber", "telephone", "workphone", "businessphone", "phonework", "personphone"),
        *("personphonework", "mobile", "mobilephone", "mobilephonenumber", "personphonemobile"),
    ),
    "company.name": (
        *("company", "companyaccount", "account", "accountname", "associatedcompany"),
        *("organization", "organisation", "organizationname", "organisationname", "personorganization"),
        *("leadorganization", "primaryassociatedcompany"),
    ),
    "company.domain": (
        "companydomainname",
        "domain",
        "website",
        "websiteurl",
        "companywebsite",
        "organizationwebsite",
    ),
    "company.industry": ("industry", "sector", "organizationindustry"),
    "company.employees": (
        *("numberofemployees", "noofemployees", "numemployees", "employees", "employeecount"),
        "organizationnumberofemployees",
    ),
    "company.country": (
        "country",
        "countryregion",
        "countrycode",
        "countryname",
        "mailingcountry",
        "billingcountry",
        "organizationcountry",
        "organizationaddresscountry",
    ),
    "owner": ("owneremail", "leadowneremail", "contactowneremail"),
}
# A whole name before its parts before just "Name", which may be anything's.
WHOLE_NAME: Final = ("contactname", "fullname", "personname", "leadname")
FIRST_NAME: Final = ("firstname", "givenname", "personfirstname")
LAST_NAME: Final = ("lastname", "familyname", "surname", "personlastname")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What rows may be: the fields there are, the usual names of their columns, and which one a file needs."""

    fields: tuple[str, ...]
    usual: Mapping[str, tuple[str, ...]]
    needed: frozenset[str]
    missing: str
    several: frozenset[str]  # fields that more than one column may be
    named: bool = False  # whether a row is about a person, whose name may stand in two columns


LEADS: Final = Kind(
    fields=tuple(LEAD),
    usual=USUAL,
    needed=REACHED_BY,
    missing="No column looks like an id or an e-mail address. Say which is, like --map COLUMN=id.",
    several=frozenset({NAME}),
    named=True,
)
_OWN_FACT: Final = re.compile(r"facts\.\S+")


def mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Read what `--map column=field` was given; raise Refused where one is no such pair."""
    split = [pair.rpartition("=") for pair in pairs]
    for column, _, path in split:
        if not column or not path:
            raise Refused(
                f"--map {column or path}: write it as column=field, like --map Email=contact.email."
            )
    return {column: clean(path) for column, _, path in split}


def feed_name(file: str) -> str:
    """Name the feed after its file. What was refused of a file belongs to the same feed as the file."""
    stem = re.sub(r"(\.rejected)*(\.\w+)?$", "", file)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not name:
        raise Refused(f"I cannot make a feed's name of {file}: please give one with --feed NAME.")
    return name


def columns(header: Sequence[str], given: Mapping[str, str], kind: Kind = LEADS) -> Mapping[str, str]:
    """Say which field each column is: as given, else as usual, else a fact of its name.

    Two columns may make one contact.name, in the order of the answer. A column without a name is left out.
    Raise Refused, with one sentence, where that cannot be.
    """
    named = [column for column in header if clean(column)]
    chosen = _chosen(named, given, kind)
    usual = _usual([column for column in named if column not in chosen], set(chosen.values()), kind)
    fields = {**chosen, **usual}
    if not kind.needed & set(fields.values()):
        raise Refused(f"{kind.missing} The columns are: {_listed(named)}.")
    return {**fields, **_facts([column for column in named if column not in fields], set(fields.values()))}


def described(columns: Mapping[str, str]) -> str:
    """Say what the columns were taken for."""
    fields = [f"{column} is {path}" for column, path in columns.items() if not path.startswith(FACTS)]
    facts = len(columns) - len(fields)
    kept = f" {count_of(facts, 'more is kept as a fact', 'more are kept as facts')}." if facts else ""
    return f"Column {', '.join(fields)}.{kept}"


def _chosen(header: Sequence[str], given: Mapping[str, str], kind: Kind) -> dict[str, str]:
    by_name = {clean(column).casefold(): column for column in reversed(header)}
    chosen: dict[str, str] = {}
    for name, path in given.items():
        column = by_name.get(clean(name).casefold())
        if column is None:
            raise Refused(f"There is no column {name} in the file. The columns are: {_listed(header)}.")
        if path not in kind.fields and not _OWN_FACT.fullmatch(path):
            there = ", ".join(kind.fields)
            raise Refused(f"There is no field {path} for {name}. There are: {there}, facts.NAME.")
        if path in chosen.values() and path not in kind.several:
            raise Refused(f"Two columns cannot both be {path}.")
        chosen[column] = path
    return chosen


def _usual(header: Sequence[str], taken: Collection[str], kind: Kind) -> dict[str, str]:
    by_name = {squeezed(column): column for column in reversed(header)}
    found: dict[str, str] = {}
    for path, names in kind.usual.items():
        column = path if path in header else _first(by_name, (*names, squeezed(path)))
        if column is not None and path not in taken:
            found.setdefault(column, path)
    if kind.named and NAME not in taken:
        found |= dict.fromkeys(_name_columns(by_name), NAME)
    return found


def _name_columns(by_name: Mapping[str, str]) -> Iterator[str]:
    whole = _first(by_name, WHOLE_NAME)
    parts = [part for names in (FIRST_NAME, LAST_NAME) if (part := _first(by_name, names))]
    if whole:
        yield whole
    elif parts:
        yield from parts
    elif "name" in by_name:
        yield by_name["name"]


def _facts(header: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    facts: dict[str, str] = {}
    used = set(taken)
    for column in header:
        name = re.sub(r"\W+", "_", clean(column).lower().removeprefix(FACTS)).strip("_") or "column"
        numbered = (f"{FACTS}{name}_{number}" for number in count(2))
        facts[column] = next(path for path in chain([FACTS + name], numbered) if path not in used)
        used.add(facts[column])
    return facts


def _listed(header: Sequence[str]) -> str:
    """Name the columns for a sentence, which a file that is no table could make very long."""
    more = ", ..." if len(header) > MOST_LISTED else ""
    return ", ".join(column[:MOST_LISTED] for column in header[:MOST_LISTED]) + more


def _first(by_name: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((by_name[name] for name in names if name in by_name), None)


def squeezed(name: str) -> str:
    """A name without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", name.casefold())
