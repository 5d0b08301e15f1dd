"""reactions.*, pins.* and bookmarks.*."""

import re

from playground.args import Args
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.things import Conversation, Json, Message

EMOJI = 23  # different ones on a message
BOOKMARK_TITLE, BOOKMARK_LINK, BOOKMARKS = 256, 2048, 100


@method("reactions.add", "reactions:write", tier=3)
def add_reaction(desk: Desk, args: Args) -> Json:
    name, message = emoji(args), marked(desk, args)
    if desk.store.bot in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= EMOJI:
        raise SlackError("too_many_emoji")
    desk.tell(mark(desk, message, desk.store.bot, name))
    return {"ok": True}


@method("reactions.remove", "reactions:write", tier=2)
def remove_reaction(desk: Desk, args: Args) -> Json:
    name, message = emoji(args), marked(desk, args)
    if desk.store.bot not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    desk.tell(unmark(desk, message, desk.store.bot, name))
    return {"ok": True}


def emoji(args: Args) -> str:
    name = args.need("name", "invalid_name").strip(":")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name


def mark(desk: Desk, message: Message, user: str, name: str) -> Json:
    """Put an emoji on a message; gives the event."""
    message.reactions.setdefault(name, []).append(user)
    desk.store.changed()
    return reacted(desk, message, user, name, "reaction_added")


def unmark(desk: Desk, message: Message, user: str, name: str) -> Json:
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]
    desk.store.changed()
    return reacted(desk, message, user, name, "reaction_removed")


def reacted(desk: Desk, message: Message, user: str, name: str, kind: str) -> Json:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event: Json = {"type": kind, "user": user, "reaction": name, "item": item}
    return event | {"item_user": message.user, "event_ts": desk.store.ts()}


@method("pins.add", "pins:write", tier=2)
def add_pin(desk: Desk, args: Args) -> Json:
    message = marked(desk, args)
    if message.pinned:
        raise SlackError("already_pinned")
    message.pinned = True
    desk.store.changed()
    return {"ok": True}


@method("pins.remove", "pins:write", tier=2)
def remove_pin(desk: Desk, args: Args) -> Json:
    message = marked(desk, args)
    if not message.pinned:
        raise SlackError("no_pin")
    message.pinned = False
    desk.store.changed()
    return {"ok": True}


@method("pins.list", "pins:read", tier=2)
def list_pins(desk: Desk, args: Args) -> Json:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    if desk.store.bot not in place.members:
        raise SlackError("not_in_channel")
    pinned = [one for one in place.messages.values() if one.pinned]
    bot = desk.store.bot
    shown = [
        {
            "type": "message",
            "channel": place.id,
            "created": int(float(one.ts)),
            "created_by": bot,
            "message": one.payload(),
        }
        for one in pinned
    ]
    return {"ok": True, "items": shown}


@method("reactions.get", "reactions:read", tier=3)
def get_reactions(desk: Desk, args: Args) -> Json:
    message = marked(desk, args)
    shown = desk.store.as_posted(message)
    return {"ok": True, "type": "message", "channel": message.channel, "message": shown}


def marked(desk: Desk, args: Args) -> Message:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    if place.archived:
        raise SlackError("is_archived")
    if desk.store.bot not in place.members:
        raise SlackError("not_in_channel")
    return desk.store.message(place.id, args.need("timestamp", "message_not_found"))


@method("bookmarks.add", "bookmarks:write", tier=2)
def add_bookmark(desk: Desk, args: Args) -> Json:
    place = bookmarked(desk, args)
    title, link = args.need("title"), args.need("link", "invalid_link")
    if len(title) > BOOKMARK_TITLE or args.need("type") != "link":
        raise SlackError("invalid_arguments")
    if len(link) > BOOKMARK_LINK or not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    if len(place.bookmarks) >= BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    made: Json = {
        "id": f"Bk{desk.store.number():07d}",
        "channel_id": place.id,
        "title": title,
        "link": link,
        "emoji": args.text("emoji") or None,
        "type": "link",
        "app_id": desk.store.workspace.app_id,
        "date_created": int(desk.now().timestamp()),
        "date_updated": 0,
        "rank": "i",
        "icon_url": None,
        "entity_id": None,
        "shortcut_id": None,
        "last_updated_by_user_id": desk.store.bot,
        "last_updated_by_team_id": desk.store.workspace.team_id,
    }
    place.bookmarks.append(made)
    desk.store.changed()
    return {"ok": True, "bookmark": made}


@method("bookmarks.edit", "bookmarks:write", tier=2)
def edit_bookmark(desk: Desk, args: Args) -> Json:
    place = bookmarked(desk, args)
    wanted = args.need("bookmark_id", "not_found")
    for one in place.bookmarks:
        if one["id"] == wanted:
            given = {name: args.text(name) for name in ("title", "link", "emoji") if name in args}
            if not given.get("link", "https://").startswith(("http://", "https://")):
                raise SlackError("invalid_link")
            one.update(given, date_updated=int(desk.now().timestamp()))
            desk.store.changed()
            return {"ok": True, "bookmark": one}
    raise SlackError("not_found")


@method("bookmarks.list", "bookmarks:read", tier=3)
def list_bookmarks(desk: Desk, args: Args) -> Json:
    return {"ok": True, "bookmarks": bookmarked(desk, args).bookmarks}


@method("bookmarks.remove", "bookmarks:write", tier=2)
def remove_bookmark(desk: Desk, args: Args) -> Json:
    place = bookmarked(desk, args)
    wanted = args.need("bookmark_id", "not_found")
    kept = [one for one in place.bookmarks if one["id"] != wanted]
    if len(kept) == len(place.bookmarks):
        raise SlackError("not_found")
    place.bookmarks = kept
    desk.store.changed()
    return {"ok": True}


def bookmarked(desk: Desk, args: Args) -> Conversation:
    place = desk.store.conversation(args.need("channel_id", "channel_not_found"))
    if desk.store.bot not in place.members:
        raise SlackError("not_in_channel")
    return place
