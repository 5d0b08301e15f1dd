"""The ladder of reminders (product.md section 5): which rung of a waiting handoff comes next, and when.

Nothing is used up: a rung that could not be sent at its moment waits for the next one that fits, and of
several that are due together the lowest goes, while those above keep their distance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.leads.decision import handoff_of, with_handoff
from bot.leads.lead import Lead, Whose
from bot.leads.wait import Rung, Stage, Wait
from bot.settings import Rungs
from bot.teams import Colleague, TeamNow
from bot.working_time import Calendar, Clock, Span

_WITHOUT_CONTACT: Final = (Rung.STALLED, Rung.STALLED_AGAIN, Rung.STALLED_LONG)
STAGES: Final[Mapping[Stage, tuple[Rung, ...]]] = {
    Stage.OFFER: (Rung.REMIND, Rung.BREACH, Rung.MANAGER, Rung.REOFFER, Rung.LAST_CALL),
    Stage.CONTACT: (Rung.NEXT_STEP, Rung.FIRST_CONTACT, Rung.STILL_YOURS, *_WITHOUT_CONTACT),
    Stage.STALLED: (Rung.NEXT_STEP, *_WITHOUT_CONTACT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A rung, and the moment at which it is due by the clock of whom the lead waits on."""

    rung: Rung
    due: datetime


def clock_of(lead: Lead, team: TeamNow) -> Clock:
    """The clock of whom the lead waits on: its owner, the rep it is offered to alone, else the team's."""
    handoff = handoff_of(lead)
    stops = team.stops if lead.owner else (*team.stops, *team.closed)
    whom = team.whom(lead.owner or (handoff.to if handoff.alone else None))
    if whom is not None:
        return Clock(calendar=whom.calendar, stops=(*stops, *whom.presence.absences()))
    there = [calendar for each in team.reps if (calendar := _while_here(each)) is not None]
    since = None if handoff.wait is None else handoff.wait.since
    if not there or (since is not None and all(_was_away(each, since) for each in team.reps)):
        return Clock(calendar=team.calendar, stops=stops)  # nobody to wait for: a manager hears of it
    return Clock(calendar=Calendar.anyone(team.calendar.zone, there), stops=stops)


def waits_for_work(lead: Lead) -> bool:
    """Whether nobody is asked until one of the team starts work; a timer of its own offers it then."""
    handoff = handoff_of(lead)
    offered = handoff.wait is not None and handoff.wait.stage is Stage.OFFER
    return offered and handoff.whose is Whose.STARTS


def is_handed_on(lead: Lead) -> bool:
    """Whether somebody offers a colleague what is theirs: it goes back to them, and nobody else is to have it."""
    return handoff_of(lead).whose is Whose.HANDED


def next_step(lead: Lead, team: TeamNow) -> Step | None:
    """What is due next, whoever it goes to; None: the ladder ends here."""
    return min(next_steps(lead, team), key=lambda step: step.due, default=None)


def next_steps(lead: Lead, team: TeamNow) -> tuple[Step, ...]:
    """The lowest rung that was not sent yet, and the last call.

    The last call counts from the first offer. So it may come before rungs of a later one, and holds up none of them
    while it waits for its own people. A lead that waits for who starts work first is offered to nobody yet: of its
    rungs the last call alone can come.
    """
    wait = handoff_of(lead).wait
    if wait is None or wait.since is None:
        return ()
    clock, rungs = clock_of(lead, team), rungs_of(team, wait)
    left = [rung for rung in STAGES[wait.stage] if rung not in wait.sent]
    if is_handed_on(lead):
        left = [rung for rung in left if rung is not Rung.LAST_CALL]
    if waits_for_work(lead):
        left = [rung for rung in left if rung is Rung.LAST_CALL]
    steps = [
        Step(rung=rung, due=due) for rung in left if (due := _due(rung, wait, lead, clock, rungs)) is not None
    ]
    return (*steps[:1], *(step for step in steps[1:] if step.rung is Rung.LAST_CALL))


def sent(lead: Lead, step: Step, now: datetime, team: TeamNow) -> Lead:
    """The lead after this rung: those that are due together with it keep their distance to it."""
    wait = handoff_of(lead).wait or Wait()
    after = with_handoff(lead, wait=replace(wait, sent=(*wait.sent, step.rung)))
    following = next_step(after, team)
    if step.rung is Rung.LAST_CALL or following is None or following.due > now:
        return after
    late_by = clock_of(lead, team).between(step.due, now)
    moved = wait.moved + late_by.total_seconds()
    return with_handoff(after, wait=replace(wait, sent=(*wait.sent, step.rung), moved=moved))


def late_at(lead: Lead, team: TeamNow) -> datetime | None:
    """When the breach of the first offer passes by the clock alone, wherever its message went.

    It is no less late when it went on to somebody else; what had an owner since then was answered in time, or was not.
    """
    wait = handoff_of(lead).wait
    if wait is None or wait.since is None or wait.stage is not Stage.OFFER:
        return None
    if waits_for_work(lead) or wait.free_since not in (None, wait.first_since):
        return None
    return clock_of(lead, team).add(wait.first_since or wait.since, rungs_of(team, wait).breach)


def goes_on_at(lead: Lead, team: TeamNow) -> datetime | None:
    """When the offer that stands goes on to somebody else; None: nobody can see the card yet."""
    wait = handoff_of(lead).wait
    if wait is None:
        return None
    return _due(Rung.REOFFER, wait, lead, clock_of(lead, team), rungs_of(team, wait))


def rungs_of(team: TeamNow, wait: Wait) -> Rungs:
    ladder = team.team.ladder
    return ladder.hot if wait.hot else ladder.standard


def waits_for_its_day(lead: Lead, wait: Wait) -> bool:
    """Whether the first contact, or the one that the lead has asked for, is put off to the day of the next step."""
    return wait.stage is Stage.CONTACT and wait.since is not None and wait.since == lead.next_step_at


def soonest(since: datetime, rungs: Rungs, stage: Stage) -> datetime:
    """A moment before which no rung of the stage can be due: working time never outruns the clock on the wall."""
    spans = {
        Stage.OFFER: (rungs.remind, rungs.breach),
        Stage.CONTACT: (rungs.first_contact,),
        Stage.STALLED: rungs.stalled,
    }[stage]
    return since + min(_at_least(span) for span in spans)


def _due(rung: Rung, wait: Wait, lead: Lead, clock: Clock, rungs: Rungs) -> datetime | None:
    since = wait.since
    if since is None:
        return None
    if rung is Rung.NEXT_STEP:
        return lead.next_step_at if wait.stage is Stage.STALLED or waits_for_its_day(lead, wait) else None
    if rung is Rung.LAST_CALL:
        since = wait.first_since or since
    span = _span(rung, rungs)
    if span is None:
        return None
    due = clock.add(since, span)
    if rung is Rung.STILL_YOURS:
        due = clock.add(due, rungs.still_yours)
    moved = wait.moved + (wait.first_moved if rung is Rung.LAST_CALL else 0)
    return clock.after(due, timedelta(seconds=moved)) if moved else due


def _span(rung: Rung, rungs: Rungs) -> Span | None:
    """From the beginning of the stage to the rung; None: the agreement has no such rung."""
    stalled = dict(zip((Rung.STALLED, Rung.STALLED_AGAIN, Rung.STALLED_LONG), rungs.stalled, strict=False))
    plain = {
        Rung.REMIND: rungs.remind,
        Rung.BREACH: rungs.breach,
        Rung.MANAGER: rungs.manager,
        Rung.REOFFER: rungs.reoffer,
        Rung.LAST_CALL: rungs.last_call,
        Rung.FIRST_CONTACT: rungs.first_contact,
        Rung.STILL_YOURS: rungs.first_contact,
    }
    return plain.get(rung) or stalled.get(rung)


def _at_least(span: Span) -> timedelta:
    """A day of working time may be short: from one evening to the next morning."""
    return timedelta(seconds=span.seconds) + (timedelta(days=span.days - 1) if span.days else timedelta())


def _was_away(whom: Colleague, since: datetime) -> bool:
    return any(begin <= since < end for begin, end in whom.presence.absences())


def _while_here(whom: Colleague) -> Calendar | None:
    """Their hours without their absences; None: nobody knows when they come back."""
    if whom.presence.away_from is not None and whom.presence.away_until is None:
        return None
    return whom.calendar.without(*whom.presence.absences())
