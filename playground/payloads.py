"""Interactive payloads as Slack builds them. Each takes the desk and says who did what, where."""

from typing import Any

from playground.desk import Desk
from playground.methods import views
from playground.methods.people import team_of
from playground.outbound import Parcel
from playground.things import Json, Message, View
from playground.workspace import Person


def base(desk: Desk, person: Person, kind: str, *, trigger: bool = True) -> Json:
    workspace = desk.store.workspace
    shown: Json = {
        "type": kind,
        "token": "playground",
        "api_app_id": workspace.app_id,
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": team_of(desk, person),
        },
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return shown | ({"trigger_id": desk.tickets.trigger(person.id)} if trigger else {})


def named(desk: Desk, channel: str) -> Json:
    place = desk.store.conversations[channel]
    name = {"im": "directmessage", "group": "privategroup"}.get(place.kind, place.name)
    return {"id": place.id, "name": name}


def about_message(desk: Desk, message: Message, person: Person) -> Json:
    """Give what comes along when something in a message is pressed; the message is as it is now."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    hook = desk.tickets.hook(
        channel=message.channel, person=person.id, ts=message.ts, thread_ts=message.thread_ts
    )
    shown: Json = {
        "container": container,
        "channel": named(desk, message.channel),
        "response_url": f"{desk.url}/response/{hook}",
    }
    if message.to is None:
        now = desk.store.conversations[message.channel].messages.get(message.ts, message)
        shown["message"] = desk.store.as_posted(now)
    return shown


def about_view(desk: Desk, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": views.payload(desk, view)}


def action(desk: Desk, block: Json, element: Json, chosen: Json) -> Json:
    """Give one entry of `actions`: a button carries its value, a field its state."""
    shown = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": desk.store.ts(),
    }
    for key in ("text", "value", "style", "url", "placeholder", "confirm"):
        if key in element:
            shown[key] = element[key]
    return shown | chosen


def block_actions(desk: Desk, person: Person, place: Message | View, what: Json, values: Json) -> Parcel:
    payload = base(desk, person, "block_actions")
    if isinstance(place, View):
        payload |= about_view(desk, place)
    else:
        payload |= about_message(desk, place, person) | {"state": {"values": values}}
    return Parcel(kind="interactive", payload=payload | {"actions": [what]})


def block_suggestion(
    desk: Desk, person: Person, place: Message | View, ids: tuple[str, str], typed: str
) -> Parcel:
    payload = base(desk, person, "block_suggestion", trigger=False)
    if isinstance(place, View):
        payload |= about_view(desk, place)
    else:
        payload |= about_message(desk, place, person)
        payload.pop("response_url")
    payload |= {"block_id": ids[0], "action_id": ids[1], "value": typed}
    return Parcel(kind="interactive", payload=payload)


def view_submission(desk: Desk, person: Person, view: View) -> Parcel:
    payload = base(desk, person, "view_submission")
    return Parcel(
        kind="interactive", payload=payload | {"view": views.payload(desk, view), "response_urls": []}
    )


def view_closed(desk: Desk, person: Person, view: View, *, cleared: bool) -> Parcel:
    payload = base(desk, person, "view_closed", trigger=False)
    payload |= {"view": views.payload(desk, view), "is_cleared": cleared}
    return Parcel(kind="interactive", payload=payload)


def slash_command(desk: Desk, person: Person, channel: str, command: str, text: str) -> tuple[Parcel, str]:
    """Give the payload and the key of its response_url."""
    workspace, hook = desk.store.workspace, desk.tickets.hook(channel=channel, person=person.id)
    payload: dict[str, Any] = {
        "token": "playground",
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel,
        "channel_name": named(desk, channel)["name"],
        "user_id": person.id,
        "user_name": person.handle,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": f"{desk.url}/response/{hook}",
        "trigger_id": desk.tickets.trigger(person.id),
    }
    return Parcel(kind="slash_commands", payload=payload), hook


def shortcut(desk: Desk, person: Person, callback_id: str) -> Parcel:
    payload = base(desk, person, "shortcut") | {"callback_id": callback_id, "action_ts": desk.store.ts()}
    return Parcel(kind="interactive", payload=payload)


def message_action(desk: Desk, person: Person, message: Message, callback_id: str) -> Parcel:
    about = about_message(desk, message, person)
    about.pop("container")
    payload = base(desk, person, "message_action") | about
    payload |= {"callback_id": callback_id, "message_ts": message.ts, "action_ts": desk.store.ts()}
    return Parcel(kind="interactive", payload=payload)
