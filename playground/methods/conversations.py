"""conversations.*: what the bot may know of channels and read in them."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from playground.args import Args, page
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.store import EPOCH
from playground.things import Conversation, Json, Message
from playground.workspace import ELSEWHERE

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
MOST_USERS = 8  # of a group DM
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


@method("conversations.info", *READ, tier=3)
def info(desk: Desk, args: Args) -> Json:
    place = known(desk, args, "read")
    shown = about(desk, place)
    if args.flag("include_num_members"):
        shown["num_members"] = len(place.members)
    return {"ok": True, "channel": shown}


@method("conversations.list", *READ, tier=2)
def list_all(desk: Desk, args: Args) -> Json:
    wanted = [one.strip() for one in args.text("types", "public_channel").split(",")]
    if unknown := [one for one in wanted if one not in TYPES]:
        raise SlackError("invalid_types", f"[ERROR] {unknown[0]}")
    kinds = {TYPES[one] for one in wanted}
    rows = [
        about(desk, place)
        for place in desk.store.conversations.values()
        if place.kind in kinds
        and not (args.flag("exclude_archived") and place.archived)
        and (place.kind == "channel" or desk.store.bot in place.members)
    ]
    shown, cursor = page(rows, args, args.number("limit", 100, 1000))
    return {"ok": True, "channels": shown, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", *READ, tier=4)
def members(desk: Desk, args: Args) -> Json:
    place = known(desk, args, "read")
    gone = {one.id for one in desk.store.people.values() if one.deactivated}
    staying = [one for one in place.members if one not in gone]
    shown, cursor = page(staying, args, args.number("limit", 100, 1000))
    return {"ok": True, "members": shown, "response_metadata": {"next_cursor": cursor}}


@method("conversations.history", *HISTORY, tier=3)
def history(desk: Desk, args: Args) -> Json:
    place = readable(desk, args)
    rows = [one for one in visible(desk, place, args) if one.thread_ts in {None, one.ts} or one.broadcast]
    return messages_page(desk, rows[::-1], args)


@method("conversations.replies", *HISTORY, tier=3)
def replies(desk: Desk, args: Args) -> Json:
    place = readable(desk, args)
    ts = args.need("ts", "thread_not_found")
    if ts not in place.messages:
        raise SlackError("thread_not_found")
    root = place.messages[ts].thread_ts or ts
    rows = [one for one in visible(desk, place, args) if one.thread_ts == root and one.ts != root]
    head = [place.messages[root]] if root in place.messages else []
    return messages_page(desk, head + rows, args)


@method("conversations.open", "im:write", "mpim:write", tier=3)
def open_dm(desk: Desk, args: Args) -> Json:
    if channel := args.text("channel"):
        return {"ok": True, "channel": {"id": desk.store.conversation(channel).id}}
    users = list(dict.fromkeys(args.names("users")))
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_USERS:
        raise SlackError("too_many_users")
    if not set(users) <= set(desk.store.people):
        raise SlackError("user_not_found")
    if any(desk.store.people[one].deactivated for one in users):
        raise SlackError("user_disabled")
    desk.need_scope("im:write" if len(users) == 1 else "mpim:write")
    place = desk.store.dm(users[0]) if len(users) == 1 else desk.store.group_dm(users)
    return {"ok": True, "channel": about(desk, place) if args.flag("return_im") else {"id": place.id}}


@method("conversations.join", "channels:join", tier=3)
def join(desk: Desk, args: Args) -> Json:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    if place.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if place.archived:
        raise SlackError("is_archived")
    if desk.store.bot in place.members:
        return {"ok": True, "channel": about(desk, place), "warning": "already_in_channel"}
    place.members.append(desk.store.bot)
    desk.store.changed()
    return {"ok": True, "channel": about(desk, place)}


def known(desk: Desk, args: Args, verb: str) -> Conversation:
    place = desk.store.conversation(args.need("channel", "channel_not_found"))
    desk.need_family_scope(place, verb)
    return place


def readable(desk: Desk, args: Args) -> Conversation:
    place = known(desk, args, "history")
    if desk.store.bot not in place.members:
        raise SlackError("not_in_channel")
    return place


def visible(desk: Desk, place: Conversation, args: Args) -> list[Message]:
    """Give what lies between `oldest` and `latest`, oldest first; a lagging history hides the newest."""
    oldest, latest = moment(args, "oldest"), moment(args, "latest")
    inclusive = args.flag("inclusive")
    shown_until = desk.now() - timedelta(seconds=desk.trouble.history_lag)
    hidden_from = Decimal((shown_until - EPOCH) // timedelta(microseconds=1)) / 1_000_000
    rows = []
    for message in place.messages.values():
        ts = Decimal(message.ts)
        if desk.trouble.history_lag and ts > hidden_from:
            continue
        if oldest is not None and (ts < oldest or (ts == oldest and not inclusive)):
            continue
        if latest is not None and (ts > latest or (ts == latest and not inclusive)):
            continue
        rows.append(message)
    return rows


def moment(args: Args, name: str) -> Decimal | None:
    given = args.text(name)
    try:
        value = Decimal(given or 0)
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None
    if not value.is_finite():
        raise SlackError(f"invalid_ts_{name}")
    return value or None


def messages_page(desk: Desk, rows: list[Message], args: Args) -> Json:
    limit = args.number("limit", 100, 999)
    shown, cursor = page(rows, args, limit)
    metadata = args.flag("include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [desk.store.as_posted(one, metadata=metadata) for one in shown],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def about(desk: Desk, place: Conversation) -> Json:
    """Give a conversation as Slack describes it."""
    team = desk.store.workspace.team_id
    shown: Json = {
        "id": place.id,
        "created": place.created,
        "updated": place.created * 1000,
        "is_archived": place.archived,
        "is_im": place.kind == "im",
        "is_org_shared": False,
        "context_team_id": team,
    }
    if place.kind == "im":
        user = place.members[0]
        return shown | {"user": user, "is_user_deleted": desk.store.people[user].deactivated, "priority": 0}
    return shown | {
        "name": place.name,
        "name_normalized": place.name,
        "creator": "USLACKBOT",
        "is_channel": place.kind == "channel",
        "is_group": place.kind == "group",
        "is_mpim": place.kind == "mpim",
        "is_private": place.kind != "channel",
        "is_shared": place.shared,
        "is_ext_shared": place.shared,
        "is_general": False,
        "is_member": desk.store.bot in place.members,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [team, ELSEWHERE] if place.shared else [team],
        "connected_team_ids": [ELSEWHERE] if place.shared else [],
        "previous_names": [],
        "topic": {"value": place.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "unlinked": 0,
    }
