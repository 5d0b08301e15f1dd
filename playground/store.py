"""Everything that the stand-in Slack remembers, and the only place that changes it.

Whoever changes something calls `changed`, so that open pages follow.
"""

import copy
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.clock import Now
from playground.errors import NotOnScreen, SlackError
from playground.things import Conversation, File, Json, Message, View, elements_in, named
from playground.workspace import Channel, Person, Workspace, readable_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Store:
    """The workspace as it is now."""

    def __init__(self, workspace: Workspace, now: Now) -> None:
        self.now = now
        self.version = 0
        self.watchers: list[Callable[[], None]] = []
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self._first = workspace.anew()  # one that several tests share must stay as it is
        self.reset()

    def reset(self) -> None:
        """Make everything as it was at the start; numbers and times go on, so that no id comes twice."""
        self.workspace = self._first.anew()
        self.people: dict[str, Person] = {one.id: one for one in self.workspace.people}
        self.conversations: dict[str, Conversation] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}  # person -> ids of the modals open, lowest first
        self.homes: dict[str, str] = {}  # person -> id of the published view
        self.files: dict[str, File] = {}
        self.whispers: list[Message] = []  # ephemeral messages
        self.drafts: dict[tuple[str, str], dict[str, Json]] = {}  # what is typed in a message's fields
        self.installed = True
        for channel in self.workspace.channels:
            self.add_channel(channel)
        self.changed()

    @property
    def bot(self) -> str:
        return self.workspace.bot_user_id

    def changed(self) -> None:
        self.version += 1
        for watcher in self.watchers:
            watcher()

    def number(self) -> int:
        """Give a number never given before; ids are made of it."""
        return next(self._numbers)

    def ts(self) -> str:
        """Give a message timestamp: strictly increasing and unique, also while the clock stands still."""
        micro = max((self.now() - EPOCH) // timedelta(microseconds=1), self._last_ts + 1)
        self._last_ts = micro
        return f"{micro // 1_000_000}.{micro % 1_000_000:06d}"

    # --- people and places

    def person(self, who: str) -> Person:
        """Find a person by handle or id."""
        for one in self.people.values():
            if who.removeprefix("@") in {one.handle, one.id}:
                return one
        raise NotOnScreen(f"nobody here is called {who!r}")

    def place(self, where: str, person: Person | None = None) -> Conversation:
        """Find a conversation by name or id; "dm" and the bot's handle are the person's DM with the bot."""
        name = where.removeprefix("#").removeprefix("@")
        if person is not None and name in {"dm", self.workspace.bot_handle}:
            return self.dm(person.id)
        for one in self.conversations.values():
            if name in {one.id, one.name}:
                return one
        raise NotOnScreen(f"there is no channel {where!r}")

    def add_channel(self, channel: Channel) -> Conversation:
        """Make the channel; `members` left out: every full member is in it."""
        insiders = [one.handle for one in self.people.values() if not (one.guest or one.external)]
        handles = insiders if channel.members is None else channel.members
        members = [self.person(handle).id for handle in handles]
        made = Conversation(
            id=channel.id,
            kind="group" if channel.private else "channel",
            name=channel.name,
            members=[*members, *([self.bot] if channel.bot else [])],
            created=int(self.now().timestamp()),
            archived=channel.archived,
            shared=channel.shared,
            topic=channel.topic,
        )
        self.conversations[made.id] = made
        self.changed()
        return made

    def dm(self, user: str) -> Conversation:
        """Give the DM of this person and the bot; opened at the first look."""
        if user not in self.people:
            raise SlackError("user_not_found")
        made = Conversation(id=readable_id("D", user[1:]), kind="im", members=[user, self.bot])
        return self.conversations.setdefault(made.id, made)

    def group_dm(self, users: list[str]) -> Conversation:
        """Give the DM of these people and the bot; opened at the first look."""
        handles = sorted(self.person(one).handle for one in users)
        name = f"mpdm-{'--'.join([*handles, self.workspace.bot_handle])}-1"
        for place in self.conversations.values():
            if place.name == name:
                return place
        members = [self.person(one).id for one in handles]
        made = Conversation(id=f"G{self.number():08d}", kind="mpim", name=name, members=[*members, self.bot])
        made.created = int(self.now().timestamp())
        self.conversations[made.id] = made
        self.changed()
        return made

    def conversation(self, channel: str, *, by_name: bool = False) -> Conversation:
        """Find what the bot may know of: a private channel without the bot does not exist for it."""
        found = self.conversations.get(channel)
        if found is None and by_name and channel.startswith("#"):
            found = next((one for one in self.conversations.values() if one.name == channel[1:]), None)
        if found is None or (found.kind != "channel" and self.bot not in found.members):
            raise SlackError("channel_not_found")
        return found

    def add_file(self, name: str, content: bytes, user: str) -> File:
        """Keep a file as somebody has uploaded it."""
        made = File(id=f"F{self.number():08d}", name=name, length=len(content), title=name, user=user)
        made.content, made.complete, made.created = content, True, int(self.now().timestamp())
        self.files[made.id] = made
        return made

    # --- messages

    def post(self, place: Conversation, message: Message) -> Message:
        place.messages[message.ts] = message
        if message.thread_ts:
            place.threads.setdefault(message.thread_ts, []).append(message)
        self.changed()
        return message

    def remove(self, message: Message) -> None:
        place = self.conversations[message.channel]
        del place.messages[message.ts]
        if message.thread_ts:
            place.threads[message.thread_ts].remove(message)
        self.changed()

    def whisper(self, message: Message) -> Message:
        self.whispers.append(message)
        self.changed()
        return message

    def message(self, channel: str, ts: str) -> Message:
        place = self.conversations.get(channel)
        if place is None:
            raise SlackError("channel_not_found")
        if ts not in place.messages:
            raise SlackError("message_not_found")
        return place.messages[ts]

    def replies(self, place: Conversation, root: str) -> list[Message]:
        return list(place.threads.get(root, ()))

    def as_posted(self, message: Message, *, metadata: bool = False) -> Json:
        """Give the message as history shows it: a thread's root counts its replies."""
        shown = message.payload(metadata=metadata)
        replies = self.replies(self.conversations[message.channel], message.ts)
        if message.to is None and replies:
            shown |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": (users := list(dict.fromkeys(one.user for one in replies))),
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
            }
        return shown

    # --- views

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """Copy the blocks as Slack keeps them: every block and interactive element has an id."""
        kept = copy.deepcopy(blocks)
        for block in kept:
            if block.get("type") != "markdown":
                block.setdefault("block_id", f"b{self.number()}")
            for element in _interactive(block):
                element.setdefault("action_id", f"a{self.number()}")
        return kept

    def new_hash(self) -> str:
        return f"{int(self.now().timestamp())}.h{self.number()}"

    def modal(self, person: str) -> View | None:
        stack = self.stacks.get(person)
        return self.views[stack[-1]] if stack else None

    def redraw(self, view: View, body: Json) -> None:
        """Give the view a new body; what was typed stays where block_id and action_id stay the same."""
        was = {(block["block_id"], element["action_id"]) for block, element in elements_in(view.blocks)}
        old = view.values
        view.body, view.hash, view.errors, view.trouble = body, self.new_hash(), {}, ""
        view.values = initial_values(view.blocks)
        for block, element in elements_in(view.blocks):
            at, action = block["block_id"], element["action_id"]
            if (at, action) in was and action in old.get(at, {}):
                view.values.setdefault(at, {})[action] = old[at][action]
        self.changed()


INTERACTIVE = named(
    "button overflow static_select multi_static_select external_select multi_external_select users_select"
    " multi_users_select conversations_select multi_conversations_select channels_select"
    " multi_channels_select datepicker timepicker datetimepicker checkboxes radio_buttons"
    " plain_text_input rich_text_input number_input email_text_input url_text_input file_input"
    " workflow_button feedback_buttons icon_button"
)


def _interactive(part: Any) -> Iterator[Json]:
    if isinstance(part, list):
        for one in part:
            yield from _interactive(one)
    elif isinstance(part, dict):
        if part.get("type") in INTERACTIVE:
            yield part
        for key in ("elements", "accessory", "element", "actions", "child_blocks"):
            yield from _interactive(part.get(key))


def initial_values(blocks: list[Json]) -> dict[str, Json]:
    """Give `state.values` as a view has them before anybody touches it."""
    values: dict[str, Json] = {}
    for block, element in elements_in(blocks):
        value = initial_value(element)
        if value is not None:
            values.setdefault(block["block_id"], {})[element["action_id"]] = value
    return values


def initial_value(element: Json) -> Json | None:
    """Give the state of one element as it first stands there; None for what has no state."""
    kind = str(element["type"])
    if kind in {"button", "overflow", "workflow_button", "feedback_buttons", "icon_button"}:
        return None
    key, given = STATE_KEYS.get(kind, ("value", "initial_value"))
    start = element.get(given)
    if start is None and (kind.startswith("multi_") or kind in {"checkboxes", "file_input"}):
        start = []
    return {"type": kind, key: start}


# where the state of a kind of element is kept, and where its first value is given; the rest: value, initial_value
STATE_KEYS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
}
