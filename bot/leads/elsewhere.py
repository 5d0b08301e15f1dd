"""A decision made elsewhere (a CRM, a manager there) settles the lead here as well."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.arrivals import Touch
from bot.jobs import Sight, show, to_person
from bot.leads.commands import Convert, Reject
from bot.leads.deciding import accepted_by, rejected_by, taken_by
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.lead import Lead, State
from bot.leads.offering import leave_with_marketing, offer
from bot.leads.showing import cards, everywhere, standing, waiting
from bot.reasons import REASONS, Reason, Then

OPEN = (State.OFFERED, State.ACCEPTED, State.WORKING)
OWNED = ("accepted", "working")  # what a feed may say of a lead that somebody has


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a feed newly says of a lead: `owner` a Slack user id; None says nothing."""

    feed: str
    at: datetime
    owner: str | None
    status: str | None
    reason: str | None

    @property
    def why(self) -> Reason:
        return REASONS[self.reason or "other"]


def convert(lead: Lead, command: Convert, facts: Facts) -> Decision:
    """What a deal means for a lead that it names: converted, where it is open; the campaign counts the deal.

    Who owns the lead stays its owner; one that nobody took gets the deal's, and waits on where that is nobody.
    """
    owner = lead.owner or command.owner
    told = Told(feed=command.feed, at=facts.now, owner=owner, status=State.CONVERTED, reason=None)
    converted = settle_elsewhere(lead, told, facts.touches, facts) or Decision(lead=lead)
    handoff = converted.lead.handoff
    if handoff is None:
        return converted
    counted = standing(facts.agreement, handoff.week, handoff.line, facts.now)
    if lead.state is State.CONVERTED and command.owner and lead.owner == command.gave != command.owner:
        return _with_its_deal(lead, command.owner, facts)
    drawn = cards(lead, facts) if lead.state is State.CONVERTED else ()  # its deals have changed
    return replace(converted, jobs=(*converted.jobs, *drawn, *counted))


def _with_its_deal(lead: Lead, owner: str, facts: Facts) -> Decision:
    """One of us gave on the deal of who owned the lead as well: they go together."""
    after = replace(with_handoff(lead, given_by=None, cover_for=None), owner=owner)
    told = show(Sight.OWNER, to_person(handoff_of(lead).id, owner), facts.now, channel=owner)
    return Decision(lead=after, jobs=(*everywhere(lead, facts), told))


def settle_elsewhere(lead: Lead, told: Told, touches: tuple[Touch, ...], facts: Facts) -> Decision | None:
    """What follows for a lead in this state; None: nothing."""
    if told.status == "rejected" and not told.why.rejects:
        return None
    if lead.state in (State.NEW, State.NURTURE):
        return _before_it_is_offered(lead, told, touches, facts)
    if lead.state in OPEN:
        return _open(lead, told, facts)
    if told.owner is None or told.status not in OWNED:
        return None
    if lead.state in (State.REJECTED, State.DISPUTED):
        return _in_touch(taken_by(lead, told.owner, facts, origin=told.feed), told)
    return _offered_and_taken(lead, told, touches, facts) if lead.state is State.CLOSED else None


def _before_it_is_offered(
    lead: Lead, told: Told, touches: tuple[Touch, ...], facts: Facts
) -> Decision | None:
    """Nobody here is asked about a lead that was decided upon before it came."""
    if told.status == "closed" or (told.status == "rejected" and told.why.then is Then.CLOSED):
        return _gone(lead, State.CLOSED, None, facts)
    if told.status == "converted":
        return _gone(lead, State.CONVERTED, told.owner, facts)
    if told.status == "rejected":
        because = f"rejected in {told.feed}: {facts.agreement.label(told.why.code)}"
        left = leave_with_marketing(lead, (because,), touches, facts)
        after = facts.agreement.recycle_after(told.why.code)
        returns_at = None if after is None else facts.now + after
        return replace(left, lead=replace(left.lead, sent_back=True, returns_at=returns_at))
    if told.status == "nurture":
        return leave_with_marketing(lead, (f"with marketing in {told.feed}",), touches, facts)
    if told.owner is None or told.status not in (None, *OWNED):
        return None
    return _offered_and_taken(lead, told, touches, facts)


def _gone(lead: Lead, state: State, owner: str | None, facts: Facts) -> Decision:
    after = replace(lead, state=state, owner=owner, hold=None, shelf=None, kept_because=(), returns_at=None)
    return Decision(lead=after, jobs=(*waiting(lead, facts), *cards(lead, facts)))


def _offered_and_taken(lead: Lead, told: Told, touches: tuple[Touch, ...], facts: Facts) -> Decision:
    offered = offer(lead, touches, facts, decided=True)
    taken = accepted_by(offered.lead, told.owner or "", facts, origin=told.feed)
    return _in_touch(replace(taken, jobs=(*offered.jobs, *taken.jobs)), told)


def _open(lead: Lead, told: Told, facts: Facts) -> Decision | None:
    if told.status in ("rejected", "closed"):
        said = Reject(by=told.owner or lead.owner or "", reason=told.why.code)
        return rejected_by(lead, said, told.why, facts, origin=told.feed)
    owner = told.owner or lead.owner
    if owner is None or told.status not in (None, *OWNED, "converted"):
        return None
    taken = _owned_by(lead, owner, told, facts)
    if told.status == "converted":
        return replace(taken, lead=replace(taken.lead, state=State.CONVERTED))
    return _in_touch(taken, told)


def _owned_by(lead: Lead, owner: str, told: Told, facts: Facts) -> Decision:
    """The first owner accepts; a later one only follows: when it was decided, and what was done, stays."""
    if lead.owner is None:
        return accepted_by(lead, owner, facts, origin=told.feed)
    if lead.owner == owner:
        return Decision(lead=lead, jobs=cards(lead, facts))
    after = replace(with_handoff(lead, before=None), owner=owner)
    about = to_person(handoff_of(lead).id, owner)
    note = show(Sight.OWNER, about, facts.now, channel=owner)
    return Decision(lead=after, jobs=(*everywhere(lead, facts), note))


def _in_touch(decision: Decision, told: Told) -> Decision:
    """Where the feed says that they have been in touch, they have."""
    lead = decision.lead
    if told.status != "working" or lead.state is not State.ACCEPTED:
        return decision
    first = lead.contacted_at or max(told.at, handoff_of(lead).offered_at)
    return replace(decision, lead=replace(lead, state=State.WORKING, contacted_at=first))
