"""What comes in, as the few things a handler looks at, and what a handler may answer.

The one module that handlers share. A handler never acks and never speaks to Slack: it returns an answer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import click
from slack_sdk.models.blocks import Block
from starlette.requests import Request

from bot.agreement import Agreement
from storage.db import Space

HOME: Final = "home"  # instead of an address at which somebody is answered
LARGEST_BODY: Final = 1024 * 1024  # bytes (product.md section 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """Somebody pressed a button or chose from a menu. `view` is the modal it happened in."""

    by: str
    action_id: str
    value: str
    view: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Somebody sent a modal; `about` is what it was opened for."""

    by: str
    about: str
    values: Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Somebody types into a field that looks things up; `about` is what the form was opened for."""

    by: str
    about: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody typed /truce, a word that chose the handler, and these words after it, in this channel."""

    by: str
    words: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """Somebody used a shortcut; `text` is that of the message they used it on."""

    by: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Words to that person only; `blocks` where there is something to press, and `words` say the same."""

    words: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A modal, opened."""

    view: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The modal they are in, changed; what they have typed stays."""

    view: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """The modal stays open, with a sentence under a field; `others`, by field, where more than one is wrong."""

    block: str
    words: str
    others: Mapping[str, str] = field(default_factory=dict)


Answer = Say | Open | Change | None


def shown(click: Click, view: dict[str, Any]) -> Open | Change:
    """A window where somebody pressed a button: in the window that they are in, else in one of its own."""
    return Change(view=view) if click.view and click.view["type"] == "modal" else Open(view=view)


def where_asked(body: Mapping[str, Any]) -> str:
    """The address at which the person is answered: of their click or command, or of where their form was opened."""
    view = body.get("view") or {}
    if view.get("type") == HOME:
        return HOME
    return str(body.get("response_url") or view.get("private_metadata", "").partition("\n")[2])


def addressed(view: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The form, which brings back where it was opened: Slack gives no address when one is sent."""
    return {**view, "private_metadata": f"{view.get('private_metadata', '')}\n{where_asked(body)}"}


def about_of(view: Mapping[str, Any]) -> str:
    """What a form was opened for."""
    return str(view.get("private_metadata", "")).partition("\n")[0]


Clicked = Callable[[Click], Awaitable[Answer]]
Submitted = Callable[[Submission], Awaitable[Say | Wrong | None]]
Asked = Callable[[Said], Awaitable[Answer]]
Used = Callable[[Shortcut], Awaitable[Answer]]
Searched = Callable[[Search], Awaitable[Sequence[Mapping[str, Any]]]]
Heard = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """What a noun answers to, by the ids of bot/ids.py and the types of Slack's events."""

    actions: Mapping[str, Clicked] = field(default_factory=dict)
    choices: Mapping[str, Clicked] = field(default_factory=dict)  # of the "..." menu
    forms: Mapping[str, Submitted] = field(default_factory=dict)
    searches: Mapping[str, Searched] = field(default_factory=dict)
    events: Mapping[str, Heard] = field(default_factory=dict)
    commands: Mapping[str, Asked] = field(default_factory=dict)  # by the first word after /truce
    shortcuts: Mapping[str, Used] = field(default_factory=dict)

    @classmethod
    def together(cls, *nouns: "Routes") -> "Routes":
        """All of them as one; two nouns never answer to the same id."""
        parts: dict[str, dict[str, Any]] = {}
        for name in ("actions", "choices", "forms", "searches", "events", "commands", "shortcuts"):
            parts[name] = {}
            for noun in nouns:
                own = getattr(noun, name)
                if twice := parts[name].keys() & own.keys():
                    raise ValueError(f"two handlers for {', '.join(sorted(twice))}")
                parts[name].update(own)
        return cls(**parts)


class TooLarge(Exception):
    """More bytes than anybody sends us in good faith."""


async def bounded_body(request: Request) -> bytes:
    """The raw body, read no further than it may be long. Raises TooLarge."""
    told = request.headers.get("content-length", "0")
    body = bytearray()
    if not told.isdigit() or int(told) <= LARGEST_BODY:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                break
        else:
            return bytes(body)
    raise TooLarge(f"At most {LARGEST_BODY:,} bytes are taken at a time.")


PARTLY: Final = 3  # the exit code of what was done, and something remains for a person

# One workspace's part of the database, for a command that works beside the bot.
Beside = Callable[[str | None], AbstractContextManager[Space]]
# By what it is judged, as it was found at the last start.
Agreed = Callable[[Space], Awaitable[Agreement]]
of_workspace = click.option(
    "--workspace", metavar="ID", help="Which, where the database has several: T0123ABCD."
)


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows for a terminal, cell under cell. What is in them has to be clean already."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(map(str.rstrip, lines))
