"""A lead's history in a window: every touch, decision and who made it. Channels' privacy holds here too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.blocks import context, modal, section
from bot.cards import Who, headline
from bot.gate import spoken
from bot.leads.lead import Lead
from bot.leads.passing import HAND_BACK_REASONS
from bot.reasons import REASONS
from bot.text import day, plain

MOST: Final = 60  # lines; a view takes 100 blocks
PER_BLOCK: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a lead's log: what was done, by whom, from where."""

    at: datetime
    what: str
    by: str | None
    origin: str
    detail: Mapping[str, Any]


def people_in(entries: Sequence[Entry]) -> set[str]:
    """Whom the log names."""
    named = [person for entry in entries for person in (entry.by, entry.detail.get("colleague"))]
    return {str(person) for person in named if person}


def timeline(
    lead: Lead, touches: Sequence[Touch], entries: Sequence[Entry], who: Who, agreement: Agreement
) -> dict[str, Any]:
    """The window, the newest first."""
    told = [(entry.at, _entry(entry, who, agreement)) for entry in entries]
    told += [(touch.at, _touch(touch, who)) for touch in touches]
    lines = [
        f"{_when(at)}  {line}" for at, line in sorted(told, key=lambda each: each[0], reverse=True) if line
    ]
    shown = lines[:MOST]
    blocks = [section(f"*{headline(lead)}*")]
    blocks += [
        section("\n".join(shown[start : start + PER_BLOCK])) for start in range(0, len(shown), PER_BLOCK)
    ]
    if len(lines) > MOST:
        blocks.append(context(f"{len(lines) - MOST} earlier lines are not shown."))
    return modal("timeline", "Timeline", blocks)


def _when(at: datetime) -> str:
    return f"<!date^{at.timestamp():.0f}^{{date_short_pretty}} {{time}}|{day(at)} {at:%H:%M} UTC>"


def _touch(touch: Touch, who: Who) -> str:
    what = plain(spoken(touch.kind), 60)
    detail = f": {plain(touch.detail, 100)}" if touch.detail and touch.by else ""
    campaign = f" ({plain(touch.campaign, 60)})" if touch.campaign else ""
    by = f" by {plain(who(touch.by), 60)}" if touch.by else ""
    return f"{what[:1].upper()}{what[1:]}{campaign}{by}{detail}"


def _entry(entry: Entry, who: Who, agreement: Agreement) -> str:
    words = _LINES.get(entry.what)
    if words is None:
        return ""
    reason = str(entry.detail.get("reason"))
    if reason in REASONS:
        words = f"{words}: {plain(agreement.label(reason))}"
    elif reason in HAND_BACK_REASONS:
        words = f"{words}: {HAND_BACK_REASONS[reason]}"
    if (colleague := entry.detail.get("colleague")) is not None:
        words = f"{words}: {plain(who(str(colleague)), 60)}"
    return f"{words}{f', {plain(who(entry.by), 60)}' if entry.by else f' ({plain(entry.origin, 40)})'}"


_LINES: Final[Mapping[str, str]] = {
    "arrive": "Told of by a feed",
    "convert": "Has a deal",
    "shown": "Card shown",
    "release": "Offered after waiting with others",
    "keep": "Kept with marketing",
    "handover": "Handed over by marketing",
    "accept": "Accepted",
    "reject": "Passed on",
    "undo": "Decision taken back",
    "handback": "Handed back",
    "handon": "Handed on",
    "give": "Given to a new owner",
    "shareout": "Given to whose turn it is",
    "endcover": "Back with who had been away",
    "take": "Taken after all",
    "lapse": "Back with marketing",
    "return": "Back on its date",
    "thank": "Thanks from marketing",
    "reminded": "Reminded",
    "snooze": "Put off",
    "stopreminding": "Wants no more reminders of it",
    "grant": "Given an hour more",
    "plan": "Next step planned",
}
