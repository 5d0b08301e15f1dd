"""What people may ask of the ladder: to be left alone for a while, more time, and a next step that waits for its day."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.arrivals import Touch
from bot.errors import Refused
from bot.leads.commands import Grant, Plan, Snooze, StopReminding
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.ladder import clock_of, next_step
from bot.leads.lead import Lead, State, Whose
from bot.leads.sentences import who_has_it
from bot.leads.showing import card, cards, everywhere
from bot.leads.wait import Rung, Wait
from bot.people import Role
from bot.text import day, plain
from bot.working_time import Span

MORE: Final = timedelta(hours=1)
FREE: Final = 2  # snoozes of one lead that need no reason
LONGEST: Final = timedelta(days=366)


def snooze(lead: Lead, command: Snooze, facts: Facts) -> Decision:
    """It quiets the one who asks, nothing else: clock, breach, manager and re-offer go on."""
    handoff, by = handoff_of(lead), command.by
    wait, manages = handoff.wait or Wait(), _manages(facts)
    if not manages:
        facts.actor(Role.REP)
    times = wait.snoozed.get(by, 0)
    if lead.state is State.OFFERED and times:
        takes = facts.by is not None and facts.roles_here.has(facts.by, Role.REP)
        left = "Accept or reject it" if takes else "Give it to somebody"
        raise Refused(f"You have put {plain(lead.called)} off once. {left}, or leave it to others.")
    whose = lead.owner or (handoff.to if handoff.alone else None)
    asked = by in wait.told or Rung.STILL_YOURS in wait.sent  # before it was called stalled
    if whose not in (None, by) and not (manages and asked):
        raise Refused(who_has_it(lead, by, facts.agreement, facts.now))
    if not facts.now < command.until <= facts.now + LONGEST:
        raise Refused("Please choose a time that is still to come, within a year.", field="until")
    if lead.state is not State.OFFERED and times >= FREE and not command.why.strip():
        raise Refused("This is the third time for this lead. Please say why.", field="why")
    quiet = {**wait.quiet, by: command.until}
    after = replace(wait, quiet=quiet, snoozed={**wait.snoozed, by: times + 1})
    return Decision(lead=with_handoff(lead, wait=after), jobs=cards(lead, facts))


def stop_reminding(lead: Lead, command: StopReminding, facts: Facts) -> Decision:
    """No more reminders of this lead to this person; others are asked as before."""
    if not _manages(facts):
        facts.actor(Role.REP, Role.MARKETER)
    wait = handoff_of(lead).wait or Wait()
    if command.by in wait.stopped:
        return Decision(lead=lead)
    quiet = {person: until for person, until in wait.quiet.items() if person != command.by}
    after = replace(wait, stopped=(*wait.stopped, command.by), quiet=quiet)
    return Decision(lead=with_handoff(lead, wait=after), jobs=cards(lead, facts))


def grant(lead: Lead, command: Grant, facts: Facts) -> Decision:
    """Every later rung comes a working hour later, once per offer; late stays late."""
    facts.manager()
    wait = handoff_of(lead).wait or Wait()
    if wait.granted:
        raise Refused(
            f"{plain(lead.called)} has been given an hour already. It can be given to somebody else."
        )
    if lead.owner is not None and Rung.STILL_YOURS not in wait.sent:  # nobody asked for it of this owner
        raise Refused(who_has_it(lead, command.by, facts.agreement, facts.now))
    sent = tuple(rung for rung in wait.sent if rung is not Rung.STILL_YOURS)
    told = tuple(each for each in wait.told if Rung.STILL_YOURS not in wait.sent or each != command.by)
    after = with_handoff(lead, wait=replace(wait, granted=True, sent=sent, told=told))
    step = None if facts.team is None else next_step(after, facts.team)
    late = 0 if step is None else _overdue(after, step.due, facts)
    more = late + int(MORE.total_seconds())
    given = replace(handoff_of(after).wait or wait, moved=wait.moved + more)
    until = _later(lead, more, facts)
    return Decision(lead=with_handoff(after, wait=given, until=until), jobs=card(lead, facts.now))


def plan(lead: Lead, command: Plan, facts: Facts) -> Decision:
    """The owner's next step: until its day nothing is stalled, and a first contact is not asked for."""
    facts.actor(Role.REP, Role.MANAGER)
    if lead.owner != command.by:
        raise Refused(who_has_it(lead, command.by, facts.agreement, facts.now))
    if not facts.now < command.at <= facts.now + LONGEST:
        raise Refused("Please choose a day that is still to come, within a year.", field="day")
    planned = replace(lead, next_step_at=command.at)
    if not command.meeting:
        return Decision(lead=planned, jobs=cards(lead, facts))
    met = Touch(kind="meeting", at=facts.now, by=command.by, detail=f"on {day(command.on or command.at)}")
    first = lead.contacted_at or facts.now
    state = lead.state if lead.state is State.CONVERTED else State.WORKING
    after = replace(planned, state=state, contacted_at=first, spoke_at=facts.now)
    return Decision(lead=after, jobs=everywhere(lead, facts), touches=(met,))


def _manages(facts: Facts) -> bool:
    """Whether who acts may be reminded of it as one of its managers or heads."""
    try:
        facts.manager()
    except Refused:
        return False
    return True


def _later(lead: Lead, seconds: int, facts: Facts) -> datetime | None:
    """When it is offered on, now that its rungs come later: sentences name it."""
    handoff, team = handoff_of(lead), facts.team
    if (
        handoff.until is None
        or team is None
        or handoff.whose is Whose.STARTS
        or lead.state is not State.OFFERED
    ):
        return handoff.until
    return clock_of(lead, team).add(handoff.until, Span(seconds=seconds))


def _overdue(lead: Lead, due: datetime, facts: Facts) -> int:
    """Seconds of the clock by which the next rung is due already: the hour counts from now."""
    team = facts.team
    return 0 if team is None else int(clock_of(lead, team).between(due, facts.now).total_seconds())
