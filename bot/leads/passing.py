"""A good lead that somebody else should have: passed on, handed back, handed on, given. None of it is a rejection."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.errors import Refused
from bot.jobs import Attend, Due, EndHandOn, Sight, show, to_person
from bot.leads.commands import FallBack, Give, HandBack, HandOn, Reject
from bot.leads.deciding import refuse_unless_owner, refuse_unless_theirs, reject, what_was_decided
from bot.leads.decision import UNDECIDED, Decision, Facts, as_it_stands, handoff_of, with_handoff
from bot.leads.ladder import goes_on_at
from bot.leads.lead import Before, Handoff, Lead, Passed, State, Verdict, Whose
from bot.leads.rotating import TO_NOBODY, ask_managers, kept_turn, offer_of, or_a_manager, place, took
from bot.leads.sentences import who_has_it
from bot.leads.showing import everywhere
from bot.leads.wait import in_touch, offered_anew, owned
from bot.people import Person, Role
from bot.reasons import REASONS

KEEPS_THE_TURN: Final = ("not_mine", "territory")
HAND_BACK_REASONS: Final[Mapping[str, str]] = {
    "away": "I am away",
    "territory": "Somebody else's territory",
    "load": "I have too much",
}
TO_THE_MANAGER: Final = 2  # times that a lead was passed on in one handoff (product.md section 4)


def say_no(lead: Lead, command: Reject, facts: Facts) -> Decision:
    """Two of the reasons are no rejection: the lead is offered on in the same handoff."""
    refuse_unless_theirs(lead, command.by, facts)
    reason = REASONS.get(command.reason)
    if reason is None or reason.rejects:
        return reject(lead, command, facts)
    handoff = handoff_of(lead)
    if command.colleague is not None:
        _refuse_colleague(handoff, command, facts)
        return _pass_on(lead, command.by, reason.code, facts, to=command.colleague)
    if lead.owner is not None or (handoff.alone and handoff.to == command.by):
        return _pass_on(lead, command.by, reason.code, facts)
    return _hide(lead, command.by, facts, None if command.hides else reason.code)


def hand_back(lead: Lead, command: HandBack, facts: Facts) -> Decision:
    refuse_unless_owner(lead, command.by, facts)
    if command.reason not in HAND_BACK_REASONS:
        raise Refused("Please choose why somebody else should have it.", field="reason")
    return _pass_on(lead, command.by, command.reason, facts)


def hand_on(lead: Lead, command: HandOn, facts: Facts) -> Decision:
    """Offered to the colleague alone; what was decided is kept, for they may not take it."""
    refuse_unless_owner(lead, command.by, facts)
    handoff, now = handoff_of(lead), facts.now
    colleague = _who_takes_leads(facts, command.colleague)
    if colleague.slack_id == lead.owner:
        raise Refused(_has_it_already(colleague, command.by), field="whom")
    if not command.note.strip():
        raise Refused("A line for your colleague is needed: what should they know?", field="note")
    whom = None if facts.team is None else facts.team.whom(colleague.slack_id)
    common = facts.agreement.calendar_of(facts.agreement.team(handoff.team))
    until = (common if whom is None else whom.calendar).add(
        now, facts.agreement.team(handoff.team).ladder.standard.reoffer
    )
    offered = with_handoff(
        lead,
        to=colleague.slack_id,
        asked_in=None,
        alone=True,
        whose=Whose.HANDED,
        until=until,
        named_by=lead.owner,
        named_note=command.note.strip(),
        offers=handoff.offers + 1,
        verdict=None,
        decided_at=None,
        decided_by=None,
        took=None,
        origin=None,
        before=as_it_stands(lead),
        wait=offered_anew(handoff.wait, now, hot=False),
    )
    after = replace(offered, state=State.OFFERED, owner=None)
    ask = show(Sight.ASK, to_person(handoff.id, colleague.slack_id), now, channel=colleague.slack_id)
    back = Due(job=EndHandOn(lead=lead.id, offer=offer_of(after)), at=until)
    return Decision(lead=after, jobs=(*everywhere(lead, facts), ask, back))


def fall_back(lead: Lead, command: FallBack, facts: Facts) -> Decision:
    """Not taken in time; nothing, where something else has happened to it."""
    if handoff_of(lead).whose is not Whose.HANDED or offer_of(lead) != command.offer:
        return Decision(lead=lead)
    ends = None if facts.team is None else goes_on_at(lead, facts.team)
    if ends is not None and ends > facts.now:  # an hour was given, or the clock stood still meanwhile
        again = Due(job=EndHandOn(lead=lead.id, offer=command.offer), at=ends)
        return Decision(lead=with_handoff(lead, until=ends), jobs=(*everywhere(lead, facts), again))
    return back_to_who_had_it(lead, facts)


def back_to_who_had_it(lead: Lead, facts: Facts) -> Decision:
    """Handed on in vain: it is theirs again, as it was."""
    handoff, now = handoff_of(lead), facts.now
    before = handoff.before or Before(
        state=State.ACCEPTED,
        owner=handoff.named_by,
        verdict=Verdict.ACCEPTED,
        decided_at=now,
        decided_by=handoff.named_by,
    )
    start = in_touch if lead.contacted_at else owned
    again = with_handoff(
        lead,
        to=None,
        alone=False,
        whose=None,
        until=None,
        named_by=None,
        named_note=None,
        verdict=before.verdict,
        decided_at=before.decided_at,
        decided_by=before.decided_by,
        took=before.took,
        origin=before.origin,
        before=None,
        wait=start(now, handoff.wait, hot=handoff.hot),
    )
    owner = before.owner or ""
    told = show(Sight.OWNER, to_person(handoff.id, owner), now, channel=owner)
    after = replace(again, state=before.state, owner=before.owner)
    there = Due(job=Attend(person=owner), at=now)  # they may be away or gone by now: a manager sees it
    return Decision(lead=after, jobs=(*everywhere(lead, facts), told, there))


def give(lead: Lead, command: Give, facts: Facts) -> Decision:
    """The new owner has it at once, outside of turn and cap, and may hand it back."""
    facts.manager()
    if command.had is not None and command.had != (lead.owner or ""):
        raise Refused(who_has_it(lead, command.by, facts.agreement, facts.now))
    handoff, now = handoff_of(lead), facts.now
    colleague = _who_takes_leads(facts, command.colleague)
    if colleague.slack_id == lead.owner:
        raise Refused(_has_it_already(colleague, command.by), field="whom")
    start = in_touch if lead.state is State.WORKING else owned
    made = (
        {} if lead.owner else {**what_was_decided(lead, command.by, facts, None), "verdict": Verdict.ACCEPTED}
    )
    given = with_handoff(
        lead,
        **{
            **made,
            **TO_NOBODY,
            "given_by": command.by,
            "cover_for": _looked_after_for(lead, command),
            "before": None,
            "wait": start(now, handoff.wait, hot=handoff.hot),
        },
    )
    state = State.WORKING if lead.state is State.WORKING else State.ACCEPTED
    after = replace(given, state=state, owner=colleague.slack_id)
    told = show(Sight.OWNER, to_person(handoff.id, colleague.slack_id), now, channel=colleague.slack_id)
    moves = took(lead, colleague.slack_id, facts)
    return Decision(lead=after, jobs=(*everywhere(lead, facts), told), moves=moves)


# What the rules above share.


def _hide(lead: Lead, by: str, facts: Facts, reason: str | None) -> Decision:
    """Anyone else may still take it; what is offered to somebody else by name stays so.

    The second who says why, in one handoff, makes it a manager's matter as well.
    """
    handoff = handoff_of(lead)
    nobody = TO_NOBODY if handoff.to == by else {}
    passed = (*handoff.passed, *([Passed(by=by, reason=reason)] if reason else []))
    after = with_handoff(lead, hidden_from=_with(handoff.hidden_from, by), passed=passed, **nobody)
    decision = Decision(lead=after, jobs=everywhere(lead, facts))
    if reason is None or len(passed) < TO_THE_MANAGER:
        return or_a_manager(decision, facts)
    asked = ask_managers(after, facts)
    return replace(asked, jobs=(*decision.jobs, *asked.jobs))


def _pass_on(lead: Lead, by: str, reason: str, facts: Facts, *, to: str | None = None) -> Decision:
    """Offered on; the second time in one handoff a manager is asked instead."""
    handoff = handoff_of(lead)
    if handoff.whose is Whose.HANDED and handoff.to == by:
        return back_to_who_had_it(lead, facts)
    passed = (*handoff.passed, Passed(by=by, reason=reason))
    after = with_handoff(
        lead,
        **{
            **TO_NOBODY,
            **UNDECIDED,
            "hidden_from": _with(handoff.hidden_from, lead.owner or by),
            "passed": passed,
            "offers": handoff.offers + 1,
            "wait": offered_anew(handoff.wait, facts.now, hot=handoff.hot),
            "helped_by": (),
        },
    )
    after = replace(after, state=State.OFFERED, owner=None, contacted_at=None)
    if len(passed) >= TO_THE_MANAGER:
        placed = ask_managers(after, facts)
    elif to is not None:
        placed = place(with_handoff(after, named_by=by), facts, to=to, whose=Whose.NAMED)
    else:
        placed = place(after, facts)
    kept = kept_turn(handoff, facts.agreement) if reason in KEEPS_THE_TURN else ()
    jobs = (*everywhere(lead, facts), *placed.jobs)
    return replace(placed, jobs=jobs, moves=(*kept, *placed.moves))


def _with(known: tuple[str, ...], person: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, person)))


def _who_takes_leads(facts: Facts, slack_id: str) -> Person:
    """The colleague who is named, refused under its field unless they take leads."""
    if not slack_id:
        raise Refused("Please choose a colleague.", field="whom")
    person = facts.colleague
    if person is None or not facts.agreement.has(person, Role.REP):
        # Under a field Slack shows words as they are: a mention would be read as <@U123>.
        whom = "This person" if person is None else person.name
        raise Refused(f"{whom} does not take leads here.", field="whom")
    return person


def _looked_after_for(lead: Lead, command: Give) -> str | None:
    """Who looks after it may fall ill as well, or leave: it is still theirs whose it was first."""
    if lead.owner is None or lead.owner not in (command.cover_for, command.left_by):
        return None
    whose = handoff_of(lead).cover_for or command.cover_for
    return None if whose == command.colleague else whose


def _has_it_already(colleague: Person, by: str) -> str:
    if colleague.slack_id == by:
        return "It is yours already. Please choose somebody else."
    return f"{colleague.name} has it already. Please choose somebody else."


def _refuse_colleague(handoff: Handoff, command: Reject, facts: Facts) -> None:
    colleague, person = command.colleague, facts.colleague
    if colleague == command.by:
        raise Refused("That is you. Please name somebody else, or leave it empty.", field="answer")
    # Under a field Slack shows words as they are: a mention would be read as <@U123>.
    whom = "This person" if person is None else person.name
    if person is None or not facts.agreement.has(person, Role.REP):
        raise Refused(f"{whom} does not take leads here.", field="answer")
    if colleague in handoff.hidden_from:
        words = f"{whom} has said “not for me” to this one already."
        raise Refused(f"{words} Please name somebody else, or leave it empty.", field="answer")
