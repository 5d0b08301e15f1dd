"""What app.yaml may say, with its defaults: how Truce behaves. Nothing here holds a secret, nothing ever changes.

The names are those of app.example.yaml, key by key: a key that is added here is added there.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.settings.kinds import (
    AtLeastOne,
    AtWeekly,
    Channel,
    Condition,
    Conditions,
    Count,
    Country,
    Day,
    Duration,
    FieldPath,
    Many,
    Name,
    OpenHours,
    Person,
    PersonName,
    Points,
    Requirement,
    Someone,
    TeamName,
    Url,
    WeeklyTime,
    Word,
    Working,
    Zone,
)
from bot.working_time import Calendar, Span, Week

OfferMode = Literal["channel", "rotation"]


def _spans(*texts: str) -> tuple[Span, ...]:
    return tuple(map(Span.parse, texts))


class Section(BaseModel):
    """A part of app.yaml: no key but its own, no value of another type, never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_written_is_all_defaults(cls, written: Any) -> Any:
        return {} if written is None else written


def _leads(channels: dict[str, Any]) -> str:
    return str(channels.get("leads"))


class Channels(Section):
    """Where Truce speaks: `#name` or an id. Those not written are the leads channel."""

    leads: Channel
    feedback: Channel = Field(default_factory=_leads)
    retros: Channel = Field(default_factory=_leads)
    managers: Channel = Field(default_factory=_leads)


class Heads(Section):
    """Who signs the agreement and gets the last call."""

    sales: Someone | None = None
    marketing: Someone | None = None


class People(Section):
    """Who does what. None: not written, so every full member of the channel (admins: who installed it)."""

    reps: Many[Someone] | None = None
    marketers: Many[Someone] | None = None
    managers: Many[Someone] | None = None
    admins: Many[Someone] | None = None
    heads: Heads = Heads()
    success: Many[Someone] = ()

    def everyone(self) -> Iterator[Person]:
        """Name all who are named, in whatever role."""
        for role in (self.reps, self.marketers, self.managers, self.admins, self.success):
            yield from role or ()
        yield from (head for head in (self.heads.sales, self.heads.marketing) if head)


class Hours(Section):
    """When the team works. `timezone` None is the workspace installer's."""

    timezone: Zone | None = None
    week: OpenHours = Week.parse({"mon-fri": "09:00-17:30"})
    holidays: Many[Day] = ()
    disturb: Literal["working-hours", "always"] = "working-hours"

    def calendar(self, zone: ZoneInfo) -> Calendar:
        """Make the calendar of somebody in `zone`; for who has none, the caller passes the team's."""
        return Calendar(zone, self.week, frozenset(self.holidays))


class Hot(Section):
    """What makes a lead hot: the person asked for us, or a score that was set for it."""

    sources: Many[Word] = ("demo_request", "contact_us")
    score: Points | None = None


class Disqualify(Section):
    """Whole values that keep a lead from sales."""

    email_domains: Many[Word] = ()
    titles: Many[Word] = ()
    countries: Many[Country] = ()

    @cached_property
    def whole_values(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """E-mail domains, titles and countries as they are compared, whatever their case: asked of every arrival."""
        domains, titles, countries = (
            frozenset(value.casefold() for value in values)
            for values in (self.email_domains, self.titles, self.countries)
        )
        return domains, titles, countries


class Score(Section):
    """Points per fact (`field: {value or comparison: points}`) and per kind of touch, which decay."""

    facts: Mapping[FieldPath, Mapping[Condition, Points]] = {}
    touches: Mapping[Word, Points] = {"webinar": 10, "pricing_page": 15, "email_click": 3}
    half_life: Duration = timedelta(days=30)
    threshold: Points = 0


class Recycle(Section):
    """How long a rejected lead rests, by its reason."""

    no_need: Duration = timedelta(days=180)
    no_budget: Duration = timedelta(days=180)
    unreachable: Duration = timedelta(days=90)
    wrong_person: Duration = timedelta(days=180)
    other: Duration = timedelta(days=180)

    def get(self, code: str) -> timedelta | None:
        """How long a lead rests that was rejected with `code`; None: that reason has no such time."""
        return getattr(self, code) if code in type(self).model_fields else None


class Flood(Section):
    """What waits behind one message: leads `older_than` at arrival, and all beyond `offers` `within` a while."""

    older_than: Duration = timedelta(days=7)
    offers: AtLeastOne = 20
    within: Duration = timedelta(minutes=10)


class Retention(Section):
    """How long a lead is kept after its last change."""

    closed: Duration = timedelta(days=730)
    nurture: Duration = timedelta(days=365)


class Leads(Section):
    """What a lead is, whom it is offered to, and what becomes of it."""

    offer: OfferMode = "channel"
    hot: Hot = Hot()
    require: Many[Requirement] = ("reachable",)
    disqualify: Disqualify = Disqualify()
    score: Score = Score()
    undo: Duration = timedelta(minutes=15)
    attempts: Count = 5
    cap: AtLeastOne | None = None
    weights: Mapping[PersonName, AtLeastOne] = {}
    recycle: Recycle = Recycle()
    flood: Flood = Flood()
    retention: Retention = Retention()


class Rungs(Section):
    """When whom is told, in working time; `stalled` one to three times: owner, then manager too, then digest."""

    remind: Working
    breach: Working
    manager: Working
    reoffer: Working
    last_call: Working
    first_contact: Working
    still_yours: Working = Span.parse("45m")
    stalled: Annotated[Many[Working], Field(min_length=1, max_length=3)]


class HotRungs(Rungs):
    """The ladder of leads that asked for us."""

    remind: Working = Span.parse("5m")
    breach: Working = Span.parse("15m")
    manager: Working = Span.parse("45m")
    reoffer: Working = Span.parse("60m")
    last_call: Working = Span.parse("4h")
    first_contact: Working = Span.parse("1h")
    stalled: Annotated[Many[Working], Field(min_length=1, max_length=3)] = _spans("3d", "7d", "14d")


class StandardRungs(Rungs):
    """The ladder of all other leads."""

    remind: Working = Span.parse("2h")
    breach: Working = Span.parse("1d")
    manager: Working = Span.parse("2d")
    reoffer: Working = Span.parse("2d")
    last_call: Working = Span.parse("3d")
    first_contact: Working = Span.parse("1d")
    stalled: Annotated[Many[Working], Field(min_length=1, max_length=3)] = _spans("7d", "14d", "30d")


class Ladder(Section):
    """How a waiting lead climbs; `most` reminders per person, lead and stage."""

    hot: HotRungs = HotRungs()
    standard: StandardRungs = StandardRungs()
    most: AtLeastOne = 5


class TeamEntry(Section):
    """A team as it is written: what it does not say is as for all. `Settings.teams_in_force` puts both together."""

    name: TeamName
    channel: Channel
    reps: Many[Someone] | None = None
    managers: Many[Someone] | None = None
    when: Mapping[FieldPath, Conditions] | None = None
    offer: OfferMode | None = None
    hours: Hours | None = None
    ladder: Ladder | None = None


class Digest(Section):
    """The weekly message, and how it credits touches."""

    at: AtWeekly = WeeklyTime.read("mon 09:00")
    attribution: Many[Literal["first", "last", "linear", "u", "w", "decay"]] = ("first", "last")


class Retro(Section):
    """The look back at a deal, in working time; smaller amounts have none."""

    start_after: Working = Span.parse("30m")
    ask_again: Many[Working] = _spans("1d", "2d")
    close_after: Working = Span.parse("3d")
    action_due: Working = Span.parse("14d")
    smallest_amount: Count = 0
    renewal_before: Duration = timedelta(days=90)  # calendar time


class Deals(Section):
    """The open stages of a deal, besides won and lost; none listed: whatever a stage is called is one."""

    stages: Many[Word] = ()


class Feed(Section):
    """Who may post to /intake/NAME, and how they prove it."""

    kind: Literal["generic"] = "generic"
    auth: Literal["signature", "bearer"] = "signature"
    score_scale: AtLeastOne | None = None


class Out(Section):
    """Who is told of what happens here; of what came from its own `feed` it is not."""

    url: Url
    events: Many[Literal["decision", "owner", "contact", "next_step", "rejection", "retro"]]
    feed: Name | None = None
