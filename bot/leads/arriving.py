"""What a feed's news does to a lead, by the state that the lead is in.

The same news twice changes nothing. A fact yields only to a later one; what is absent erases nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot import gate
from bot.arrivals import LeadArrival, Touch, Value
from bot.jobs import Due, Sight, redraw, show, to_person
from bot.leads.commands import Arrive, Hear, Return
from bot.leads.decision import Decision, Facts, handoff_of
from bot.leads.elsewhere import settle_elsewhere
from bot.leads.lead import Lead, State
from bot.leads.offering import judge, leave_with_marketing, offer, standing
from bot.touches import identity

SPAM: Final = "spam"
NOT_ICP: Final = "not_icp"


def arrive(lead: Lead, command: Arrive, facts: Facts) -> Decision:
    """Take in what the feed tells, and do what the lead's state makes of it."""
    arrival = command.arrival
    first = not lead.fields_at
    known = _merged(lead, arrival, facts.now)
    touches = [*arrival.touches, *_implied(arrival, first=first, now=facts.now)]
    fresh = _fresh(touches, facts.touches)
    if known == lead and not fresh:
        return Decision(lead=lead)
    decision = _react(known, fresh, facts)
    if _told_elsewhere(known) != _told_elsewhere(lead):
        decision = settle_elsewhere(decision, arrival, command.owner, facts)
    return replace(decision, touches=(*fresh, *decision.touches))


def hear(lead: Lead, command: Hear, facts: Facts) -> Decision:
    """One touch of a lead that we know."""
    fresh = _fresh([replace(command.touch, by=command.by)], facts.touches)
    return replace(_react(lead, fresh, facts), touches=fresh) if fresh else Decision(lead=lead)


def come_back(lead: Lead, _command: Return, facts: Facts) -> Decision:
    """Offered anew, to the rep who asked for this date; nothing, where the lead has moved on meanwhile."""
    if lead.returns_at is None or lead.returns_at > facts.now:
        return Decision(lead=lead)
    rejection = handoff_of(lead).rejection
    return offer(lead, facts.touches, facts, to=None if rejection is None else rejection.by)


def _react(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    return _REACTIONS[lead.state](lead, fresh, facts)


def _new(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    if lead.hold is None or _asks(fresh, facts):
        return judge(lead, (*facts.touches, *fresh), facts)
    return Decision(lead=lead)


def _nurtured(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    touches = (*facts.touches, *fresh)
    if lead.sent_back and not _asks(fresh, facts):
        return Decision(lead=lead)
    if lead.sent_back and not gate.disqualified(lead, facts.agreement):
        return offer(lead, touches, facts)
    return judge(lead, touches, facts)


def _offered(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """The card shows what is new; a waiting lead that asks for us turns hot."""
    handoff = handoff_of(lead)
    if _asks(fresh, facts):
        touches = (*facts.touches, *fresh)
        why = gate.why(lead, touches, facts.agreement, facts.now)
        lead = replace(lead, handoff=replace(handoff, hot=True, why=why))
    return Decision(lead=lead, jobs=(redraw(Sight.CARD, handoff.id, facts.now, channel=handoff.channel),))


def _owned(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """What we did is contact; what the person did reaches the owner: by DM if they ask for us."""
    handoff, now = handoff_of(lead), facts.now
    jobs: list[Due] = [
        redraw(Sight.CARD, handoff.id, now, channel=handoff.channel),
    ]
    if lead.owner:
        jobs.append(redraw(Sight.OWNER, to_person(handoff.id, lead.owner), now, channel=lead.owner))
    contacts = [touch.at for touch in fresh if touch.by and touch.at >= handoff.offered_at]
    if contacts and lead.contacted_at is None:
        state = State.WORKING if lead.state is State.ACCEPTED else lead.state
        lead = replace(lead, state=state, contacted_at=min(contacts))
        jobs += standing(facts.agreement, handoff.week, handoff.line, now)
    recent = [
        touch
        for touch in fresh
        if touch.by is None and now - touch.at <= facts.agreement.leads.flood.older_than
    ]
    if recent:
        newest = max(recent, key=lambda touch: touch.at)
        about = identity(lead.id, newest)
        if _asks(fresh, facts) and lead.owner:
            jobs.append(show(Sight.ASKED, to_person(about, lead.owner), now, channel=lead.owner))
        else:
            jobs.append(show(Sight.ACTIVITY, about, now, channel=handoff.channel))
    return Decision(lead=lead, jobs=tuple(jobs))


def _over(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """A rejected or closed lead that asks again is a new handoff with its history.

    Except that spam is only counted, and who is not our kind of customer goes to marketing first.
    """
    if not _asks(fresh, facts):
        return Decision(lead=lead)
    touches = (*facts.touches, *fresh)
    rejection = None if lead.handoff is None else lead.handoff.rejection
    reason = None if rejection is None or rejection.taken_back_at else rejection.reason
    if reason == SPAM:
        return Decision(lead=replace(lead, asked_while_closed=lead.asked_while_closed + 1))
    if reason == NOT_ICP:
        return _to_marketing(lead, facts)
    return offer(lead, touches, facts)


def _to_marketing(lead: Lead, facts: Facts) -> Decision:
    because = ("asks again after a no: not our kind of customer",)
    decision = leave_with_marketing(lead, because, facts)
    return replace(decision, lead=replace(decision.lead, sent_back=True))


def _quiet(lead: Lead, _fresh: Sequence[Touch], _facts: Facts) -> Decision:
    return Decision(lead=lead)


_REACTIONS: Final[Mapping[State, Callable[[Lead, Sequence[Touch], Facts], Decision]]] = {
    State.NEW: _new,
    State.NURTURE: _nurtured,
    State.OFFERED: _offered,
    State.ACCEPTED: _owned,
    State.WORKING: _owned,
    State.REJECTED: _over,
    State.DISPUTED: _quiet,
    State.CONVERTED: _owned,
    State.CLOSED: _over,
}


def _merged(lead: Lead, arrival: LeadArrival, now: datetime) -> Lead:
    """The lead with the facts of this arrival that are later than those we have."""
    at = arrival.occurred_at or now
    told: dict[str, Value] = {**arrival.fields, **_elsewhere(arrival)}
    fields, fields_at = dict(lead.fields), dict(lead.fields_at)
    for path, value in told.items():
        if path in fields_at and (at <= fields_at[path] or fields.get(path) == value):
            continue
        fields_at[path] = at
        if value is None:
            fields.pop(path, None)
        else:
            fields[path] = value
    external_id = lead.external_id or arrival.external_id
    return replace(lead, fields=fields, fields_at=fields_at, external_id=external_id)


_ELSEWHERE: Final = ("elsewhere.owner", "elsewhere.status", "elsewhere.reason")


def _elsewhere(arrival: LeadArrival) -> dict[str, Value]:
    told = zip(_ELSEWHERE, (arrival.owner, arrival.status, arrival.reason), strict=True)
    return {path: value for path, value in told if value is not None}


def _told_elsewhere(lead: Lead) -> tuple[Value, ...]:
    return tuple(lead.fields.get(path) for path in _ELSEWHERE)


def _implied(arrival: LeadArrival, *, first: bool, now: datetime) -> Sequence[Touch]:
    """The arrival itself is a touch, where we know when it was; without a time a repeat is no news."""
    source, campaign = arrival.fields.get("source"), arrival.fields.get("campaign")
    if not isinstance(source, str) or (arrival.occurred_at is None and not first):
        return ()
    campaign = campaign if isinstance(campaign, str) else None
    return (Touch(kind=source, at=arrival.occurred_at or now, campaign=campaign),)


def _fresh(told: Sequence[Touch], known: Sequence[Touch]) -> tuple[Touch, ...]:
    """Those not known yet, each once."""
    seen = {_key(touch) for touch in known}
    fresh: dict[tuple[object, ...], Touch] = {}
    for touch in told:
        if _key(touch) not in seen:
            fresh.setdefault(_key(touch), touch)
    return tuple(fresh.values())


def _key(touch: Touch) -> tuple[object, ...]:
    return touch.kind, touch.at, touch.campaign


def _asks(fresh: Sequence[Touch], facts: Facts) -> bool:
    return any(gate.asks_for_us(touch.kind, facts.agreement) for touch in fresh)
