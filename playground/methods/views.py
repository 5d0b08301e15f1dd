"""views.*: modals, at most three deep, and home tabs; `hash` is the optimistic lock."""

import json

from playground.args import Args
from playground.checks import check_view
from playground.desk import Desk, method
from playground.errors import SlackError
from playground.methods.chat import check_pictures
from playground.store import initial_values
from playground.things import Json, View

STACK = 3
VIEW_BYTES = 250_000


@method("views.open", tier=4)
def open_view(desk: Desk, args: Args) -> Json:
    body = read_view(desk, args, "modal")
    person = exchange(desk, args)
    close_all(desk, person)
    return {"ok": True, "view": payload(desk, place_modal(desk, person, body))}


@method("views.push", tier=4)
def push_view(desk: Desk, args: Args) -> Json:
    body = read_view(desk, args, "modal")
    person = exchange(desk, args)
    return {"ok": True, "view": payload(desk, push(desk, person, body))}


@method("views.update", tier=4)
def update_view(desk: Desk, args: Args) -> Json:
    body = read_view(desk, args, None)
    view = find(desk, args)
    check_hash(args, view)
    desk.store.redraw(view, body)
    return {"ok": True, "view": payload(desk, view)}


@method("views.publish", tier=4)
def publish_view(desk: Desk, args: Args) -> Json:
    body = read_view(desk, args, "home")
    if desk.manifest and not desk.manifest.get("features", {}).get("app_home", {}).get("home_tab_enabled"):
        raise SlackError("not_enabled")
    person = args.need("user_id", "user_not_found")
    if person not in desk.store.people:
        raise SlackError("user_not_found")
    known = desk.store.homes.get(person)
    if known is None:
        view = new_view(desk, person, body)
        desk.store.homes[person] = view.id
        desk.store.changed()
    else:
        view = desk.store.views[known]
        check_hash(args, view)
        desk.store.redraw(view, body)
    return {"ok": True, "view": payload(desk, view)}


def exchange(desk: Desk, args: Args) -> str:
    return desk.tickets.exchange(args.text("trigger_id") or args.need("interactivity_pointer"))


def read_view(desk: Desk, args: Args, kind: str | None) -> Json:
    """Check the view and give it as Slack keeps it."""
    given = args.get("view")
    if not isinstance(given, dict):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view")
    if kind is not None and given.get("type") != kind:
        raise SlackError("invalid_arguments", f"[ERROR] must be one of: {kind} [json-pointer:/view/type]")
    return prepare(desk, given)


def prepare(desk: Desk, given: Json) -> Json:
    """Check a view, from a call or from the answer to a submission, and give it ids."""
    if len(json.dumps(given)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    check_view(given)
    check_pictures(desk, given["blocks"], "/view/blocks")
    return {**given, "blocks": desk.store.with_ids(given["blocks"])}


def find(desk: Desk, args: Args) -> View:
    wanted, external = args.text("view_id"), args.text("external_id")
    for view in desk.store.views.values():
        if view.id == wanted or (external and view.body.get("external_id") == external):
            return view
    raise SlackError("not_found")


def check_hash(args: Args, view: View) -> None:
    if args.text("hash") and args.text("hash") != view.hash:
        raise SlackError("hash_conflict")


def new_view(desk: Desk, person: str, body: Json) -> View:
    external = body.get("external_id")
    if external and any(one.body.get("external_id") == external for one in desk.store.views.values()):
        raise SlackError("duplicate_external_id")
    number = f"V{desk.store.number():08d}"
    view = View(id=number, person=person, body=body, hash=desk.store.new_hash(), root=number)
    view.values = initial_values(view.blocks)
    desk.store.views[view.id] = view
    return view


def place_modal(desk: Desk, person: str, body: Json) -> View:
    view = new_view(desk, person, body)
    stack = desk.store.stacks.setdefault(person, [])
    if stack:
        view.root, view.previous = desk.store.views[stack[0]].id, stack[-1]
    stack.append(view.id)
    desk.store.changed()
    return view


def push(desk: Desk, person: str, body: Json) -> View:
    """Put a modal over the open one: three at most."""
    stack = desk.store.stacks.get(person, [])
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    return place_modal(desk, person, body)


def close_top(desk: Desk, person: str) -> None:
    stack = desk.store.stacks.get(person, [])
    if stack:
        del desk.store.views[stack.pop()]
    desk.store.changed()


def close_all(desk: Desk, person: str) -> None:
    while desk.store.stacks.get(person):
        close_top(desk, person)


def payload(desk: Desk, view: View) -> Json:
    """Give the view as Slack's payloads have it, with `state`, `hash` and the ids."""
    workspace = desk.store.workspace
    modal: Json = {
        "submit": None,
        "close": None,
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return {
        **modal,
        **view.body,
        "id": view.id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "state": {"values": view.values},
    }
