"""What people of sales and marketing do with a lead: one small rule for each thing they may ask."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.arrivals import Touch
from bot.errors import Refused
from bot.jobs import Due, LapseRejection, ReturnLead, Sight, redraw, show, to_person
from bot.leads.commands import (
    Accept,
    Contact,
    HandOver,
    Keep,
    Lapse,
    NoAnswer,
    Reject,
    Release,
    Shown,
    Take,
    Thank,
    Undo,
)
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.lead import Before, Lead, Rejection, State, Verdict
from bot.leads.offering import leave_with_marketing, offer, standing
from bot.leads.sentences import who_has_it
from bot.people import Role
from bot.reasons import OTHER_LENGTH, REASONS, Ask, Reason, Then
from bot.text import at_time, count, mention

ANSWER_DAYS: Final = 5  # working days in which marketing may answer a rejection (product.md section 6)


# Marketing.


def release(lead: Lead, command: Release, facts: Facts) -> Decision:
    if command.by is not None:
        facts.actor(Role.MARKETER, Role.MANAGER)
    if lead.hold is None:
        return Decision(lead=lead)
    return offer(lead, facts.touches, facts)


def keep(lead: Lead, _command: Keep, facts: Facts) -> Decision:
    facts.actor(Role.MARKETER, Role.MANAGER)
    if lead.hold is None:
        return Decision(lead=lead)
    kept = leave_with_marketing(lead, ("kept by marketing",), facts)
    return Decision(lead=replace(kept.lead, sent_back=True))


def hand_over(lead: Lead, command: HandOver, facts: Facts) -> Decision:
    facts.actor(Role.MARKETER, Role.MANAGER)
    if not command.note.strip():
        raise Refused("One line for sales is needed: why is it ready after all?", field="note")
    decision = offer(lead, facts.touches, facts, handed_by=command.by, note=command.note.strip())
    shelf = lead.shelf
    if shelf is None:
        return decision
    drawn = redraw(Sight.NURTURE, shelf, facts.now, channel=facts.agreement.channels.feedback)
    return replace(decision, jobs=(*decision.jobs, drawn))


def thank(lead: Lead, command: Thank, facts: Facts) -> Decision:
    facts.actor(Role.MARKETER, Role.MANAGER)
    rejection = None if lead.handoff is None else lead.handoff.rejection
    if rejection is None or rejection.id != command.rejection:
        raise Refused(f"{lead.called} has moved on since. {who_has_it(lead, command.by)}")
    if command.by in rejection.thanked_by:
        return Decision(lead=lead)
    thanked = replace(rejection, thanked_by=(*rejection.thanked_by, command.by))
    return Decision(lead=with_handoff(lead, rejection=thanked), jobs=_retell(lead, facts))


# Sales.


def shown(lead: Lead, command: Shown, facts: Facts) -> Decision:
    handoff = handoff_of(lead)
    if handoff.id != command.handoff or handoff.shown_at is not None:
        return Decision(lead=lead)
    return Decision(lead=with_handoff(lead, shown_at=facts.now))


def accept(lead: Lead, command: Accept, facts: Facts) -> Decision:
    facts.actor(Role.REP)
    _refuse_over_cap(facts)
    return accepted_by(lead, command.by, facts)


def accepted_by(lead: Lead, by: str, facts: Facts, *, origin: str | None = None) -> Decision:
    """The lead with its new owner, and every place where it shows."""
    handoff, now = handoff_of(lead), facts.now
    decided = with_handoff(
        lead,
        verdict=Verdict.ACCEPTED,
        decided_at=now,
        decided_by=by,
        took=_took(lead, facts),
        origin=origin,
        before=_as_it_stands(lead),
    )
    owner = show(Sight.OWNER, to_person(handoff.id, by), now, channel=by)
    jobs = (*_everywhere(decided, facts), owner, *_when_undo_ends(decided, facts))
    return Decision(lead=replace(decided, state=State.ACCEPTED, owner=by), jobs=jobs)


def reject(lead: Lead, command: Reject, facts: Facts) -> Decision:
    _refuse_unless_theirs(lead, command.by, facts)
    reason = REASONS.get(command.reason)
    if reason is None:
        raise Refused("Please choose a reason.", field="reason")
    if not reason.rejects:
        return _pass_on(lead, command, facts)
    lead = replace(lead, attempts=lead.attempts + len(command.attempts))
    _check_answers(lead, command, reason, facts)
    decision = rejected_by(lead, command, reason, facts)
    return replace(decision, touches=command.attempts)


def rejected_by(
    lead: Lead, command: Reject, reason: Reason, facts: Facts, *, origin: str | None = None
) -> Decision:
    """The lead as sales refused it; marketing is told, and has some days to answer."""
    handoff, now = handoff_of(lead), facts.now
    lapses_at = facts.agreement.calendar.working_days_after(now, ANSWER_DAYS)
    rejection = Rejection(
        id=_rejection_id(lead),
        at=now,
        by=command.by,
        reason=reason.code,
        answer=command.answer,
        words=command.words,
        until=_returns(reason, command, facts),
    )
    decided = with_handoff(
        lead,
        verdict=Verdict.REJECTED,
        decided_at=now,
        decided_by=command.by,
        took=_took(lead, facts),
        origin=origin,
        before=_as_it_stands(lead),
        rejection=rejection,
    )
    channels = facts.agreement.channels
    told = show(Sight.REJECTION, rejection.id, now, channel=channels.feedback)
    lapse = Due(job=LapseRejection(lead=lead.id, rejection=rejection.id), at=lapses_at)
    take_ends = facts.agreement.calendar.end_of_next_working_day(now)
    untaken = redraw(
        Sight.CARD, handoff.id, take_ends, channel=handoff.channel, key=f"redraw:card:{handoff.id}@take"
    )
    jobs = [*_everywhere(decided, facts), told, lapse, untaken, *_when_undo_ends(decided, facts)]
    if reason.then is Then.RETURNED and rejection.until is not None:
        jobs.append(Due(job=ReturnLead(lead=lead.id), at=rejection.until))
    after = replace(decided, state=State.REJECTED, owner=None, returns_at=rejection.until)
    return Decision(lead=after, jobs=tuple(jobs))


def undo(lead: Lead, command: Undo, facts: Facts) -> Decision:
    """Back to what was before the decision: the clock goes on as if nothing had been decided."""
    handoff = handoff_of(lead)
    if handoff.decided_by != command.by:
        raise Refused(f"Only who decided can undo it. {who_has_it(lead, command.by)}")
    if handoff.decided_at is None or handoff.before is None:
        raise Refused(f"There is nothing to undo. {who_has_it(lead, command.by)}")
    ends = handoff.decided_at + facts.agreement.leads.undo
    if facts.now > ends:
        raise Refused(f"Undo was possible until {at_time(ends)}. {who_has_it(lead, command.by)}")
    if lead.state is State.ACCEPTED and lead.attempts:
        raise Refused(f"You have already tried to reach {lead.called}, so it stays yours.")
    rejection = handoff.rejection
    if handoff.verdict is Verdict.REJECTED and rejection is not None:
        rejection = replace(rejection, taken_back_at=facts.now, taken_back_by=command.by)
    before = handoff.before
    undone = with_handoff(
        lead,
        verdict=before.verdict,
        decided_at=before.decided_at,
        decided_by=before.decided_by,
        took=before.took,
        origin=before.origin,
        before=None,
        rejection=rejection,
    )
    after = replace(undone, state=before.state, owner=before.owner, returns_at=None)
    return Decision(lead=after, jobs=(*_everywhere(lead, facts), *_retell(lead, facts)))


def take(lead: Lead, command: Take, facts: Facts) -> Decision:
    """Take what a colleague passed on: the rejection turns into an accept, both stay in the log."""
    facts.actor(Role.REP)
    handoff = handoff_of(lead)
    if not may_be_taken(lead, facts.now, facts):
        raise Refused(f"It has gone back to marketing. {who_has_it(lead, command.by)}")
    _refuse_over_cap(facts)
    rejection = handoff.rejection
    if rejection is not None:
        rejection = replace(rejection, taken_back_at=facts.now, taken_back_by=command.by)
    decision = accepted_by(with_handoff(lead, rejection=rejection), command.by, facts)
    after = with_handoff(decision.lead, before=None)  # a take is not undone: it may be handed back
    return replace(
        decision, lead=replace(after, returns_at=None), jobs=(*decision.jobs, *_retell(lead, facts))
    )


def may_be_taken(lead: Lead, now: datetime, facts: Facts) -> bool:
    """Whether a colleague may still take what one rep rejected."""
    handoff = lead.handoff
    if lead.state is not State.REJECTED or handoff is None or handoff.decided_at is None:
        return False
    return now <= facts.agreement.calendar.end_of_next_working_day(handoff.decided_at)


def contact(lead: Lead, command: Contact, facts: Facts) -> Decision:
    _refuse_unless_owner(lead, command.by, facts)
    made = Touch(kind="contact", at=facts.now, by=command.by)
    first = lead.contacted_at or facts.now
    after = replace(lead, state=State.WORKING, contacted_at=first)
    return Decision(lead=after, jobs=_everywhere(lead, facts), touches=(made,))


def no_answer(lead: Lead, command: NoAnswer, facts: Facts) -> Decision:
    _refuse_unless_owner(lead, command.by, facts)
    made = Touch(kind="no_answer", at=facts.now, by=command.by)
    tried = replace(lead, attempts=lead.attempts + 1)
    return Decision(lead=tried, jobs=_everywhere(lead, facts), touches=(made,))


# Time.


def lapse(lead: Lead, command: Lapse, facts: Facts) -> Decision:
    """Marketing has not answered: the lead goes where the reason sends it."""
    handoff = handoff_of(lead)
    rejection = handoff.rejection
    if rejection is None or rejection.id != command.rejection or rejection.taken_back_at is not None:
        return Decision(lead=lead)
    if REASONS[rejection.reason].then is Then.CLOSED:
        return Decision(lead=replace(lead, state=State.CLOSED, owner=None))
    because = (f"sent back: {facts.agreement.label(rejection.reason)}",)
    after = replace(lead, state=State.NURTURE, owner=None, sent_back=True, kept_because=because)
    return Decision(lead=after)


def stay(lead: Lead, _command: object, _facts: Facts) -> Decision:
    """A timer that comes after the lead has moved on does nothing."""
    return Decision(lead=lead)


# What the rules above share.


def _everywhere(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """Every message that shows where the lead stands, brought up to date."""
    handoff, now = handoff_of(lead), facts.now
    told = [
        redraw(sight, to_person(handoff.id, person), now, channel=person)
        for sight, person in ((Sight.OWNER, lead.owner), (Sight.ASK, handoff.to))
        if person
    ]
    card = redraw(Sight.CARD, handoff.id, now, channel=handoff.channel)
    return (card, *told, *standing(facts.agreement, handoff.week, handoff.line, now))


def _as_it_stands(lead: Lead) -> Before:
    handoff = handoff_of(lead)
    return Before(
        state=lead.state,
        owner=lead.owner,
        verdict=handoff.verdict,
        decided_at=handoff.decided_at,
        decided_by=handoff.decided_by,
        took=handoff.took,
        origin=handoff.origin,
    )


def _when_undo_ends(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    handoff, at = handoff_of(lead), facts.now + facts.agreement.leads.undo + timedelta(seconds=1)
    key = f"redraw:card:{handoff.id}@undo"
    return (redraw(Sight.CARD, handoff.id, at, channel=handoff.channel, key=key),)


def _retell(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    rejection = handoff_of(lead).rejection
    if rejection is None:
        return ()
    return (redraw(Sight.REJECTION, rejection.id, facts.now, channel=facts.agreement.channels.feedback),)


def _took(lead: Lead, facts: Facts) -> int:
    waited = facts.agreement.calendar.between(handoff_of(lead).offered_at, facts.now)
    return int(waited.total_seconds())


def _rejection_id(lead: Lead) -> str:
    handoff = handoff_of(lead)
    before = 0 if handoff.rejection is None else int(handoff.rejection.id.rpartition("r")[2])
    return f"{handoff.id}r{before + 1}"


def _returns(reason: Reason, command: Reject, facts: Facts) -> datetime | None:
    if reason.then is Then.RETURNED:
        return command.until
    after = facts.agreement.recycle_after(reason.code)
    return None if after is None else facts.now + after


def _refuse_over_cap(facts: Facts) -> None:
    cap = facts.agreement.leads.cap
    if cap is not None and facts.load >= cap:
        words = count(facts.load, "lead that waits", "leads that wait")
        raise Refused(f"You have {words} for a first contact, and {cap} at a time is the team's limit.")


def _refuse_unless_theirs(lead: Lead, by: str, facts: Facts) -> None:
    """Anyone who takes leads may refuse an open one; an accepted one is its owner's, or a manager's."""
    if lead.owner is None or lead.owner == by:
        facts.actor(Role.REP)
    else:
        _refuse_unless_owner(lead, by, facts)


def _refuse_unless_owner(lead: Lead, by: str, facts: Facts) -> None:
    person = facts.actor(Role.REP, Role.MANAGER)
    named = Role.MANAGER in facts.agreement.roles.named
    if lead.owner != by and not (named and facts.agreement.roles.has(person, Role.MANAGER)):
        raise Refused(who_has_it(lead, by))


def _check_answers(lead: Lead, command: Reject, reason: Reason, facts: Facts) -> None:
    """No way around the reason: what its second question asks has to be there."""
    match reason.ask:
        case Ask.ATTEMPTS:
            least = facts.agreement.leads.attempts
            if lead.attempts < least:
                words = f"{count(lead.attempts, 'attempt')} so far; “{facts.agreement.label(reason.code)}”"
                raise Refused(f"{words} needs {least}. Please add the missing ones.", field="attempts")
        case Ask.MONTH:
            if command.until is None or command.until <= facts.now:
                raise Refused("Please choose a month that is still to come.", field="answer")
        case Ask.CHOICE | Ask.TEXT | Ask.RECORD:
            if not (command.answer or "").strip():
                raise Refused("Please answer this too.", field="answer")
        case Ask.COLLEAGUE | None:
            pass
    if reason.code == "other" and len((command.words or "").strip()) < OTHER_LENGTH:
        raise Refused(f"Please say it in at least {OTHER_LENGTH} characters.", field="words")


def _pass_on(lead: Lead, command: Reject, facts: Facts) -> Decision:
    """No rejection: hidden from this rep, offered to the colleague they named, or to the team."""
    colleague = command.colleague
    if colleague is not None:
        person = facts.colleague
        if person is None or not facts.agreement.roles.has(person, Role.REP):
            raise Refused(f"{mention(colleague)} does not take leads here.", field="answer")
        if colleague == command.by:
            raise Refused("That is you. Please name somebody else, or leave it empty.", field="answer")
    handoff, now = handoff_of(lead), facts.now
    hidden = tuple(dict.fromkeys((*handoff.hidden_from, command.by)))
    passed = with_handoff(
        lead,
        hidden_from=hidden,
        to=colleague,
        named_by=command.by if colleague else None,
        verdict=None,
        decided_at=None,
        decided_by=None,
        took=None,
        origin=None,
        before=None,
    )
    after = replace(passed, state=State.OFFERED, owner=None, contacted_at=None)
    ask = (show(Sight.ASK, to_person(handoff.id, colleague), now, channel=colleague),) if colleague else ()
    return Decision(lead=after, jobs=(*_everywhere(lead, facts), *ask))
