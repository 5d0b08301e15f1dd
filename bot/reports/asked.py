"""What somebody asks to be told, and whether they may be: a period, and what the set is made smaller by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from bot.agreement import Agreement
from bot.attribution import Model
from bot.errors import Refused
from bot.people import Person, Role
from bot.periods import Period, read_period
from bot.settings import Team
from bot.text import plain

FILTERS: Final = ("team", "campaign", "source", "rep", "segment")
ATTRIBUTION: Final = "attribution"
ME: Final = frozenset({"me", "my", "mine", "myself"})
_FILTER: Final = re.compile(rf"(?:^|\s)({'|'.join((*FILTERS, ATTRIBUTION))})s?\s*[=:]\s*", re.IGNORECASE)
_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019 "
LIKE: Final = "Say it like `/truce report march campaign: Autumn webinar`."
THEIRS: Final = "Figures of one person are seen by that person and their manager."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    period: Period
    filters: Mapping[str, str]  # by the names of FILTERS
    models: tuple[str, ...] = ()  # of attribution

    @property
    def exactly(self) -> str:
        """The same in words that mean the same tomorrow: the period by its days."""
        last = self.period.end - timedelta(days=1)
        more = [*self.filters.items(), *([(ATTRIBUTION, ", ".join(self.models))] if self.models else [])]
        return " ".join([f"{self.period.first}..{last}", *(f"{name}: {value}" for name, value in more)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What somebody is shown of what they ask for."""

    teams: tuple[str, ...] = ()  # none: all
    rep: str | None = None  # a Slack user id: that rep's alone
    marketing: bool = False  # as a marketer: without the campaigns that others own


def chosen(words: str) -> dict[str, str]:
    """The words of a request by what they are for: the period, the filters, attribution. Raises Refused."""
    said, *rest = _FILTER.split(words)
    told = {"period": said.strip(f"{_QUOTES},;")}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        wanted = value.strip(f"{_QUOTES},;")
        if not wanted:
            raise Refused(f"Which {name.lower()}? {LIKE}")
        if name.lower() in told:
            raise Refused(f"One {name.lower()} at a time, please. {LIKE}")
        told[name.lower()] = wanted
    return told


def request(told: Mapping[str, str]) -> str:
    """The words of a request, from what was chosen in a form."""
    more = [f"{name}: {told[name]}" for name in (*FILTERS, ATTRIBUTION) if told.get(name, "").strip()]
    return " ".join([told.get("period", ""), *more]).strip()


def read_request(words: str, today: date) -> Asked:
    """Read "march campaign: Autumn webinar source: webinar". Raises Refused with a sentence."""
    told = chosen(words)
    period = told.pop("period")
    filters = {name: value for name, value in told.items() if name != ATTRIBUTION}
    models = _models(told.get(ATTRIBUTION, ""))
    return Asked(period=read_period(period, today), filters=filters, models=models)


def _models(words: str) -> tuple[str, ...]:
    """The models that are asked for. Raises Refused with those there are."""
    wanted = re.split(r"[\s,;+&]+(?:and\s+)?", words.lower()) if words else []
    if wanted == ["all"]:
        return tuple(Model)
    for each in wanted:
        if each not in tuple(Model):
            known = ", ".join(f"`{model}`" for model in Model)
            raise Refused(f"I know no attribution “{plain(each, 40)}”. There are {known}, or `all`.")
    return tuple(dict.fromkeys(wanted))


def nearest(kind: str, wanted: str, known: Iterable[str]) -> str:
    """The one that is meant, whatever its capitals. Raises Refused, with what was probably meant."""
    names = sorted(known)
    by_name = {name.casefold(): name for name in names}
    if wanted.casefold() in by_name:
        return by_name[wanted.casefold()]
    near = get_close_matches(wanted.casefold(), by_name, n=1)
    meant = f" Did you mean “{plain(by_name[near[0]], 60)}”?" if near else ""
    raise Refused(f"I know no {kind} “{plain(wanted, 60)}”.{meant}")


def seen_by(person: Person, agreement: Agreement, team: str | None, rep: Person | None) -> Sight:
    """Admins see every team's figures, managers those of their teams, marketers their campaigns', reps their own.

    Who has several tasks sees the most that one of them lets them. Raises Refused.
    """
    teams = agreement.settings.teams_in_force
    wanted = [each for each in teams if team in (None, each.name)]
    if rep is not None:
        return _of_one(person, agreement, wanted, rep)
    managed = [each for each in wanted if agreement.roles_of(each).has(person, Role.MANAGER)]
    if agreement.roles.has(person, Role.ADMIN) or len(managed) == len(wanted):
        return Sight(teams=_named(wanted, teams))
    if agreement.roles.has(person, Role.MARKETER):
        return Sight(teams=_named(wanted, teams), marketing=True)
    if managed:
        return Sight(teams=_named(managed, teams))
    if not any(agreement.roles_of(each).has(person, Role.REP) for each in wanted):
        agreement.roles.need(person, Role.MANAGER)
    return _of_one(person, agreement, wanted, person)


def _of_one(person: Person, agreement: Agreement, wanted: list[Team], rep: Person) -> Sight:
    told = agreement.settings.figures_per_person
    teams = agreement.settings.teams_in_force
    if told == "off":
        raise Refused("Figures of single people are switched off here.")
    if person.slack_id == rep.slack_id:
        return Sight(teams=_named(wanted, teams), rep=rep.slack_id)
    managed = [each for each in wanted if _manages(person, agreement, each)]
    if told != "manager" or not managed:
        raise Refused(THEIRS)
    return Sight(teams=_named(managed, teams), rep=rep.slack_id)


def _manages(person: Person, agreement: Agreement, team: Team) -> bool:
    """Named as its manager: where nobody is, everybody would see everybody."""
    roles = agreement.roles_of(team)
    return Role.MANAGER in roles.named and roles.has(person, Role.MANAGER)


def _named(wanted: list[Team], teams: tuple[Team, ...]) -> tuple[str, ...]:
    return () if len(wanted) == len(teams) else tuple(each.name for each in wanted)
