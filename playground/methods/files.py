"""files.*: the upload in three steps, as files v2 has it."""

import json
from typing import Any
from urllib.parse import quote

from playground.args import Args
from playground.checks import check_message
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.methods.chat import check_pictures, may_write, new_message, target, thread_root
from playground.things import File, Json

ALT_TEXT = 1000
CHANNELS = 100


@method("files.getUploadURLExternal", "files:write", tier=4)
def get_upload_url(desk: Desk, args: Args) -> Json:
    name, length = args.need("filename"), args.number("length", 0, 1_000_000_000)
    if len(args.text("alt_txt")) > ALT_TEXT:
        raise SlackError("invalid_arguments", "[ERROR] alt_txt must be less than 1001 characters")
    made = File(id=f"F{desk.store.number():08d}", name=name, length=length, title=name)
    made.alt_text, made.user = args.text("alt_txt"), desk.store.bot
    made.created = int(desk.now().timestamp())
    desk.store.files[made.id] = made
    return {"ok": True, "upload_url": f"{desk.url}/upload/v1/{made.id}", "file_id": made.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete_upload(desk: Desk, args: Args) -> Json:
    files = [finished(desk, one) for one in args.objects("files")]
    if not files:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: files")
    channels = [one for one in [*args.names("channels"), args.text("channel_id")] if one]
    if len(channels) > CHANNELS:
        raise SlackError("invalid_arguments", "[ERROR] no more than 100 channels")
    places = [target(desk, one) for one in channels]
    for place in places:
        may_write(desk, place)
    blocks = args.blocks()
    check_message(blocks)
    check_pictures(desk, blocks)
    shown = [about(desk, one) for one in files]
    for place in places:
        content: dict[str, Any] = {"attachments": [], "metadata": None}
        text = args.text("initial_comment")
        root = thread_root(place, args)
        message = new_message(
            desk, place, **content, text=text, blocks=desk.store.with_ids(blocks), thread_ts=root
        )
        message.files = shown
        desk.announce(desk.store.post(place, message))
    return {"ok": True, "files": shown}


@method("files.info", "files:read", tier=4)
def info(desk: Desk, args: Args) -> Json:
    found = desk.store.files.get(args.need("file", "file_not_found"))
    if found is None or not found.complete:
        raise SlackError("file_not_found")
    return {"ok": True, "file": about(desk, found)}


@method("files.list", "files:read", tier=3)
def list_all(desk: Desk, args: Args) -> Json:
    """Those in conversations that the bot is in, the newest first."""
    count, page = args.number("count", 100, 1000), args.number("page", 1, 100_000)
    since, until = args.number("ts_from", 1, 10**12), args.number("ts_to", 10**12, 10**12)
    files = [
        about(desk, one) | places(desk, one, args.text("channel"))
        for one in desk.store.files.values()
        if one.complete and since <= one.created <= until and args.text("user", one.user) == one.user
    ]
    rows = [one for one in files if any(one[name] for name in PLACES)]
    paging = {"count": count, "total": len(rows), "page": page, "pages": max(1, -(-len(rows) // count))}
    newest = sorted(rows, key=lambda one: int(one["created"]), reverse=True)
    return {"ok": True, "files": newest[(page - 1) * count : page * count], "paging": paging}


PLACES = {"channels": "channel", "groups": "group", "ims": "im"}


def places(desk: Desk, one: File, only: str) -> Json:
    """Give where a file is, of what the bot sees."""
    found = [
        place
        for place in desk.store.conversations.values()
        if desk.store.bot in place.members
        and only in {"", place.id}
        and any(file["id"] == one.id for said in place.messages.values() for file in said.files)
    ]
    return {name: [place.id for place in found if place.kind == kind] for name, kind in PLACES.items()}


def finished(desk: Desk, given: Json) -> File:
    found = desk.store.files.get(str(given.get("id")))
    if found is None or found.content is None:
        raise SlackError("file_not_found", f"[ERROR] {json.dumps(given.get('id'))} was never uploaded")
    found.title, found.complete = str(given.get("title") or found.name), True
    return found


@method("files.delete", "files:write", tier=3)
def delete(desk: Desk, args: Args) -> Json:
    found = desk.store.files.get(args.need("file", "file_not_found"))
    if found is None or not found.complete:
        raise SlackError("file_not_found")
    if found.user != desk.store.bot:
        raise SlackError("cant_delete_file")
    del desk.store.files[found.id]
    desk.tell({"type": "file_deleted", "file_id": found.id, "event_ts": desk.store.ts()})
    return {"ok": True}


PRETTY = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "csv": "CSV", "pdf": "PDF", "txt": "Plain Text"}
MIME = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "csv": "text/csv",
    "pdf": "application/pdf",
}


def about(desk: Desk, one: File) -> Json:
    """Give a file as Slack describes it; its bytes are behind the bot's token."""
    private = f"{desk.url}/files/{one.id}/{quote(one.name)}"
    shown: Json = {
        "id": one.id,
        "created": one.created,
        "timestamp": one.created,
        "name": one.name,
        "title": one.title,
        "mimetype": MIME.get(one.type, "text/plain"),
        "filetype": one.type,
        "pretty_type": PRETTY.get(one.type, one.type.upper() or "File"),
        "user": one.user,
        "user_team": desk.store.workspace.team_id,
        "editable": False,
        "size": len(one.content or b""),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "media_display_type": "unknown",
        "url_private": private,
        "url_private_download": private,
        "permalink": private,
        "permalink_public": private,
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "channels": [],
        "groups": [],
    }
    shown |= {"alt_txt": one.alt_text} if one.alt_text else {}
    return shown | (dict.fromkeys(THUMBS, private) if one.is_picture else {})


THUMBS = ("thumb_64", "thumb_80", "thumb_160", "thumb_360", "thumb_480")
