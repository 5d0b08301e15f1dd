"""A lead, a touch and a deal as forms that are filled in value by value, from JSON and CSV alike.

LEAD, TOUCH and DEAL say which fields there are and how each is read; a field that is not there is a fact. A form
goes on after a problem, so that the sender is told all of them at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.arrivals import DealArrival, LeadArrival, Problem, Senseless, Touch, TouchArrival
from bot.deals import EARLY, closes_early
from bot.intake import values
from bot.intake.values import Wrong
from bot.leads.lead import State
from bot.reasons import REASONS

# What a CRM may say of a lead; an offer and a second look are our own.
STATUSES: Final = tuple(state for state in State if state not in (State.OFFERED, State.DISPUTED))


def status(raw: Any) -> str:
    return values.one_of(raw, STATUSES)


def reason(raw: Any) -> str:
    return values.one_of(raw, REASONS)


Reader = Callable[[Any], Any]

LEAD: Final[Mapping[str, Reader]] = {
    "id": values.identity,
    "source": values.name,
    "campaign": values.name,
    "occurred_at": values.moment,
    "score": values.number,
    "url": values.link,
    "contact.name": values.text,
    "contact.email": values.email,
    "contact.title": values.text,
    "contact.phone": values.name,
    "company.name": values.text,
    "company.domain": values.domain,
    "company.industry": values.text,
    "company.employees": values.employees,
    "company.country": values.country,
    "owner": values.email,
    "status": status,
    "reason": reason,
}
TOUCH: Final[Mapping[str, Reader]] = {
    "lead": values.id_or_email,
    "kind": values.name,
    "at": values.moment,
    "campaign": values.name,
    "detail": values.text,
    "by": values.email,
}
DEAL: Final[Mapping[str, Reader]] = {
    "id": values.identity,
    "name": values.text,
    "stage": values.stage,
    "amount": values.amount,
    "currency": values.currency,
    "occurred_at": values.moment,
    "opened_at": values.moment,
    "closed_at": values.moment,
    "owner": values.email,
    "reason": values.name,
    "competitor": values.name,
    "url": values.link,
}
LISTS: Final[Mapping[str, Reader]] = {"leads": values.id_or_email, "people": values.email}  # of a deal
LONGEST_LIST: Final = 100
APART: Final = frozenset({"id", "occurred_at", "owner", "status", "reason"})  # not facts about the lead
REACHED_BY: Final = frozenset({"id", "contact.email"})  # a lead needs one of them


@dataclass(slots=True)
class Form:
    """What was said so far: the values that make sense, and a problem for each that does not."""

    readers: Mapping[str, Reader]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    said: set[str] = field(default_factory=set)  # also what could not be read

    def fill(self, path: str, raw: Any, written: str) -> None:
        """Read one value. `written` is what the sender calls the field. Blank says nothing; None erases."""
        if raw is None:
            self.values[path] = None
            return
        if isinstance(raw, str) and not values.clean(raw):
            return
        self.said.add(path)
        reader: Reader = self.readers.get(path, values.fact)
        try:
            value = reader(raw)
        except Wrong as wrong:
            self.complain(written, str(wrong))
            return
        if value != "":
            self.values[path] = value

    def complain(self, written: str, words: str) -> None:
        self.problems.append(Problem(path=written, words=words))


NAMELESS: Final = "A lead needs an id or a contact.email."


def lead(form: Form, *, feed: str, raw: Any, touches: Sequence[Touch] = ()) -> LeadArrival | Senseless:
    """Answer the lead that the form tells of; `raw` is kept of one that makes no sense."""
    told = form.values
    if not form.said & REACHED_BY:
        form.complain("id", NAMELESS)
    if told.get("reason") and told.get("status") != "rejected":
        form.complain("reason", "A reason goes with the status rejected only.")
    if form.problems:
        return senseless(*form.problems, raw=raw)
    if told.get("contact.phone"):
        told["contact.phone"] = values.dialled(told["contact.phone"], told.get("company.country"))
    return LeadArrival(
        feed=feed,
        external_id=told.get("id"),
        occurred_at=told.get("occurred_at"),
        fields={path: value for path, value in told.items() if path not in APART},
        touches=tuple(touches),
        owner=told.get("owner"),
        status=told.get("status"),
        reason=told.get("reason"),
        raw=values.compact(raw),
    )


def touch(form: Form, *, where: str) -> Touch | None:
    """Answer the touch that the form tells of, or None: then the form has problems. `where` is its place."""
    for path in ("kind", "at"):
        if path not in form.said:
            form.complain(f"{where}.{path}", f"A touch needs `{path}`.")
    if form.problems:
        return None
    told = form.values
    return Touch(
        kind=told["kind"],
        at=told["at"],
        campaign=told.get("campaign"),
        detail=told.get("detail"),
        by=told.get("by"),
    )


def touch_of_a_lead(form: Form, *, feed: str, raw: Any, where: str) -> TouchArrival | Senseless:
    """Answer the touch, and whose it is."""
    if "lead" not in form.said:
        form.complain(f"{where}.lead", "A touch needs `lead`: the id of its lead, or its e-mail.")
    read = touch(form, where=where)
    if read is None:
        return senseless(*form.problems, raw=raw)
    return TouchArrival(feed=feed, lead=form.values["lead"], touch=read, raw=values.compact(raw))


def listed(form: Form, path: str, raw: Any, written: str) -> None:
    """Read a list of a deal, each once; an absent one says nothing."""
    if raw is None:
        return
    if not isinstance(raw, list):
        form.complain(written, "This should be a list.")
        return
    if len(raw) > LONGEST_LIST:
        form.complain(written, f"At most {LONGEST_LIST}, this has {len(raw):,}.")
        return
    each = Form({str(index): LISTS[path] for index in range(len(raw))})
    for index, one in enumerate(raw):
        if one is None or (isinstance(one, str) and not values.clean(one)):
            each.complain(f"{written}.{index}", "This should not be empty.")
        else:
            each.fill(str(index), one, f"{written}.{index}")
    form.problems.extend(each.problems)
    form.values[path] = tuple(dict.fromkeys(each.values.values()))


def deal(form: Form, *, feed: str, raw: Any, where: str) -> DealArrival | Senseless:
    """Answer the deal that the form tells of."""
    told, said = form.values, form.said
    for path, words in (
        ("id", "A deal needs its id."),
        ("stage", "A deal needs its stage: won, lost or another."),
    ):
        if path not in said:
            form.complain(f"{where}.{path}", words)
    if ("amount" in said) is not ("currency" in said):
        missing = f"{where}.{'currency' if 'amount' in said else 'amount'}"
        if all(each.path != missing for each in form.problems):  # else it is there, and was not understood
            form.complain(missing, "An amount and its currency go together.")
    if closes_early(told.get("opened_at"), told.get("closed_at")):
        form.complain(f"{where}.closed_at", EARLY)
    if form.problems:
        return senseless(*form.problems, raw=raw)
    if told.get("amount", "") is None:
        told["currency"] = None
    fields = {
        path: value.isoformat() if isinstance(value, datetime) else value
        for path, value in told.items()
        if path not in ("id", "occurred_at")
    }
    return DealArrival(
        feed=feed,
        external_id=told["id"],
        occurred_at=told.get("occurred_at"),
        fields=fields,
        raw=values.compact(raw),
    )


def senseless(*problems: Problem, raw: Any) -> Senseless:
    return Senseless(problems=problems, raw=values.compact(raw))
