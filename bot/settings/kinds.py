"""The kinds of values that app.yaml is made of. Each is read by one function, whose error says what is allowed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from typing import Annotated, Final, Self, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import PlainSerializer, PlainValidator, Strict

from bot.reasons import REASONS
from bot.settings.words import not_allowed
from bot.working_time import DAYS, Span, Week, read_holiday

Item = TypeVar("Item")

Many = Annotated[tuple[Item, ...], Strict(strict=False)]  # a YAML list; its items stay strict


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as app.yaml names them: an e-mail, a Slack id or a @usergroup; with the aliases a CRM uses."""

    name: str
    aliases: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: object) -> Self:
        """Read `amy@acme.test` or `{amy@acme.test: [amy.jones@crm.test]}`."""
        if isinstance(written, Mapping) and len(written) == 1:
            [(name, aliases)] = written.items()
            if isinstance(aliases, list | tuple):
                return cls(read_name(name), tuple(map(_email, aliases)))
        return cls(read_name(written))

    def written(self) -> str | dict[str, list[str]]:
        """Write the person as `read` reads it."""
        return {self.name: list(self.aliases)} if self.aliases else self.name


def read_name(written: object) -> str:
    """Read an e-mail (in small letters), a Slack id of a person or usergroup, or @usergroup."""
    if isinstance(written, str) and re.fullmatch(r"[UWS][A-Z0-9]+|@[^\s@]+", written):
        return written
    return _email(written)


def _email(written: object) -> str:
    if isinstance(written, str) and re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", written):
        return written.lower()
    allowed = (
        'an e-mail, a Slack id (U012AB3CD), a usergroup in quotes ("@sales"),'
        " or an e-mail with aliases: {amy@acme.test: [amy.jones@crm.test]}"
    )
    raise ValueError(not_allowed(written, "names nobody", allowed))


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A moment of every week, in the team's zone; weekday 0 is Monday."""

    weekday: int
    time: time

    @classmethod
    def read(cls, written: object) -> Self:
        """Read "mon 09:00"."""
        match = re.fullmatch(r"([a-z]{3}) ([01]?\d|2[0-3]):([0-5]\d)", str(written))
        if match is None or match[1] not in DAYS:
            raise ValueError(not_allowed(written, "is no time of the week", 'a day and a time, "mon 09:00"'))
        return cls(DAYS.index(match[1]), time(int(match[2]), int(match[3])))

    def __str__(self) -> str:
        return f"{DAYS[self.weekday]} {self.time:%H:%M}"


def _text(pattern: str, allowed: str) -> Callable[[object], str]:
    def read(written: object) -> str:
        if isinstance(written, str) and re.fullmatch(pattern, written):
            return written
        raise ValueError(not_allowed(written, "does not fit", allowed))

    return read


def _whole(least: int | None, allowed: str) -> Callable[[object], int]:
    def read(written: object) -> int:
        if isinstance(written, int) and not isinstance(written, bool) and (least is None or written >= least):
            return written
        raise ValueError(not_allowed(written, "does not fit", allowed))

    return read


def _channel(written: object) -> str:
    if isinstance(written, str) and re.fullmatch(r"[CG][A-Z0-9]+", written):
        return written
    if isinstance(written, str) and re.fullmatch(r"#?[^\s#@,.:;<>A-Z]{1,80}", written):
        return f"#{written.removeprefix('#')}"
    allowed = 'a name in small letters and in quotes, "#leads" (without them a # begins a comment), or an id, C012AB3CD'
    raise ValueError(not_allowed(written, "is no channel", allowed))


SECONDS: Final = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def _duration(written: object) -> timedelta:
    match = re.fullmatch(r"([0-9]{1,4})([smhd])", str(written))
    if match is None:
        raise ValueError(not_allowed(written, "is no length of time", "a number with s, m, h or d: 15m, 30d"))
    return timedelta(seconds=int(match[1]) * SECONDS[match[2]])


def _write_duration(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    unit = next(unit for unit, length in SECONDS.items() if seconds % length == 0)
    return f"{seconds // SECONDS[unit]}{unit}"


def _zone(written: object) -> ZoneInfo:
    if isinstance(written, str) and written in _zones():
        return ZoneInfo(written)
    raise ValueError(
        not_allowed(written, "is no time zone", "a name of the tz database, Europe/London", _zones())
    )


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads some hundred files


def _week(written: object) -> Week:
    allowed = 'days with their hours, {mon-thu: ["09:00-12:00", "13:00-17:30"], fri: "09:00-13:00"}'
    if not isinstance(written, Mapping):
        raise ValueError(not_allowed(written, "is no week", allowed))  # noqa: TRY004 - pydantic takes ValueError only
    for blocks in written.values():
        for block in blocks if isinstance(blocks, list | tuple) else [blocks]:
            if not isinstance(block, str):
                raise ValueError(not_allowed(block, "are no hours", allowed))  # noqa: TRY004 - as above
    return Week.parse({str(day): blocks for day, blocks in written.items()})


FIELDS: Final = (
    "source", "campaign", "score", "url", "contact.name", "contact.email", "contact.title", "contact.phone",
    "company.name", "company.domain", "company.industry", "company.employees", "company.country",
)  # fmt: skip
SHORT: Final = {
    "country": "company.country",
    "employees": "company.employees",
    "industry": "company.industry",
    "title": "contact.title",
    "language": "facts.language",
}


def _field(written: object) -> str:
    name = SHORT.get(str(written), str(written))
    if name in FIELDS or re.fullmatch(r"facts(\.\w+)+", name):
        return name
    allowed = f"{', '.join(SHORT)}, {', '.join(FIELDS)}, facts.ANYTHING"
    raise ValueError(not_allowed(written, "is no field of a lead", allowed, {*SHORT, *FIELDS}))


def _requirement(written: object) -> str:
    return str(written) if written in ("reachable", "company", "contact") else _field(written)


def _reason(written: object) -> str:
    if written in REASONS:
        return str(written)
    raise ValueError(not_allowed(written, "is no reason", ", ".join(REASONS), REASONS))


def _condition(written: object) -> str:
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        words = not_allowed(written, "does not fit", 'a value, or a comparison in quotes, ">=200"')
        raise ValueError(words)  # noqa: TRY004 - as above
    if re.match(r"[<>=]", text := str(written)) and not re.fullmatch(r"[<>]=?-?\d+(\.\d+)?", text):
        raise ValueError(not_allowed(written, "compares nothing", '">=200", ">200", "<=200", "<200"'))
    return text


def _conditions(written: object) -> tuple[str, ...]:
    return tuple(map(_condition, written if isinstance(written, list | tuple) else [written]))


def _url(written: object) -> str:
    host = r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?([/?]\S*)?"  # no name or password before it: that is a secret
    at_home = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?"
    if isinstance(written, str) and re.fullmatch(rf"https://{host}|{at_home}", written):
        return written
    raise ValueError(not_allowed(written, "does not fit", "https://... (http only on this machine)"))


def _unless(kind: type, read: Callable[[object], object]) -> PlainValidator:
    """Read what is not read already, so that settings can also be made in code."""
    return PlainValidator(lambda written: written if isinstance(written, kind) else read(written))


Written = PlainSerializer(str, when_used="json-unless-none")
Channel = Annotated[str, PlainValidator(_channel)]
Someone = Annotated[Person, _unless(Person, Person.read), PlainSerializer(Person.written, when_used="json")]
PersonName = Annotated[str, PlainValidator(read_name)]
Working = Annotated[Span, _unless(Span, lambda written: Span.parse(str(written))), Written]
Duration = Annotated[
    timedelta, _unless(timedelta, _duration), PlainSerializer(_write_duration, when_used="json")
]
Zone = Annotated[ZoneInfo, _unless(ZoneInfo, _zone), Written]
OpenHours = Annotated[Week, _unless(Week, _week), PlainSerializer(Week.written, when_used="json")]
Day = Annotated[str | date, PlainValidator(read_holiday), Written]
AtWeekly = Annotated[WeeklyTime, _unless(WeeklyTime, WeeklyTime.read), Written]
FieldPath = Annotated[str, PlainValidator(_field)]
ReasonCode = Annotated[str, PlainValidator(_reason)]
Requirement = Annotated[str, PlainValidator(_requirement)]
Condition = Annotated[str, PlainValidator(_condition)]
Conditions = Annotated[tuple[str, ...], PlainValidator(_conditions), PlainSerializer(list, when_used="json")]
Url = Annotated[str, PlainValidator(_url)]
Word = Annotated[str, PlainValidator(_text(r"\S(.*\S)?", "words"))]
Name = Annotated[str, PlainValidator(_text(r"[a-z0-9_]+", "a name of a-z, 0-9 and _"))]
TeamName = Annotated[str, PlainValidator(_text(r"[a-z0-9_-]+", "a name of a-z, 0-9, _ and -"))]
Country = Annotated[str, PlainValidator(_text(r"[A-Z]{2}", "the two capital letters of a country, DE"))]
Count = Annotated[int, PlainValidator(_whole(0, "a whole number, 0 or more"))]
AtLeastOne = Annotated[int, PlainValidator(_whole(1, "a whole number, 1 or more"))]
Points = Annotated[int, PlainValidator(_whole(None, "a whole number of points, below 0 too"))]
