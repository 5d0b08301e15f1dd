"""What happens when a handoff has waited long enough: who is told, by which rung, and what the timer does next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from bot.jobs import Due, Gather, Settle, Sight, climb, show
from bot.leads import ladder
from bot.leads.commands import Rise
from bot.leads.decision import Decision, Facts, handoff_of, with_handoff
from bot.leads.ladder import Step
from bot.leads.lead import Lead, State, Whose
from bot.leads.rotating import offer_on, rotates
from bot.leads.showing import card, cards
from bot.leads.together import posted_anew
from bot.leads.wait import Rung, Silence, Stage, Wait, offered_anew
from bot.nudges import NOBODY, Nudge
from bot.rota import Move
from bot.teams import Colleague, TeamNow
from bot.working_time import Clock

STAGES_OF: Final = {
    State.OFFERED: (Stage.OFFER,),
    State.ACCEPTED: (Stage.CONTACT, Stage.STALLED),
    State.WORKING: (Stage.CONTACT, Stage.STALLED),  # a contacted lead may ask for us again
}
AGAIN: Final = {
    Stage.OFFER: Rung.REMIND,
    Stage.CONTACT: Rung.FIRST_CONTACT,
    Stage.STALLED: Rung.STALLED,
}
AGAIN_MANAGER: Final = {
    Stage.OFFER: Rung.MANAGER,
    Stage.CONTACT: Rung.STILL_YOURS,
    Stage.STALLED: Rung.STALLED_AGAIN,
}
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
Order = Callable[[Colleague], tuple[object, ...]]
MOST_RUNGS: Final = 12  # of one ladder: a rule that climbs for ever is a fault


def rise(lead: Lead, command: Rise, facts: Facts) -> Decision:
    """Do what is due, and come again when the next rung is; nothing, where the lead has moved on."""
    handoff, team = lead.handoff, facts.team
    if handoff is None or team is None or handoff.id != command.handoff or not _waits(lead):
        return Decision(lead=lead)
    climber = _Climber(facts, team)
    lead = climber.wake(lead)
    for _ in range(MOST_RUNGS):
        turn = climber.next_turn(lead)
        if turn is None or turn.at > facts.now:
            break
        lead = climber.take(lead, turn)
    else:
        raise AssertionError(f"{handoff.id} climbs for ever")
    lead, again = climber.look_again(lead, None if turn is None else turn.at)
    return Decision(
        lead=lead, jobs=(*climber.jobs, *again), nudges=tuple(climber.nudges), moves=climber.moves
    )


def is_early(lead: Lead, command: Rise, team: TeamNow, now: datetime) -> bool:
    """Whether the look changes nothing, but for when to come again: so it is most often.

    To know that it is enough to know of the team whom the lead waits on.
    """
    handoff = lead.handoff
    if handoff is None or handoff.id != command.handoff or not _waits(lead):
        return True
    if team.whom(lead.owner or (handoff.to if handoff.alone else None)) is None:
        return False  # by the clock of all of them
    late = None if handoff.late_at else ladder.late_at(lead, team)
    steps = ladder.next_steps(lead, team)
    moments = (late, *(step.due for step in steps), *_wait(lead).quiet.values())
    return all(moment is None or moment > now for moment in moments)


def _waits(lead: Lead) -> bool:
    wait = handoff_of(lead).wait
    return wait is not None and wait.since is not None and wait.stage in STAGES_OF.get(lead.state, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A rung, to whom it goes, and when they may be told."""

    step: Step
    at: datetime
    whom: tuple[Colleague, ...] = ()
    managers: tuple[Colleague, ...] = ()
    in_channel: bool = False


class _Climber:
    """One look at one lead: collects the jobs and nudges of the rungs that are due."""

    def __init__(self, facts: Facts, team: TeamNow) -> None:
        self.facts, self.team = facts, team
        self.jobs: list[Due] = []
        self.nudges: list[Nudge] = []
        self.moves: tuple[Move, ...] = ()

    def next_turn(self, lead: Lead) -> _Turn | None:
        """What can be sent first; of what can be sent at once, the lowest rung."""
        turns = [
            self._turn(lead, step) if step.due <= self.facts.now else _Turn(step=step, at=step.due)
            for step in ladder.next_steps(lead, self.team)
        ]
        return min(turns, key=lambda turn: turn.at, default=None)

    def take(self, lead: Lead, turn: _Turn) -> Lead:
        """The lead with this rung behind it."""
        now, rung = self.facts.now, turn.step.rung
        if rung is Rung.STALLED and _wait(lead).stage is Stage.CONTACT:  # for who is told a stage of its own
            lead = with_handoff(lead, wait=replace(_wait(lead), told=(), spent=()))
        for whom in (*turn.whom, *turn.managers):
            at = self._tellable(whom, _wait(lead))
            self._nudge(lead, turn.step, whom.id, at, managing=whom in turn.managers)
        wait = self._with_told(_wait(lead), *turn.whom, *turn.managers)
        if turn.in_channel:
            self._nudge(lead, turn.step, NOBODY, now)
            wait = replace(wait, told=(*wait.told, NOBODY)) if rung is Rung.MANAGER else wait
        after = ladder.sent(with_handoff(lead, wait=wait), turn.step, now, self.team)
        return self._offer_anew(after) if rung is Rung.REOFFER else after

    def wake(self, lead: Lead) -> Lead:
        """Who asked for quiet until now is told again, as soon as they may be."""
        wait, now = _wait(lead), self.facts.now
        for person, until in sorted(wait.quiet.items()):
            whom = self.team.whom(person)
            if until > now or (whom is not None and self._tellable(whom, wait) > now):
                continue
            wait = replace(wait, quiet={each: at for each, at in wait.quiet.items() if each != person})
            managing = None if whom is None else self._looks_after(lead, whom)
            if whom is not None and managing is not None and not self._spared(whom, wait):
                step = Step(rung=(AGAIN_MANAGER if managing else AGAIN)[wait.stage], due=until)
                self._nudge(with_handoff(lead, wait=wait), step, person, now, managing=managing)
                wait = self._with_told(wait, whom)
        return with_handoff(lead, wait=wait)

    def _looks_after(self, lead: Lead, whom: Colleague) -> bool | None:
        """Whether they are asked as a manager: it is not theirs, nor theirs to take; None: it went to others."""
        handoff, team = handoff_of(lead), self.team
        asked = lead.owner or (handoff.to if handoff.alone else None)
        takers = [asked] if asked else [each.id for each in team.reps if each.id not in handoff.hidden_from]
        if whom.id in takers:
            return False
        managers = (*team.managers, *team.heads, *team.admins)
        return True if any(each.id == whom.id for each in managers) else None

    def look_again(self, lead: Lead, at: datetime | None) -> tuple[Lead, tuple[Due, ...]]:
        """The late lead is marked; the timer comes for the next rung, the breach, or the end of a snooze."""
        handoff, now = handoff_of(lead), self.facts.now
        late = None if handoff.late_at else ladder.late_at(lead, self.team)
        if late is not None and late <= now:
            lead, late = with_handoff(lead, late_at=late), None
            self.jobs += card(lead, now)
        moments = [moment for moment in (at, late, *self._ends_of_quiet(lead)) if moment and moment > now]
        again = (climb(lead.id, handoff.id, min(moments)),) if moments else ()
        return lead, again

    def _ends_of_quiet(self, lead: Lead) -> Iterable[datetime]:
        wait = _wait(lead)
        for person, until in wait.quiet.items():
            whom = self.team.whom(person)
            yield until if whom is None or until > self.facts.now else self._tellable(whom, wait)

    def _turn(self, lead: Lead, step: Step) -> _Turn:
        """To whom the rung goes, and when."""
        handoff = handoff_of(lead)
        turn = _Turn(step=step, at=self._open(step.due))  # no message: a new offer, a line of the digest
        match step.rung:
            case Rung.REMIND if handoff.alone:
                turn = self._to_the_offered(lead, step)
            case Rung.BREACH if handoff.alone:
                turn = replace(turn, at=step.due)  # the card says it: the same rep was asked before
            case Rung.REOFFER if handoff.alone:
                turn = replace(turn, at=step.due)  # to whoever is at work then, in whatever zone
            case Rung.REMIND | Rung.BREACH:
                turn = self._to_a_rep(lead, step)
            case Rung.MANAGER | Rung.STILL_YOURS:
                turn = self._to_a_manager(lead, step)
            case Rung.LAST_CALL:
                turn = self._to_the_heads(lead, step)
            case Rung.STALLED_AGAIN:
                managers = self._to_a_manager(lead, step).managers
                turn = replace(self._to_the_one(lead, step, lead.owner), managers=managers)
            case Rung.FIRST_CONTACT | Rung.NEXT_STEP | Rung.STALLED:
                turn = self._to_the_one(lead, step, lead.owner)
            case Rung.REOFFER | Rung.STALLED_LONG | Rung.HELP:  # the last is no step of a ladder
                pass
        return turn

    def _to_the_one(self, lead: Lead, step: Step, slack_id: str | None) -> _Turn:
        """To the owner, or to whom it is offered alone; they may have asked for quiet."""
        wait, whom = _wait(lead), self.team.whom(slack_id)
        if whom is None or self._spared(whom, wait) or whom.id in wait.quiet:
            return _Turn(step=step, at=step.due)  # who asked for quiet is told when it ends
        return _Turn(step=step, at=self._tellable(whom, wait), whom=(whom,))

    def _to_the_offered(self, lead: Lead, step: Step) -> _Turn:
        """Do-not-disturb and statuses hold this message back, and no later rung: offers go on."""
        turn = self._to_the_one(lead, step, handoff_of(lead).to)
        held = any(each.is_held_back(self.facts.now) for each in turn.whom)
        return replace(turn, at=step.due) if held else turn

    def _to_a_rep(self, lead: Lead, step: Step) -> _Turn:
        """To one who is at work, not full, and longest without a lead; anyone may still take it."""
        wait, handoff, cap = _wait(lead), handoff_of(lead), self.facts.agreement.leads.cap
        fit = [
            each
            for each in self._others(self.team.reps, wait)
            if each.id not in (*handoff.hidden_from, *wait.quiet) and (cap is None or each.load < cap)
        ]
        if ladder.clock_of(lead, self.team).is_open(self.facts.now):  # who is off shift is not waited for
            fit = [each for each in fit if self._tellable(each, wait) <= self.facts.now]
        return self._to_first(fit, step, wait, lambda each: (each.last_lead_at or LONG_AGO, _lot(lead, each)))

    def _to_a_manager(self, lead: Lead, step: Step) -> _Turn:
        if self.team.is_gentle(self.facts.now):
            return _Turn(step=step, at=self._open(self.facts.now))
        fit = [each for each in self._others(self.team.managers, _wait(lead)) if each.id != lead.owner]
        places = {each.id: place for place, each in enumerate(self.team.managers)}
        if not fit and NOBODY in _wait(lead).told:  # it stands under the card, since an offer before
            return _Turn(step=step, at=step.due)
        turn = self._to_first(fit, step, _wait(lead), lambda each: (places[each.id],))
        return replace(turn, whom=(), managers=turn.whom)

    def _to_the_heads(self, lead: Lead, step: Step) -> _Turn:
        """Each head in their own hours, from the moment at which the first of them may be told."""
        wait, heads = _wait(lead), self._others(self.team.heads, _wait(lead))
        if self.team.is_gentle(self.facts.now) or not heads:
            in_channel = not self.team.is_gentle(self.facts.now)
            return _Turn(step=step, at=self._open(self.facts.now), in_channel=in_channel)
        at = min(self._tellable(each, wait) for each in heads)
        return _Turn(step=step, at=at, managers=tuple(heads))

    def _to_first(self, fit: Sequence[Colleague], step: Step, wait: Wait, order: Order) -> _Turn:
        if not fit:
            return _Turn(step=step, at=self._open(self.facts.now), in_channel=True)
        whom = min(fit, key=lambda each: (self._tellable(each, wait), order(each)))
        return _Turn(step=step, at=self._tellable(whom, wait), whom=(whom,))

    def _others(self, people: Iterable[Colleague], wait: Wait) -> list[Colleague]:
        """Who is here and was not told of this one yet."""
        return [
            each
            for each in people
            if each.is_here(self.facts.now) and each.id not in wait.told and not self._spared(each, wait)
        ]

    def _with_told(self, wait: Wait, *whom: Colleague) -> Wait:
        """They were told; who was as often as anybody is, is not told again."""
        told = (*wait.told, *(each.id for each in whom))
        most = self.facts.agreement.settings.ladder.most
        spent = [each.id for each in whom if told.count(each.id) >= most and each.id not in wait.spent]
        return replace(wait, told=told, spent=(*wait.spent, *spent))

    def _spared(self, whom: Colleague, wait: Wait) -> bool:
        most = self.facts.agreement.settings.ladder.most
        return whom.id in wait.stopped or wait.told.count(whom.id) >= most

    def _tellable(self, whom: Colleague, wait: Wait) -> datetime:
        return whom.may_be_told(self.facts.now, hot=wait.hot)

    def _open(self, moment: datetime) -> datetime:
        """When the channel may be told."""
        return Clock(calendar=self.team.calendar, stops=self.team.stops).next_opening(moment)

    def _nudge(self, lead: Lead, step: Step, person: str, at: datetime, *, managing: bool = False) -> None:
        handoff, wait, now = handoff_of(lead), _wait(lead), self.facts.now
        clock = ladder.clock_of(lead, self.team)
        asked_for = person in wait.told  # at the end of a snooze: at that time, with whatever else waits
        # A stage may come again in the same offer, and a rung in a stage: after a snooze, or an hour that was given.
        since, due = (int(moment.timestamp()) for moment in (wait.since or now, step.due))
        # How long nobody has had it, unless one rep is asked: they are not reproached with what others let pass.
        nobodys = step.rung is Rung.LAST_CALL or (wait.stage is Stage.OFFER and not handoff.alone)
        free = wait.free_since if nobodys else None
        nudge = Nudge(
            id=f"{handoff.id}.{handoff.offers}.{since}.{step.rung}.{person or 'channel'}.{due}",
            lead=lead.id,
            handoff=handoff.id,
            stage=wait.stage,
            rung=step.rung,
            person=person,
            hot=wait.hot or (managing and asked_for),
            due_at=step.due,
            at=at,
            waited=clock.waited(free or wait.since or now, now),
            managing=managing,
        )
        self.nudges.append(nudge)
        named = step.rung in (Rung.REMIND, Rung.BREACH) and not handoff.alone
        if named or person == NOBODY:
            self.jobs.append(show(Sight.LINE, nudge.id, at, channel=handoff.channel))
        if person != NOBODY:
            self.jobs.append(Due(job=Gather(person=person), at=at))

    def _offer_anew(self, lead: Lead) -> Lead:
        """In a channel the card is posted anew, once; who had it alone is told why others are asked."""
        handoff, now = handoff_of(lead), self.facts.now
        if handoff.whose is Whose.HANDED or handoff.cards > 1 + len(handoff.moved):
            return lead  # a colleague's answer has a timer of its own; a card is posted anew once
        self.jobs.append(Due(job=Settle(handoff=handoff.id), at=now))
        if rotates(handoff, self.facts.agreement):
            return self._next_in_turn(lead)
        after = with_handoff(
            lead,
            offers=handoff.offers + 1,
            to=None,
            alone=False,
            whose=None,
            wait=offered_anew(handoff.wait, None, hot=_wait(lead).hot),
        )
        after, card_jobs = posted_anew(after, self.facts)
        self.jobs += (*cards(lead, self.facts), *card_jobs)
        return after

    def _next_in_turn(self, lead: Lead) -> Lead:
        """Silence does not keep the turn. Where nobody was asked, the managers know already."""
        handoff, wait, now = handoff_of(lead), _wait(lead), self.facts.now
        if not handoff.alone:
            return lead
        silence = Silence(now, ladder.clock_of(lead, self.team).waited(wait.since or now, now))
        silent = {**wait.silent, handoff.to: silence} if handoff.to else wait.silent
        placed = offer_on(with_handoff(lead, wait=replace(wait, silent=silent)), self.facts)
        self.jobs += (*cards(lead, self.facts), *placed.jobs)
        self.nudges += placed.nudges
        self.moves += placed.moves
        return placed.lead


def _lot(lead: Lead, whom: Colleague) -> str:
    """Drawn between those who have waited equally long: not always the same, and the same if drawn again."""
    first = (handoff_of(lead).joined or handoff_of(lead).id).rpartition("-")[0]  # one rep for those of a card
    return blake2b(f"{first}|{whom.id}".encode(), digest_size=8).hexdigest()


def _wait(lead: Lead) -> Wait:
    return handoff_of(lead).wait or Wait()
