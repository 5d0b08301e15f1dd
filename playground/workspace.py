"""A workspace as it is before anybody acts: people, channels, groups and senders, from YAML or built in code.

Names are what tests and files use; ids are made from them, so that a log can be read.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

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
        """Read the YAML file; an unknown key is a TypeError that names it."""
        return cls.from_dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        parts: dict[str, Any] = {
            "people": [Person(**one) for one in raw.get("people", [])],
            "channels": [Channel(**one) for one in raw.get("channels", [])],
            "groups": [UserGroup(**one) for one in raw.get("groups", [])],
            "senders": [_sender(name, one) for name, one in (raw.get("senders") or {}).items()],
        }
        return cls(**{**raw, **parts})


def _sender(name: str, raw: dict[str, Any]) -> Sender:
    schedule = [Scheduled(**one) for one in raw.get("schedule") or []]
    return Sender(**{**raw, "name": name, "schedule": schedule})
