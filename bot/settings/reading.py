"""Reading app.yaml: from a file to Settings, or to every mistake in it, with its line and what is allowed."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.settings.nodes import Mistake, Place, read_yaml, spoken
from bot.settings.settings import Settings
from bot.settings.words import not_allowed

A_CHANNEL: Final = 'a channel, "#leads"'
NEEDED: Final = {
    "channels": 'leads: "#leads" below it',
    "leads": A_CHANNEL,
    "channel": A_CHANNEL,
    "name": "a name of a-z, 0-9, _ and -",
    "url": "https://...",
    "events": "a list, [decision, contact]",
}
ALLOWED: Final = {
    "model_type": "keys with values below it",
    "dict_type": "keys with values below it, or {} for none",
    "tuple_type": "a list, as in [a, b], or [] for none",
    "too_short": "one at least",
    "too_long": "three at most",
}


class SettingsError(Exception):
    """What the operator wrote cannot be used; str() says all that is wrong, one problem per line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Misfit(NamedTuple):
    """A place of the settings, and what is wrong there."""

    place: Place
    words: str


class Unfit(Exception):
    """Data that settings cannot be; str() says all that is wrong, one problem per line."""

    def __init__(self, *misfits: Misfit) -> None:
        super().__init__("\n".join(f"{spoken(place)}: {words}" for place, words in misfits))
        self.misfits = misfits


def fit(data: Mapping[Any, Any]) -> Settings:
    """Check what a file, or a form, says; raise Unfit with every problem in it."""
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise Unfit(*_misfits(error)) from None


def load(path: Path) -> Settings:
    """Read and check a settings file; raise SettingsError with every problem in it."""
    document = read_yaml(_text(path))
    mistakes = list(document.mistakes)
    if document.data is not None:
        try:
            settings = fit(document.data)
        except Unfit as unfit:
            mistakes += [
                Mistake(_line(place, document.lines), f"{spoken(place)}: {words}")
                for place, words in unfit.misfits
            ]
        else:
            if not mistakes:
                return settings
    raise SettingsError(*(f"{path}:{line}: {words}" for line, words in sorted(mistakes)))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; allowed: a file that can be read") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"{path}:{line}: a letter that is not UTF-8; allowed: a file saved as UTF-8"
        ) from None


def _misfits(error: ValidationError) -> Iterator[Misfit]:
    for details in error.errors(include_url=False):
        if details["type"] != "default_factory_not_called":  # only follows from a mistake that is told
            place = tuple(step for step in details["loc"] if step != "[key]")
            yield Misfit(place, _words(place, details))


def _line(place: Place, lines: dict[Place, int]) -> int:
    """Find the line of `place`, or of the innermost that is there around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _words(place: Place, details: ErrorDetails) -> str:
    match details["type"]:
        case "value_error":
            return str(details["ctx"]["error"])
        case "unfit":
            return details["msg"]
        case "missing":
            return f"is needed; allowed: {NEEDED[str(place[-1])]}"
        case "extra_forbidden" | "invalid_key":
            keys = _keys(place[:-1])
            return not_allowed(place[-1], "is no key here", ", ".join(keys), keys)
        case "literal_error":
            names = re.findall(r"'([^']+)'", details["ctx"]["expected"])
            return not_allowed(details["input"], "does not fit", ", ".join(names), names)
        case other:
            return not_allowed(details["input"], "does not fit", ALLOWED.get(other, details["msg"]))


def _keys(place: Place) -> list[str]:
    """Answer the keys that may be at `place`."""
    section: type[BaseModel] = Settings
    for step in place:
        field = section.model_fields.get(str(step))
        section = _section_in(field.annotation if field else None) or section
    return list(section.model_fields)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)
