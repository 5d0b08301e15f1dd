"""What a feed's news does to a lead, by the state that the lead is in.

The same news twice changes nothing. A fact yields only to a later one; what is absent erases nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Final

from bot import gate
from bot.agreement import Agreement
from bot.arrivals import LeadArrival, Touch, Value, latest
from bot.jobs import Due, ReturnLead, Sight, show, to_person
from bot.leads.commands import Arrive, Hear, Return
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.elsewhere import OPEN, Told, settle_elsewhere
from bot.leads.lead import Handoff, Lead, Rejection, State
from bot.leads.marketing import offered_again, sent_back_for
from bot.leads.offering import beyond_the_flood, hold, judge, leave_with_marketing, offer
from bot.leads.rotating import change_team
from bot.leads.showing import cards, rejections, standing
from bot.leads.wait import asked_again
from bot.reasons import REASONS, Then
from bot.routing import team_of
from bot.touches import identity

SPAM: Final = "spam"
NOT_ICP: Final = "not_icp"
NO_ANSWER: Final = "no_answer"  # the kind of a touch by which we tried and did not reach them


def arrive(lead: Lead, command: Arrive, facts: Facts) -> Decision:
    """Take in what the feed tells, and do what the lead's state makes of it."""
    arrival = command.arrival
    known = _merged(lead, arrival, command.owner, facts.now)
    fresh = _fresh([*arrival.touches, *_implied(arrival, facts)], facts.touches)
    if known == lead and not fresh and not _is_first(lead):
        return Decision(lead=lead)
    decision = _elsewhere_or_here(lead, known, command, fresh, facts)
    return replace(decision, touches=(*fresh, *decision.touches))


def hear(lead: Lead, command: Hear, facts: Facts) -> Decision:
    """One touch of a lead that we know."""
    fresh = _fresh([replace(command.touch, by=command.by)], facts.touches)
    return replace(_react(lead, fresh, facts), touches=fresh) if fresh else Decision(lead=lead)


def come_back(lead: Lead, _command: Return, facts: Facts) -> Decision:
    """Offered anew, to the rep who asked for this date, or for whom marketing chose it; nothing, where the lead has moved on meanwhile."""
    if lead.returns_at is None or lead.returns_at > facts.now:
        return Decision(lead=lead)
    rejection = _standing_rejection(lead)
    dated = rejection is not None and REASONS[rejection.reason].then is Then.RETURNED
    if not dated and lead.recycled_by is None:
        return Decision(lead=lead)
    if beyond_the_flood(lead, facts.touches, facts):  # a month's first morning brings many
        return hold(lead, facts)
    return offered_again(lead, facts)


def _is_first(lead: Lead) -> bool:
    """Whether nothing was decided about the lead yet: who waits to be offered waits behind a message."""
    return lead.state is State.NEW and lead.hold is None


def _elsewhere_or_here(
    lead: Lead, known: Lead, command: Arrive, fresh: tuple[Touch, ...], facts: Facts
) -> Decision:
    """What was newly decided elsewhere comes before what we would do; an open lead's card tells both."""
    if _told_elsewhere(known) == _told_elsewhere(lead):
        return _react(known, fresh, facts)
    told, touches = _told(known, command, facts), (*facts.touches, *fresh)
    if known.state not in OPEN:
        return settle_elsewhere(known, told, touches, facts) or _react(known, fresh, facts)
    reacted = _react(known, fresh, facts)
    settled = settle_elsewhere(reacted.lead, told, touches, facts)
    return reacted if settled is None else _both(reacted, settled)


def _both(first: Decision, then: Decision) -> Decision:
    nudges, moves = (*first.nudges, *then.nudges), (*first.moves, *then.moves)
    return replace(then, jobs=(*first.jobs, *then.jobs), nudges=nudges, moves=moves)


def _react(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    return _REACTIONS[lead.state](lead, fresh, facts)


def _new(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    if _is_first(lead) or _asks(fresh, facts):
        return judge(lead, (*facts.touches, *fresh), facts)
    return Decision(lead=lead)


def _nurtured(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """Who was sent back stays until they ask for us, or until their days are over and they stir again."""
    if lead.sent_back and not _asks(fresh, facts) and not _stirs(lead, fresh, facts):
        return Decision(lead=lead)
    return judge(lead, (*facts.touches, *fresh), facts)


def _stirs(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> bool:
    returns_at = lead.returns_at
    if returns_at is None or returns_at > facts.now:
        return False
    return any(touch.by is None and touch.at >= returns_at for touch in fresh)


def _offered(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """The card shows what is new; a waiting lead that asks for us turns hot."""
    handoff = handoff_of(lead)
    if _asks(fresh, facts):
        touches = (*facts.touches, *fresh)
        why = gate.why(lead, touches, facts.agreement, facts.now)
        lead = replace(lead, handoff=replace(handoff, hot=True, why=why))
    if team_of(lead.fields, facts.agreement).name != facts.agreement.team(handoff.team).name:
        return change_team(lead, facts)
    return Decision(lead=lead, jobs=cards(lead, facts))


def _owned(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """What we did is contact, or an attempt; what the person did reaches the owner."""
    handoff, now = lead.handoff, facts.now
    if handoff is None:  # it had an owner elsewhere before it came here
        return Decision(lead=lead)
    jobs = [*cards(lead, facts), *_told_to_the_owner(lead, fresh, facts)]
    contacts = _contacts(fresh, handoff)
    tried = sum(touch.by is not None and touch.at >= handoff.offered_at for touch in fresh) - len(contacts)
    lead = replace(lead, attempts=lead.attempts + tried)
    told = "" if contacts else asks_owner(lead, fresh, facts.agreement, now)
    if told:
        lead = with_handoff(lead, wait=asked_again(now, handoff.wait, told))
    met = _met(lead, contacts, facts)
    days = [_when_it_is(lead, at) for at in contacts if at > now]
    return Decision(lead=met.lead, jobs=(*jobs, *met.jobs, *days))


def meet(lead: Lead, _command: Return, facts: Facts) -> Decision:
    """The moment of a meeting has come: it is a contact now. Nothing, where one of ours came later."""
    handoff = lead.handoff
    if handoff is None:
        return Decision(lead=lead)
    last = lead.spoke_at or handoff.offered_at
    after = _met(lead, [at for at in _contacts(facts.touches, handoff) if at > last], facts)
    return after if after.lead == lead else replace(after, jobs=(*cards(lead, facts), *after.jobs))


def _contacts(touches: Sequence[Touch], handoff: Handoff) -> list[datetime]:
    """When one of us was in touch since the lead was handed over, or is going to be."""
    return [
        each.at for each in touches if each.by and each.at >= handoff.offered_at and each.kind != NO_ANSWER
    ]


def _met(lead: Lead, contacts: Sequence[datetime], facts: Facts) -> Decision:
    """In touch at these moments: what is still to come is the next step, by its day."""
    handoff, now = handoff_of(lead), facts.now
    past = [at for at in contacts if at <= now]
    to_come = [_morning_of(at, lead, facts) for at in contacts if at > now]
    spoke_at = max([*past, *filter(None, [lead.spoke_at])], default=None)
    known = lead.next_step_at
    planned = [] if known is None or (past and spoke_at and known <= spoke_at) else [known]
    lead = replace(lead, spoke_at=spoke_at, next_step_at=min([*planned, *to_come], default=None))
    if not past or lead.contacted_at is not None:
        return Decision(lead=lead)
    state = State.WORKING if lead.state is State.ACCEPTED else lead.state
    first = replace(lead, state=state, contacted_at=min(past))
    return Decision(lead=first, jobs=standing(facts.agreement, handoff.week, handoff.line, now))


def _morning_of(at: datetime, lead: Lead, facts: Facts) -> datetime:
    """When the owner is to be reminded of what they do then: as that day's work begins, if that is still to come."""
    calendar = facts.agreement.calendar_of(facts.agreement.team(handoff_of(lead).team))
    day = at.astimezone(calendar.zone).date()
    opening = calendar.next_opening(datetime.combine(day, time(), tzinfo=calendar.zone))
    return opening if facts.now < opening < at else at


def _when_it_is(lead: Lead, at: datetime) -> Due:
    """It counts then; a moment has a key of its own, as there may be several."""
    return Due(job=ReturnLead(lead=lead.id), at=at, key=f"return_lead:{lead.id}@{at.isoformat()}")


def _told_to_the_owner(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Sequence[Due]:
    """By DM if the person asks for us, else a line under the card; an old history is told to nobody."""
    now, handoff = facts.now, handoff_of(lead)
    if lead.owner and (asks := asks_owner(lead, fresh, facts.agreement, now)):
        return (show(Sight.ASKED, asks, now, channel=lead.owner),)
    lately = facts.agreement.leads.flood.older_than
    recent = [touch for touch in fresh if touch.by is None and now - touch.at <= lately]
    if not recent:
        return ()
    return (show(Sight.ACTIVITY, identity(lead.id, max(recent, key=_at)), now, channel=handoff.channel),)


def asks_owner(lead: Lead, fresh: Sequence[Touch], agreement: Agreement, now: datetime) -> str:
    """What the message to the owner is about, by the newest of these touches that asks for us; empty: none does."""
    asking = [touch for touch in fresh if gate.asks(touch, agreement, now)]
    if not asking or lead.owner is None:
        return ""
    return to_person(identity(lead.id, max(asking, key=_at)), lead.owner)


def _over(lead: Lead, fresh: Sequence[Touch], facts: Facts) -> Decision:
    """A rejected or closed lead that asks again is a new handoff with its history.

    Except that spam is only counted, and who is not our kind of customer goes to marketing first. What
    they asked before the last offer, told late, is no new question.
    """
    offered_at = None if lead.handoff is None else lead.handoff.offered_at
    if not _asks([touch for touch in fresh if offered_at is None or touch.at > offered_at], facts):
        looked_at = lead.state in (State.REJECTED, State.DISPUTED)  # somebody may still take it, or judge
        return Decision(lead=lead, jobs=cards(lead, facts) if looked_at else ())
    touches, rejection = (*facts.touches, *fresh), _standing_rejection(lead)
    if rejection is not None and rejection.reason == SPAM:
        counted = replace(lead, asked_while_closed=lead.asked_while_closed + 1)
        return Decision(lead=counted, jobs=(*cards(lead, facts), *rejections(lead, facts)))
    if rejection is not None and rejection.reason == NOT_ICP:
        because = (f"asks again, {sent_back_for(NOT_ICP, facts.agreement)}",)
        left = leave_with_marketing(lead, because, touches, facts)
        kept = replace(left.lead, sent_back=True, returns_at=None)
        return Decision(lead=kept, jobs=(*left.jobs, *cards(lead, facts)))
    return offer(lead, touches, facts)


def _standing_rejection(lead: Lead) -> Rejection | None:
    rejection = None if lead.handoff is None else lead.handoff.rejection
    return None if rejection is None or rejection.taken_back_at is not None else rejection


_REACTIONS: Final[Mapping[State, Callable[[Lead, Sequence[Touch], Facts], Decision]]] = {
    State.NEW: _new,
    State.NURTURE: _nurtured,
    State.OFFERED: _offered,
    State.ACCEPTED: _owned,
    State.WORKING: _owned,
    State.REJECTED: _over,
    State.DISPUTED: _over,
    State.CONVERTED: _owned,
    State.CLOSED: _over,
}


def _merged(lead: Lead, arrival: LeadArrival, owner: str | None, now: datetime) -> Lead:
    """The lead with the facts of this arrival that are later than those we have."""
    told = {**arrival.fields, **_elsewhere(arrival, owner)}
    fields, fields_at = latest(lead.fields, lead.fields_at, told, arrival.occurred_at, now)
    external_id = lead.external_id or arrival.external_id
    return replace(lead, fields=fields, fields_at=fields_at, external_id=external_id)


_OWNER, _STATUS, _REASON = "elsewhere.owner", "elsewhere.status", "elsewhere.reason"


def _elsewhere(arrival: LeadArrival, owner: str | None) -> dict[str, Value]:
    """What is decided elsewhere is merged like facts; a status says all of its reason."""
    told: dict[str, Value] = {} if owner is None else {_OWNER: owner}
    return told if arrival.status is None else {**told, _STATUS: arrival.status, _REASON: arrival.reason}


def _told_elsewhere(lead: Lead) -> tuple[Value, ...]:
    return tuple(lead.fields.get(path) for path in (_OWNER, _STATUS, _REASON))


def _told(known: Lead, command: Arrive, facts: Facts) -> Told:
    """What this arrival says of a decision, as far as nothing later is known."""
    arrival, stands = command.arrival, known.fields
    is_status = stands.get(_STATUS) == arrival.status
    return Told(
        feed=arrival.feed,
        at=arrival.occurred_at or facts.now,
        owner=command.owner if stands.get(_OWNER) == command.owner else None,
        status=arrival.status if is_status else None,
        reason=arrival.reason if is_status else None,
    )


def _implied(arrival: LeadArrival, facts: Facts) -> Sequence[Touch]:
    """The arrival itself is a touch. Without a time of its own it is one only where it tells of something new."""
    source, campaign = arrival.fields.get("source"), arrival.fields.get("campaign")
    if not isinstance(source, str):
        return ()
    campaign = campaign if isinstance(campaign, str) else None
    known = {(touch.kind, touch.campaign) for touch in facts.touches}
    if arrival.occurred_at is None and (source, campaign) in known:
        return ()
    return (Touch(kind=source, at=arrival.occurred_at or facts.now, campaign=campaign),)


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


def _at(touch: Touch) -> datetime:
    return touch.at


def _asks(fresh: Sequence[Touch], facts: Facts) -> bool:
    return any(gate.asks(touch, facts.agreement, facts.now) for touch in fresh)
