"""YAML as app.yaml means it, and the line of everything in it.

A word stays a word: `off`, `NO` and 09:00 are text here. Only true, false, null and plain numbers are not.
"""

import re
from collections.abc import Hashable, Iterator
from typing import Any, Final, NamedTuple

import yaml

MERGE: Final = "tag:yaml.org,2002:merge"
Place = tuple[str | int, ...]  # where something is: ("leads", "hot", "sources", 0)

CANNOT_BEGIN: Final = re.compile(r"found character '(.+)' that cannot start any token")


class Mistake(NamedTuple):
    """What is wrong in a line, counted from 1."""

    line: int
    words: str


class Document(NamedTuple):
    """What a YAML file says; `data` is None where it cannot be read at all."""

    data: dict[Hashable, Any] | None
    lines: dict[Place, int]
    mistakes: list[Mistake]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own way to begin without YAML 1.1's guesses


_TAGS: Final = (
    ("null", r"~|null|Null|NULL|", ("~", "n", "N", "")),
    ("bool", r"true|True|TRUE|false|False|FALSE", tuple("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", tuple("-+0123456789")),
    ("float", r"[-+]?[0-9]+\.[0-9]+", tuple("-+0123456789")),
    ("merge", r"<<", ("<",)),
)
for _tag, _pattern, _first in _TAGS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), _first)


def read_yaml(text: str) -> Document:
    """Read one YAML mapping; say what is wrong with it instead of raising."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            what = "there is nothing here" if node is None else "this is no mapping"
            return Document(
                None, {}, [Mistake(1, f'{what}; allowed: keys with values, channels: {{leads: "#leads"}}')]
            )
        lines: dict[Place, int] = {}
        mistakes = list(_walk(loader, node, (), lines, ()))
        return Document(loader.construct_document(node), lines, mistakes)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Document(None, {}, [Mistake(line, "a control character; allowed: plain text in UTF-8")])
    except yaml.MarkedYAMLError as error:
        return Document(None, {}, [_broken(error)])


def _walk(
    loader: _Loader, node: yaml.Node, place: Place, lines: dict[Place, int], above: tuple[yaml.Node, ...]
) -> Iterator[Mistake]:
    """Note the line of everything below `node`, and find the keys that are there twice."""
    if node in above:
        raise yaml.MarkedYAMLError(problem="this contains itself", problem_mark=node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[*place, index] = item.start_mark.line + 1
            yield from _walk(loader, item, (*place, index), lines, (*above, node))
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            if key_node.tag == MERGE:
                continue  # its keys have their lines where they are written
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is no word", problem_mark=key_node.start_mark)
            key, line = loader.construct_object(key_node), key_node.start_mark.line + 1
            if (here := (*place, key)) in lines:
                yield Mistake(
                    line, f"{spoken(here)}: is in line {lines[here]} already; allowed: each key once"
                )
            lines[here] = line
            yield from _walk(loader, value, here, lines, (*above, node))


def spoken(place: Place) -> str:
    """Say a place as people write it: leads.hot.sources.0."""
    return ".".join(map(str, place))


def _broken(error: yaml.MarkedYAMLError) -> Mistake:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    match = CANNOT_BEGIN.fullmatch(error.problem or "")
    if match and match[1] == r"\t":
        return Mistake(line, "a tab; allowed: spaces only")
    if match:
        return Mistake(
            line, f'a value that begins with {match[1]}; allowed: the same in quotes, "{match[1]}..."'
        )
    hint = (
        "allowed: `key: value`, all keys of one part equally far from the left, a text with a colon in quotes"
    )
    return Mistake(line, f"this is no YAML: {error.problem}; {hint}")


def read_value(text: str) -> Any:
    """Read one value as it stands behind a key: `[DE, AT]`, or keys with values in lines. Raises ValueError."""
    try:
        loader = _Loader(text.translate(_TYPED))
        node = loader.get_single_node()
        mistakes = [] if node is None else list(_walk(loader, node, (), {}, ()))
        data = None if node is None else loader.construct_document(node)
    except yaml.reader.ReaderError:
        raise ValueError("a control character; allowed: plain text") from None
    except yaml.MarkedYAMLError as error:
        raise ValueError(_broken(error).words) from None
    if mistakes:
        raise ValueError(mistakes[0].words)
    return data


def write_value(value: Any) -> str:
    """Write a value in one line, as `read_value` reads it."""
    if isinstance(value, str):
        return value
    told = str(
        yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    )
    return told.removesuffix("...\n").strip()


# What phones make of quotation marks and spaces.
_TYPED: Final = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\xa0": " "})
