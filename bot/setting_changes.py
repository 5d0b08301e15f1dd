"""What a window of the settings changes in them, and every mistake that is in it, each at its own field."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot.errors import Refused
from bot.rejecting import Values
from bot.setting_fields import PAGES, SPANS, TEAM, Field, named, read, shown, team_fields
from bot.settings import Settings, Unfit, Written, written
from bot.settings.nodes import Place, spoken
from bot.settings.reading import Misfit, fit
from bot.settings.settings import RUNGS
from bot.settings.written import TEAMS, laid_out

TEAM_OF: Final = "team:"  # before the name of the team that a form is about
NEW_TEAM: Final = "team"
ALL: Final = "all"  # the team that there is where none is written
NAME: Final = "name"
WHEN: Final = "when"
NAMELESS: Final = "new"  # while the rest of a team is checked whose name does not fit
GONE: Final = "That team is not there any more. Type `/truce settings` to see those that are."
Changes = Mapping[str, Any]
_RUNG: Final = re.compile(rf"comes before ({'|'.join(RUNGS)}) \(")  # said by its key, as app.yaml has it


def fields_of(asked: str, settings: Settings) -> tuple[Field, ...]:
    """The fields of a form. Raises Refused where its team is gone."""
    if asked in PAGES:
        return PAGES[asked].fields
    if asked == NEW_TEAM:
        return TEAM
    name = asked.removeprefix(TEAM_OF)
    if name not in {team.name for team in settings.teams}:
        raise Refused(GONE)
    return team_fields(name)


def amending(asked: str, values: Values, opened: Settings) -> Callable[[Written], Written]:
    """What a form that was sent changes in the settings, whatever they are by now; raises Unfit with all mistakes."""
    changes, unread = read_form(asked, values, opened)
    if asked == NEW_TEAM:
        changes[NAME] = text_in(values, NAME)
        return lambda told: with_team(told, changes, unread)
    return lambda told: amended(told, changes, unread)


def read_form(asked: str, values: Values, before: Settings) -> tuple[dict[str, Any], list[Misfit]]:
    """By key, what is said otherwise than when the form was opened (None: the default); and what cannot be read."""
    changes: dict[str, Any] = {}
    unread: list[Misfit] = []
    for each in fields_of(asked, before):
        if each.key not in values:
            continue  # it was too long for the window
        text = text_in(values, each.key)
        if asked == NEW_TEAM or text != shown(each, before).strip():
            try:
                changes[each.key] = read(each, text)
            except ValueError as error:
                unread.append(Misfit(tuple(each.key.split(".")), str(error)))
    return changes, unread


def amended(told: Written, changes: Changes, unread: Iterable[Misfit] = ()) -> Written:
    """The settings with these changes, by their whole keys. Raises Unfit, and Refused where a team is gone."""
    return _checked(lambda left: _with(told, left), changes, unread)


def with_team(told: Written, changes: Changes, unread: Iterable[Misfit] = ()) -> Written:
    """One team more, before the last; where there was none, everybody is the last. Raises Unfit."""
    return _checked(lambda left: _with_team(told, left), changes, unread)


def moved_up(told: Written, name: str) -> Written:
    """Raises Unfit where the order would not fit, and Refused where the team is gone or the first already."""
    names = _named(told, name)
    place = names.index(name)
    if not place:
        raise Refused(f"{name} is the first already.")
    names[place - 1 : place + 1] = [name, names[place - 1]]
    return written(fit(laid_out({**told, TEAMS: names})))


def without_team(told: Written, name: str) -> Written:
    """Raises Unfit where the last team would have a `when`, and Refused where the team is gone."""
    names = [each for each in _named(told, name) if each != name]
    return written(fit(laid_out({**told, TEAMS: names})))


def mistakes(unfit: Unfit, asked: str, opened: Settings) -> dict[str, str]:
    """By field, what is wrong there; at "", with its name before it, what belongs to no field of this form."""
    prefix = "" if asked in PAGES or asked == NEW_TEAM else f"{TEAMS}.{asked.removeprefix(TEAM_OF)}."
    blocks = [NAME, *(each.key for each in (PAGES[asked].fields if asked in PAGES else TEAM))]
    told: dict[str, list[str]] = {}
    for place, words in unfit.misfits:
        block = next((f"{prefix}{each}" for each in blocks if _is_of(place, each)), "")
        said = words if place[0] == TEAMS else _RUNG.sub(_by_its_label, words)
        told.setdefault(block, []).append(said if block else f"{_elsewhere(place, opened)}: {said}")
    return {block: ". And ".join(words) for block, words in told.items()}


def _elsewhere(place: Place, settings: Settings) -> str:
    """What is wrong beside the form that was sent: as the form is called that has it."""
    own = next((each.key for each in TEAM if place[0] == TEAMS and _is_of(place, each.key)), None)
    if own is None or not isinstance(place[1], int) or place[1] >= len(settings.teams):
        return named(spoken(place))
    return named(f"{TEAMS}.{settings.teams[place[1]].name}.{own}")


def _by_its_label(rung: re.Match[str]) -> str:
    return f"comes before “{dict(SPANS)[rung[1]]}” ("


def text_in(values: Values, block: str) -> str:
    """What was typed or chosen there."""
    told = next(iter(values.get(block, {}).values()), {})
    chosen = told.get("selected_option") or {}
    return str(told.get("value") or chosen.get("value") or told.get("selected_conversation") or "").strip()


def _checked(lay: Callable[[Changes], Any], changes: Changes, unread: Iterable[Misfit]) -> Written:
    """The settings with these changes. Raises Unfit with every mistake.

    A mistake may hide others: they are looked for with what is wrong left as it was.
    """
    wrong, left = list(unread), dict(changes)
    while True:
        try:
            settings = fit(lay(left))
        except Unfit as unfit:
            known, wrong = wrong, [*wrong, *_more(unfit, left, wrong)]
            if len(wrong) == len(known):
                raise Unfit(*wrong) from None
            left = {key: each for key, each in left.items() if not any(_is_of(it.place, key) for it in wrong)}
            if len(left) == len(changes):
                raise Unfit(*wrong) from None
        else:
            if wrong:
                raise Unfit(*wrong)
            return written(settings)


def _more(unfit: Unfit, left: Changes, wrong: list[Misfit]) -> list[Misfit]:
    """Of what is wrong now, what they have said so themselves: not what only follows from what was left as it was."""
    if not wrong:
        return list(unfit.misfits)
    before = {it.place for it in wrong}
    return [
        it
        for it in unfit.misfits
        if any(_is_of(it.place, key) for key in left) and _rung_before(it.place) not in before
    ]


def _rung_before(place: Place) -> Place | None:
    """The rung that this one has to come after, whichever it is."""
    at = RUNGS.index(str(place[-1])) if place and place[-1] in RUNGS else 0
    return (*place[:-1], RUNGS[at - 1]) if at else None


def _is_of(place: Place, key: str) -> bool:
    """Whether a place is a field's, by its key or by what follows the team's name in it. A team that has all is its `when`."""
    if place[0] == TEAMS:
        place = place[2:] or (WHEN,)
    key = key.split(".", 2)[2] if key.startswith(f"{TEAMS}.") else key
    return spoken(place) == key or spoken(place).startswith((f"{key}.", f"{key}["))


def _with(told: Written, changes: Changes) -> dict[str, Any]:
    """Laid out, with these changes. Raises Refused where their team is gone."""
    data = laid_out(told)
    for key, value in changes.items():
        above, name, rest = (*key.split(".", 2), "", "")[:3]
        part = data
        if above == TEAMS:
            part = next((team for team in data.get(TEAMS, []) if team[NAME] == name), {})
            if not part:
                raise Refused(GONE)
        _put(part, rest if above == TEAMS else key, value)
    return data


def _put(part: dict[str, Any], key: str, value: Any) -> None:
    *above, last = key.split(".")
    for step in above:
        part = part.setdefault(step, {})
    part.pop(last, None)
    if value is not None:
        part[last] = value


def _with_team(told: Written, changes: Changes) -> dict[str, Any]:
    """Laid out, with one team more, before the last; where there was none, everybody is the last."""
    data = laid_out(told)
    teams = data.setdefault(TEAMS, [{NAME: ALL, "channel": told["channels.leads"]}])
    team: dict[str, Any] = {NAME: NAMELESS}
    for key, value in changes.items():
        _put(team, key, value)
    teams.insert(len(teams) - 1, team)
    return data


def _named(told: Written, name: str) -> list[str]:
    names = list(told.get(TEAMS) or ())
    if name not in names:
        raise Refused(GONE)
    return names
