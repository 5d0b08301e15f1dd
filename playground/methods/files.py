"""files.*: the upload in three steps, as files v2 has it."""

import json
from typing import Any

from playground.args import Args
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.methods.chat import may_write, new_message, target, thread_root
from playground.things import File, Json

ALT_TEXT = 1000
CHANNELS = 100


@method("files.getUploadURLExternal", "files:write", tier=4)
def get_upload_url(desk: Desk, args: Args) -> Json:
    name, length = args.need("filename"), args.number("length", 0, 1_000_000_000)
    if len(args.text("alt_txt")) > ALT_TEXT:
        raise SlackError("invalid_arguments", "[ERROR] alt_txt must be less than 1001 characters")
    made = File(
        id=f"F{desk.store.number():08d}", name=name, length=length, alt_text=args.text("alt_txt"), title=name
    )
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
    shown = [about(desk, one) for one in files]
    for place in places:
        content: dict[str, Any] = {"attachments": [], "metadata": None}
        blocks = desk.store.with_ids(args.blocks())
        text = args.text("initial_comment")
        root = thread_root(place, args)
        message = new_message(desk, place, **content, text=text, blocks=blocks, thread_ts=root)
        message.files = shown
        desk.announce(desk.store.post(place, message))
    return {"ok": True, "files": shown}


@method("files.info", "files:read", tier=4)
def info(desk: Desk, args: Args) -> Json:
    found = desk.store.files.get(args.need("file", "file_not_found"))
    if found is None or not found.complete:
        raise SlackError("file_not_found")
    return {"ok": True, "file": about(desk, found)}


def finished(desk: Desk, given: Json) -> File:
    found = desk.store.files.get(str(given.get("id")))
    if found is None or found.content is None:
        raise SlackError("file_not_found", f"[ERROR] {json.dumps(given.get('id'))} was never uploaded")
    found.title, found.complete = str(given.get("title") or found.name), True
    return found


def about(desk: Desk, one: File) -> Json:
    """Give a file as Slack describes it; its bytes are behind the bot's token."""
    private = f"{desk.url}/files/{one.id}/{one.name}"
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "filetype": one.name.rpartition(".")[2].lower(),
        "size": len(one.content or b""),
        "alt_txt": one.alt_text,
        "mode": "hosted",
        "url_private": private,
        "url_private_download": private,
        "permalink": private,
    }
