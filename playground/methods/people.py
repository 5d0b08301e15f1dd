"""auth.*, team.*, users.* and usergroups.*: who is who."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from playground.args import Args, page
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.things import Json
from playground.workspace import ELSEWHERE, Person, UserGroup


@method("auth.test", tier=0)
def auth_test(desk: Desk, _: Args) -> Json:
    workspace = desk.store.workspace
    return {
        "ok": True,
        "url": f"{desk.url}/",
        "team": workspace.team_name,
        "team_id": workspace.team_id,
        "user": workspace.bot_handle,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("api.test", tier=0)
def api_test(_: Desk, args: Args) -> Json:
    if args.get("error"):
        raise SlackError(args.text("error"))
    return {"ok": True, "args": dict(args)}


@method("team.info", "team:read", tier=3)
def team_info(desk: Desk, _: Args) -> Json:
    workspace = desk.store.workspace
    team = {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain}
    return {"ok": True, "team": team | {"email_domain": "", "icon": {"image_default": True}}}


@method("users.info", "users:read", tier=4)
def info(desk: Desk, args: Args) -> Json:
    user = args.need("user", "user_not_found")
    if user == desk.store.bot:
        return {"ok": True, "user": bot_user(desk)}
    return {"ok": True, "user": about(desk, known(desk, user), locale=args.flag("include_locale"))}


@method("users.list", "users:read", tier=2)
def list_all(desk: Desk, args: Args) -> Json:
    locale = args.flag("include_locale")
    rows = [*(about(desk, one, locale=locale) for one in desk.store.people.values()), bot_user(desk)]
    limit = args.number("limit", 1000, 1000)
    shown, cursor = page(rows, args, limit)
    return {"ok": True, "members": shown, "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email", tier=3)
def lookup_by_email(desk: Desk, args: Args) -> Json:
    email = args.need("email", "users_not_found").lower()
    for one in desk.store.people.values():
        if one.email.lower() == email and not (one.deactivated or one.external):
            return {"ok": True, "user": about(desk, one)}
    raise SlackError("users_not_found")


@method("users.profile.get", "users.profile:read", tier=4)
def profile_get(desk: Desk, args: Args) -> Json:
    return {"ok": True, "profile": profile(desk, known(desk, args.need("user", "user_not_found")))}


@method("usergroups.list", "usergroups:read", tier=2)
def usergroups_list(desk: Desk, args: Args) -> Json:
    counted = args.flag("include_users")
    return {
        "ok": True,
        "usergroups": [group(desk, one, users=counted) for one in desk.store.workspace.groups],
    }


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroups_users_list(desk: Desk, args: Args) -> Json:
    wanted = args.need("usergroup", "no_such_subteam")
    for one in desk.store.workspace.groups:
        if one.id == wanted:
            members = [desk.store.person(handle) for handle in one.members]
            gone = args.flag("include_disabled")
            return {"ok": True, "users": [who.id for who in members if gone or not who.deactivated]}
    raise SlackError("no_such_subteam")


def known(desk: Desk, user: str) -> Person:
    if user not in desk.store.people:
        raise SlackError("user_not_found")
    return desk.store.people[user]


def group(desk: Desk, one: UserGroup, *, users: bool) -> Json:
    shown: Json = {
        "id": one.id,
        "team_id": desk.store.workspace.team_id,
        "is_usergroup": True,
        "name": one.name,
        "handle": one.handle,
        "date_delete": 0,
        "user_count": len(one.members),
    }
    return shown | ({"users": [desk.store.person(name).id for name in one.members]} if users else {})


def team_of(desk: Desk, person: Person) -> str:
    return ELSEWHERE if person.external else desk.store.workspace.team_id


def profile(desk: Desk, person: Person) -> Json:
    first, _, last = person.real_name.partition(" ")
    picture = f"{desk.url}/avatar/{person.id}"
    shown: Json = {
        "title": person.title,
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "fields": None,
        "status_text": person.status,
        "status_text_canonical": "",
        "status_emoji": person.status_emoji,
        "status_emoji_display_info": [],
        "status_expiration": person.status_until,
        "avatar_hash": "",
        **{f"image_{size}": f"{picture}-{size}.svg" for size in (24, 32, 48, 72, 192, 512)},
        "team": team_of(desk, person),
    }
    may_see = desk.scopes is None or "users:read.email" in desk.scopes
    return shown | ({"email": person.email} if may_see and person.email and not person.external else {})


def about(desk: Desk, person: Person, *, locale: bool = False) -> Json:
    """Give a person as Slack describes them; a deactivated one has lost tz and roles."""
    shown: Json = {
        "id": person.id,
        "team_id": team_of(desk, person),
        "name": person.handle,
        "real_name": person.real_name,
        "deleted": person.deactivated,
        "profile": profile(desk, person),
        "is_bot": False,
        "is_app_user": False,
        "updated": int(desk.now().timestamp()),
    }
    if person.deactivated:
        return shown
    offset = desk.now().astimezone(ZoneInfo(person.tz)).utcoffset() or timedelta()
    shown |= {
        "color": "4bbe2e",
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()),
        "is_admin": person.admin or person.owner,
        "is_owner": person.owner,
        "is_primary_owner": False,
        "is_restricted": person.guest,
        "is_ultra_restricted": False,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }
    if person.external:  # of them Slack gives neither e-mail nor language
        return shown | {"is_stranger": True}
    return shown | ({"locale": person.locale} if locale else {})


def bot_user(desk: Desk) -> Json:
    workspace = desk.store.workspace
    return {
        "id": workspace.bot_user_id,
        "team_id": workspace.team_id,
        "name": workspace.bot_handle,
        "real_name": workspace.bot_name,
        "deleted": False,
        "is_bot": True,
        "is_app_user": False,
        "tz": "America/Los_Angeles",
        "tz_offset": -28800,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {
            "real_name": workspace.bot_name,
            "display_name": "",
            "bot_id": workspace.bot_id,
            "api_app_id": workspace.app_id,
            "team": workspace.team_id,
        },
    }
