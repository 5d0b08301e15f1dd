"""The forms "Remind me later" (until when, and from the third time on why) and "Next step"."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from slack_sdk.models.blocks import DatePickerElement, PlainTextInputElement, RadioButtonsElement

from bot import ids
from bot.blocks import field, modal, option, section
from bot.cards import headline
from bot.errors import Refused
from bot.leads.commands import Command, Plan, Snooze
from bot.leads.lead import Lead, State
from bot.leads.quiet import FREE
from bot.moments import TOO_FAR
from bot.rejecting import Values
from bot.text import at_time
from bot.working_time import Calendar
from bot.working_time.stretches import YEARS

TITLE: Final = "Remind me later"
PUT_OFF_FOR: Final = timedelta(minutes=30)  # of an offer (product.md section 5)
MONDAY: Final = time(9)
HALF_AN_HOUR, TWO_HOURS, NEXT_HOURS, NEXT_MONDAY, A_DAY = "30m", "2h", "next", "monday", "day"
MEETING: Final = "meeting"
STEPS: Final = (("Get in touch again", "again"), ("A meeting we agreed on", MEETING))
CHOICES: Final = (
    ("In 30 minutes", HALF_AN_HOUR),
    ("In 2 hours", TWO_HOURS),
    ("In my next working hours", NEXT_HOURS),
    ("On Monday at 9:00", NEXT_MONDAY),
    ("On the day of the next step", A_DAY),
)


def any_snooze(by: str, now: datetime) -> Snooze:
    """What the form may become: by it is found out who may have it, before it is opened."""
    return Snooze(by=by, until=now + PUT_OFF_FOR, why=TITLE)


def any_step(by: str, now: datetime) -> Plan:
    """The same of a next step."""
    return Plan(by=by, at=now + PUT_OFF_FOR)


def later_form(lead: Lead, by: str) -> dict[str, Any]:
    wait = None if lead.handoff is None else lead.handoff.wait
    third = wait is not None and wait.snoozed.get(by, 0) >= FREE
    theirs = lead.owner == by  # a manager plans no next step
    choices = [option(text, code) for text, code in CHOICES if theirs or code != A_DAY]
    day = DatePickerElement(action_id=ids.DAY, placeholder="Day of the next step")
    why = PlainTextInputElement(action_id=ids.WHY, max_length=200)
    fields = [field(ids.UNTIL, "When?", RadioButtonsElement(action_id=ids.UNTIL, options=choices))]
    if theirs:
        hint = "Until then the lead is not stalled."
        fields.append(field(ids.DAY, "Next step on", day, optional=True, hint=hint))
    if third:
        fields.append(field(ids.WHY, "This is the third time for this lead: why?", why))
    return modal(ids.LATER_FORM, TITLE, [section(headline(lead)), *fields], submit="Remind me", about=lead.id)


def read_later(values: Values, by: str, calendar: Calendar, now: datetime) -> Command:
    """A snooze, or with a day the owner's next step. Raises Refused with its field."""
    chosen = (values.get(ids.UNTIL, {}).get(ids.UNTIL, {}).get("selected_option") or {}).get("value")
    day = values.get(ids.DAY, {}).get(ids.DAY, {}).get("selected_date")
    why = values.get(ids.WHY, {}).get(ids.WHY, {}).get("value") or ""
    if chosen == A_DAY:
        if not day:
            raise Refused("Please choose the day of the next step.", field=ids.DAY)
        return Plan(by=by, at=opening_of(date.fromisoformat(day), calendar))
    return Snooze(by=by, until=_until(str(chosen), calendar, now), why=why)


def put_off(calendar: Calendar, now: datetime) -> datetime:
    """Until when an offer is put off."""
    return _in_hours(now, PUT_OFF_FOR, calendar)


def put_off_said(lead: Lead, until: datetime, now: datetime) -> str:
    alone = lead.handoff is not None and lead.handoff.alone
    meanwhile = "It is still yours to answer." if alone else "Anyone may take it meanwhile."
    return f"I will remind you {at_time(until, now)}. {meanwhile}"


def next_step_form(lead: Lead) -> dict[str, Any]:
    what = RadioButtonsElement(action_id=ids.STEP, options=[option(text, code) for text, code in STEPS])
    day = DatePickerElement(action_id=ids.DAY, placeholder="Day")
    hint = "You are reminded on that day, and the lead is not stalled until then."
    if lead.state is State.CONVERTED:
        hint = "Until then the deal has its next step; Monday's message names it again after that day."
    fields = [field(ids.STEP, "What comes next?", what), field(ids.DAY, "On which day?", day, hint=hint)]
    return modal(
        ids.NEXT_STEP_FORM, "Next step", [section(headline(lead)), *fields], submit="Save", about=lead.id
    )


def read_next_step(values: Values, by: str, calendar: Calendar) -> Plan:
    """Raises Refused with its field."""
    step = (values.get(ids.STEP, {}).get(ids.STEP, {}).get("selected_option") or {}).get("value")
    day = values.get(ids.DAY, {}).get(ids.DAY, {}).get("selected_date")
    if not day:
        raise Refused("Please choose the day of the next step.", field=ids.DAY)
    on = date.fromisoformat(day)
    return Plan(by=by, at=opening_of(on, calendar), meeting=step == MEETING, on=on)


def opening_of(day: date, calendar: Calendar) -> datetime:
    """When work begins on that day, in the person's own hours. Raises Refused for a day centuries away."""
    if day.year not in YEARS:
        raise Refused(TOO_FAR, field=ids.DAY)
    return calendar.next_opening(datetime.combine(day, time(), tzinfo=calendar.zone))


def _until(chosen: str, calendar: Calendar, now: datetime) -> datetime:
    if chosen == HALF_AN_HOUR:
        return _in_hours(now, timedelta(minutes=30), calendar)
    if chosen == TWO_HOURS:
        return _in_hours(now, timedelta(hours=2), calendar)
    if chosen == NEXT_HOURS:
        return _next_hours(calendar, now)
    local = now.astimezone(calendar.zone)
    monday = local.date() + timedelta(days=(7 - local.weekday()) % 7 or 7)
    return calendar.next_opening(datetime.combine(monday, MONDAY, tzinfo=calendar.zone).astimezone(UTC))


def _in_hours(now: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """The time that is said is the time that is kept: who asks at work is told at work."""
    return calendar.next_opening(now + length) if calendar.is_open(now) else now + length


def _next_hours(calendar: Calendar, now: datetime) -> datetime:
    """When work begins again: tomorrow, if it is working time now."""
    opening = calendar.next_opening(now)
    if opening > now:
        return opening
    tomorrow = now.astimezone(calendar.zone).date() + timedelta(days=1)
    return opening_of(tomorrow, calendar)
