"""CSV, the part that only thinks: what kind of file it is, what its columns mean, and one row as a lead.

A cell means what the same value means in the generic feed: only what spreadsheets write differently (dates
without an offset, decimal commas, a name in two columns) is turned round here; the forms of bot/intake check.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any, Final, NamedTuple

from bot.arrivals import LeadArrival, Problem, Senseless
from bot.errors import Refused, Unintelligible
from bot.intake import forms
from bot.intake.forms import LEAD, REACHED_BY, Form
from bot.intake.values import clean

DELIMITERS: Final = ",;\t|"
ENOUGH: Final = 65_536  # characters to know a file by
LONGEST_ROW: Final = 131_072  # characters; what csv takes for one cell
MOST_LISTED: Final = 40
FACTS: Final = "facts."
NAME: Final = "contact.name"
BEYOND: Final = "(beyond the last column)"  # the name of cells that have no header
BROKEN: Final = "(quotation marks that do not match)"  # the name of a row that cannot be split

# The names of columns in the exports of HubSpot, Salesforce and Pipedrive, and in lists made by hand, without
# case, spaces and signs; the first that a file has is taken. Status and reason are never guessed: every CRM
# has such columns, with words of its own.
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("recordid", "recordidcontact", "leadid", "contactid", "personid", "externalid", "id"),
    "source": (
        "leadsource",
        "originalsource",
        "originaltrafficsource",
        "leadsourceorigin",
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
            "submittedat",
            "dateadded",
        ),
    ),
    "score": ("score", "leadscore", "hubspotscore"),
    "url": ("recordurl", "leadurl", "crmurl", "url"),
    "contact.email": (
        *("email", "emailaddress", "mail", "workemail", "businessemail", "primaryemail", "emailwork"),
        *("personemail", "personemailwork", "leademail"),
    ),
    "contact.title": ("jobtitle", "personjobtitle", "position", "title"),
    "contact.phone": (
        *("phone", "phonenumber", "telephone", "workphone", "businessphone", "phonework", "personphone"),
        *("personphonework", "mobile", "mobilephone", "mobilephonenumber"),
    ),
    "company.name": (
        *("company", "companyaccount", "account", "accountname", "associatedcompany"),
        *("organization", "organisation", "organizationname", "organisationname", "personorganization"),
        *("leadorganization", "primaryassociatedcompany"),
    ),
    "company.domain": ("companydomainname", "domain", "website", "websiteurl", "companywebsite"),
    "company.industry": ("industry", "sector"),
    "company.employees": ("numberofemployees", "noofemployees", "numemployees", "employees", "employeecount"),
    "company.country": (
        "country",
        "countryregion",
        "countrycode",
        "countryname",
        "mailingcountry",
        "billingcountry",
    ),
    "owner": ("owneremail", "leadowneremail", "contactowneremail"),
}
# A whole name before its parts before just "Name", which may be anything's.
WHOLE_NAME: Final = ("contactname", "fullname", "personname", "leadname")
FIRST_NAME: Final = ("firstname", "givenname", "personfirstname")
LAST_NAME: Final = ("lastname", "familyname", "surname", "personlastname")

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, xls
_OWN_FACT: Final = re.compile(r"facts\.\S+")
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
# 12,5 and 1.234,50. Not 1,234: that may be either, so it is refused.
_DECIMAL_COMMA: Final = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,15})")


class Shape(NamedTuple):
    """How a file is to be opened."""

    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file, whose first line is 1; a `broken` one is a line torn at delimiters."""

    line: int
    cells: list[str]
    broken: bool = False

    def under(self, header: Sequence[str]) -> dict[str, str]:
        """Name the cells by their columns. A short row says nothing in its last columns."""
        if self.broken:
            return {BROKEN: " ".join(self.cells)}
        named = dict(zip(header, self.cells, strict=False))
        beyond = " ".join(filter(None, self.cells[len(header) :]))
        return {**named, BEYOND: beyond} if beyond else named


def sniff(sample: bytes) -> Shape:
    """Find out encoding and delimiter from a file's beginning; raise Unintelligible where it is no table.

    A file known by its beginning as `utf-8` may still turn out to be cp1252 further down.
    """
    encoding = _encoding(sample)
    words = sample.decode(encoding, "replace")[:ENOUGH]
    if not words.strip():
        raise Unintelligible("The file is empty.")
    return Shape(encoding, max(DELIMITERS, key=lambda delimiter: _width(words, delimiter)))


def read_rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    """Split lines into rows, as they are asked for.

    A quotation mark that nothing closes would swallow the rows below: only its own line is broken, and the
    next is read afresh. From then on only rows as wide as the header are believed, for a piece of a text
    that goes over several lines must not become a lead.
    """
    again = deque[str]()
    line, width, believing = 1, 0, True
    while True:
        taken: list[str] = []
        try:
            cells = next(csv.reader(_noted(lines, again, taken), delimiter=delimiter, strict=True), None)
        except csv.Error:
            cells, believing = [], False
        if cells is None:
            return
        width = width or len(cells)
        if believing or (cells and len(cells) == width):
            yield Row(line, cells)
            line += len(taken)
        else:
            yield Row(line, taken[0].rstrip("\r\n").split(delimiter), broken=True)
            line += 1
            again.extendleft(reversed(taken[1:]))


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


def columns(header: Sequence[str], given: Mapping[str, str]) -> Mapping[str, str]:
    """Say which field each column is: as given, else as usual, else a fact of its name.

    Two columns may make one contact.name, in the order of the answer. A column without a name is left out.
    Raise Refused, with one sentence, where that cannot be.
    """
    named = [column for column in header if clean(column)]
    for column, times in Counter(named).items():
        if times > 1:
            raise Refused(f"There are {times} columns called {column}: please rename all but one.")
    chosen = _chosen(named, given)
    usual = _usual([column for column in named if column not in chosen], set(chosen.values()))
    fields = {**chosen, **usual}
    if not REACHED_BY & set(fields.values()):
        raise Refused(
            "No column looks like an id or an e-mail address. Say which is, like --map COLUMN=id. "
            f"The columns are: {_listed(named)}."
        )
    return {**fields, **_facts([column for column in named if column not in fields], set(fields.values()))}


def described(columns: Mapping[str, str]) -> str:
    """Say what the columns were taken for."""
    fields = [f"{column} is {path}" for column, path in columns.items() if not path.startswith(FACTS)]
    facts = len(columns) - len(fields)
    kept = f" {facts} more are kept as facts." if facts else ""
    return f"Column {', '.join(fields)}.{kept}"


def read_row(
    row: Mapping[str, str], columns: Mapping[str, str], feed: str, line: int
) -> LeadArrival | Senseless:
    """Read one row (column -> cell). Problems bear the names of the file's columns."""
    raw = {"line": line, **row}
    if BROKEN in row:
        problem = Problem(
            path="",
            words="This cannot be split into cells: its quotation marks do not match, or it is too long.",
        )
        return forms.senseless(problem, raw=raw)
    form = Form(LEAD)
    sources: dict[str, list[str]] = {}
    for column, path in columns.items():
        sources.setdefault(path, []).append(column)
    for path, names in sources.items():
        words = " ".join(cell for name in names if (cell := clean(row.get(name, ""))))
        form.fill(path, _cell(path, words), " + ".join(names))
    if row.get(BEYOND):
        form.complain(BEYOND, "This row has more cells than the header: does a text need quotation marks?")
    return forms.lead(form, feed=feed, raw=raw)


def _encoding(sample: bytes) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(_WORKBOOKS):
        raise Unintelligible("This is an Excel workbook. Please save it as CSV UTF-8.")
    if b"\0" in sample:
        raise Unintelligible("This is not a text file. Please save it as CSV UTF-8.")
    with suppress(UnicodeDecodeError):
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # it may end within a character
        return "utf-8"
    return "cp1252"


def _width(words: str, delimiter: str) -> int:
    """How many columns the header has if this is the delimiter."""
    rows = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
    return len(next(filter(any, rows), ()))


def _noted(fresh: Iterator[str], again: deque[str], taken: list[str]) -> Iterator[str]:
    """Give the lines of one row: those to be read again, then new ones; each is noted in `taken`."""
    length = 0
    while line := again.popleft() if again else next(fresh, ""):
        taken.append(line)
        length += len(line)
        if length > LONGEST_ROW:
            raise csv.Error  # as csv does for one cell
        yield line


def _chosen(header: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    by_name = {clean(column).casefold(): column for column in reversed(header)}
    chosen: dict[str, str] = {}
    for name, path in given.items():
        column = by_name.get(clean(name).casefold())
        if column is None:
            raise Refused(f"There is no column {name} in the file. The columns are: {_listed(header)}.")
        if path not in LEAD and not _OWN_FACT.fullmatch(path):
            raise Refused(f"There is no field {path} for {name}. There are: {', '.join(LEAD)}, facts.NAME.")
        if path in chosen.values() and path != NAME:
            raise Refused(f"Two columns cannot both be {path}.")
        chosen[column] = path
    return chosen


def _usual(header: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    by_name = {_squeezed(column): column for column in reversed(header)}
    found: dict[str, str] = {}
    for path, names in USUAL.items():
        column = path if path in header else _first(by_name, (*names, _squeezed(path)))
        if column is not None and path not in taken:
            found[column] = path
    if NAME not in taken:
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


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _cell(path: str, words: str) -> Any:
    match path:
        case "occurred_at":
            return _dated(words)
        case "score":
            return _counted(words)
        case _:
            return words


def _dated(words: str) -> str:
    """Take a time without an offset for UTC, as a date is: exports leave the offset out."""
    with suppress(ValueError):
        at = datetime.fromisoformat(words)
        return words if at.tzinfo else at.replace(tzinfo=UTC).isoformat()
    return words


def _counted(words: str) -> str | int | float:
    """Read a number as people write it; any other text stays one, to be refused."""
    if _DECIMAL_COMMA.fullmatch(words):
        words = words.replace(".", "").replace(",", ".")
    if not _NUMBER.fullmatch(words):
        return words
    return float(words) if "." in words else int(words)
