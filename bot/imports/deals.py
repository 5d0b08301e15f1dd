"""A file of deals: what its columns mean, and one row as a deal. A cell means what it means in the feed.

CRMs write a deal's people by name; an address is found where the file of people has one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.arrivals import DealArrival, Problem, Senseless
from bot.errors import Refused
from bot.imports.columns import FACTS, Kind, columns, squeezed
from bot.imports.reading import Habits, cleaned, fill, no_row, sources_of, too_wide
from bot.intake import forms, values
from bot.intake.forms import DEAL, Form

STATES: Final = {"won": "won", "closedwon": "won", "lost": "lost", "closedlost": "lost"}
OPEN: Final = "Open"
LISTS: Final = ("leads", "people")
APART: Final = (*LISTS, "status", "won_at", "lost_at")  # columns of files, and no fields of a deal's form
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (
        *("opportunityid", "dealid", "recordid", "oppid", "externalid", "sellerid", "id"),
        "dealexternalid",
    ),
    "name": (
        *("dealname", "opportunityname", "dealtitle", "name", "title"),
        *("account", "accountname", "companyname", "organization", "dealorganization"),
    ),
    "stage": ("dealstage", "stage", "stagename", "opportunitystage", "pipelinestage", "salesstage"),
    "status": ("dealstatus", "status"),
    "amount": ("amount", "closevalue", "dealvalue", "value", "dealamount", "opportunityamount"),
    "currency": (
        *("currency", "dealcurrency", "amountcurrency", "opportunitycurrency", "currencyisocode"),
        *("dealcurrencycode", "dealcurrencyofvalue"),
    ),
    "occurred_at": ("occurredat", "lastmodifieddate", "updatetime", "dealupdatetime"),
    "opened_at": (
        *(
            "engagedate",
            "openedat",
            "opendate",
            "createdate",
            "createddate",
            "dealcreated",
            "dealdealcreated",
        ),
        *("created", "addtime", "opened", "openeddate", "dateopened", "openingdate"),
    ),
    "closed_at": (
        *("closedat", "closedate", "closeddate", "dealclosedon", "dealdealclosedon"),
        *("closed", "dateclosed", "closingdate"),
    ),
    "won_at": ("wondate", "wontime", "dealwontime"),
    "lost_at": ("lostdate", "losttime", "deallosttime"),
    "owner": (
        *("owneremail", "dealowneremail", "salesagent", "dealowner", "opportunityowner", "owner", "srid"),
        "salesrep",
    ),
    "people": ("sdrid", "people"),
    "leads": (
        *("mqlid", "leadid", "leads", "leademail", "associatedcontact", "contactemail", "personemail"),
        *("personemailwork", "dealcontactemail"),
    ),
    "reason": ("closedlostreason", "lostreason", "deallostreason", "lossreason", "reason"),
    "competitor": ("competitor", "competitors", "maincompetitors"),
    "url": ("recordurl", "dealurl", "url"),
}
DEALS: Final = Kind(
    fields=(*DEAL, *APART),
    usual=USUAL,
    needed=frozenset({"id"}),
    missing="No column looks like a deal's id. Say which is, like --map COLUMN=id.",
    several=frozenset(LISTS),
)
_READERS: Final = {**DEAL, "owner": values.id_or_email, "won_at": values.moment, "lost_at": values.moment}
_NAMES: Final = ("salesagent", "dealowner", "opportunityowner", "owner", "name", "fullname", "salesrep")
_ADDRESS: Final = re.compile(r"[^\s()<>;,]+@[^\s()<>;,]+")

Staff = Mapping[str, Mapping[str, str]]  # by a name in small letters, what a file says of that person


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFile:
    """How a file of deals is read. `currency` is of amounts that say none; `staff` knows who is who."""

    currency: str | None = None
    staff: Staff = field(default_factory=dict)

    def columns(self, header: Sequence[str], given: Mapping[str, str]) -> Mapping[str, str]:
        """What the columns mean. Raises Refused where no row could make sense."""
        meant = columns(header, given, DEALS)
        fields = {path: column for column, path in meant.items()}
        if fields.keys().isdisjoint({"stage", "status", "won_at", "lost_at"}):
            raise Refused("No column tells the stage. Say which does, like --map COLUMN=stage.")
        if "amount" in fields and "currency" not in fields and self.currency is None:
            words = f"The amounts in {fields['amount']} have no currency"
            raise Refused(f"{words}: add --currency EUR, or whichever it is. Nothing was imported.")
        return meant

    def read(
        self, row: Mapping[str, str], meant: Mapping[str, str], feed: str, line: int, habits: Habits
    ) -> DealArrival | Senseless:
        """Read one row (column -> cell). Problems bear the names of the file's columns."""
        raw = {"line": line, **row}
        if nothing := no_row(row, raw):
            return nothing
        form, sources = Form(_READERS), sources_of(meant)
        cells = {path: [cleaned(row.get(name, "")) for name in names] for path, names in sources.items()}
        for path, names in sources.items():
            if path not in (*LISTS, "stage", "status"):
                fill(form, path, " ".join(filter(None, cells[path])), " + ".join(names), habits)
        _fill_stage(form, cells, "stage" if "stage" in sources else "status")
        if "amount" in form.said and "currency" not in form.said:
            form.fill("currency", self.currency, "currency")
        self._fill_people(form, cells)
        _fill_list(form, "leads", (name for cell in cells.get("leads", ()) for name in _named(cell)))
        too_wide(form, row)
        return _by_column(forms.deal(form, feed=feed, raw=raw, where="deal"), sources)

    def _fill_people(self, form: Form, cells: Mapping[str, Sequence[str]]) -> None:
        """The owner's address, manager and whatever else the file of people says."""
        people = [name for cell in cells.get("people", ()) for name in _named(cell)]
        told = self.staff.get(str(form.values.get("owner") or "").casefold(), {})
        for path, words in told.items():
            if path == "people":
                people.append(words)
            else:
                form.fill(path, words, path)
        _fill_list(
            form, "people", (self.staff.get(name.casefold(), {}).get("owner", name) for name in people)
        )


def must_be_leads(header: Sequence[str], meant: Mapping[str, str]) -> None:
    """Raises Refused where the columns are plainly those of deals."""
    names = set(map(squeezed, header))
    stages, amounts = (names.intersection(USUAL[path]) for path in ("stage", "amount"))
    if stages and amounts and "contact.email" not in meant.values():
        raise Refused(
            "These look like deals: add --deals. If they are leads, say which column is their id, like --map COLUMN=id."
        )


def staff_of(rows: Iterable[Mapping[str, str]], header: Sequence[str]) -> Staff:
    """Who is who: by the column of owners, as files of deals call it, else by the first. Raises Refused."""
    key = next((name for name in header if squeezed(name) in _NAMES), header[0])
    paths = {name: path for name in header if name != key and (path := _of_person(name))}
    if not paths:
        raise Refused(
            "The file of people has one column only: it should have their names, and e-mails or managers."
        )
    return {
        name.casefold(): {
            path: words for column, path in paths.items() if (words := cleaned(row.get(column, "")))
        }
        for row in rows
        if (name := cleaned(row.get(key, "")))
    }


def _of_person(column: str) -> str:
    name = squeezed(column)
    if name in ("email", "emailaddress", "workemail", "mail"):
        return "owner"
    return "people" if name in ("manager", "salesmanager", "manageremail") else f"{FACTS}{column.casefold()}"


def _fill_stage(form: Form, cells: Mapping[str, Sequence[str]], written: str) -> None:
    """The stage, and the day of the close; a status of won or lost is worth more than where in the pipeline it stood."""
    stage, status = (" ".join(filter(None, cells.get(path, ()))) for path in ("stage", "status"))
    days = {state: form.values.pop(f"{state}_at", None) for state in ("won", "lost")}
    form.said -= {"won_at", "lost_at"}
    state = STATES.get(squeezed(status)) or STATES.get(squeezed(stage))
    state = state or next((each for each, day in days.items() if day is not None), None)
    form.fill(
        "stage", state or stage or status or (OPEN if not cells.keys() & {"stage", "status"} else ""), written
    )
    day = days.get(state or "")
    if day is not None and form.values.get("closed_at") is None:
        form.values["closed_at"] = day


def _named(cell: str) -> list[str]:
    """The leads or people of one cell: addresses where there are some (Pat Doe (pat@globex.com)), else as they stand."""
    return _ADDRESS.findall(cell) or [name for each in re.split("[;,]", cell) if (name := each.strip())]


def _fill_list(form: Form, path: str, names: Iterable[str]) -> None:
    """An absent list says nothing."""
    each = list(names)
    if not each:
        return
    if len(each) > forms.LONGEST_LIST:
        form.complain(path, f"At most {forms.LONGEST_LIST}, this has {len(each):,}.")
        return
    read = Form({str(index): values.id_or_email for index in range(len(each))})
    for index, name in enumerate(each):
        read.fill(str(index), name, path)
    form.problems.extend(read.problems)
    form.values[path] = tuple(dict.fromkeys(read.values.values()))


def _by_column(
    told: DealArrival | Senseless, sources: Mapping[str, Sequence[str]]
) -> DealArrival | Senseless:
    """The same, with its problems under the names of the columns, one for each."""
    if isinstance(told, DealArrival):
        return told
    named: dict[str, Problem] = {}
    for each in told.problems:
        column = _column(each.path, sources)
        named.setdefault(column, replace(each, path=column))
    return replace(told, problems=tuple(named.values()))


def _column(path: str, sources: Mapping[str, Sequence[str]]) -> str:
    name = path.removeprefix("deal.")
    return " + ".join(sources.get(name, ())) or name if path != name else path
