"""chat.*: posting, changing and deleting messages, with the sizes and refusals of Slack."""

import json
from collections.abc import Iterator
from typing import Any

from playground.args import Args
from playground.checks import check_message
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.numbers import most
from playground.rules import wrong
from playground.things import Conversation, Json, Message

UPDATE_TEXT = 4000  # chat.update refuses more: msg_too_long
POST_SPLITS_ABOVE, POST_PIECE = 4040, 4000  # measured: 4041 characters become several messages
POST_TRUNCATES_ABOVE = 40_000
METADATA_BYTES = 8_000  # Slack has no published number; reports say about 8 kB
ANYTHING = ("blocks", "attachments", "text", "markdown_text")


@method("chat.postMessage", "chat:write", tier=0)
def post_message(desk: Desk, args: Args) -> Json:
    place = target(desk, args.need("channel", "channel_not_found"))
    may_write(desk, place)
    desk.pace.post(place.id)
    root = thread_root(place, args)
    content = read_content(desk, args)
    warnings = []
    if len(content["text"]) > POST_TRUNCATES_ABOVE:
        content["text"], warnings = content["text"][:POST_TRUNCATES_ABOVE], ["message_truncated"]
    pieces = split(content["text"]) if not content["blocks"] else [content["text"]]
    posted = [new_message(desk, place, **{**content, "text": text}, thread_ts=root) for text in pieces]
    for message in posted:
        message.broadcast = args.flag("reply_broadcast")
        message.subtype = "thread_broadcast" if message.broadcast and root else None
        desk.store.post(place, message)
        desk.announce(message)
        desk.announce_metadata(message, None, message.metadata)
    message = posted[0]
    answer = {
        "ok": True,
        "channel": place.id,
        "ts": message.ts,
        "message": desk.store.as_posted(message, metadata=True),
    }
    return answer | ({"response_metadata": {"warnings": warnings}} if warnings else {})


@method("chat.update", "chat:write", tier=3)
def update(desk: Desk, args: Args) -> Json:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    message = own_message(desk, place, args, "cant_update_message")
    if len(args.text("text")) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    content = read_content(desk, args)
    before, told = message.payload(), message.metadata
    message.text, message.edited = content["text"], desk.store.ts()
    if "blocks" in args or "markdown_text" in args:  # left out, the old ones stay; [] takes them away
        message.blocks = content["blocks"]
    if "attachments" in args:
        message.attachments = content["attachments"]
    if "metadata" in args:  # {} takes it away
        message.metadata = content["metadata"]
    desk.store.changed()
    announce_change(desk, message, before)
    if "metadata" in args and message.metadata != told:
        desk.announce_metadata(message, told, message.metadata)
    shown = {name: value for name, value in message.payload().items() if name != "ts"}  # so does Slack
    return {"ok": True, "channel": place.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write", tier=3)
def delete(desk: Desk, args: Args) -> Json:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    message = own_message(desk, place, args, "cant_delete_message")
    remove(desk, message)
    return {"ok": True, "channel": place.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(desk: Desk, args: Args) -> Json:
    place = target(desk, args.need("channel", "channel_not_found"))
    may_write(desk, place)
    user = args.need("user", "user_not_found")
    if user not in desk.store.people:
        raise SlackError("user_not_found")
    if user not in place.members:
        raise SlackError("user_not_in_channel")
    content = read_content(desk, args) | {"metadata": None}
    message = new_message(desk, place, **content, thread_ts=thread_root(place, args))
    message.to = user
    desk.store.whisper(message)
    return {"ok": True, "message_ts": message.ts}


@method("chat.getPermalink", tier=0)
def get_permalink(desk: Desk, args: Args) -> Json:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    message = desk.store.message(place.id, args.need("message_ts", "message_not_found"))
    link = f"{desk.url}/archives/{place.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={place.id}"
    return {"ok": True, "channel": place.id, "permalink": link}


def target(desk: Desk, channel: str) -> Conversation:
    """Give where a message goes; a user's id is the DM with that user, also when they are deactivated."""
    if channel in desk.store.people:
        return desk.store.dm(channel)
    return desk.store.conversation(channel, by_name=True)


def may_write(desk: Desk, place: Conversation) -> None:
    if place.archived:
        raise SlackError("is_archived")
    everywhere = desk.scopes is not None and "chat:write.public" in desk.scopes and place.kind == "channel"
    if desk.store.bot not in place.members and not everywhere:
        raise SlackError("not_in_channel")


def thread_root(place: Conversation, args: Args) -> str | None:
    ts = args.text("thread_ts")
    if not ts:
        return None
    if ts not in place.messages:
        raise SlackError("thread_not_found")
    return place.messages[ts].thread_ts or ts


def own_message(desk: Desk, place: Conversation, args: Args, refusal: str) -> Message:
    message = desk.store.message(place.id, args.need("ts", "message_not_found"))
    if place.archived:
        raise SlackError("is_archived")
    if message.bot_id != desk.store.workspace.bot_id:
        raise SlackError(refusal)
    return message


def read_content(desk: Desk, args: Args) -> dict[str, Any]:
    """Check and give what a message says: text, blocks, attachments, metadata."""
    if not any(args.get(key) for key in ANYTHING):
        raise SlackError("no_text")
    blocks = args.blocks()
    if args.text("markdown_text"):
        if args.text("text") or blocks:
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": args.text("markdown_text")}]
    check_message(blocks)
    check_pictures(desk, blocks)
    if len(args.objects("attachments")) > most("message.attachments"):
        raise SlackError("too_many_attachments")
    return {
        "text": args.text("text"),
        "blocks": desk.store.with_ids(blocks),
        "attachments": args.objects("attachments"),
        "metadata": read_metadata(args.get("metadata")),
    }


def check_pictures(desk: Desk, blocks: list[Json], at: str = "/blocks") -> None:
    """Refuse `slack_file` of what is no picture that was uploaded here."""
    pictures = [one for one in desk.store.files.values() if one.complete and one.is_picture]
    for index, block in enumerate(blocks):
        for named in _files_in(block):
            if not any(named.get("id") == one.id or one.id in named.get("url", "") for one in pictures):
                raise SlackError("invalid_blocks", wrong("invalid slack file", f"{at}/{index}/slack_file"))


def _files_in(part: Any) -> Iterator[Json]:
    """Give every `slack_file`, also those inside of cards and containers."""
    if isinstance(part, list):
        for one in part:
            yield from _files_in(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name == "slack_file" and isinstance(value, dict):
                yield value
            else:
                yield from _files_in(value)


def read_metadata(given: Any) -> Json | None:
    if not given:
        return None
    if not (
        isinstance(given, dict) and given.get("event_type") and isinstance(given.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return given


def new_message(
    desk: Desk,
    place: Conversation,
    *,
    text: str,
    blocks: list[Json],
    attachments: list[Json],
    metadata: Json | None,
    thread_ts: str | None,
) -> Message:
    """Make a message of the bot's; it is not posted yet."""
    workspace = desk.store.workspace
    profile = {
        "id": workspace.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.bot_name,
        "team_id": workspace.team_id,
        "icons": {
            f"image_{size}": f"{desk.url}/avatar/{workspace.bot_user_id}-{size}.svg" for size in (36, 48, 72)
        },
        "updated": 0,
        "deleted": False,
    }
    return Message(
        channel=place.id,
        ts=desk.store.ts(),
        user=workspace.bot_user_id,
        bot_id=workspace.bot_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        metadata=metadata,
        thread_ts=thread_ts,
        extra={"team": workspace.team_id, "app_id": workspace.app_id, "bot_profile": profile},
    )


def split(text: str) -> list[str]:
    if len(text) <= POST_SPLITS_ABOVE:
        return [text]
    return [text[start : start + POST_PIECE] for start in range(0, len(text), POST_PIECE)]


def announce_change(desk: Desk, message: Message, before: Json) -> None:
    hidden = {"message": message.payload(), "previous_message": before}
    desk.announce(message, hidden_event(desk, message, "message_changed") | hidden)


def hidden_event(desk: Desk, message: Message, subtype: str) -> Json:
    """Give an event of what became of a message."""
    place, stamp = desk.store.conversations[message.channel], desk.store.ts()
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": place.id,
        "channel_type": place.kind,
        "ts": stamp,
        "event_ts": stamp,
    }


def remove(desk: Desk, message: Message) -> None:
    """Delete a message and tell the app, as when its author or an admin deletes it."""
    desk.store.remove(message)
    desk.announce_metadata(message, message.metadata, None)
    event = hidden_event(desk, message, "message_deleted")
    desk.announce(message, event | {"deleted_ts": message.ts, "previous_message": message.payload()})
