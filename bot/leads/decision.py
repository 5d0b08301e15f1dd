"""What a rule is given and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from bot.agreement import Agreement
from bot.arrivals import Touch
from bot.errors import Refused
from bot.jobs import Due
from bot.leads.lead import Before, Handoff, Lead, Loss
from bot.nudges import Nudge
from bot.people import Person, Role, Roles
from bot.rota import Move
from bot.routing import team_of
from bot.teams import Colleague, TeamNow
from bot.working_time import Clock, Stop

UNKNOWN_YET: Final = "Slack has not told me who you are yet. Please try once more in a minute."
UNDECIDED: Final[Mapping[str, object]] = {  # of a handoff that is open again
    "verdict": None,
    "decided_at": None,
    "decided_by": None,
    "took": None,
    "origin": None,
    "before": None,
    "given_by": None,
    "cover_for": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a channel takes: offers made in it within the flood's window, and the hold for those too many."""

    offers: int = 0
    hold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Another lead that waits for an answer, and the card that it stands on, which began at that moment."""

    lead: str
    handoff: str
    card: str
    team: str
    channel: str
    at: datetime
    asked: str | None = None  # the rep whose turn it is ...
    ask: str = ""  # ... what the message to them is about ...
    asked_at: datetime | None = None  # ... and since when they are asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision may know besides the lead, read in one transaction."""

    now: datetime
    agreement: Agreement
    by: Person | None = None  # who acts
    colleague: Person | None = None
    touches: tuple[Touch, ...] = ()
    rooms: Mapping[str, Room] = field(default_factory=dict)  # by channel
    load: int = 0
    team: TeamNow | None = None
    teams: Mapping[str, TeamNow] = field(default_factory=dict)  # those that take turns, by name
    sellers: Mapping[str, tuple[Colleague, ...]] = field(
        default_factory=dict
    )  # of open and won deals, by company (bot/firms.py)
    owners: Mapping[str, tuple[Colleague, ...]] = field(default_factory=dict)  # of open leads, by company
    waiting: Mapping[str, tuple[Waiting, ...]] = field(default_factory=dict)  # other leads, by company
    roles: Roles | None = None  # in the lead's team
    theirs: bool = False  # who acts owns the lead, or is asked for it by name
    holder: Person | None = None  # who has the lead, or is asked for it alone
    lost: Loss | None = None  # of the last of its deals; None: one is open or won
    noes: frozenset[str] = frozenset()  # who rejected this lead before, for good
    stops: tuple[tuple[str, Stop], ...] = ()  # nobody's working time, by team; "" is every team's
    imported: bool = False  # it comes from a file

    def team_called(self, name: str) -> TeamNow | None:
        """The team, where it was read; of one that is not there any more, the one that has its leads."""
        name = self.agreement.team(name).name
        if self.team is not None and self.team.team.name == name:
            return self.team
        return self.teams.get(name)

    def room(self, channel: str) -> Room:
        return self.rooms.get(channel, Room())

    def clock_of(self, team: str) -> Clock:
        """The working time of a team, without what was nobody's."""
        stops = tuple(stop for name, stop in self.stops if name in ("", team))
        return Clock(calendar=self.agreement.calendar_of(self.agreement.team(team)), stops=stops)

    @property
    def roles_here(self) -> Roles:
        """Those of the team that the lead belongs to."""
        return self.roles or self.agreement.roles

    def actor(self, *roles: Role) -> Person:
        """The person who acts, refused unless they have one of these roles.

        Who has the lead, or was asked for it by name, may be of another team.
        """
        if self.by is None:
            raise Refused(UNKNOWN_YET)
        if not (self.theirs and Role.REP in roles and self.agreement.has(self.by, Role.REP)):
            self.roles_here.need(self.by, *roles)
        return self.by

    def manager(self) -> Person:
        """The person who acts, refused unless they may say who has the lead, and by when.

        That is who manages its team, or the team of who has it; and the admins and heads, as they are asked too.
        """
        by, agreement = self.by, self.agreement
        if by is None:
            raise Refused(UNKNOWN_YET)
        if agreement.is_head(by):
            return by
        if self.holder is not None:
            home = agreement.home_of(self.holder)
            if agreement.roles_of(home).has(by, Role.MANAGER):
                return by
        self.roles_here.need(by, Role.MANAGER, Role.ADMIN)
        return by


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The lead as it will be, the jobs that follow, touches and nudges to keep with it, and what moves the rota."""

    lead: Lead
    jobs: tuple[Due, ...] = ()
    touches: tuple[Touch, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    moves: tuple[Move, ...] = ()


Rule = Callable[[Lead, Any, Facts], Decision]


def handoff_of(lead: Lead) -> Handoff:
    """The handoff of a lead in a state that always has one."""
    if lead.handoff is None:
        raise AssertionError(f"a lead that is {lead.state} has a handoff")
    return lead.handoff


def with_handoff(lead: Lead, **changes: Any) -> Lead:
    """The lead with its handoff changed."""
    return replace(lead, handoff=replace(handoff_of(lead), **changes))


def as_it_stands(lead: Lead) -> Before:
    """What an undo of the next decision goes back to."""
    handoff = handoff_of(lead)
    return Before(
        state=lead.state,
        owner=lead.owner,
        verdict=handoff.verdict,
        decided_at=handoff.decided_at,
        decided_by=handoff.decided_by,
        took=handoff.took,
        origin=handoff.origin,
        attempts=lead.attempts,
        wait=handoff.wait,
    )


def in_its_team(lead: Lead, facts: Facts) -> Facts:
    """The facts, with who may do what in the team that has the lead."""
    handoff, agreement = lead.handoff, facts.agreement
    team = team_of(lead.fields, agreement) if handoff is None else agreement.team(handoff.team)
    known = () if facts.by is None else (facts.by.slack_id,)
    theirs = any(each in known for each in (lead.owner, handoff and handoff.to))
    return replace(facts, roles=agreement.roles_of(team), theirs=theirs)
