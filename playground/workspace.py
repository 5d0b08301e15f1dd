"""A workspace as it is before anybody acts: people, channels, groups and senders, from YAML or built in code.

Names are what tests and files use; ids are made from them, so that a log can be read.
"""

import re
from collections import Counter
from copy import copy, deepcopy
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from playground.errors import Unreadable

Part = TypeVar("Part")

ELSEWHERE = "T0ELSEWHERE"  # the one other company: people who are `external` belong to it


def readable_id(letter: str, name: str) -> str:
    """Give an id that looks like Slack's and still says whose it is: amy -> UAMY00000."""
    return letter + re.sub(r"[^A-Z0-9]", "", name.upper()).ljust(8, "0")


@dataclass(kw_only=True)
class Person:
    """A member of the workspace, or (external) of another company in a shared channel."""

    handle: str
    name: str = ""
    real_name: str = ""
    email: str = ""
    title: str = ""
    tz: str = "Europe/London"
    locale: str = "en-GB"
    guest: bool = False
    external: bool = False
    deactivated: bool = False
    admin: bool = False
    owner: bool = False
    status: str = ""
    status_emoji: str = ""
    status_until: int = 0
    dnd_until: int = 0
    id: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or readable_id("U", self.handle)
        self.real_name = self.real_name or self.name or self.handle.capitalize()
        self.name = self.name or self.real_name


@dataclass(kw_only=True)
class Channel:
    """A channel: `members` are handles (left out: every full member), `bot` says whether the bot is in it."""

    name: str
    private: bool = False
    members: list[str] | None = None
    bot: bool = True
    archived: bool = False
    shared: bool = False
    topic: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        self.name = self.name.removeprefix("#")
        self.id = self.id or readable_id("C", self.name)


@dataclass(kw_only=True)
class UserGroup:
    """A user group such as @sales; `members` are handles."""

    handle: str
    name: str = ""
    members: list[str] = field(default_factory=list)
    id: str = ""

    def __post_init__(self) -> None:
        self.handle = self.handle.removeprefix("@")
        self.id = self.id or readable_id("S", self.handle)
        self.name = self.name or self.handle.capitalize()


@dataclass(kw_only=True)
class Scheduled:
    """A body that a sender posts by itself, seconds after the start."""

    after: float
    body: Any


@dataclass(kw_only=True)
class Sender:
    """A system outside Slack that posts signed webhooks; its secret is in the environment."""

    name: str
    url: str
    secret_env: str
    templates: dict[str, Any] = field(default_factory=dict)
    schedule: list[Scheduled] = field(default_factory=list)


@dataclass(kw_only=True)
class Workspace:
    """All that Slack knows at the start; the secrets here are for loopback only."""

    team_id: str = "T0ACME000"
    team_name: str = "Acme"
    team_domain: str = "acme"
    bot_token: str = "xoxb-playground"  # noqa: S105 - good on loopback only
    app_token: str = "xapp-playground"  # noqa: S105 - good on loopback only
    client_id: str = "1234567890.playground"
    client_secret: str = "playground-client-secret"  # noqa: S105 - good on loopback only
    signing_secret: str = "playground-signing-secret"  # noqa: S105 - good on loopback only
    bot_handle: str = "bot"
    bot_name: str = "Bot"
    bot_user_id: str = "U0BOT0000"
    bot_id: str = "B0BOT0000"
    app_id: str = "A0BOT0000"
    people: list[Person] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    groups: list[UserGroup] = field(default_factory=list)
    senders: list[Sender] = field(default_factory=list)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the YAML file; raises Unreadable, which says in which file and where in it."""
        try:
            return cls.from_dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
        except OSError as error:
            raise Unreadable(f"{file}: {error.strerror}") from None
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            raise Unreadable(f"{file}: this is not YAML: {' '.join(str(error).split())}") from None
        except Unreadable as error:
            raise Unreadable(f"{file}: {error}") from None

    @classmethod
    def from_dict(cls, raw: Any) -> Self:
        """Make it of what a file says; raises Unreadable."""
        senders = _mapping(_mapping(raw, "the file").get("senders") or {}, "senders")
        parts: dict[str, Any] = {
            "people": _each(Person, raw, "people"),
            "channels": _each(Channel, raw, "channels"),
            "groups": _each(UserGroup, raw, "groups"),
            "senders": [_sender(name, one) for name, one in senders.items()],
        }
        made = _made(cls, {**raw, **parts}, "the file")
        made.check()
        return made

    def anew(self) -> Self:
        """The same, sharing nothing with this one."""
        return replace(
            self,
            people=[copy(one) for one in self.people],  # flat: a deep copy takes thirty times as long
            channels=[replace(one, members=one.members and [*one.members]) for one in self.channels],
            groups=[replace(one, members=[*one.members]) for one in self.groups],
            senders=deepcopy(self.senders),
        )

    def check(self) -> None:
        """Refuse what no workspace can be: two of one name, members who are not there, zones of no clock."""
        names = {
            "people": [one.handle for one in self.people],
            "channels": [one.name for one in self.channels],
            "ids": [*(one.id for one in self.people), *(one.id for one in self.channels)],
        }
        for kind, given in names.items():
            if twice := [name for name, count in Counter(given).items() if count > 1]:
                raise Unreadable(f"{kind}: {twice[0]!r} is there twice")
        known = {name for one in self.people for name in (one.handle, one.id)}
        members = {one.name: one.members or [] for one in self.channels}
        members |= {one.handle: one.members for one in self.groups}
        for at, handles in members.items():
            if strangers := [one for one in handles if str(one).removeprefix("@") not in known]:
                raise Unreadable(f"{at}: nobody among the people is called {strangers[0]!r}")
        for one in self.people:
            try:
                ZoneInfo(one.tz)
            except (ZoneInfoNotFoundError, ValueError):
                raise Unreadable(f"{one.handle}: there is no time zone {one.tz!r}") from None


def _each(kind: type[Part], raw: dict[str, Any], name: str) -> list[Part]:
    given = raw.get(name) or []
    if not isinstance(given, list):
        raise Unreadable(f"{name}: should be a list")
    return [_made(kind, one, f"{name}, number {number}") for number, one in enumerate(given, 1)]


def _sender(name: str, raw: Any) -> Sender:
    at = f"senders, {name}"
    given = _mapping(raw, at)
    return _made(Sender, {**given, "name": name, "schedule": _each(Scheduled, given, "schedule")}, at)


def _mapping(given: Any, at: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unreadable(f"{at}: should be keys and values, not {given!r}")
    return given


def _made(kind: type[Part], given: Any, at: str) -> Part:
    """Make a part of what is given under its keys; says which key is wrong, and what is allowed."""
    values = _mapping(given, at)
    known = {one.name: one.type for one in fields(kind)}  # type: ignore[arg-type]  # only dataclasses come here
    for name, value in values.items():
        if name not in known:
            raise Unreadable(f"{at}: {name!r} is not known; there are {', '.join(sorted(known))}")
        allowed, words = PLAIN.get(known[name], ((), ""))
        if allowed and type(value) not in allowed:
            raise Unreadable(f"{at}: {name} is {words}, not {value!r}")
    try:
        return kind(**values)
    except TypeError as error:  # what is needed is not there
        raise Unreadable(f"{at}: {str(error).rpartition(': ')[2]} is needed") from None


PLAIN: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}
