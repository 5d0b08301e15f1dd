"""A team's pause: nothing is sent, clocks stand still. Asked for by its managers and by admins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import moments
from bot.agreement import Agreement
from bot.errors import Refused
from bot.people import Person, Role
from bot.settings import Team
from bot.text import plain
from bot.working_time import Stop, zone_of

UNTIL: Final = ("until", "till", "til", "for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Which team pauses, and for how long; `words` say so to who asked."""

    team: str
    stop: Stop
    words: str


def pause(text: str, by: Person, agreement: Agreement, now: datetime) -> Pause:
    """Read "dach until Monday", "until Monday". Raises Refused."""
    words = text.split()
    place = next((at for at, word in enumerate(words) if word.lower() in UNTIL), None)
    name = " ".join(words[:place])
    if place is None:
        _team("" if len(agreement.settings.teams_in_force) == 1 else name, by, agreement)
        raise Refused("Until when? Say it like `/truce pause until Monday`.")
    team = _team(name, by, agreement)
    zone = zone_of(by.tz) or agreement.calendar_of(team).zone
    until = moments.moment(" ".join(words[place:]), now, zone)
    said = moments.said(until, now, zone)
    return Pause(
        team=team.name,
        stop=Stop(now, until),
        words=f"{_called(team, agreement)} pauses until {said}: nobody is reminded, and its clocks stand still."
        " `/truce go on` ends it.",
    )


def go_on(text: str, by: Person, agreement: Agreement) -> Team:
    """Whose pause is to end: "dach", or nothing where there is one team. Raises Refused."""
    words = [word for word in text.split() if word.lower() != "on"]
    return _team(" ".join(words), by, agreement)


def goes_on(team: Team, agreement: Agreement, *, paused: bool) -> str:
    name = _called(team, agreement)
    return f"{name} goes on: its clocks run again." if paused else f"{name} does not pause: its clocks run."


def _team(name: str, by: Person, agreement: Agreement) -> Team:
    teams = agreement.settings.teams_in_force
    theirs = [team for team in teams if _leads(by, team, agreement)]
    if not theirs:
        agreement.roles.need(by, Role.MANAGER, Role.ADMIN)
        raise Refused("A team is paused by its own managers and by admins.")
    if not name:
        if len(theirs) == 1:
            return theirs[0]
        raise Refused(
            f"Which team: {_names(theirs)}? Say it like `/truce pause {theirs[0].name} until Monday`."
        )
    wanted = name.lstrip("#").casefold()
    found = next((team for team in teams if team.name.casefold() == wanted), None)
    if found is None:
        raise Refused(f"I do not know the team “{plain(name, 40)}”: there is {_names(teams)}.")
    if found not in theirs:
        raise Refused(f"{plain(found.name)} is paused by its own managers and by admins.")
    return found


def _leads(by: Person, team: Team, agreement: Agreement) -> bool:
    roles = agreement.roles
    if roles.has(by, Role.ADMIN):
        return True
    if team.managers is None:
        return roles.has(by, Role.MANAGER)
    return not by.deactivated and any(by.answers_to(each.name) for each in team.managers)


def _called(team: Team, agreement: Agreement) -> str:
    only = len(agreement.settings.teams_in_force) == 1
    return "Your team" if only else f"The team {plain(team.name)}"


def _names(teams: "tuple[Team, ...] | list[Team]") -> str:
    return ", ".join(plain(team.name) for team in teams)
