"""usergroups.* and dnd.*: who belongs together, and who does not want to be disturbed."""

from playground.args import Args
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.methods.people import known
from playground.things import Json
from playground.workspace import Person, UserGroup

MOST_USERS = 50  # of dnd.teamInfo


@method("usergroups.list", "usergroups:read", tier=2)
def usergroups_list(desk: Desk, args: Args) -> Json:
    users = args.flag("include_users")
    return {"ok": True, "usergroups": [about(desk, one, users=users) for one in desk.store.workspace.groups]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroups_users_list(desk: Desk, args: Args) -> Json:
    wanted = args.need("usergroup", "no_such_subteam")
    for one in desk.store.workspace.groups:
        if one.id == wanted:
            return {"ok": True, "users": members(desk, one, gone=args.flag("include_disabled"))}
    raise SlackError("no_such_subteam")


def members(desk: Desk, group: UserGroup, *, gone: bool = False) -> list[str]:
    people = [desk.store.person(handle) for handle in group.members]
    return [who.id for who in people if gone or not who.deactivated]


def about(desk: Desk, one: UserGroup, *, users: bool) -> Json:
    """Give a user group as Slack describes it."""
    inside = members(desk, one)
    shown: Json = {
        "id": one.id,
        "team_id": desk.store.workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "is_external": False,
        "name": one.name,
        "description": "",
        "handle": one.handle,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "auto_provision": False,
        "created_by": "USLACKBOT",
        "updated_by": "USLACKBOT",
        "deleted_by": None,
        "enterprise_subteam_id": "",
        "prefs": {"channels": [], "groups": []},
        "user_count": len(inside),
        "channel_count": 0,
    }
    return shown | ({"users": inside} if users else {})


@method("dnd.info", "dnd:read", tier=3)
def dnd_info(desk: Desk, args: Args) -> Json:
    return {"ok": True, **rest(desk, known(desk, args.need("user", "user_not_found")))}


@method("dnd.teamInfo", "dnd:read", tier=2)
def dnd_team_info(desk: Desk, args: Args) -> Json:
    users = args.names("users")
    if not users:
        raise SlackError("missing_argument")
    if len(users) > MOST_USERS:
        raise SlackError("too_many_users")
    return {
        "ok": True,
        "users": {one: rest(desk, desk.store.people[one]) for one in users if one in desk.store.people},
    }


def rest(desk: Desk, person: Person) -> Json:
    """Say until when somebody is not to be disturbed; 1 and 1, as Slack has it, when there is nothing."""
    now = int(desk.now().timestamp())
    on = person.dnd_until > now
    return {
        "dnd_enabled": on,
        "next_dnd_start_ts": now if on else 1,
        "next_dnd_end_ts": person.dnd_until if on else 1,
    }
