"""The rules of answers: who may answer, when they go to the thread, and what nobody may learn from it.

Named answers go together: when all are there, or after a working day. Where five or more are asked, one answer
without a name unnames them all; then they wait for the end. So that a thread which stays silent tells nobody
whose answer that was, named ones of such a retro wait until there are three, and the late ones for the end.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Final

from bot.deals import DealState
from bot.errors import Refused
from bot.jobs import Due, ReadReplies, Sight, redraw, show, to_person
from bot.moments import FARTHEST, TOO_FAR
from bot.retros.commands import Meet, Tell, Tend
from bot.retros.deciding import Decided, RetroFacts, asked_anew, closes_at, head, publishes_at, tend_at
from bot.retros.retro import IfFew, Retro, RetroState, Told
from bot.working_time import Span

ENOUGH: Final = 3  # answers among which one without a name is not alone
TO_CHOOSE: Final = Span(days=3)  # working days in which a change may be chosen
NOT_ASKED: Final = "You were not asked about this one. Say it in its thread: what is said there is kept, too."
SUMMED_UP: Final = "It was summed up meanwhile: what comes now stands there with its name. Nothing was sent."
ANSWERED: Final = "You have answered this one already. Thank you."


def tell(retro: Retro, tell: Tell, facts: RetroFacts) -> Decided:
    """Keep an answer; what follows from it is seen to by the timer."""
    seat = retro.seat_of(tell.by)
    if seat is None:
        raise Refused(NOT_ASKED)
    if seat.answered and retro.meets_on is None:
        raise Refused(ANSWERED)
    over = retro.state in (RetroState.SUMMED, RetroState.ACTING, RetroState.ENDED)
    unnamed = tell.if_few is not None
    if unnamed and (over or not retro.may_be_unnamed):
        raise Refused(SUMMED_UP)
    answer = Told(id=tell.id, said=tell.said, by=None if unnamed else tell.by, if_few=tell.if_few)
    answers = sorted((*retro.answers, answer), key=lambda each: each.id)
    jobs: list[Due] = []
    if not over and (unnamed or retro.is_unnamed):
        jobs += [_redrawn(retro, each, facts) for each in answers if each.shown]
        answers = [replace(each, by=None) for each in answers]
    seats = tuple(replace(each, answered=True, draft=None) if each is seat else each for each in retro.seats)
    after = replace(retro, answers=tuple(answers), seats=seats)
    if over:
        return _late(after, tell.id, facts)
    if retro.meets_on is not None and tell.id:  # the result of the meeting: there is nothing more to wait for
        summed = _sum_up(after, facts)
        return replace(summed, jobs=(*jobs, *summed.jobs))
    jobs += asked_anew(replace(after, seats=tuple(each for each in seats if each.person == tell.by)), facts)
    return Decided(retro=after, jobs=(*jobs, tend_at(after, facts.now)))


def meet(retro: Retro, meet: Meet, facts: RetroFacts) -> Decided:
    """A day, with the timeline and the questions as agenda; nobody is asked or reminded any more."""
    if retro.seat_of(facts.actor().slack_id) is None:
        raise Refused(NOT_ASKED)
    if meet.day is None:
        return Decided(retro=retro)  # the form is asked for
    today = facts.now.astimezone(facts.agreement.calendar.zone).date()
    if meet.day < today:
        raise Refused("This day has passed. Please choose one that is to come.", field="day")
    if meet.day > today + FARTHEST:
        raise Refused(TOO_FAR, field="day")
    after = replace(retro, meets_on=meet.day)
    place = facts.agreement.channels.retros
    shown = show(Sight.RETRO_MEETING, retro.id, facts.now, channel=place)
    jobs = (head(after, facts), shown, *asked_anew(after, facts), tend_at(after, facts.now))
    return Decided(retro=after, jobs=jobs)


def _ends_at(retro: Retro, facts: RetroFacts) -> datetime:
    """When it is summed up with what is there: after a meeting there is a working day more to write."""
    calendar = facts.agreement.calendar
    if retro.meets_on is None:
        return closes_at(retro.started_at or facts.now, facts)
    day = datetime.combine(retro.meets_on, time(), tzinfo=calendar.zone)
    return calendar.end_of_next_working_day(day)


def tell_while_stopped(_retro: Retro, _tell: Tell, _facts: RetroFacts) -> Decided:
    raise Refused("The deal is open again. Your words are kept until it closes.")


def tend(retro: Retro, _tend: Tend, facts: RetroFacts) -> Decided:
    """Show what is to be shown by now, and sum up when the time is over."""
    started_at = retro.started_at or facts.now
    over = _ends_at(retro, facts)
    if facts.now >= over:
        return _sum_up(retro, facts)
    fresh = [answer for answer in retro.answers if not answer.shown]
    ends = publishes_at(started_at, facts)
    if fresh and not retro.is_unnamed and _may_be_shown(retro, fresh, day_is_over=facts.now >= ends):
        after, jobs = _shown(retro, fresh, facts)
        return Decided(retro=after, jobs=(*jobs, tend_at(after, over)))
    return Decided(retro=retro, jobs=(tend_at(retro, min(ends, over) if facts.now < ends else over),))


def _may_be_shown(retro: Retro, fresh: Sequence[Told], *, day_is_over: bool) -> bool:
    if all(seat.answered for seat in retro.seats):
        return True
    if not retro.may_be_unnamed:
        return day_is_over
    begun = any(answer.shown for answer in retro.answers)
    return day_is_over and not begun and len(fresh) >= ENOUGH


def _sum_up(retro: Retro, facts: RetroFacts) -> Decided:
    """With what is there: answers that are still to be shown first, then the summary."""
    fresh = [answer for answer in retro.answers if not answer.shown]
    kept = retro
    if retro.is_unnamed and len(fresh) < ENOUGH:
        dropped = {answer.id for answer in fresh if answer.if_few is IfFew.DROP}
        kept = replace(retro, answers=tuple(each for each in retro.answers if each.id not in dropped))
        fresh = [answer for answer in fresh if answer.id not in dropped]
    after, jobs = _shown(kept, fresh, facts)
    proposed = any(answer.said.get("change") for answer in after.answers)
    state = RetroState.SUMMED if proposed else RetroState.ENDED
    # From here on it says nothing of who wanted no name.
    answers = tuple(replace(answer, if_few=None) for answer in after.answers)
    after = replace(after, state=state, summed_at=facts.now, answers=answers)
    place = facts.agreement.channels.retros
    shown = show(Sight.RETRO_SUMMARY, retro.id, facts.now, channel=place)
    jobs = (*jobs, *_handed_on(after, facts))
    until = facts.agreement.calendar.add(facts.now, TO_CHOOSE)
    follow = (tend_at(after, until),) if proposed else ()
    read = Due(job=ReadReplies(retro=retro.id), at=facts.now)  # an event may have been lost
    return Decided(
        retro=after, jobs=(*jobs, shown, head(after, facts), *asked_anew(after, facts), read, *follow)
    )


def _handed_on(retro: Retro, facts: RetroFacts) -> tuple[Due, ...]:
    """A won deal goes to those who keep customers, in their hours."""
    if retro.outcome is not DealState.WON:
        return ()
    return tuple(
        show(
            Sight.RETRO_KEEP,
            to_person(retro.id, each.id),
            each.may_be_told(facts.now),
            channel=each.id,
        )
        for each in facts.keepers
    )


def _shown(retro: Retro, fresh: Sequence[Told], facts: RetroFacts) -> tuple[Retro, tuple[Due, ...]]:
    """These answers go to the thread, in the order of their random ids."""
    ids = {answer.id for answer in fresh}
    answers = tuple(replace(each, shown=True) if each.id in ids else each for each in retro.answers)
    place = facts.agreement.channels.retros
    jobs = tuple(
        show(Sight.RETRO_ANSWER, f"{retro.id}|{answer.id}", facts.now, channel=place) for answer in fresh
    )
    return replace(retro, answers=answers), jobs


def _late(retro: Retro, answer: str, facts: RetroFacts) -> Decided:
    """It has been summed up: what comes now stands in the thread at once, and in the summary."""
    after, jobs = _shown(retro, [each for each in retro.answers if each.id == answer], facts)
    place = facts.agreement.channels.retros
    summary = redraw(Sight.RETRO_SUMMARY, retro.id, facts.now, channel=place)
    return Decided(retro=after, jobs=(*jobs, summary, *asked_anew(after, facts)))


def _redrawn(retro: Retro, answer: Told, facts: RetroFacts) -> Due:
    place = facts.agreement.channels.retros
    return redraw(Sight.RETRO_ANSWER, f"{retro.id}|{answer.id}", facts.now, channel=place)
