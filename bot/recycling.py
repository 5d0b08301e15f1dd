"""The forms by which marketing sends a lead again: [Recycle...] and [Fix and send back]."""

from datetime import date, datetime
from typing import Any, Final

from slack_sdk.models.blocks import DatePickerElement, PlainTextInputElement, RadioButtonsElement

from bot import ids
from bot.agreement import Agreement
from bot.blocks import context, field, modal, option, section
from bot.cards import Sighted, headline, passed_on
from bot.errors import Refused
from bot.intake import values as reading
from bot.leads.commands import Mend, Recycle
from bot.leads.lead import Rejection
from bot.leads.recycling import FIELDS
from bot.rejecting import Values
from bot.snoozing import opening_of
from bot.text import one_line

SAME_REP: Final = "same"
ANYONE: Final = "anyone"
LONGEST: Final = 255  # characters of a field


def recycle_form(seen: Sighted, rejection: Rejection) -> dict[str, Any]:
    """When, and who is asked first."""
    day = DatePickerElement(action_id=ids.DAY, placeholder="Now")
    hint = "Leave it empty to offer the lead now. Until the day comes it stays with marketing."
    fields = [
        section(headline(seen.lead)),
        field(ids.DAY, "On which day?", day, hint=hint, optional=True),
    ]
    if rejection.by:
        same = option(f"{one_line(seen.who(rejection.by))} first, who had it", SAME_REP)
        options = [same, option("Whose turn it is, or anyone of the team", ANYONE)]
        whom = RadioButtonsElement(action_id=ids.WHOM, options=options, initial_option=same)
        fields.append(field(ids.WHOM, "Who is asked?", whom))
    return modal(ids.RECYCLE_FORM, "Recycle", fields, submit="Send again", about=rejection.id)


def read_recycle(values: Values, by: str, rejection: str, agreement: Agreement, now: datetime) -> Recycle:
    """Today is now."""
    day = _element(values, ids.DAY).get("selected_date")
    whom = (_element(values, ids.WHOM).get("selected_option") or {}).get("value")
    calendar = agreement.calendar
    until = opening_of(date.fromisoformat(day), calendar) if day else None
    if until is not None and until <= now and day == f"{now.astimezone(calendar.zone):%Y-%m-%d}":
        until = None
    return Recycle(by=by, rejection=rejection, until=until, same_rep=whom != ANYONE)


def fix_form(seen: Sighted, rejection: Rejection) -> dict[str, Any]:
    """What we know of the lead, to be corrected."""
    lead = seen.lead
    reason = passed_on(seen, rejection.reason, rejection.answer)
    fields = [section(headline(lead)), context(f"{reason}. Who passed on it sees what you corrected.")]
    for path, label in FIELDS.items():
        known = one_line(lead.text(path))[:LONGEST] or None
        text = PlainTextInputElement(action_id=path, initial_value=known, max_length=LONGEST)
        fields.append(field(path, label, text, optional=True))
    return modal(ids.FIX_FORM, "Fix and send back", fields, submit="Send back", about=rejection.id)


def read_fix(values: Values, by: str, rejection: str) -> Mend:
    """The facts as a feed would have told them. Raises Refused with the field that cannot be read."""
    told = {path: str(_element(values, path).get("value") or "").strip() for path in FIELDS}
    country = None
    for path, read in (
        ("company.country", reading.country),
        ("contact.email", reading.email),
        ("contact.name", reading.name),
        ("contact.title", reading.name),
        ("company.name", reading.name),
    ):
        if told[path]:
            told[path] = _read(path, read, told[path])
    country = told["company.country"] or None
    if told["contact.phone"]:
        told["contact.phone"] = reading.dialled(reading.clean(told["contact.phone"]), country)
    return Mend(by=by, rejection=rejection, told=tuple(told.items()))


def _read(path: str, read: Any, words: str) -> str:
    try:
        return str(read(words))
    except reading.Wrong as wrong:
        raise Refused(str(wrong), field=path) from None


def _element(values: Values, block: str) -> Any:
    return next(iter(values.get(block, {}).values()), {})
