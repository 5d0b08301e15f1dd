"""What people of marketing do with a lead, and what happens when they do nothing."""

from dataclasses import replace
from typing import Final

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Sight, redraw
from bot.leads.commands import Follow, HandOver, Keep, Lapse, Release, Thank
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.disputing import last_rejection
from bot.leads.lead import Lead, State, Whose
from bot.leads.offering import leave_with_marketing, offer
from bot.leads.showing import cards, rejections
from bot.people import Role
from bot.reasons import REASONS, Then

COMES_BACK: Final = 2  # times after which a lead that is passed on again is closed (product.md section 4)


def release(lead: Lead, command: Release, facts: Facts) -> Decision:
    if command.by is not None:
        facts.actor(Role.MARKETER, Role.MANAGER)
    return offered_again(lead, facts)


def keep(lead: Lead, _command: Keep, facts: Facts) -> Decision:
    """With marketing, which knows: its messages are brought up to date, none is posted."""
    facts.actor(Role.MARKETER, Role.MANAGER)
    kept = leave_with_marketing(lead, ("kept by marketing",), facts.touches, facts).lead
    channel = facts.agreement.channels.feedback
    drawn = redraw(Sight.NURTURE, str(kept.shelf), facts.now, channel=channel)
    return Decision(lead=replace(kept, sent_back=True), jobs=(drawn,))


def hand_over(lead: Lead, command: HandOver, facts: Facts) -> Decision:
    facts.actor(Role.MARKETER, Role.MANAGER)
    if not command.note.strip():
        raise Refused("One line for sales is needed: why is it ready after all?", field="note")
    return offer(lead, facts.touches, facts, handed_by=command.by, note=command.note.strip())


def thank(lead: Lead, command: Thank, facts: Facts) -> Decision:
    facts.actor(Role.MARKETER, Role.MANAGER)
    rejection = last_rejection(lead, command.by, command.rejection, facts)
    if command.by in rejection.thanked_by:
        return Decision(lead=lead)
    thanked = replace(rejection, thanked_by=(*rejection.thanked_by, command.by))
    return Decision(lead=with_handoff(lead, rejection=thanked), jobs=rejections(lead, facts))


def follow(lead: Lead, command: Follow, facts: Facts) -> Decision:
    """Told by direct message of whatever becomes of it from now on."""
    facts.actor(Role.MARKETER, Role.MANAGER)
    if command.by in lead.followed_by:
        return Decision(lead=lead)
    return Decision(lead=replace(lead, followed_by=(*lead.followed_by, command.by)))


def lapse(lead: Lead, command: Lapse, facts: Facts) -> Decision:
    """Marketing has not answered: the lead goes where the reason sends it."""
    handoff = handoff_of(lead)
    rejection = handoff.rejection
    if rejection is None or rejection.id != command.rejection or rejection.taken_back_at is not None:
        return Decision(lead=lead)
    then = REASONS[rejection.reason].then
    if then is Then.CLOSED or (then is Then.NURTURE and _times(lead) >= COMES_BACK):
        closed = replace(lead, state=State.CLOSED, owner=None, returns_at=None)
        return Decision(lead=closed, jobs=(*cards(lead, facts), *rejections(lead, facts)))
    because = (sent_back_for(rejection.reason, facts.agreement),)
    after = replace(lead, state=State.NURTURE, owner=None, sent_back=True, kept_because=because)
    return Decision(lead=after, jobs=(*cards(lead, facts), *rejections(lead, facts)))


def sent_back_for(reason: str, agreement: Agreement) -> str:
    return f"sent back: {agreement.label(reason)}"


def _times(lead: Lead) -> int:
    back = handoff_of(lead).back
    return 0 if back is None else back.times


def offered_again(lead: Lead, facts: Facts) -> Decision:
    """On its date: first of all to whom marketing chose, or who asked for the date."""
    if lead.recycled_by is not None:
        return offer(lead, facts.touches, facts, to=lead.recycled_to, whose=Whose.RECYCLED)
    return offer(lead, facts.touches, facts, to=who_asked_for_the_date(lead))


def who_asked_for_the_date(lead: Lead) -> str | None:
    """The rep for whom the timing was wrong: asked first when the lead is back."""
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if rejection is None or rejection.taken_back_at is not None:
        return None
    return rejection.by or None if REASONS[rejection.reason].then is Then.RETURNED else None
