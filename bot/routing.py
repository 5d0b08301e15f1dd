"""Which team a lead belongs to: the first whose conditions it fits; the last has none. Pure."""

from collections.abc import Mapping

from bot.agreement import Agreement
from bot.arrivals import Value
from bot.conditions import fits
from bot.settings import Team


def team_of(fields: Mapping[str, Value], agreement: Agreement) -> Team:
    """All conditions of a team must hold, of the values of each any one."""
    teams = agreement.settings.teams_in_force
    return next((team for team in teams if _fits(fields, team)), teams[-1])


def _fits(fields: Mapping[str, Value], team: Team) -> bool:
    return all(any(fits(fields.get(path), wanted) for wanted in values) for path, values in team.when.items())
