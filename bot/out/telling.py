"""What other systems are told: what is different after a change, whichever rule made it, so that no rule can forget it.

People are Slack user ids here, under the names of PEOPLE, until `body` says who they are.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.arrivals import Touch
from bot.leads.acting import SLACK, TRUCE, acted
from bot.leads.commands import Command
from bot.leads.decision import Decision
from bot.leads.lead import Lead, Rejection, Verdict
from bot.people import Person
from bot.retros.commands import RetroCommand
from bot.retros.retro import Retro, RetroState

NO_ANSWER: Final = "no_answer"  # the kind of a touch by which we tried and did not reach them
PEOPLE: Final = ("by", "owner", "before", "who")


class Kind(StrEnum):
    """The words of `events` in app.yaml."""

    DECISION = "decision"
    OWNER = "owner"
    CONTACT = "contact"
    NEXT_STEP = "next_step"
    REJECTION = "rejection"
    RETRO = "retro"


class SecondLook(StrEnum):
    """What became of marketing's wish that a rejection be looked at again."""

    ASKED = "asked"
    STANDS = "stands"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing to tell. `about` is the lead's id here, or the deal's; `origin` a feed, slack, or truce (a timer)."""

    kind: Kind
    about: str
    by: str | None
    origin: str
    told: Mapping[str, Any]

    @property
    def people(self) -> set[str]:
        """Who is named in it."""
        action = self.told.get("action") or {}
        named = (self.by, *(part.get(name) for part in (self.told, action) for name in PEOPLE))
        return {each for each in named if each}


def of_lead(before: Lead, command: Command, decision: Decision) -> tuple[Event, ...]:
    """What a change of a lead tells, in the order in which it is told; nothing of a person who was removed."""
    after = decision.lead
    if after.erased_at is not None:
        return ()
    by, origin = acted(command)
    return tuple(
        Event(kind=kind, about=after.id, by=who or by, origin=origin.lower(), told=told)
        for look in (_decision, _owner, _contacts, _next_step, _rejection)
        for kind, who, told in look(before, decision)
    )


Seen = Iterator[tuple[Kind, str | None, Mapping[str, Any]]]  # with who did it, where that is known better


def _decision(before: Lead, decision: Decision) -> Seen:
    """Made, changed, or taken back: then the verdict is null, and the lead is open again."""
    was, after = _decided(before), decision.lead
    if after.handoff is None or _decided(after) == (was if _same_handoff(before, after) else _UNDECIDED):
        return
    verdict, rejection = after.handoff.verdict, after.handoff.rejection
    reason = rejection.reason if rejection is not None and verdict is Verdict.REJECTED else None
    told = {"verdict": verdict, "status": after.state, "owner": after.owner, "reason": reason}
    yield Kind.DECISION, after.handoff.decided_by if verdict else None, told


def _owner(before: Lead, decision: Decision) -> Seen:
    if before.owner != decision.lead.owner:
        yield Kind.OWNER, None, {"owner": decision.lead.owner, "before": before.owner}


def _contacts(before: Lead, decision: Decision) -> Seen:
    """Each contact of ours, and each attempt; where only a status or the day of a meeting says so, that."""
    after, ours = decision.lead, [touch for touch in decision.touches if touch.by]
    for touch in ours:
        reached = touch.kind != NO_ANSWER
        if reached and before.owner and _is_to_come(touch, after):
            continue  # it is the next step until then
        yield Kind.CONTACT, touch.by, {"contact": touch.kind, "reached": reached, "at": _moment(touch.at)}
    first = after.contacted_at if before.contacted_at is None else None
    at = first or (after.spoke_at if after.spoke_at != before.spoke_at else None)
    if not ours and at is not None:
        yield Kind.CONTACT, after.owner, {"contact": Kind.CONTACT, "reached": True, "at": _moment(at)}


def _is_to_come(touch: Touch, lead: Lead) -> bool:
    """Of a contact with an owned lead: what has been is the last one, or before it."""
    if lead.owner is None or lead.handoff is None:
        return False
    return touch.at > (lead.spoke_at or lead.handoff.offered_at)


def _next_step(before: Lead, decision: Decision) -> Seen:
    if before.next_step_at != decision.lead.next_step_at:
        yield Kind.NEXT_STEP, None, {"at": _moment(decision.lead.next_step_at)}


def _rejection(before: Lead, decision: Decision) -> Seen:
    """Its reason and the rep's words; again when it is taken back, and at each step of a second look."""
    handoff = decision.lead.handoff
    rejection = None if handoff is None else handoff.rejection
    known = None if before.handoff is None else before.handoff.rejection
    if rejection is None or _standing(rejection) == (known and _standing(known)):
        return
    yield (
        Kind.REJECTION,
        None if known is not None and known.id == rejection.id else rejection.by,
        {
            "rejection": rejection.id,
            "reason": rejection.reason,
            "answer": rejection.answer,
            "words": rejection.words,
            "until": _moment(rejection.until),
            "record": rejection.record,
            "taken_back": rejection.taken_back_at is not None,
            "second_look": _second_look(rejection),
        },
    )


def of_retro(before: Retro, command: RetroCommand, after: Retro) -> Event | None:
    """Of a look back: its state, and the change that was chosen; never who answered what."""
    if after.state is RetroState.WAITING or _of_retro(after) == _of_retro(before):
        return None
    by = getattr(command, "by", None)
    return Event(kind=Kind.RETRO, about=after.id, by=by, origin=SLACK if by else TRUCE, told=_of_retro(after))


def body(
    event: Event, at: datetime, subject: Mapping[str, Any], who: Callable[[str], Mapping[str, Any]]
) -> dict[str, Any]:
    """What is sent; `subject` says which lead or deal it is about, `who` tells of a person."""

    def named(told: Mapping[str, Any]) -> dict[str, Any]:
        return {key: who(each) if key in PEOPLE and each else each for key, each in told.items()}

    told = named({"by": event.by, **event.told})
    if told.get("action"):
        told["action"] = named(told["action"])
    return {
        "type": event.kind,
        "timestamp": _moment(at),
        "data": {**subject, "origin": event.origin, **told},
    }


def somebody(slack_id: str, person: Person | None, aliases: Mapping[str, str]) -> dict[str, Any]:
    """Who of us: by their address, and by those that a CRM uses; of who is not in Slack the address is all we have."""
    if person is None:
        mail = slack_id if "@" in slack_id else None
        return {"email": mail, "aliases": [], "slack": None if mail else slack_id}
    others = sorted(alias for alias, name in aliases.items() if person.answers_to(name))
    return {"email": person.email, "aliases": others, "slack": person.slack_id}


_UNDECIDED: Final = (None, None, None, None)


def _decided(lead: Lead) -> tuple[object, ...]:
    handoff = lead.handoff
    if handoff is None or handoff.verdict is None:
        return _UNDECIDED
    rejection = handoff.rejection if handoff.verdict is Verdict.REJECTED else None
    return handoff.verdict, handoff.decided_at, handoff.decided_by, rejection and rejection.id


def _same_handoff(before: Lead, after: Lead) -> bool:
    return (before.handoff and before.handoff.id) == (after.handoff and after.handoff.id)


def _standing(rejection: Rejection) -> tuple[object, ...]:
    return rejection.id, rejection.taken_back_at, _second_look(rejection)


def _second_look(rejection: Rejection) -> SecondLook | None:
    if rejection.dispute is None:
        return None
    stands = rejection.dispute.stands
    return SecondLook.ASKED if stands is None else SecondLook.STANDS if stands else SecondLook.OVERTURNED


def _of_retro(retro: Retro) -> dict[str, Any]:
    action = retro.action
    chosen = action and {
        "what": action.what,
        "who": action.who,
        "due": action.due.isoformat(),
        "done": action.done,
        "dropped_because": action.dropped_because,
    }
    return {"state": retro.state, "outcome": retro.outcome, "action": chosen}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
