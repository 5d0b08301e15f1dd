"""team.* and users.*: who is who."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from playground.args import Args, page
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.things import Json
from playground.workspace import ELSEWHERE, Person

STATUS_TEXT = 100
SETTABLE = {
    "status_text": "status",
    "status_emoji": "status_emoji",
    "status_expiration": "status_until",
    "real_name": "real_name",
    "display_name": "name",
    "title": "title",
}


@method("team.info", "team:read", tier=3)
def team_info(desk: Desk, _: Args) -> Json:
    workspace = desk.store.workspace
    team = {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain}
    return {"ok": True, "team": team | {"email_domain": "", "icon": {"image_default": True}}}


@method("users.info", "users:read", tier=4, by="bot user")
def info(desk: Desk, args: Args) -> Json:
    user = args.need("user", "user_not_found")
    if user == desk.store.bot:
        return {"ok": True, "user": bot_user(desk)}
    return {"ok": True, "user": about(desk, known(desk, user), locale=args.flag("include_locale"))}


@method("users.list", "users:read", tier=2, by="bot user")
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


@method("users.profile.get", "users.profile:read", tier=4, by="bot user")
def profile_get(desk: Desk, args: Args) -> Json:
    return {"ok": True, "profile": alone(desk, known(desk, args.need("user", "user_not_found")))}


@method("users.profile.set", "users.profile:write", tier=3, by="user")
def profile_set(desk: Desk, args: Args) -> Json:
    """Change the caller's own profile; a bot's token may not."""
    assert desk.caller is not None  # noqa: S101 - `by` says so
    who = known(desk, desk.caller.person)
    given = args.get("profile") or {args.need("name", "invalid_profile"): args.get("value")}
    if not isinstance(given, dict):
        raise SlackError("invalid_profile")
    if len(str(given.get("status_text") or "")) > STATUS_TEXT:
        raise SlackError("too_long")
    for name, field in SETTABLE.items():
        if name in given:
            setattr(who, field, type(getattr(who, field))(given[name]))
    desk.store.changed()
    desk.tell(user_event(desk, "user_change", who))
    return {"ok": True, "username": who.handle, "profile": alone(desk, who)}


def alone(desk: Desk, person: Person) -> Json:
    """Give a profile as it is without its user: no team in it, custom fields if any."""
    return {name: value for name, value in profile(desk, person).items() if name != "team"} | {"fields": {}}


def known(desk: Desk, user: str) -> Person:
    if user not in desk.store.people:
        raise SlackError("user_not_found")
    return desk.store.people[user]


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


def user_event(desk: Desk, kind: str, person: Person) -> Json:
    """Give an event that tells what a person is like now."""
    user = about(desk, person, locale=True)
    user["profile"] |= {"fields": None}
    if kind != "user_status_changed":
        user["profile"] |= {"huddle_state": "default_unset", "huddle_state_expiration_ts": 0}
    moment = int(desk.now().timestamp())
    return {"type": kind, "user": user, "cache_ts": moment, "event_ts": desk.store.ts()}


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
