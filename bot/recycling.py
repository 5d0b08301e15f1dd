"""The forms by which marketing sends a lead again: [Recycle...] (of a lost deal too) and [Fix and send back]."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block, DatePickerElement, PlainTextInputElement, RadioButtonsElement

from bot import ids
from bot.agreement import Agreement
from bot.blocks import context, field, modal, option, section
from bot.cards import Sighted, headline, passed_on
from bot.deals import DealState
from bot.errors import Refused
from bot.intake import values as reading
from bot.leads.commands import Mend, Recycle, Revive
from bot.leads.lead import Lead, Rejection, State
from bot.leads.recycling import FIELDS
from bot.rejecting import Values
from bot.retros.looks import RetroSight
from bot.snoozing import opening_of
from bot.text import one_line

SAME_REP: Final = "same"
ANYONE: Final = "anyone"
LONGEST: Final = 255  # characters of a field
MOST_LEADS: Final = 10  # of one deal: radio buttons are ten at most
NOTHING_LEFT: Final = "The leads of this deal have moved on since. Nothing for you to do."
WHO_HAD_IT: Final = "Who had it"


def recycle_form(seen: Sighted, rejection: Rejection) -> dict[str, Any]:
    """When, and who is asked first."""
    had = one_line(seen.who(rejection.by)) if rejection.by else ""
    fields = [section(headline(seen.lead)), _when(), *_whom(had)]
    return modal(ids.RECYCLE_FORM, "Recycle", fields, submit="Send again", about=rejection.id)


def revive_form(seen: RetroSight) -> dict[str, Any]:
    """The same for the leads of a lost deal: one of them, where there are several."""
    leads = revived(seen)
    options = [option(lead.called, lead.id) for lead in leads[:MOST_LEADS]]
    which = RadioButtonsElement(action_id=ids.LEAD, options=options, initial_option=options[0])
    about = section(headline(leads[0])) if len(leads) == 1 else field(ids.LEAD, "Which lead?", which)
    owners = {lead.owner for lead in leads}
    had = one_line(seen.who(str(leads[0].owner))) if owners == {leads[0].owner} and leads[0].owner else ""
    fields = [about, _when(), *(_whom(had) if had or owners == {None} else _whom(WHO_HAD_IT))]
    return modal(ids.REVIVE_FORM, "Recycle", fields, submit="Send again", about=seen.retro.id)


def revived(seen: RetroSight) -> Sequence[Lead]:
    """The leads of a lost deal that could be sent to sales again."""
    if seen.deal.state is not DealState.LOST:
        return ()
    return [lead for lead in seen.leads if lead.state is State.CONVERTED]


def read_recycle(values: Values, by: str, rejection: str, agreement: Agreement, now: datetime) -> Recycle:
    """Today is now."""
    until, same_rep = _read_when(values, agreement, now)
    return Recycle(by=by, rejection=rejection, until=until, same_rep=same_rep)


def read_revive(values: Values, by: str, deal: str, agreement: Agreement, now: datetime) -> Revive:
    until, same_rep = _read_when(values, agreement, now)
    return Revive(by=by, deal=deal, until=until, same_rep=same_rep)


def lead_chosen(values: Values) -> str | None:
    """Which of several leads is meant; None: there was one."""
    chosen = (_element(values, ids.LEAD).get("selected_option") or {}).get("value")
    return None if chosen is None else str(chosen)


def _when() -> Block:
    day = DatePickerElement(action_id=ids.DAY, placeholder="Now")
    hint = "Leave it empty to offer the lead now. Until the day comes it stays with marketing."
    return field(ids.DAY, "On which day?", day, hint=hint, optional=True)


def _whom(had: str) -> list[Block]:
    if not had:
        return []
    same = option(f"{had} first{'' if had == WHO_HAD_IT else ', who had it'}", SAME_REP)
    options = [same, option("Whose turn it is, or anyone of the team", ANYONE)]
    whom = RadioButtonsElement(action_id=ids.WHOM, options=options, initial_option=same)
    return [field(ids.WHOM, "Who is asked?", whom)]


def _read_when(values: Values, agreement: Agreement, now: datetime) -> tuple[datetime | None, bool]:
    """Until when it stays with marketing, and whether who had it is asked first. Today is now."""
    day = _element(values, ids.DAY).get("selected_date")
    whom = (_element(values, ids.WHOM).get("selected_option") or {}).get("value")
    calendar = agreement.calendar
    until = opening_of(date.fromisoformat(day), calendar) if day else None
    if until is not None and until <= now and day == f"{now.astimezone(calendar.zone):%Y-%m-%d}":
        until = None
    return until, whom != ANYONE


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
