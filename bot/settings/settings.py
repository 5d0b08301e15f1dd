"""The whole of app.yaml, what its parts must be to each other, and the teams that follow from it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Final, Literal, Self, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from bot.settings.kinds import Many, Name, Person, ReasonCode, Word
from bot.settings.models import (
    Channels,
    Deals,
    Digest,
    Feed,
    Hours,
    Ladder,
    Leads,
    OfferMode,
    Out,
    People,
    Retro,
    Section,
    TeamEntry,
)
from bot.settings.words import not_allowed
from bot.working_time import Span, Week

RUNGS: Final = ("remind", "breach", "manager", "reoffer", "last_call")  # in the order in which they may come
Path = tuple[str | int, ...]
Part = TypeVar("Part", bound=Section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team as it is in force. `reps` and `managers` None: every full member of its channel."""

    name: str
    channel: str
    reps: tuple[Person, ...] | None
    managers: tuple[Person, ...] | None
    when: Mapping[str, tuple[str, ...]]  # all of it must fit; empty: takes every lead
    offer: OfferMode
    hours: Hours
    ladder: Ladder


class Settings(Section):
    """How Truce behaves. `bot.settings.load` is the way in."""

    channels: Channels
    people: People = People()
    hours: Hours = Hours()
    leads: Leads = Leads()
    ladder: Ladder = Ladder()
    teams: Many[TeamEntry] = ()  # after hours and ladder, which its check has to know
    digest: Digest = Digest()
    figures_per_person: Literal["manager", "self", "off"] = "manager"
    deals: Deals = Deals()
    retro: Retro = Retro()
    reasons: Mapping[ReasonCode, Word] = Field(default_factory=dict)
    feeds: Mapping[Name, Feed] = Field(default_factory=lambda: {"website": Feed()})
    out: Many[Out] = ()

    @cached_property
    def teams_in_force(self) -> tuple[Team, ...]:
        """The teams, in order, each with all it needs; never none, and the last takes every lead."""
        everybody = TeamEntry(name="all", channel=self.channels.leads)
        return tuple(self._in_force(entry) for entry in self.teams or (everybody,))

    @property
    def every_channel(self) -> set[str]:
        """All that are named, as they are written."""
        return {*self.channels.model_dump().values(), *(team.channel for team in self.teams)}

    @cached_property
    def fingerprint(self) -> str:
        """Tells these settings from others."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    def _in_force(self, entry: TeamEntry) -> Team:
        return Team(
            name=entry.name,
            channel=entry.channel,
            reps=self.people.reps if entry.reps is None else entry.reps,
            managers=self.people.managers if entry.managers is None else entry.managers,
            when=entry.when or {},
            offer=entry.offer or self.leads.offer,
            hours=_laid_over(self.hours, entry.hours),
            ladder=_laid_over(self.ladder, entry.ladder),
        )

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """By every alias, the e-mail or id of whom it means."""
        return {alias: person.name for person in self._everyone() for alias in person.aliases}

    def _everyone(self) -> Iterator[Person]:
        yield from self.people.everyone()
        for team in self.teams:
            yield from (*(team.reps or ()), *(team.managers or ()))

    @model_validator(mode="after")
    def _an_alias_is_one_persons(self) -> Self:
        claims = {(alias, person.name) for person in self._everyone() for alias in person.aliases}
        twice = sorted(alias for alias, count in Counter(alias for alias, _ in claims).items() if count > 1)
        allowed = "each alias for one person"
        _refuse(
            (("people",), not_allowed(alias, "is an alias of several people", allowed)) for alias in twice
        )
        return self

    @field_validator("ladder")
    @classmethod
    def _rungs_in_order(cls, ladder: Ladder, info: ValidationInfo) -> Ladder:
        if "hours" in info.data:
            _refuse(_misplaced_rungs(ladder, info.data["hours"].week))
        return ladder

    @field_validator("out")
    @classmethod
    def _out_fits(cls, out: tuple[Out, ...], info: ValidationInfo) -> tuple[Out, ...]:
        _refuse(_unfit_out(out, info.data.get("feeds", {})))
        return out

    @field_validator("teams")
    @classmethod
    def _teams_fit(cls, teams: tuple[TeamEntry, ...], info: ValidationInfo) -> tuple[TeamEntry, ...]:
        problems = list(_unfit_teams(teams))
        if info.data.keys() >= {"hours", "ladder"}:
            for index, team in enumerate(teams):
                week = _laid_over(info.data["hours"], team.hours).week
                ladder = _laid_over(info.data["ladder"], team.ladder)
                misplaced = _misplaced_rungs(ladder, week) if team.ladder or team.hours else ()
                problems += [((index, "ladder", *path), words) for path, words in misplaced]
        _refuse(problems)
        return teams


def _laid_over(common: Part, own: Part | None) -> Part:
    """Put what is written in `own` over `common`, key by key."""
    if own is None:
        return common
    written = {name: getattr(own, name) for name in own.model_fields_set}
    return common.model_copy(
        update={
            name: _laid_over(getattr(common, name), value) if isinstance(value, Section) else value
            for name, value in written.items()
        }
    )


def _refuse(problems: Iterable[tuple[Path, str]]) -> None:
    lines = [
        InitErrorDetails(type=PydanticCustomError("unfit", "{words}", {"words": words}), loc=path, input=None)
        for path, words in problems
    ]
    if lines:
        raise ValidationError.from_exception_data("app.yaml", lines)


def _unfit_teams(teams: tuple[TeamEntry, ...]) -> Iterator[tuple[Path, str]]:
    for index, team in enumerate(teams):
        last = index == len(teams) - 1
        if last and team.when:
            yield (index, "when"), "the last team takes all other leads; allowed: no `when` here"
        if not last and not team.when:
            yield (
                (index,),
                "takes every lead, so that the teams after it get none; allowed: a `when`, or last place",
            )
        if team.name in {other.name for other in teams[:index]}:
            yield (index, "name"), f"{team.name!r} is there twice; allowed: each name once"


def _unfit_out(out: tuple[Out, ...], feeds: Mapping[str, Feed]) -> Iterator[tuple[Path, str]]:
    for index, each in enumerate(out):
        if not each.events:
            yield (index, "events"), "[] does not fit; allowed: one at least"
        if each.url in {other.url for other in out[:index]}:
            yield (index, "url"), "this address is there twice; allowed: each once, with all its events"
        if each.feed is not None and each.feed not in feeds:
            yield (index, "feed"), not_allowed(each.feed, "is no feed", ", ".join(feeds), feeds)


def _misplaced_rungs(ladder: Ladder, week: Week) -> Iterator[tuple[Path, str]]:
    """Find the rungs that come before the one they follow; a day is as long as the week's longest."""
    longest = max(sum(block.closes - block.opens for block in blocks) for blocks in week.days) * 60

    def length(span: Span) -> int:
        return span.days * longest + span.seconds

    for kind, rungs in (("hot", ladder.hot), ("standard", ladder.standard)):
        for earlier, later in pairwise(RUNGS):
            first, then = getattr(rungs, earlier), getattr(rungs, later)
            if length(first) > length(then):
                yield (kind, later), f"{then} comes before {earlier} ({first}); allowed: {first} or later"
        for index, (first, then) in enumerate(pairwise(rungs.stalled), start=1):
            if length(first) >= length(then):
                yield (
                    (kind, "stalled", index),
                    f"{then} does not come after {first}; allowed: each later than the last",
                )
