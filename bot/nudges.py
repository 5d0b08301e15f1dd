"""One reminder of one lead to one person, and when those that wait for somebody are told together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.leads.lead import Handoff, Lead, State
from bot.leads.wait import Rung, Stage, Wait
from bot.teams import Colleague
from bot.working_time import Span, Waited

TOGETHER: Final = timedelta(minutes=2)  # several due to one person within that are one message
MANAGERS_REST: Final = Span(seconds=2 * 3600)  # working time between two messages to a manager
NOBODY: Final = ""  # nobody is named: a line in the channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """`due_at` is the moment by the clock, `at` when it was sent to be told; `waited` by that clock.

    `hot`: it waits for no list, as the lead is hot or a manager has put it off until now.
    """

    id: str
    lead: str
    handoff: str
    stage: Stage
    rung: Rung
    person: str
    hot: bool
    due_at: datetime
    at: datetime
    waited: Waited
    managing: bool = False  # told as a manager, not as who has the lead

    @property
    def is_urgent(self) -> bool:
        """Whether it waits for no list."""
        return self.hot or not self.managing or self.rung is Rung.HELP


def told_at(waiting: Sequence[Nudge], last: datetime | None, whom: Colleague, now: datetime) -> datetime:
    """When what waits for a person is told: in their own hours, and a manager rests between two messages.

    Asked again when it is to be told: an outage, an absence or a pause may have come between.
    """
    urgent = any(nudge.is_urgent for nudge in waiting)
    rested = now if urgent or last is None else max(now, whom.calendar.add(last, MANAGERS_REST))
    return whom.may_be_told(rested, hot=any(nudge.hot for nudge in waiting))


def still_asks(nudge: Nudge, lead: Lead) -> bool:
    """Whether what the nudge asks for was not done yet, by anybody, and is still this person's to do."""
    handoff = lead.handoff
    if handoff is None or handoff.id != nudge.handoff:
        return False
    if nudge.rung is Rung.HELP:
        return lead.state is State.OFFERED and not handoff.alone
    return _is_waited_for(nudge, handoff.wait) and _is_theirs(nudge, lead, handoff)


def _is_waited_for(nudge: Nudge, wait: Wait | None) -> bool:
    if wait is None or wait.stage is not nudge.stage:
        return False
    if nudge.stage is Stage.OFFER:
        return True
    # Else it was given to another, or somebody tried or was in touch since, or plans it for another day.
    return wait.since is not None and nudge.due_at >= wait.since


def _is_theirs(nudge: Nudge, lead: Lead, handoff: Handoff) -> bool:
    if nudge.managing or nudge.person == NOBODY:
        return True
    if nudge.stage is Stage.OFFER:
        return not handoff.alone or handoff.to == nudge.person
    return lead.owner == nudge.person


def told_with(nudge: Nudge, others: Sequence[Nudge]) -> list[Nudge]:
    """Those that are one line with it: from the first one on, what comes within two minutes. By time, the first first."""
    line: list[Nudge] = []
    for each in others:
        if not line or each.at - line[0].at >= TOGETHER:
            if nudge in line:
                break
            line = []
        line.append(each)
    return line
