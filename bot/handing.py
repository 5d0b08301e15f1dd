"""What marketing presses: the form "Hand over anyway", and the message for leads that wait together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement

from bot import ids
from bot.blocks import Message, actions, button, context, field, modal, option, section
from bot.errors import Refused
from bot.leads.lead import Lead
from bot.rejecting import Values
from bot.text import count, plain
from bot.working_time import Calendar

AT_ONCE: Final = 10  # leads that one press, or one day, offers (product.md section 3.6)
MOST_CHOICES: Final = 100  # options of one select


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Leads that wait behind one message.

    `arrived` came to wait, `waiting` still do; `names` are their campaign, or the feeds they came by.
    """

    id: str
    channel: str
    arrived: int
    waiting: int
    names: tuple[str, ...]
    daily: bool
    kept: bool
    pressed_by: str | None


def next_share_at(calendar: Calendar, now: datetime) -> datetime:
    """When work begins on the next working day: a share that was late today is not late tomorrow."""
    tomorrow = now.astimezone(calendar.zone).date() + timedelta(days=1)
    return calendar.next_opening(datetime.combine(tomorrow, time(), tzinfo=calendar.zone))


def hold_note(hold: Hold, pressed_by: str | None) -> Message:
    """One message instead of many cards."""
    names = " and ".join(f"*{plain(name, 80)}*" for name in hold.names)
    whence = f" from {names}" if names else ""
    done = _done(hold, pressed_by)
    if hold.waiting == 0:
        words = f"{count(hold.arrived, 'lead')}{whence}: none waits any more. {done}".strip()
        return Message(text=words.replace("*", ""), blocks=[section(words)])
    words = f"{count(hold.waiting, 'lead')}{whence} {'waits' if hold.waiting == 1 else 'wait'} to be offered."
    offer = [button(f"Offer the next {min(AT_ONCE, hold.waiting)}", ids.HOLD_NEXT, hold.id, style="primary")]
    if not hold.daily:
        offer.append(button(f"Offer {AT_ONCE} a day", ids.HOLD_DAILY, hold.id))
    return Message(
        text=f"{words} {done}".replace("*", "").strip(),
        blocks=[
            section(words),
            *([context(done)] if done else []),
            actions(
                *offer, button("Keep with marketing", ids.HOLD_KEEP, hold.id), block_id=f"hold.{hold.id}"
            ),
        ],
    )


def hand_over_form(leads: Sequence[Lead], shelf: str) -> dict[str, Any]:
    """Which lead, and one line for sales."""
    options = [
        option(f"{lead.called} ({', '.join(lead.kept_because)})", lead.id) for lead in leads[:MOST_CHOICES]
    ]
    select = StaticSelectElement(
        action_id=ids.LEAD,
        placeholder="Choose a lead",
        options=options,
        initial_option=options[0] if len(options) == 1 else None,
    )
    line = PlainTextInputElement(action_id=ids.NOTE, max_length=150)
    return modal(
        ids.HAND_OVER_FORM,
        "Hand over anyway",
        [
            field(ids.LEAD, "Lead", select),
            field(
                ids.NOTE,
                "One line for sales",
                line,
                hint="The card shows it: why is this lead ready after all?",
            ),
        ],
        submit="Hand over",
        about=shelf,
    )


def read_hand_over(values: Values) -> tuple[str, str]:
    """The lead's id and the line."""
    chosen = values.get(ids.LEAD, {}).get(ids.LEAD, {}).get("selected_option")
    if not chosen:
        raise Refused("Please choose a lead.", field=ids.LEAD)
    note = values.get(ids.NOTE, {}).get(ids.NOTE, {}).get("value")
    return str(chosen["value"]), str(note or "")


def _done(hold: Hold, pressed_by: str | None) -> str:
    if pressed_by is None:
        return ""
    whom = plain(pressed_by, 60)
    if hold.kept:
        return f"{whom} keeps them with marketing."
    return f"{whom}: {AT_ONCE} a day." if hold.daily else f"{whom} had some offered."
