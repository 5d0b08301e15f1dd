"""What people of sales do with a lead: one small rule for each thing they may ask."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.arrivals import Touch
from bot.errors import Refused
from bot.jobs import Attend, Due, LapseRejection, ReturnLead, Sight, redraw, show, to_person
from bot.leads.commands import Accept, Contact, NoAnswer, Reject, Shown, Take, Undo
from bot.leads.deadlines import answer_ends, taking_ends, undo_ends
from bot.leads.decision import Decision, Facts, as_it_stands, handoff_of, with_handoff
from bot.leads.lead import Handoff, Lead, Rejection, State, Verdict, Whose
from bot.leads.merging import merged_into
from bot.leads.rotating import refused, took, untook
from bot.leads.sentences import who_has_it
from bot.leads.showing import everywhere, rejections
from bot.leads.wait import Stage
from bot.people import Role
from bot.reasons import OTHER_LENGTH, REASONS, Ask, Reason, Then
from bot.text import at_time, by_the_clock, count, plain

AT_ONCE: Final = timedelta(minutes=1)  # a contact of ours so soon after another is the same one


def shown(lead: Lead, command: Shown, facts: Facts) -> Decision:
    handoff = handoff_of(lead)
    if handoff.id != command.handoff:
        return Decision(lead=lead)
    wait = handoff.wait
    if wait is not None and wait.stage is Stage.OFFER and wait.since is None:
        first, free = wait.first_since or facts.now, wait.free_since or facts.now
        wait = replace(wait, since=facts.now, first_since=first, free_since=free)
    if handoff.shown_at is None:
        after = (facts.now - handoff.offered_at) // timedelta(milliseconds=1)
        lead = with_handoff(lead, shown_at=facts.now, shown_after=None if handoff.imported else after)
    return Decision(lead=with_handoff(lead, wait=wait))


def accept(lead: Lead, command: Accept, facts: Facts) -> Decision:
    facts.actor(Role.REP)
    refuse_if_offered_to_another(lead, command.by, facts)
    if handoff_of(lead).whose not in (Whose.MATCH, Whose.DEAL, Whose.COMPANY):
        _refuse_over_cap(facts)
    return accepted_by(lead, command.by, facts)


def accepted_by(lead: Lead, by: str, facts: Facts, *, origin: str | None = None) -> Decision:
    """The lead with its new owner, and every place where it shows."""
    handoff, now = handoff_of(lead), facts.now
    theirs = with_handoff(lead, given_by=None, cover_for=None)  # handed on by who looked after it: for good
    decided = with_handoff(theirs, verdict=Verdict.ACCEPTED, **what_was_decided(lead, by, facts, origin))
    owner = show(Sight.OWNER, to_person(handoff.id, by), now, channel=by)
    jobs = (*everywhere(decided, facts), owner, *_when_undo_ends(decided, facts))
    if by != handoff.to:
        decided = with_handoff(decided, shares={})
    after = replace(decided, state=State.ACCEPTED, owner=by)
    return Decision(lead=after, jobs=jobs, moves=took(lead, by, facts))


def reject(lead: Lead, command: Reject, facts: Facts) -> Decision:
    """A no with its reason, by who may say it (passing.say_no)."""
    reason = REASONS.get(command.reason)
    if reason is None:
        raise Refused("Please choose a reason.", field="reason")
    lead = replace(lead, attempts=lead.attempts + len(command.attempts))
    _check_answers(lead, command, reason, facts)
    decision = rejected_by(lead, command, reason, facts)
    return replace(decision, touches=command.attempts)


def rejected_by(
    lead: Lead, command: Reject, reason: Reason, facts: Facts, *, origin: str | None = None
) -> Decision:
    """The lead as sales refused it; marketing is told, and has some days to answer."""
    handoff, now = handoff_of(lead), facts.now
    rejection = Rejection(
        id=_rejection_id(lead),
        at=now,
        by=command.by,
        reason=reason.code,
        answer=command.answer,
        words=command.words,
        until=_returns(reason, command, facts),
        record=command.record if reason.ask is Ask.RECORD else None,
    )
    moves = refused(lead, command.by, facts)
    decided = with_handoff(
        lead,
        verdict=Verdict.REJECTED,
        rejection=rejection,
        **what_was_decided(lead, command.by, facts, origin),
    )
    if any(move.turns for move in moves):
        decided = _with_turn_kept(decided)
    calendar, channels = facts.agreement.calendar, facts.agreement.channels
    told = show(Sight.REJECTION, rejection.id, now, channel=channels.feedback)
    lapse = LapseRejection(lead=lead.id, rejection=rejection.id)
    jobs = [
        *everywhere(decided, facts),
        told,
        Due(job=lapse, at=answer_ends(rejection, facts.agreement)),
        *_when_undo_ends(decided, facts),
        _card_later(handoff, "take", calendar.end_of_next_working_day(now)),
    ]
    if reason.then is Then.RETURNED and rejection.until is not None:
        back = ReturnLead(lead=lead.id)
        jobs.append(
            Due(job=back, at=rejection.until, key=f"return_lead:{lead.id}@{rejection.until:%Y-%m-%d}")
        )
    after = replace(decided, state=State.REJECTED, owner=None, returns_at=rejection.until)
    return Decision(lead=after, jobs=tuple(jobs), moves=moves)


def undo(lead: Lead, command: Undo, facts: Facts) -> Decision:
    """Back to what was before the decision: the clock goes on as if nothing had been decided."""
    handoff, before = handoff_of(lead), handoff_of(lead).before
    stands = who_has_it(lead, command.by, facts.agreement, facts.now)
    if handoff.origin is not None:
        raise Refused(f"This was decided in {plain(handoff.origin)}, and can be changed there. {stands}")
    if handoff.decided_by != command.by:
        raise Refused(f"Only who decided can undo it. {stands}")
    if lead.state is State.WORKING:
        raise Refused(f"You have been in touch with {plain(lead.called)} since, so it stays yours.")
    if handoff.decided_at is None or before is None:
        raise Refused(f"There is nothing to undo. {stands}")
    if (
        lead.state is State.REJECTED
        and handoff.rejection is not None
        and handoff.rejection.dispute is not None
    ):
        raise Refused(f"Marketing has asked for a second look since. {stands}")
    if lead.state is State.ACCEPTED and lead.attempts > before.attempts:
        raise Refused(f"You have already tried to reach {plain(lead.called)}, so it stays yours.")
    ends = undo_ends(lead, facts.agreement)
    if ends is None or facts.now > ends:
        ended = by_the_clock(handoff.decided_at + facts.agreement.leads.undo, facts.now)
        raise Refused(f"Undo was possible until {ended}. {stands}")
    rejection = handoff.rejection
    if handoff.verdict is Verdict.REJECTED and rejection is not None:
        rejection = replace(rejection, taken_back_at=facts.now, taken_back_by=command.by)
    elif before.state is State.REJECTED and rejection is not None:  # it was taken on: the no stands again
        rejection = replace(rejection, taken_back_at=None, taken_back_by=None)
    undone = with_handoff(
        lead,
        verdict=before.verdict,
        decided_at=before.decided_at,
        decided_by=before.decided_by,
        took=before.took,
        origin=before.origin,
        before=None,
        rejection=rejection,
        wait=before.wait,
        shares=before.shares or handoff.shares,
    )
    returns_at = rejection.until if before.state is State.REJECTED and rejection is not None else None
    after = replace(undone, state=before.state, owner=before.owner, returns_at=returns_at)
    again = handoff.to if after.state is State.OFFERED and handoff.alone else None
    here = (
        (Due(job=Attend(person=again), at=facts.now),) if again else ()
    )  # who is away by now is not asked again
    jobs = (*everywhere(lead, facts), *rejections(lead, facts), *_owner_told(after, facts), *here)
    return Decision(lead=after, jobs=jobs, moves=untook(lead, before, facts))


def take(lead: Lead, command: Take, facts: Facts) -> Decision:
    """Take what a colleague passed on, until the end of the next working day."""
    facts.actor(Role.REP)
    ends = taking_ends(lead, facts.agreement)
    if ends is None or facts.now > ends:
        stands = who_has_it(lead, command.by, facts.agreement, facts.now)
        if merged_into(lead) is not None:
            raise Refused(f"{stands} It is one with that record; marketing can take them apart.")
        raise Refused(f"It has gone back to marketing. {stands}")
    _refuse_over_cap(facts)
    return taken_by(lead, command.by, facts)


def taken_by(lead: Lead, by: str, facts: Facts, *, origin: str | None = None) -> Decision:
    """The rejection turns into an accept, both stay in the log. Undone, the rejection stands as before."""
    rejection = handoff_of(lead).rejection
    if rejection is not None:
        rejection = replace(rejection, taken_back_at=facts.now, taken_back_by=by)
    decision = accepted_by(with_handoff(lead, rejection=rejection), by, facts, origin=origin)
    after = replace(decision.lead, returns_at=None)
    return replace(decision, lead=after, jobs=(*decision.jobs, *rejections(lead, facts)))


def contact(lead: Lead, command: Contact, facts: Facts) -> Decision:
    refuse_unless_owner(lead, command.by, facts)
    _refuse_if_in_touch(lead, facts, answers=command.answers)
    made = Touch(kind="contact", at=facts.now, by=command.by)
    first = lead.contacted_at or facts.now
    planned = lead.next_step_at
    after = replace(
        lead,
        state=lead.state if lead.state is State.CONVERTED else State.WORKING,
        contacted_at=first,
        spoke_at=facts.now,
        next_step_at=None if planned and planned <= facts.now else planned,
    )
    return Decision(lead=after, jobs=everywhere(lead, facts), touches=(made,))


def no_answer(lead: Lead, command: NoAnswer, facts: Facts) -> Decision:
    refuse_unless_owner(lead, command.by, facts)
    _refuse_if_in_touch(lead, facts, answers=command.answers)
    made = Touch(kind="no_answer", at=facts.now, by=command.by)
    tried = replace(lead, attempts=lead.attempts + 1)
    return Decision(lead=tried, jobs=everywhere(lead, facts), touches=(made,))


def stay(lead: Lead, _command: object, _facts: Facts) -> Decision:
    """A timer that comes after the lead has moved on does nothing."""
    return Decision(lead=lead)


# What the rules above share.


def what_was_decided(lead: Lead, by: str, facts: Facts, origin: str | None) -> dict[str, object]:
    """What a handoff keeps of a decision; one that was made elsewhere is undone there."""
    handoff = handoff_of(lead)
    waited = facts.clock_of(handoff.team).between(handoff.offered_at, facts.now)
    return {
        "decided_at": facts.now,
        "decided_by": by,
        "took": int(waited.total_seconds()),
        "origin": origin,
        "before": as_it_stands(lead) if origin is None else None,
    }


def _with_turn_kept(lead: Lead) -> Lead:
    """The turn was given back; an undo takes it again."""
    handoff = handoff_of(lead)
    before = None if handoff.before is None else replace(handoff.before, shares=handoff.shares)
    return with_handoff(lead, shares={}, before=before)


def _when_undo_ends(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    if handoff_of(lead).before is None:
        return ()
    ends = facts.now + facts.agreement.leads.undo + timedelta(seconds=1)
    return (_card_later(handoff_of(lead), "undo", ends),)


def _card_later(handoff: Handoff, why: str, at: datetime) -> Due:
    """The card drawn anew when something on it is over; waiting, it does not hold up what is drawn before.

    A moment has a key of its own: that of a decision taken back must not stand for the next one's.
    """
    key = f"redraw:card:{handoff.id}@{why}:{at.isoformat()}"
    return redraw(Sight.CARD, handoff.card, at, channel=handoff.channel, key=key)


def _owner_told(lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """The message of who owns the lead again."""
    if lead.owner is None:
        return ()
    about = to_person(handoff_of(lead).id, lead.owner)
    return (show(Sight.OWNER, about, facts.now, channel=lead.owner),)


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


def refuse_if_offered_to_another(lead: Lead, by: str, facts: Facts) -> None:
    """What is offered to one rep alone is answered by them."""
    handoff = handoff_of(lead)
    if lead.state is State.OFFERED and handoff.alone and handoff.to != by:
        raise Refused(who_has_it(lead, by, facts.agreement, facts.now))


def refuse_unless_theirs(lead: Lead, by: str, facts: Facts) -> None:
    """Anyone who takes leads may refuse an open one; an accepted one is its owner's, or a manager's."""
    if lead.owner is None or lead.owner == by:
        facts.actor(Role.REP)
        refuse_if_offered_to_another(lead, by, facts)
    else:
        refuse_unless_owner(lead, by, facts)


def refuse_unless_owner(lead: Lead, by: str, facts: Facts) -> None:
    person = facts.actor(Role.REP, Role.MANAGER)
    named = Role.MANAGER in facts.roles_here.named
    if lead.owner != by and not (named and facts.roles_here.has(person, Role.MANAGER)):
        raise Refused(who_has_it(lead, by, facts.agreement, facts.now))


def _refuse_if_in_touch(lead: Lead, facts: Facts, *, answers: bool) -> None:
    """A button is pressed twice, or in a second message: that contact is known, and is no other one.

    `answers`: pressed in the message of what the lead has asked for.
    """
    wait, spoke_at = handoff_of(lead).wait, lead.spoke_at
    if spoke_at is None or (wait is not None and wait.stage is Stage.CONTACT):
        return
    if answers or facts.now - spoke_at < AT_ONCE:
        when = at_time(spoke_at, facts.now)
        raise Refused(f"You have been in touch with {plain(lead.called)} {when}. Nothing for you to do.")


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
        case Ask.RECORD if command.record == lead.id:
            raise Refused("That is this very lead. Please choose another record.", field="answer")
        case Ask.CHOICE | Ask.TEXT | Ask.RECORD:
            if not (command.answer or "").strip():
                raise Refused("Please answer this too.", field="answer")
        case Ask.COLLEAGUE | None:
            pass
    if reason.code == "other" and len((command.words or "").strip()) < OTHER_LENGTH:
        raise Refused(f"Please say it in at least {OTHER_LENGTH} characters.", field="words")
