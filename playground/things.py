"""What people see in Slack: messages, views, files. Plain records; who may change them is decided elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]


def named(words: str) -> frozenset[str]:
    """Give the words of a table as a set."""
    return frozenset(words.split())


def words_in(part: Any) -> Iterator[str]:
    """Every text that a reader sees in blocks, top to bottom."""
    if isinstance(part, list):
        for one in part:
            yield from words_in(one)
    elif isinstance(part, dict):
        for key in ("text", "alt_text", "fields", "elements", "title", "accessory", "label"):
            if isinstance(part.get(key), str):
                yield part[key]
            elif key in part:
                yield from words_in(part[key])
        for key in ("element", "hint", "options", "rows", "cards", "child_blocks", "body", "placeholder"):
            if key in part:
                yield from words_in(part[key])


def elements_in(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block it stands in."""
    for block in blocks:
        found = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        found += [button for card in block.get("elements", []) for button in card.get("actions", [])]
        found += block.get("actions", [])
        for element in found:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element
        yield from elements_in(block.get("child_blocks", []))


@dataclass(kw_only=True)
class Message:
    """One message. `to` names who alone sees it, when it is ephemeral."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    bot_id: str | None = None
    to: str | None = None
    edited: str | None = None
    subtype: str | None = None
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    pinned: bool = False
    extra: Json = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What is to be read: the blocks' texts when there are any, else the text."""
        return "\n".join(words_in(self.blocks)) if self.blocks else self.text

    @property
    def buttons(self) -> list[str]:
        """The words on the buttons and in the menus, in order."""
        return labels(self.blocks)

    def payload(self, *, metadata: bool = False) -> Json:
        """Give the message as Slack's API and payloads show it."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, **self.extra}
        optional = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "thread_ts": self.thread_ts,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "metadata": self.metadata if metadata else None,
            "pinned_to": [self.channel] if self.pinned else None,
        }
        shown |= {key: value for key, value in optional.items() if value}
        if self.edited:
            shown["edited"] = {"user": self.user, "ts": self.edited}
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in self.reactions.items()
            ]
        return shown


def labels(blocks: list[Json]) -> list[str]:
    """Give the words on buttons and in overflow menus."""
    shown: list[str] = []
    for _, element in elements_in(blocks):
        if element["type"] in {"button", "workflow_button"}:
            shown.append(element["text"]["text"])
        elif element["type"] == "overflow":
            shown += [option["text"]["text"] for option in element["options"]]
    return shown


@dataclass(kw_only=True)
class View:
    """A modal or a home tab of one person; `values` is what they have typed and chosen in it."""

    id: str
    person: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    values: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def blocks(self) -> list[Json]:
        return list(self.body["blocks"])

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def words(self) -> str:
        return "\n".join([self.title, *words_in(self.blocks)])

    @property
    def buttons(self) -> list[str]:
        return labels(self.blocks)


@dataclass(kw_only=True)
class File:
    """An uploaded file; it is nobody's until the upload is completed."""

    id: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    user: str = ""
    created: int = 0
    content: bytes | None = None
    complete: bool = False

    @property
    def type(self) -> str:
        """What the name ends in, as Slack calls it: jpg for jpeg."""
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        return {"jpeg": "jpg"}.get(ending, ending)

    @property
    def is_picture(self) -> bool:
        return self.type in {"png", "jpg", "gif"}


@dataclass(kw_only=True)
class Conversation:
    """A channel, private channel, DM or group DM. `members` are user ids; the bot's is among them when it is in."""

    id: str
    kind: Kind
    name: str = ""
    members: list[str] = field(default_factory=list)
    created: int = 0
    archived: bool = False
    shared: bool = False
    topic: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[Message]] = field(default_factory=dict)  # replies, by the ts of their root
    bookmarks: list[Json] = field(default_factory=list)
