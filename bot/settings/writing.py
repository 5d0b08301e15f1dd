"""Putting settings back into the text of app.yaml: what is said otherwise is changed there, all else stays as it is."""

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.settings.written import TEAMS, Written, defaults, different

WIDE = 10_000  # characters: a line that was long stays one line


def rewritten(text: str, file: Written, told: Written) -> str:
    """The text, which says `file`, so that it says `told`; with its comments, order and quotes."""
    if not different(file, told):
        return text
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, WIDE
    if re.search(r"^ +- ", text, re.MULTILINE):
        yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(text)
    keys = different(file, told)
    if TEAMS in keys:
        _order(document, told.get(TEAMS, []))
    for key in keys:
        if key != TEAMS:
            _put(document, key, told)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _order(document: CommentedMap, names: list[str]) -> None:
    """The teams that are there, in this order; new ones have only their name yet."""
    known = {team["name"]: team for team in document.get(TEAMS) or ()}
    teams = CommentedSeq(known.get(name) or _in_one_line(CommentedMap(name=name)) for name in names)
    document[TEAMS] = teams if names else _in_one_line(teams)


def _put(document: CommentedMap, key: str, told: Written) -> None:
    *above, last = key.split(".")
    part: Any = document
    if above[0] == TEAMS:
        part = next((team for team in document.get(TEAMS) or () if team["name"] == above[1]), None)
        if part is None:
            return  # it went with its team
        above = above[2:]
    for step in above:
        if part.get(step) is None:
            part[step] = _in_one_line(CommentedMap()) if part is not document else CommentedMap()
        part = part[step]
    if key in told:
        part[last] = _plain(last, told[key])
    elif (
        key in defaults() and last in part
    ):  # a line that is taken out would take the comments below it along
        part[last] = _plain(last, defaults()[key])
    else:
        part.pop(last, None)


def _plain(name: str, value: Any) -> Any:
    """A value as people write it: in one line, and of a week one block as it stands."""
    if name == "week" and isinstance(value, Mapping):
        value = {days: blocks[0] if len(blocks) == 1 else blocks for days, blocks in value.items()}
    if isinstance(value, Mapping):
        return _in_one_line(CommentedMap((key, _plain("", each)) for key, each in value.items()))
    if isinstance(value, list | tuple):
        return _in_one_line(CommentedSeq(_plain("", each) for each in value))
    return value


def _in_one_line(part: Any) -> Any:
    part.fa.set_flow_style()
    return part
