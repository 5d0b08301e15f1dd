"""What every change of a lead means for its clock: what is waited for now, since when, and when to look again.

Rules say what becomes of the lead; here, in one place, follows what the ladder makes of it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.jobs import Attend, Due, Settle, Sight, climb, redraw
from bot.leads.decision import Decision, Facts, with_handoff
from bot.leads.ladder import goes_on_at, soonest, waits_for_its_day
from bot.leads.lead import Handoff, Lead, State, Whose
from bot.leads.wait import Stage, Wait, in_touch, offered_anew, owned, put_off

ELSEWHERE: Final = "elsewhere"  # a feed told of it
ASKED: Final = (State.OFFERED, State.ACCEPTED, State.WORKING)  # somebody of sales is waited for


def on_the_clock(before: Lead, decision: Decision, facts: Facts) -> Decision:
    """The decision, with what is waited for from now on, and the jobs that follow from that."""
    lead = decision.lead
    handoff = lead.handoff
    if handoff is None:
        return decision
    known = before.handoff if before.handoff is not None and before.handoff.id == handoff.id else None
    wait = handoff.wait
    if known is None or wait == known.wait:  # else the rule has said it itself
        wait = _waits(before, lead, known, facts)
        lead = with_handoff(lead, wait=wait) if wait != handoff.wait else lead
        lead = _sooner(lead, known, facts)
    jobs = (*_timer(lead, known, facts), *_settled(before, lead, known, facts), *_cover(before, lead, facts))
    return (
        replace(decision, lead=lead, jobs=(*decision.jobs, *jobs))
        if jobs or lead is not decision.lead
        else decision
    )


def _waits(before: Lead, lead: Lead, known: Handoff | None, facts: Facts) -> Wait | None:
    """What is waited for, by what the change did to the lead."""
    handoff = lead.handoff
    if lead.state is State.CONVERTED:
        return _waits_on(before, lead)
    if handoff is None or lead.state not in ASKED or _decided_long_ago(lead, facts):
        return None
    if lead.state is State.OFFERED:
        return _for_an_answer(before, handoff, known, facts.now)
    return _for_a_contact(before, lead, handoff, facts.now)


def _sooner(lead: Lead, known: Handoff | None, facts: Facts) -> Lead:
    """A waiting lead that turned hot is offered on sooner: sentences name when. What was handed on keeps its time."""
    handoff = lead.handoff
    if handoff is None or known is None or known.hot == handoff.hot or lead.state is not State.OFFERED:
        return lead
    if handoff.until is None or handoff.whose in (Whose.STARTS, Whose.HANDED):
        return lead
    team = facts.team_called(handoff.team)
    return with_handoff(lead, until=None if team is None else goes_on_at(lead, team))


def _waits_on(before: Lead, lead: Lead) -> Wait | None:
    """With a deal nobody is reminded; what the lead asked of its owner is asked until they were in touch."""
    wait = None if lead.handoff is None else lead.handoff.wait
    met = (lead.owner, lead.spoke_at) != (before.owner, before.spoke_at)
    return None if wait is None or not wait.asks or met else wait


def _for_an_answer(before: Lead, handoff: Handoff, known: Handoff | None, now: datetime) -> Wait | None:
    wait = handoff.wait
    if known is None:
        return Wait(hot=handoff.hot)
    if before.state is not State.OFFERED:
        return offered_anew(known.wait, now if handoff.shown_at else None, hot=handoff.hot)
    return wait if wait is None or known.hot == handoff.hot else replace(wait, hot=handoff.hot)


def _for_a_contact(before: Lead, lead: Lead, handoff: Handoff, now: datetime) -> Wait | None:
    wait = handoff.wait
    if before.owner != lead.owner or before.state not in ASKED:
        wait = owned(now, wait, hot=handoff.hot)
    if lead.spoke_at == before.spoke_at and wait is not None and wait.stage is Stage.CONTACT:
        if (
            lead.next_step_at and lead.next_step_at != before.next_step_at
        ):  # a plan is no contact: it is due then
            return put_off(lead.next_step_at, wait)
    elif (lead.spoke_at, lead.next_step_at) != (before.spoke_at, before.next_step_at):
        since = max(filter(None, (lead.spoke_at, lead.next_step_at)), default=now)
        return in_touch(since, wait, hot=handoff.hot)
    if lead.attempts > before.attempts and wait is not None:
        still_to_come = wait.since is not None and wait.since > now  # the day of the next step
        return wait if still_to_come else replace(wait, since=now, sent=(), moved=0)
    return wait


def _decided_long_ago(lead: Lead, facts: Facts) -> bool:
    """Nobody is reminded of what was decided elsewhere, and is old news here."""
    handoff = lead.handoff
    if handoff is None or handoff.origin is None or handoff.shown_at is not None:
        return False
    return facts.now - lead.occurred_at > facts.agreement.leads.flood.older_than


def _timer(lead: Lead, known: Handoff | None, facts: Facts) -> tuple[Due, ...]:
    handoff = lead.handoff
    wait = None if handoff is None else handoff.wait
    if handoff is None or wait is None or wait.since is None or (known is not None and known.wait == wait):
        return ()
    ladder = facts.agreement.team(handoff.team).ladder
    rungs = ladder.hot if wait.hot else ladder.standard
    begun = wait.sent or wait.stage is Stage.STALLED or waits_for_its_day(lead, wait)
    begun = begun or wait.first_since not in (None, wait.since)
    at = facts.now if begun else soonest(wait.since, rungs, wait.stage)
    return (climb(lead.id, handoff.id, max(at, facts.now)),)


def _cover(before: Lead, lead: Lead, facts: Facts) -> tuple[Due, ...]:
    """Whose it is may have come back, or have left, while it was with nobody who looked after it for them."""
    whose = None if lead.handoff is None else lead.handoff.cover_for
    if whose is None or lead.owner in (None, before.owner):
        return ()
    return (Due(job=Attend(person=whose), at=facts.now),)


def _asked_of(lead: Lead) -> tuple[object, ...]:
    """What is waited for, and of whom."""
    handoff = lead.handoff
    wait = None if handoff is None else handoff.wait
    if handoff is None or wait is None:
        return lead.state, lead.owner
    if wait.stage is Stage.OFFER:
        return lead.state, lead.owner, handoff.to, handoff.alone, handoff.passed
    # Each contact, and each attempt at one, settles what was asked before it.
    return lead.state, lead.owner, wait.stage, handoff.to, wait.since


def _settled(before: Lead, lead: Lead, known: Handoff | None, facts: Facts) -> tuple[Due, ...]:
    """Whoever was reminded of it sees what became of it."""
    waits = None if lead.handoff is None else lead.handoff.wait
    if known is None or _asked_of(before) == _asked_of(lead):
        return ()
    # What is taken back is asked again in the messages that were sent before it was decided; an offer that went on
    # has left some as well, though its own ladder begins anew.
    both = [wait for wait in (known.wait, waits) if wait is not None]
    asks = dict.fromkeys(about for wait in both for about in wait.asks)
    drawn = tuple(redraw(Sight.ASKED, about, facts.now, channel=about.rpartition("|")[2]) for about in asks)
    if known.offers == 1 and not known.helped_by and not any(wait.sent for wait in both):
        return drawn
    went_on = before.state is lead.state is State.OFFERED  # a timer, an absence: nobody has done anything
    by = facts.by.slack_id if facts.by is not None else "" if went_on else ELSEWHERE
    return (*drawn, Due(job=Settle(handoff=known.id, by=by), at=facts.now))
