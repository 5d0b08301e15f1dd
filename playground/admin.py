"""What changes the workspace itself: people come, change and go; channels are made, renamed, archived, shared."""

from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from playground.desk import Desk
from playground.errors import NotOnScreen
from playground.methods import conversations, groups, people
from playground.things import Conversation, Json, named
from playground.traffic import Answer
from playground.workspace import ELSEWHERE, Channel, Person

TYPES = {one.name: type(one.default) for one in fields(Person)}
STATUS = frozenset({"status", "status_emoji", "status_until"})
# what channel_created tells of a channel
CREATED = named(
    "id name name_normalized created creator context_team_id is_channel is_group is_im is_mpim is_private is_archived"
    " is_general is_shared is_ext_shared is_org_shared is_pending_ext_shared"
)
FLAGS = frozenset({"deactivated", "guest", "external", "admin", "owner"})


class Admin:
    """The workspace's admin; also whoever comes into a channel or leaves it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.outbound.chores.append(self._end_statuses)

    # --- people

    async def arrives(self, handle: str, *, channels: list[str] | None = None, **what: Any) -> list[Answer]:
        """Let somebody new into the workspace, and into these channels; `what` as in the workspace's file."""
        if any(one.handle == handle for one in self.desk.store.people.values()):
            raise NotOnScreen(f"{handle} is here already")
        who = Person(handle=handle, **_checked({"handle": handle, **what}, but="handle"))
        places = [self.desk.store.place(one) for one in channels or []]
        self.desk.store.people[who.id] = who
        self.desk.store.changed()
        answers = await self.desk.told(people.user_event(self.desk, "team_join", who))
        for place in places:
            answers += await self._member(place, who.id, joined=True)
        return answers

    async def changes(self, person: str, **what: Any) -> list[Answer]:
        """Change a person's fields (tz, status, deactivated ...), as they or an admin would."""
        who = self.desk.store.person(person)
        changed = {name: value for name, value in _checked(what).items() if getattr(who, name) != value}
        for name, value in changed.items():
            setattr(who, name, value)
        self.desk.store.changed()
        answers = await self.desk.told(people.user_event(self.desk, "user_change", who))
        if set(changed) - FLAGS - {"tz", "locale", "dnd_until"}:
            answers += await self.desk.told(people.user_event(self.desk, "user_profile_changed", who))
        if "dnd_until" in changed:
            answers += await self.desk.told(self._rest_event(who))
        if STATUS & set(changed):
            answers += await self.desk.told(people.user_event(self.desk, "user_status_changed", who))
        return answers

    def _rest_event(self, who: Person) -> Json:
        rest = groups.rest(self.desk, who)
        return {
            "type": "dnd_updated_user",
            "user": who.id,
            "dnd_status": rest,
            "event_ts": self.desk.store.ts(),
        }

    async def changes_group(self, handle: str, members: list[str]) -> list[Answer]:
        """Put these people, and nobody else, into a user group."""
        found = [one for one in self.desk.store.workspace.groups if handle in {one.handle, f"@{one.handle}"}]
        if not found:
            raise NotOnScreen(f"there is no group {handle!r}")
        before = groups.members(self.desk, found[0])
        found[0].members = [self.desk.store.person(one).handle for one in members]
        after = groups.members(self.desk, found[0])
        self.desk.store.changed()
        came, went = [one for one in after if one not in before], [one for one in before if one not in after]
        event: Json = {
            "type": "subteam_members_changed",
            "subteam_id": found[0].id,
            "team_id": self.desk.store.workspace.team_id,
            "date_previous_update": 0,
            "date_update": int(self.desk.now().timestamp()),
            "added_users": came,
            "added_users_count": len(came),
            "removed_users": went,
            "removed_users_count": len(went),
        }
        return await self.desk.told(event | {"event_ts": self.desk.store.ts()})

    def _end_statuses(self) -> None:
        """Clear each status whose time is over, and tell of it."""
        moment = self.desk.now().timestamp()
        for who in self.desk.store.people.values():
            if 0 < who.status_until <= moment:
                who.status, who.status_emoji, who.status_until = "", "", 0
                self.desk.store.changed()
                for kind in ("user_change", "user_profile_changed", "user_status_changed"):
                    self.desk.tell(people.user_event(self.desk, kind, who))

    # --- channels

    async def makes_channel(
        self, name: str, *, private: bool = False, members: list[str] | None = None, bot: bool = False
    ) -> list[Answer]:
        """Make a channel with these members (left out: nobody yet)."""
        made = Channel(name=name, private=private, members=members or [], bot=bot)
        taken = {one.name for one in self.desk.store.conversations.values()}
        if not made.name or made.name in taken:
            raise NotOnScreen(f"there is a channel {made.name!r} already")
        place = self.desk.store.add_channel(made)
        about = conversations.about(self.desk, place)
        shown = {name: about[name] for name in about if name in CREATED} | {"is_frozen": False}
        event: Json = {"type": "channel_created", "channel": shown}
        answers = [] if private else await self.desk.told(event | {"event_ts": self.desk.store.ts()})
        if bot:
            answers += await self.desk.told(self._membership(place, self.desk.store.bot, joined=True))
        return answers

    async def changes_channel(
        self,
        channel: str,
        *,
        name: str = "",
        topic: str | None = None,
        archived: bool | None = None,
        shared: bool | None = None,
    ) -> list[Answer]:
        """Rename, archive or share a channel (and back)."""
        place, answers = self.desk.store.place(channel), []
        place.name = name.removeprefix("#") or place.name
        place.topic = place.topic if topic is None else topic
        family = "group" if place.kind == "group" else "channel"
        events: list[Json] = [{"type": f"{family}_rename", "channel": self._named(place)}] if name else []
        if archived is not None and archived != place.archived:
            place.archived = archived
            what = "archive" if archived else "unarchive"
            by = "actor_id" if what == "unarchive" and family == "group" else "user"
            event = {"type": f"{family}_{what}", "channel": place.id, by: self._somebody()}
            events.append(event | ({"is_moved": 0} if archived else {}))
        if shared is not None and shared != place.shared:
            place.shared = shared
            events.append(_sharing(place))
            if not shared:
                self._without_strangers(place)
        self.desk.store.changed()
        for event in events:
            answers += await self.desk.told(event | {"event_ts": self.desk.store.ts()})
        return answers

    def _named(self, place: Conversation) -> Json:
        return {
            "id": place.id,
            "name": place.name,
            "name_normalized": place.name,
            "created": place.created,
            "is_channel": True,
            "is_mpim": False,
        }

    def _somebody(self) -> str:
        """Give who does what an admin does: the first owner or admin there is."""
        ranked = sorted(self.desk.store.people.values(), key=lambda one: (not one.owner, not one.admin))
        return ranked[0].id if ranked else "USLACKBOT"

    def _without_strangers(self, place: Conversation) -> None:
        strangers = {one.id for one in self.desk.store.people.values() if one.external}
        place.members = [one for one in place.members if one not in strangers]

    # --- who is in a channel

    async def joins(self, person: str, channel: str) -> list[Answer]:
        """Come into a channel, or be brought into it; a person of another company only into a shared one."""
        who, place = self.desk.store.person(person), self.desk.store.place(channel)
        if who.external and not place.shared:
            raise NotOnScreen(f"{who.handle} is of another company, and {place.name} is not shared")
        return await self._member(place, who.id, joined=True)

    async def leaves(self, person: str, channel: str) -> list[Answer]:
        who, place = self.desk.store.person(person), self.desk.store.place(channel)
        return await self._member(place, who.id, joined=False)

    async def invites_bot(self, channel: str) -> list[Answer]:
        return await self._member(self.desk.store.place(channel), self.desk.store.bot, joined=True)

    async def removes_bot(self, channel: str) -> list[Answer]:
        return await self._member(self.desk.store.place(channel), self.desk.store.bot, joined=False)

    async def _member(self, place: Conversation, user: str, *, joined: bool) -> list[Answer]:
        if joined == (user in place.members):
            return []
        heard = self.desk.store.bot in place.members
        (place.members.append if joined else place.members.remove)(user)
        self.desk.store.changed()
        if not heard and user != self.desk.store.bot:
            return []
        return await self.desk.told(self._membership(place, user, joined=joined))

    def _membership(self, place: Conversation, user: str, *, joined: bool) -> Json:
        """Give the event; an app that was removed hears `channel_left`, as it is no member any more."""
        stamp = self.desk.store.ts()
        if user == self.desk.store.bot and not joined:
            kind = "group_left" if place.kind == "group" else "channel_left"
            return {"type": kind, "channel": place.id, "actor_id": self._somebody(), "event_ts": stamp}
        known = self.desk.store.people.get(user)
        return {
            "type": "member_joined_channel" if joined else "member_left_channel",
            "user": user,
            "channel": place.id,
            "channel_type": "G" if place.kind == "group" else "C",
            "team": ELSEWHERE if known and known.external else self.desk.store.workspace.team_id,
            "event_ts": stamp,
        }

    # --- the app

    async def installs(self) -> None:
        """Let the app in again with the tokens that it was started with."""
        self.desk.tokens.revive()
        self.desk.install()

    async def uninstalls(self) -> list[Answer]:
        """Take the app out of the workspace: its tokens are dead from now on."""
        return [answer for event in self.desk.uninstall() for answer in await self.desk.told(event)]


def _sharing(place: Conversation) -> Json:
    if place.shared:
        return {"type": "channel_shared", "connected_team_id": ELSEWHERE, "channel": place.id}
    return {
        "type": "channel_unshared",
        "previously_connected_team_id": ELSEWHERE,
        "channel": place.id,
        "is_ext_shared": False,
    }


def _checked(what: Json, but: str = "") -> Json:
    """Refuse what a person does not have, or not of that type; gives the rest without `but`."""
    for name, value in what.items():
        if name not in TYPES or name == "id":
            raise NotOnScreen(f"a person has no {name!r}, but {', '.join(sorted(set(TYPES) - {'id'}))}")
        if name != "handle" and type(value) is not TYPES[name]:
            raise NotOnScreen(f"{name} is {TYPES[name].__name__}, not {value!r}")
    try:
        ZoneInfo(what.get("tz", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise NotOnScreen(f"there is no time zone {what['tz']!r}") from None
    return {name: value for name, value in what.items() if name != but}
