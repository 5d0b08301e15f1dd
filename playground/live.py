"""What the page shows: one person's screen as JSON, and a stream that says when to look again."""

import asyncio
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from playground.clock import FileClock
from playground.desk import Desk
from playground.machine import Machine
from playground.methods import views
from playground.senders import Senders
from playground.things import Conversation, Json, Message, View
from playground.workspace import Person

PAGE = Path(__file__).parent / "page"
SVG = "image/svg+xml"
AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" fill="#57418a"/>'
    '<text x="12" y="17" text-anchor="middle" font-family="sans-serif" font-size="14" fill="#fff">%s</text></svg>'
)
SHOWN = 200  # messages of the channel that is looked at, unless more are asked for; of the others less
GLANCE = 50
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
}


class Sight(NamedTuple):
    """What a window looks at: a channel, a thread in it, and so many messages."""

    place: str
    thread: str
    shown: int


def add_routes(app: web.Application, desk: Desk, senders: Senders, machine: Machine) -> None:
    live = Live(desk, senders, machine)
    app.router.add_get("/", live.page)
    app.router.add_get("/page/{name}", live.asset)
    app.router.add_get("/avatar/{person}-{size}.svg", live.avatar)
    app.router.add_get("/control/stream", live.stream)
    app.router.add_get("/control/screen", live.screen)
    app.on_shutdown.append(live.stop)


class Live:
    """The page's files, screens, and server-sent events: one whenever something has changed."""

    def __init__(self, desk: Desk, senders: Senders, machine: Machine) -> None:
        self.desk = desk
        self.senders = senders
        self.machine = machine
        self._listeners: set[asyncio.Event] = set()
        self._over = False
        desk.store.watchers.append(self._changed)
        desk.traffic.watchers.append(self._changed)

    def _changed(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def stop(self, _: web.Application) -> None:
        self._over = True
        self._changed()

    async def page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers=HEADERS)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        known = {one.name: one for one in PAGE.iterdir() if one.suffix in {".js", ".css", ".svg"}}
        found = known.get(request.match_info["name"])
        return web.FileResponse(found, headers=HEADERS) if found else web.Response(status=404)

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        """Give a person's picture, which is their initial."""
        found = self.desk.store.people.get(request.match_info["person"])
        return web.Response(text=AVATAR % escape(found.real_name[:1] if found else "?"), content_type=SVG)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        listener = asyncio.Event()
        self._listeners.add(listener)
        screen = wire = -1
        try:
            while not self._over:
                if screen != (screen := self.desk.store.version):
                    await response.write(f"data: {screen}\n\n".encode())
                if wire != (wire := self.desk.traffic.version):
                    await response.write(f"event: wire\ndata: {wire}\n\n".encode())
                await listener.wait()
                listener.clear()
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._listeners.discard(listener)
        return response

    async def screen(self, request: web.Request) -> web.Response:
        people = self.desk.store.people
        if not people:
            return web.json_response({"ok": False, "error": "nobody lives in this workspace"}, status=409)
        who = self.desk.store.person(request.query.get("as") or next(iter(people.values())).handle)
        query = request.query
        shown = query.get("shown", "")
        sight = Sight(
            query.get("in", ""), query.get("thread", ""), int(shown[:9]) if shown.isdecimal() else SHOWN
        )
        return web.json_response({"ok": True, **self._screen(who, sight)})

    def _screen(self, who: Person, sight: Sight) -> Json:
        store = self.desk.store
        store.dm(who.id)
        home = store.homes.get(who.id)
        places = [one for one in store.conversations.values() if self._visible(who, one)]
        return {
            "version": store.version,
            "me": who.id,
            "team": store.workspace.team_name,
            "bot": {"id": store.bot, "name": store.workspace.bot_name, "handle": store.workspace.bot_handle},
            "people": [self._person(one) for one in store.people.values()],
            "groups": [{"id": one.id, "handle": one.handle} for one in store.workspace.groups],
            "channels": [self._channel(who, one, sight) for one in places],
            "whispers": [self._message(who, one) for one in store.whispers if one.to == who.id],
            "home": self._view(store.views[home]) if home else None,
            "modals": [self._view(store.views[one]) for one in store.stacks.get(who.id, [])],
            "commands": self.desk.manifest.get("features", {}).get("slash_commands", []),
            "shortcuts": self.desk.manifest.get("features", {}).get("shortcuts", []),
            "senders": self.senders.payload(),
            "trouble": self.desk.trouble.payload(),
            "link": self.desk.outbound.link,
            "clock": self._clock(),
            "installed": store.installed,
        }

    def _visible(self, who: Person, place: Conversation) -> bool:
        inside = who.id in place.members
        return inside or (place.kind == "channel" and not (who.guest or who.external))

    def _person(self, one: Person) -> Json:
        flags = ("guest", "external", "deactivated", "admin", "owner")
        return {
            "id": one.id,
            "handle": one.handle,
            "name": one.real_name,
            "status": one.status,
            "status_emoji": one.status_emoji,
            "status_until": one.status_until,
            "tz": one.tz,
            "flags": [flag for flag in flags if getattr(one, flag)],
        }

    def _channel(self, who: Person, place: Conversation, sight: Sight) -> Json:
        here = place.id == sight.place
        rows = list(islice(reversed(place.messages.values()), sight.shown if here else GLANCE))[::-1]
        if here and sight.thread in place.messages and rows[0].ts > sight.thread:
            told = {one.ts for one in rows}
            thread = [place.messages[sight.thread], *place.threads.get(sight.thread, ())]
            rows = [*(one for one in thread if one.ts not in told), *rows]
        return {
            "id": place.id,
            "kind": place.kind,
            "name": place.name,
            "topic": place.topic,
            "inside": who.id in place.members,
            "bot": self.desk.store.bot in place.members,
            "members": len(place.members),
            "archived": place.archived,
            "shared": place.shared,
            "more": len(place.messages) > len(rows),
            "bookmarks": [{"title": one["title"], "link": one["link"]} for one in place.bookmarks],
            "messages": [self._message(who, one) for one in rows],
        }

    def _message(self, who: Person, message: Message) -> Json:
        values = self.desk.store.drafts.get((message.ts, who.id), {})
        own = {"channel": message.channel, "to": message.to, "values": values, "broadcast": message.broadcast}
        return {**message.payload(), **own}

    def _view(self, view: View) -> Json:
        own: dict[str, Any] = {"values": view.values, "errors": view.errors, "trouble": view.trouble}
        return {**views.payload(self.desk, view), **own}

    def _clock(self) -> Json:
        now, to = self.desk.now, self.machine.bound_for
        return {
            "now": now().timestamp(),
            "offset": now.offset if isinstance(now, FileClock) else None,
            "bound_for": to and to.timestamp(),
        }
