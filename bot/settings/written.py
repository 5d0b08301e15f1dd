"""Settings as a flat table of what is written, key by key, so that two of them can be compared and laid together.

A key is a path as people say it: ladder.hot.remind, reasons.spam, teams.dach.channel; `teams` itself is the order
of their names. What has its default is not there, so that writing a default down changes nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final

from bot.reasons import REASONS
from bot.settings.models import Section
from bot.settings.reading import fit
from bot.settings.settings import Settings

Written = Mapping[str, Any]
TEAMS: Final = "teams"
BY_CODE: Final = ("reasons",)  # a table of which each line is a key of its own


def written(settings: Settings) -> dict[str, Any]:
    """What is written in these settings, without what is as by default; values as JSON has them."""
    told = _leaves(settings, settings.model_dump(mode="json", exclude_unset=True), "")
    usual = defaults()
    return {key: value for key, value in told if key not in usual or usual[key] != value}


@cache
def defaults() -> Written:
    """By key, what holds where nothing is written. Channels have no default, nor has what a team says of its own."""
    bare = Settings.model_validate({"channels": {"leads": "#leads"}})
    told = dict(_leaves(bare, bare.model_dump(mode="json"), ""))
    labels = {f"reasons.{code}": reason.label for code, reason in REASONS.items()}
    return {**{key: value for key, value in told.items() if not key.startswith("channels.")}, **labels}


def laid_out(told: Written) -> dict[str, Any]:
    """The same as app.yaml has it: keys below keys, teams in a list. Of a team that is not in the order, nothing."""
    data: dict[str, Any] = {}
    for key in sorted(told):
        *above, last = key.split(".")
        if key != TEAMS:
            part = data
            for step in above:
                part = part.setdefault(step, {})
            part[last] = told[key]
    teams = data.pop(TEAMS, {})
    order = told.get(TEAMS)
    return {**data, TEAMS: [{"name": name, **teams.get(name, {})} for name in order]} if order else data


def settings_of(told: Written) -> Settings:
    """Raises Unfit, with every place that does not fit, as a file's mistakes are told."""
    return fit(laid_out(told))


def different(one: Written, other: Written) -> list[str]:
    """The keys in which two tables are not the same."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def taken_from_file(last: Written, file: Written, in_force: Written, in_slack: Collection[str]) -> Written:
    """What is in force after a start (product.md section 9): the file counts where it differs from the file last read.

    A key that was changed in Slack since that reading keeps Slack's value.
    """
    merged = dict(in_force)
    for key in different(last, file):
        if key in in_slack:
            continue
        merged.pop(key, None)
        if key in file:
            merged[key] = file[key]
    return _without_lost_teams(merged)


def _without_lost_teams(told: Written) -> dict[str, Any]:
    order = told.get(TEAMS) or []
    return {
        key: value
        for key, value in told.items()
        if not key.startswith(f"{TEAMS}.") or key.split(".")[1] in order
    }


def _leaves(section: Section, dumped: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in dumped.items():
        part, key = getattr(section, name), f"{above}{name}"
        if isinstance(part, Section):
            yield from _leaves(part, value, f"{key}.")
        elif key == TEAMS:
            yield key, [team.name for team in part]
            for team, told in zip(part, value, strict=True):
                own = {field: each for field, each in told.items() if field != "name"}
                yield from _leaves(team, own, f"{TEAMS}.{team.name}.")
        elif key in BY_CODE:
            yield from ((f"{key}.{code}", words) for code, words in value.items())
        else:
            yield key, value
