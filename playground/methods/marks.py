"""reactions.* and bookmarks.*."""

from playground.args import Args
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.things import Conversation, Json, Message

BOOKMARK_TITLE, BOOKMARK_LINK, BOOKMARKS = 256, 2048, 100


@method("reactions.add", "reactions:write", tier=3)
def add_reaction(desk: Desk, args: Args) -> Json:
    name = args.need("name", "no_reaction").strip(":")
    message = marked(desk, args)
    who = message.reactions.setdefault(name, [])
    if desk.store.bot in who:
        raise SlackError("already_reacted")
    who.append(desk.store.bot)
    desk.store.changed()
    return {"ok": True}


@method("reactions.remove", "reactions:write", tier=2)
def remove_reaction(desk: Desk, args: Args) -> Json:
    name = args.need("name", "no_reaction").strip(":")
    message = marked(desk, args)
    if desk.store.bot not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    message.reactions[name].remove(desk.store.bot)
    if not message.reactions[name]:
        del message.reactions[name]
    desk.store.changed()
    return {"ok": True}


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
    }
    place.bookmarks.append(made)
    desk.store.changed()
    return {"ok": True, "bookmark": made}


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
