"""A lead's history in a window: every touch, decision, message and nudge, who and from where.

Channels' privacy holds here too: no phone number, no address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot import ids
from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.blocks import actions, button, modal, section
from bot.cards import Who, headline
from bot.gate import spoken
from bot.jobs import Sight
from bot.leads.lead import Lead
from bot.leads.passing import HAND_BACK_REASONS
from bot.reasons import REASONS
from bot.text import moment_of, plain

PAGE: Final = 50  # lines; a view takes 100 blocks
PER_BLOCK: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a lead's log: what was done, by whom, from where."""

    at: datetime
    what: str
    by: str | None
    origin: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message about the lead that stands in Slack: a direct one to `person`, or one to marketing."""

    at: datetime
    sight: Sight
    person: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of a lead: the newest of each kind, as many as the pages so far can show."""

    lead: Lead
    touches: Sequence[Touch]
    entries: Sequence[Entry]
    messages: Sequence[Told]
    who: Who


def people_in(entries: Sequence[Entry]) -> set[str]:
    """Whom the log names."""
    named = [each for entry in entries for each in (entry.by, *map(entry.detail.get, ("colleague", "whom")))]
    return {str(person) for person in named if person}


def enough_for(page: int) -> int:
    """How many of each kind are needed to draw this page, and to know whether another one follows."""
    return (page + 1) * PAGE + 1


def timeline(history: History, agreement: Agreement, page: int = 0) -> dict[str, Any]:
    """The window, the newest first, a page at a time."""
    who = history.who
    told = [(entry.at, _entry(entry, who, agreement)) for entry in history.entries]
    told += [(touch.at, _touch(touch, who)) for touch in history.touches]
    told += [(message.at, _message(message, who)) for message in history.messages]
    lines = [
        f"{moment_of(at)}  {line}"
        for at, line in sorted(told, key=lambda each: each[0], reverse=True)
        if line
    ]
    shown = lines[page * PAGE : (page + 1) * PAGE]
    blocks = [section(f"*{headline(history.lead)}*")]
    blocks += [
        section("\n".join(shown[start : start + PER_BLOCK])) for start in range(0, len(shown), PER_BLOCK)
    ]
    if not shown:
        blocks.append(section("Nothing has happened yet." if page == 0 else "Nothing happened before that."))
    turns = [button("Newer", ids.NEWER, turned(history.lead.id, page - 1))] if page else []
    if len(lines) > (page + 1) * PAGE:
        turns.append(button("Earlier", ids.EARLIER, turned(history.lead.id, page + 1)))
    if turns:
        blocks.append(actions(*turns))
    return modal("timeline", "Timeline", blocks)


def turned(lead: str, page: int) -> str:
    """What a button that turns the page says."""
    return f"{page}:{lead}"


def read_turn(value: str) -> tuple[str, int]:
    """The lead and the page that a button asks for."""
    page, _, lead = value.partition(":")
    return lead, int(page)


def _touch(touch: Touch, who: Who) -> str:
    what = plain(spoken(touch.kind), 60)
    detail = f": {plain(touch.detail, 100)}" if touch.detail and touch.by else ""
    campaign = f" ({plain(touch.campaign, 60)})" if touch.campaign else ""
    by = f" by {plain(who(touch.by), 60)}" if touch.by else ""
    return f"{what[:1].upper()}{what[1:]}{campaign}{by}{detail}"


def _message(message: Told, who: Who) -> str:
    words = _MESSAGES.get(message.sight, "")
    whom = f": {plain(who(message.person), 60)}" if words and message.person else ""
    return f"{words}{whom}"


def _entry(entry: Entry, who: Who, agreement: Agreement) -> str:
    words = SPOKEN.get(entry.what)
    if words is None:
        return ""
    if entry.detail.get("stays"):
        words = STAYS
    whom = entry.detail.get("whom")
    words = words.format(whom=plain(who(str(whom)), 60) if whom else "somebody")
    if entry.what == "judge":
        words = f"{words}: {'it stands' if entry.detail.get('stands') else 'back to the rep'}"
    reason = str(entry.detail.get("reason"))
    if reason in REASONS:
        words = f"{words}: {plain(agreement.label(reason))}"
    elif reason in HAND_BACK_REASONS:
        words = f"{words}: {HAND_BACK_REASONS[reason]}"
    if (colleague := entry.detail.get("colleague")) is not None:
        words = f"{words}: {plain(who(str(colleague)), 60)}"
    by = f", {plain(who(entry.by), 60)}" if entry.by else ""
    return f"{words}{by} ({_PLACES.get(entry.origin) or plain(entry.origin, 40)})"


_PLACES: Final = {"slack": "in Slack", "truce": "by itself", "terminal": "from the terminal"}
_MESSAGES: Final[Mapping[Sight, str]] = {
    Sight.ASK: "Asked by direct message",
    Sight.OWNER: "Told by direct message that it is theirs",
    Sight.REJECTION: "Marketing was told of a rejection",
    Sight.DISPUTE: "Asked by direct message for a second look",
    Sight.RULING: "Told by direct message what came of the second look",
    Sight.ASKED: "Told by direct message that the lead asks for us",
    Sight.NEWS: "Told by direct message how it goes",
}
STAYS: Final = "Stays with who looked after it, as {whom} has left"
# What stands in the log and is told here by something else: a touch by the touch.
UNSPOKEN: Final = frozenset({"hear", "contact", "noanswer", "rise"})
SPOKEN: Final[Mapping[str, str]] = {
    "arrive": "Told of",
    "look": "Phone and e-mail looked at",
    "convert": "Has a deal",
    "shown": "Card shown",
    "join": "Shown on the card of others from its company",
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
    "follow": "Followed by marketing",
    "recycle": "Sent again by marketing",
    "renew": "Offered anew before the contract ends",
    "revive": "Sent again by marketing after a lost deal",
    "mend": "Corrected by marketing and sent back",
    "dispute": "Second look asked for",
    "judge": "Second look answered",
    "letstand": "Second look: nobody answered, so it stands",
    "reminded": "Reminded",
    "calledforhelp": "Asked by direct message who is to have it",
    "snooze": "Put off",
    "stopreminding": "Wants no more reminders of it",
    "grant": "Given an hour more",
    "merge": "Known already: two records are one now",
    "part": "Two records are two again",
    "erase": "The person was removed",
    "plan": "Next step planned",
    "excuse": "Offered on, as {whom} is away",
    "wenton": "Offered on without an answer from {whom}",
    "postedanew": "Card posted anew, without an answer so far",
    "fallback": "Back with who had handed it on",
    "deal": "Offered in turn",  # as it was named at first
    "offerinturn": "Offered in turn",
}
