"""What an app says through a response_url, or in the answer to a command: the same words, the same rules."""

from playground.args import Args
from playground.desk import Desk
from playground.errors import SlackError
from playground.methods.chat import announce_change, new_message, read_content, remove
from playground.things import Json, Message
from playground.tickets import Hook


def answer_hook(desk: Desk, key: str, args: Args) -> None:
    """Do what was posted to a response_url; raises SlackError when it is used up or makes no sense."""
    hook = desk.tickets.use(key)
    if args.flag("delete_original"):
        _delete(desk, hook)
    elif args.flag("replace_original") and hook.ts is not None:
        _replace(desk, hook, args)
    else:
        say(desk, hook, args)


def say(desk: Desk, hook: Hook, args: Args) -> Message:
    """Post what the app says: to the person alone, unless `response_type` is in_channel."""
    content = read_content(desk, args)
    place = desk.store.conversations[hook.channel]
    root = args.text("thread_ts") or (hook.thread_ts if args.get("thread_ts") is not None else None)
    message = new_message(desk, place, **content, thread_ts=root or None)
    if args.text("response_type") == "in_channel":
        desk.store.post(place, message)
        desk.announce(message)
        return message
    message.to = hook.person
    return desk.store.whisper(message)


def _original(desk: Desk, hook: Hook) -> Message:
    whispers = [one for one in desk.store.whispers if one.ts == hook.ts]
    return whispers[0] if whispers else desk.store.message(hook.channel, hook.ts or "")


def _delete(desk: Desk, hook: Hook) -> None:
    original = _original(desk, hook)
    if original in desk.store.whispers:
        desk.store.whispers.remove(original)
        desk.store.changed()
    elif original.bot_id:
        remove(desk, original)
    else:
        raise SlackError("cant_delete_message")


def _replace(desk: Desk, hook: Hook, args: Args) -> None:
    original = _original(desk, hook)
    before: Json = original.payload()
    content = read_content(desk, args)
    original.text, original.blocks = content["text"], content["blocks"]
    original.attachments = content["attachments"]
    desk.store.changed()
    if original.to is None:
        original.edited = desk.store.ts()
        announce_change(desk, original, before)
