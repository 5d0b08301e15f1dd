"""What should have been sent, and when: worked out from what people did, with no help from the program.

It follows product.md section 5 and docs/reminders.md, rung by rung, and takes from the messages that were sent
only whom of several equals they named.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from tests.simulate.company import CAP
from tests.simulate.known import NEVER, Known
from tests.simulate.observed import asks, shown
from tests.simulate.run import Event, History, Row
from tests.simulate.rungs import LADDERS, MOST, RUNGS, SILENT, Offer, Offered, Stage, Step, Wanted

A_HAIR: Final = timedelta(milliseconds=1)
A_MOMENT: Final = timedelta(seconds=3)
# Seconds: a moment is some looks at the clock later than the one that it is counted from; rarely one sooner.
EITHER_WAY: Final = (0, 0.02, -0.001)
TOGETHER: Final = 0.1
QUEUE: Final = timedelta(minutes=1)  # of asks: one person is told of one a second, also of dozens at once


class Ladder:
    """One lead's reminders, as they should have been."""

    def __init__(
        self,
        company: Known,
        lead: str,
        sent: Sequence[Row],
        *,
        hot: bool,
        slack: timedelta,
        looks: Sequence[datetime] = (),
        asked: Sequence[tuple[datetime, str | None]] = (),
    ) -> None:
        self.company, self.lead, self.slack = company, lead, slack
        self.looks, self.asked = looks, asked
        self.tilt: float = 0
        self.rungs = LADDERS[hot]
        self.observed = list(sent)
        self.wanted: list[Wanted] = []
        self.offers: list[Offered] = []
        self.owner: str | None = None
        self.stage: Stage | None = None
        self.next_step: datetime | None = None
        self.offer, self.until = Offer(since=NEVER), NEVER
        self.turns = company.offer == "rotation"
        self._before: tuple[Stage | None, str | None] | None = None

    def live(self, events: Sequence[Event], until: datetime) -> "Ladder":
        for number, event in enumerate(events):
            self._happens(event)
            following = events[number + 1].at if number + 1 < len(events) else until
            if number + 1 < len(events) and events[number + 1].what == "shown":
                following += A_MOMENT  # what is due together with a re-offer comes before it
            if self.stage is not None:
                self._climb(event.at, following)
        return self

    def _happens(self, event: Event) -> None:
        """What somebody did to the lead, and so what it waits for."""
        stage = self.stage
        match event.what:
            case "arrive" if self.turns:
                self._place(event.at)
            case "arrive" if not self.company.takers(event.at):
                self._calls_for_help(event.at)  # nobody could take it, not even when work begins
            case "shown" if self.owner is None:  # who was quick has it before the card is seen
                first = event.at if stage is None else stage.first
                called = {"last_call"} if stage and "last_call" in stage.sent else set[str]()
                told = stage.told if stage else []
                moved = stage.first_moved + stage.moved if stage else 0
                self.stage = Stage("offer", event.at, first, first_moved=moved, sent=called, told=told)
            case "accept":
                self._before = (stage, None)
                self.owner = event.by
                self.stage = Stage("contact", event.at, stage.first if stage else event.at)
            case "undo" if self._before:
                self.stage, self.owner = self._before
            case "reject" | "convert":
                self.stage = None
            case "contact" if stage:
                if self.next_step and self.next_step <= event.at:
                    self.next_step = None
                since = max(event.at, self.next_step or event.at)
                self.stage = Stage("stalled", since, stage.first)
            case "plan" if stage and event.until:
                self.next_step = event.until
                day = max(event.at, event.until)
                self.stage = Stage(stage.name, day, stage.first, put_off=stage.name == "contact")

    def _climb(self, since: datetime, until: datetime) -> None:
        """Send what is due before `until`."""
        self.until = until
        now = since
        while (stage := self.stage) is not None:
            now = max(now, stage.since) if stage.name == "offer" else now
            step = self._step(stage, now)
            if step is None:
                return
            if step.wanted is None:
                self._goes_on(step.at)
                continue
            now = step.at
            self._is_sent(stage, step.wanted, step.due)

    def _step(self, stage: Stage, now: datetime) -> Step | None:
        """What comes next. What is due to the very moment at which work begins or ends may be sent before or after
        that: which of both, what was sent tells, if to anybody.
        """
        tried: list[Step] = []
        silent: Step | None = None
        for self.tilt in EITHER_WAY:
            step = self._by_this_clock(stage, now)
            if step is None or step.wanted is None:
                return silent or step
            if self._was_seen(step.wanted):
                if step.wanted.whom and (silent is None or silent.rung == step.rung):
                    return step
                silent = silent or step
            tried.append(step)
        return silent or tried[0]

    def _by_this_clock(self, stage: Stage, now: datetime) -> Step | None:
        goes_on = self._goes_on_at(stage)
        sent = [
            Step(wanted=wanted, at=wanted.at, due=due)
            for due, rung in self._next(stage)
            if due < self.until and (wanted := self._send(stage, rung, max(due, now))).at < self.until
        ]
        least = min((each.at for each in sent), default=NEVER)
        step = next((each for each in sent if each.at - least <= A_HAIR), None)  # together: the lowest
        if goes_on >= self.until or (step is not None and step.at < goes_on):
            return step
        if step is not None and step.wanted is not None and step.wanted.whom:
            together = (step.at - goes_on).total_seconds() <= TOGETHER
            if together and self._was_seen(step.wanted):
                return step
        return Step(wanted=None, at=goes_on, due=goes_on)

    def _was_seen(self, wanted: Wanted) -> bool:
        """Whether there is anything to be seen of it at that moment."""
        rung, whom = wanted.rung, wanted.whom
        if not whom:
            return rung != "reoffer" or not self.offer.alone or self._went_on(wanted.at)
        return any(
            each["rung"] == rung and in_time(each, wanted, self.slack) and each["person"] in whom
            for each in self.observed
        )

    def _went_on(self, at: datetime) -> bool:
        """Whether somebody else was asked from then on, or nobody until work begins: that has no message."""
        return any(abs(when - at) <= self.slack and whom != self.offer.to for when, whom in self.asked)

    def _is_sent(self, stage: Stage, wanted: Wanted, due: datetime) -> None:
        now, rung = wanted.at, wanted.rung
        stage.told = [] if (stage.name, rung) == ("contact", "stalled") else stage.told
        if wanted.whom:
            self.wanted.append(wanted)
            stage.told += self._actual(wanted)
        if rung == "manager" and wanted.whom == {""}:
            stage.told.append("")  # the line under the card: once in a handoff
        if rung == "stalled_again" and (managers := self._untold(stage, self.company.managers, now)):
            first = min(self.company.told_at(each, now) for each in managers)
            whom = frozenset(each for each in managers if self.company.told_at(each, now) == first)
            self.wanted.append(Wanted(lead=self.lead, rung=rung, at=first, whom=whom))
            stage.told += self._actual(self.wanted[-1])
        stage.sent.add(rung)
        if rung != "last_call" and self._moves_the_rest(stage, now):
            _, clock, _ = self.company.clock(self._whom)
            stage.moved += clock.worked(now) - clock.worked(due) + self.tilt
        if rung == "reoffer" and self.offer.alone:
            self._offer_on(now)

    def _moves_the_rest(self, stage: Stage, now: datetime) -> bool:
        """Whether what follows was due as well. At the very same moment, what was sent tells."""
        following = min(self._next(stage), default=None)
        if following is None:
            return False
        due, rung = following
        if abs((due - now).total_seconds()) > TOGETHER:
            return due < now
        seen = "ask" if rung == "reoffer" and self.offer.alone else rung
        return not any(each["rung"] == seen and abs(each["at"] - now) < self.slack for each in self.observed)

    @property
    def _whom(self) -> str | None:
        return self.owner or (self.offer.to if self.offer.alone else None)

    def _goes_on_at(self, stage: Stage) -> datetime:
        """When who was asked alone goes away, or work begins: it is offered to whose turn it is then."""
        offer = self.offer
        if not offer.alone or stage.name != "offer":
            return NEVER
        starts = NEVER if offer.starts is None else self.company.up(offer.starts)
        gone = NEVER if offer.to is None else self.company.goes_away(offer.to, offer.since)
        return min(starts, gone)

    def _goes_on(self, at: datetime) -> None:
        offer = self.offer
        if offer.to is not None and at == self.company.goes_away(offer.to, offer.since):
            self._offer_on(at)
        else:
            self._anew(at)
            self._place(at)

    def _offer_on(self, at: datetime) -> None:
        """Who was asked did not answer, or went away: the next one is asked."""
        if self.offer.to and self.offer.starts is None:
            self.offer.asked.add(self.offer.to)
        self._anew(at)
        self._place(at)

    def _anew(self, at: datetime) -> None:
        stage = self.stage
        if stage is not None:
            called = {"last_call"} & stage.sent
            moved = stage.first_moved + stage.moved
            self.stage = Stage("offer", at, stage.first, first_moved=moved, sent=called, told=stage.told)

    def _place(self, at: datetime) -> None:
        """One who is at work and not full is asked, else whoever starts first; else nobody can be."""
        company, asked = self.company, self.offer.asked
        fit = [each for each in company.takers(at) if each not in asked]
        there = [each for each in fit if company.own[each].is_open(at)]
        self.offer = Offer(since=at, asked=asked)
        to = None
        if there:
            wanted = Wanted(lead=self.lead, rung="ask", at=at, whom=frozenset(there))
            self.wanted.append(wanted)
            to = next(iter(self._actual(wanted)), None)
            self.offer = Offer(since=at, alone=True, to=to, asked=asked)
        self.offers.append(Offered(at=at, lead=self.lead, to=to))
        if there:
            return
        if fit:
            starts = {each: company.own[each].opens(at) for each in fit}
            first = min(starts.values())
            early = [each for each in fit if starts[each] == first]
            to = early[0] if len(early) == 1 else None
            self.offer = Offer(since=at, alone=True, to=to, starts=first, asked=asked)
            return
        self._calls_for_help(at)

    def _calls_for_help(self, at: datetime) -> None:
        """Nobody can be offered it: all managers who are here are asked at once, in their own hours."""
        for each in (one for one in self.company.managers if self.company.is_here(one, at)):
            told = self.company.own[each].opens(at)  # as far as is known now: an outage may come
            self.wanted.append(Wanted(lead=self.lead, rung="help", at=told, whom=frozenset({each})))

    def _next(self, stage: Stage) -> list[tuple[datetime, str]]:
        """The lowest rung that was not sent; the last call counts from the first offer, and waits for nobody."""
        waits_for_work = stage.name == "offer" and self.offer.starts is not None
        dues = [
            (due, rung)
            for rung in (("last_call",) if waits_for_work else RUNGS[stage.name])
            if rung not in stage.sent and (due := self._due(stage, rung)) is not None
        ]
        return [*dues[:1], *(each for each in dues[1:] if each[1] == "last_call")]

    def _due(self, stage: Stage, rung: str) -> datetime | None:
        if rung == "next_step":
            return self.next_step if stage.name == "stalled" or stage.put_off else None
        rungs = LADDERS[False] if stage.put_off else self.rungs
        since = stage.first if rung == "last_call" else stage.since
        due = self._after(since, *rungs["first_contact" if rung == "still_yours" else rung])
        if rung == "still_yours":
            due = self._after(due, *rungs[rung])
        moved = max(stage.moved + (stage.first_moved if rung == "last_call" else 0) + self.tilt, 0)
        return self._after(due, 0, moved) if moved else due

    def _after(self, at: datetime, days: int, seconds: float) -> datetime:
        """Working days and seconds later, by the clock of whom the lead waits on."""
        own, running, zone = self.company.clock(self._whom)
        seconds = max(seconds + self.tilt, 0) if seconds else 0
        moment = own.days_after(at, days, zone) if days else own.after(at, seconds)
        if moment == NEVER:
            return NEVER
        stood = (own.worked(moment) - own.worked(at)) - (running.worked(moment) - running.worked(at))
        if stood > 0:
            return running.after(moment, stood)
        return running.opens(moment) if days else moment

    def _send(self, stage: Stage, rung: str, at: datetime) -> Wanted:
        """When the rung can be sent, and to whom."""
        if rung in {"remind", "breach", "reoffer"} and (self.offer.alone or rung != "reoffer"):
            return self._to_the_one(stage, rung, at) if self.offer.alone else self._to_a_rep(stage, rung, at)
        if rung in {"manager", "still_yours"}:
            return self._to_a_manager(stage, rung, at)
        if rung == "last_call":
            wanted = self._to_the_first(
                rung, at, lambda moment: self._untold(stage, self.company.heads, moment)
            )
            heads = self._untold(stage, self.company.heads, wanted.at)
            return Wanted(lead=self.lead, rung=rung, at=wanted.at, whom=frozenset(heads or [""]), every=True)
        if rung in SILENT:
            return Wanted(lead=self.lead, rung=rung, at=self.company.team.opens(at), whom=frozenset())
        owner = self.owner or ""
        if stage.told.count(owner) >= MOST:
            return Wanted(lead=self.lead, rung=rung, at=at, whom=frozenset())
        told = self.company.there[owner].opens(at)
        return Wanted(lead=self.lead, rung=rung, at=told, whom=frozenset({owner}))

    def _to_the_one(self, stage: Stage, rung: str, at: datetime) -> Wanted:
        """Who was asked alone is reminded once; the rest is no message."""
        to = self.offer.to
        if rung != "remind" or to is None or stage.told.count(to) >= MOST:
            return Wanted(lead=self.lead, rung=rung, at=at, whom=frozenset())
        told = self.company.there[to].opens(at)
        return Wanted(lead=self.lead, rung=rung, at=told, whom=frozenset({to}))

    def _to_a_rep(self, stage: Stage, rung: str, at: datetime) -> Wanted:
        """One who is at work, not full, and was not told; nobody: the channel, when the team works."""
        company = self.company

        def fit(moment: datetime) -> list[str]:
            asked = [
                each for each in self._untold(stage, company.reps, moment) if company.load(each, moment) < CAP
            ]
            if not company.anyone_running.is_open(moment):
                return asked
            return [each for each in asked if company.there[each].is_open(moment)]

        return self._to_the_first(rung, at, fit)

    def _to_a_manager(self, stage: Stage, rung: str, at: datetime) -> Wanted:
        """One who was not told; that nobody is left is said once in a handoff, under the card."""
        managers = self.company.managers
        if rung == "manager" and "" in stage.told and not self._untold(stage, managers, at):
            return Wanted(lead=self.lead, rung=rung, at=at, whom=frozenset())
        return self._to_the_first(rung, at, lambda moment: self._untold(stage, managers, moment))

    def _to_the_first(self, rung: str, at: datetime, fit: Callable[[datetime], Sequence[str]]) -> Wanted:
        """Who can be told first, as far as is known at the moment; nobody: the channel, when the team works.

        Who comes back or has room again meanwhile is told sooner, if the lead is looked at then: no timer waits for it.
        """
        while at < NEVER:
            people = fit(at)
            moments = {each: self.company.told_at(each, at) for each in people}
            first = min(moments.values(), default=self.company.team.opens(at))
            if first == at:
                whom = {each for each, moment in moments.items() if moment == first} or {""}
                return Wanted(lead=self.lead, rung=rung, at=at, whom=frozenset(whom))
            place = bisect_right(self.looks, at)
            at = min(first, self.looks[place]) if place < len(self.looks) else first
        raise AssertionError("nobody is ever at work")

    def _untold(self, stage: Stage, people: Sequence[str], at: datetime) -> list[str]:
        here = [each for each in people if self.company.is_here(each, at)]
        return [each for each in here if each not in stage.told and each != self.owner]

    def _actual(self, wanted: Wanted) -> list[str]:
        """Whom it went to: of several who would have been right, the program chose."""
        found = [
            each
            for each in self.observed
            if each["rung"] == wanted.rung
            and in_time(each, wanted, self.slack)
            and each["person"] in (*wanted.whom, None)
        ]
        if wanted.every or (len(wanted.whom) == 1 and wanted.rung != "ask"):
            return sorted(wanted.whom - {""})
        return [each["person"] for each in found[:1] if each["person"]]


def in_time(row: Row, wanted: Wanted, slack: timedelta) -> bool:
    """Whether what was sent came at the moment that was wanted."""
    late: timedelta = row["at"] - wanted.at
    return -slack <= late <= slack + (QUEUE if row["rung"] == "ask" else timedelta())


def expected(history: History, company: Known, slack: timedelta) -> Iterator[tuple[Sequence[Row], Ladder]]:
    """For each lead what was sent, and what was due."""
    events: dict[str, list[Event]] = defaultdict(list)
    for event in [*history.events, *shown(history)]:
        if event.lead:
            events[event.lead].append(event)
    looks: dict[str, list[datetime]] = defaultdict(list)
    for at, lead in history.looked:
        looks[lead].append(at)
    asked: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
    for at, lead, whom in history.decided:
        asked[lead].append((at, whom))
    nudges: dict[str, list[Row]] = defaultdict(list)
    for row in [*history.nudges, *asks(history)]:
        nudges[row["lead"]].append(row)
    for lead in sorted({*events, *nudges}):
        told = sorted(events[lead], key=lambda each: each.at)
        sent = sorted(nudges[lead], key=lambda row: row["at"])
        hot = any(each.hot for each in told)
        ladder = Ladder(company, lead, sent, hot=hot, slack=slack, looks=looks[lead], asked=asked[lead])
        yield sent, ladder.live(told, history.plan.end)
