"""The rules of the one change: chosen by owner or manager, reminded of, done or dropped with why."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.agreement import Agreement
from bot.errors import Refused
from bot.jobs import Due, Sight, redraw, show
from bot.moments import FARTHEST, TOO_FAR
from bot.people import Role
from bot.retros.answering import TO_CHOOSE
from bot.retros.commands import Choose, Drop, Finish, PassOn, Tend
from bot.retros.deciding import Decided, RetroFacts, tend_at
from bot.retros.retro import Action, Part, Retro, RetroState

BEFORE: Final = timedelta(days=2)
A_WEEK: Final = timedelta(days=7)
ONE_DAY: Final = timedelta(days=1)


def choose(retro: Retro, choose: Choose, facts: RetroFacts) -> Decided:
    """One change, one person, one day."""
    _need_owner_or_manager(retro, facts)
    answer = next((each for each in retro.answers if each.id == choose.answer), None)
    if answer is None or not answer.said.get("change"):
        raise Refused("This proposal is not here any more.")
    due = choose.due or default_due(facts.agreement, facts.now)
    if not choose.who:
        return Decided(retro=retro)  # the form is asked for: whoever gets here may choose
    if due < _today(facts):
        raise Refused("This day has passed. Please choose one that is to come.", field="day")
    today = _today(facts)
    if due > today + FARTHEST:
        raise Refused(TOO_FAR, field="day")
    told_on = today if due - BEFORE <= today else None  # who has just been named need not be reminded
    action = Action(what=str(answer.said["change"]), who=choose.who, due=due, by=choose.by, told_on=told_on)
    after = replace(retro, state=RetroState.ACTING, action=action)
    return Decided(retro=after, jobs=(_summary(after, facts), tend_at(after, facts.now)))


def is_chosen(retro: Retro, _choose: Choose, _facts: RetroFacts) -> Decided:
    action = retro.action
    if action is None:
        raise Refused("No change was chosen within three working days. The thread is still there to talk.")
    raise Refused("The one change is chosen already. Nothing for you to do.")


def finish(retro: Retro, _finish: Finish, facts: RetroFacts) -> Decided:
    action = _theirs(retro, facts)
    return _ended(replace(retro, action=replace(action, done=True)), facts)


def drop(retro: Retro, drop: Drop, facts: RetroFacts) -> Decided:
    action = _theirs(retro, facts)
    if not drop.why:
        return Decided(retro=retro)  # the form is asked for
    return _ended(replace(retro, action=replace(action, dropped_because=drop.why)), facts)


def pass_on(retro: Retro, passed: PassOn, facts: RetroFacts) -> Decided:
    """Somebody else does it, until the same day, and is reminded as who was named first."""
    if not facts.agreement.has(facts.actor(), Role.ADMIN):
        _need_owner_or_manager(retro, facts)
    after = replace(retro, action=replace(_action(retro), who=passed.who))
    return Decided(retro=after, jobs=(_summary(after, facts), tend_at(after, facts.now)))


def is_over(_retro: Retro, _command: Finish | Drop, _facts: RetroFacts) -> Decided:
    raise Refused("This one is settled already. Nothing for you to do.")


def wait_for_a_choice(retro: Retro, _tend: Tend, facts: RetroFacts) -> Decided:
    """Nobody presses within three working days: no action."""
    until = facts.agreement.calendar.add(retro.summed_at or facts.now, TO_CHOOSE)
    if facts.now < until:
        return Decided(retro=retro, jobs=(tend_at(retro, until),))
    return _ended(retro, facts)


def remind(retro: Retro, _tend: Tend, facts: RetroFacts) -> Decided:
    """Two days before, on the day, then on Mondays, in the hours of who does it."""
    action = _action(retro)
    today = _today(facts)
    due = [day for day in _days(action, today) if day <= today]
    if not due:
        return Decided(retro=retro, jobs=(tend_at(retro, _opens(_days(action, today)[0], facts)),))
    at = facts.now if facts.whom is None else facts.whom.may_be_told(facts.now)
    if at > facts.now:
        return Decided(retro=retro, jobs=(tend_at(retro, at),))
    told = replace(retro, action=replace(action, told_on=today))
    reminded = show(Sight.RETRO_ACTION, f"{retro.id}|{today}", facts.now, channel=action.who)
    after = next(day for day in _days(_action(told), today) if day > today)
    return Decided(retro=told, jobs=(reminded, tend_at(told, _opens(after, facts))))


def default_due(agreement: Agreement, now: datetime) -> date:
    """The agreement's time for a change, from today on."""
    calendar = agreement.calendar
    return calendar.add(now, agreement.settings.retro.action_due).astimezone(calendar.zone).date()


def tomorrow(agreement: Agreement, now: datetime) -> date:
    """The next working day."""
    return agreement.calendar.working_days_after(now, 1).astimezone(agreement.calendar.zone).date()


def may_choose(retro: Retro, facts: RetroFacts) -> bool:
    """The deal's owner, or a manager."""
    person = facts.actor()
    seat = retro.seat_of(person.slack_id)
    asked = seat is not None and seat.part in (Part.OWNER, Part.MANAGER)
    return asked or person.slack_id == retro.owner or facts.agreement.has(person, Role.MANAGER)


def _days(action: Action, today: date) -> list[date]:
    """The days of its reminders that were not told yet, up to a week after today."""
    days = [action.due - BEFORE, action.due]
    monday = action.due + ONE_DAY * (7 - action.due.weekday())
    while not days or days[-1] <= today:
        days.append(monday)
        monday += A_WEEK
    days.append(monday)
    return [day for day in days if action.told_on is None or day > action.told_on]


def _opens(day: date, facts: RetroFacts) -> datetime:
    calendar = facts.agreement.calendar if facts.whom is None else facts.whom.calendar
    return calendar.next_opening(datetime.combine(day, time(), tzinfo=calendar.zone))


def _today(facts: RetroFacts) -> date:
    calendar = facts.agreement.calendar if facts.whom is None else facts.whom.calendar
    return facts.now.astimezone(calendar.zone).date()


def _need_owner_or_manager(retro: Retro, facts: RetroFacts) -> None:
    if not may_choose(retro, facts):
        raise Refused("The deal's owner or a manager chooses. Say in the thread which one you would take.")


def _theirs(retro: Retro, facts: RetroFacts) -> Action:
    action, person = _action(retro), facts.actor()
    if person.slack_id != action.who:
        _need_owner_or_manager(retro, facts)
    return action


def _action(retro: Retro) -> Action:
    if retro.action is None:
        raise AssertionError(f"a retro that is {retro.state} has an action")
    return retro.action


def _ended(retro: Retro, facts: RetroFacts) -> Decided:
    after = replace(retro, state=RetroState.ENDED)
    jobs = [_summary(after, facts)]
    if after.action is not None and after.action.told_on is not None:
        about = f"{after.id}|{after.action.told_on}"
        jobs.append(redraw(Sight.RETRO_ACTION, about, facts.now, channel=after.action.who))
    return Decided(retro=after, jobs=tuple(jobs))


def _summary(retro: Retro, facts: RetroFacts) -> Due:
    return redraw(Sight.RETRO_SUMMARY, retro.id, facts.now, channel=facts.agreement.channels.retros)
