"""The control API under /control: everything that a test does in Python, for other processes and for the page.

`POST /control/do/{action}` with the arguments as a JSON object, `GET /control/see/{what}` with them as a query.
"""

from __future__ import annotations

import base64
import dataclasses
import inspect
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_type_hints

from aiohttp import web

from playground.clock import FileClock
from playground.errors import Invalid, NotOnScreen, SlackError, Unreadable
from playground.things import Json, Message, View, named
from playground.trouble import Fault

if TYPE_CHECKING:
    from playground.server import Playground

DO = named(
    "click click_old fill choose suggestions submit close_modal says drops command shortcut opens_home reacts unreacts edits attaches"
    " deletes joins leaves invites_bot removes_bot arrives changes changes_group makes_channel changes_channel installs uninstalls allows sends_event sends"
)
SEE = named("messages thread message dms ephemerals modal home calls answers")


def add_routes(app: web.Application, slack: Playground) -> None:
    control = Control(slack)
    app.middlewares.append(only_us)
    app.middlewares.append(in_words)
    app.router.add_post("/control/do/{action}", control.do)
    app.router.add_get("/control/see/{what}", control.see)
    app.router.add_get("/control/traffic", control.traffic)
    app.router.add_get("/control/trouble", control.trouble)
    app.router.add_post("/control/trouble", control.make_trouble)
    app.router.add_delete("/control/trouble", control.calm)
    app.router.add_post("/control/deliver", control.deliver)
    app.router.add_post("/control/reset", control.reset)
    app.router.add_post("/control/settle", control.settle)
    app.router.add_post("/control/refresh", control.refresh)
    app.router.add_get("/control/clock", control.clock)
    app.router.add_post("/control/clock", control.move_clock)


@web.middleware
async def only_us(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuse pages of other sites that a browser on this machine has open (and DNS that points here)."""
    host = request.host.rpartition(":")[0] or request.host
    origin = request.headers.get("Origin")
    if host not in {"127.0.0.1", "localhost"} or origin not in {None, f"http://{request.host}"}:
        return web.Response(status=403, text="only from this machine, only from this page")
    answer: web.StreamResponse = await handler(request)
    return answer


@web.middleware
async def in_words(request: web.Request, handler: Any) -> web.StreamResponse:
    """Turn what cannot be done at the desk into a JSON answer."""
    try:
        answer: web.StreamResponse = await handler(request)
    except Invalid as error:
        return web.json_response({"ok": False, "error": "invalid", "fields": error.fields}, status=422)
    except Unreadable as error:
        return _bad(str(error))
    except (NotOnScreen, SlackError) as error:
        return web.json_response({"ok": False, "error": str(error)}, status=409)
    return answer


class Control:
    """Answers /control."""

    def __init__(self, slack: Playground) -> None:
        self.slack = slack

    async def do(self, request: web.Request) -> web.Response:
        action = request.match_info["action"]
        if action not in DO:
            return _bad(f"there is no {action!r}; there are {', '.join(sorted(DO))}")
        work = getattr(self.slack, action)
        try:
            bound = self._bind(work, await body_of(request))
        except (TypeError, ValueError) as error:
            return _bad(str(error))
        return web.json_response({"ok": True, "result": shown(await work(*bound.args, **bound.kwargs))})

    def _bind(self, work: Any, body: Json) -> inspect.BoundArguments:
        given = dict(body)
        if isinstance(at := given.get("message"), dict):
            given["message"] = self.slack.message(str(at.get("channel")), str(at.get("ts")))
        if "content_base64" in given:
            given["content"] = base64.b64decode(given.pop("content_base64"))
        options = given.pop("options", [])  # `choose` takes them one after the other
        for name, kind in get_type_hints(work).items():
            if kind is str and not isinstance(given.get(name, ""), str):
                raise TypeError(f"{name} is text, not {given[name]!r}")
        if not options:
            return inspect.signature(work).bind(**given)
        return inspect.signature(work).bind(given.pop("person"), given.pop("field"), *options, **given)

    async def see(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        if what not in SEE:
            return _bad(f"there is no {what!r}; there are {', '.join(sorted(SEE))}")
        look = getattr(self.slack, what)
        try:
            bound = inspect.signature(look).bind(**request.query)
        except TypeError as error:
            return _bad(str(error))
        return web.json_response({"ok": True, "result": shown(look(*bound.args, **bound.kwargs))})

    async def traffic(self, request: web.Request) -> web.Response:
        """Give what went over the wire last, both ways, newest first."""
        count = number(request, "last", 50)
        return web.json_response({"ok": True, "result": shown(self.slack.desk.traffic.newest(count))})

    async def trouble(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": self.slack.desk.trouble.payload()})

    async def make_trouble(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        try:
            if "history_lag" in body:
                self.slack.lag(float(body.pop("history_lag")))
            if body:
                self.slack.desk.trouble.add(Fault(**{"method": "*", **body}))
        except (TypeError, ValueError) as error:
            return _bad(str(error))
        return await self.trouble(request)

    async def calm(self, request: web.Request) -> web.Response:
        self.slack.calm()
        return await self.trouble(request)

    async def deliver(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        self.slack.deliver_to(body.get("url"), body.get("signing_secret"))
        return web.json_response({"ok": True})

    async def reset(self, _: web.Request) -> web.Response:
        self.slack.reset()
        return web.json_response({"ok": True})

    async def settle(self, _: web.Request) -> web.Response:
        await self.slack.settle()
        return web.json_response({"ok": True})

    async def refresh(self, request: web.Request) -> web.Response:
        await self.slack.refresh_sockets(request.query.get("reason", "refresh_requested"))
        return web.json_response({"ok": True})

    async def clock(self, _: web.Request) -> web.Response:
        clock = self.slack.desk.now
        offset = clock.offset if isinstance(clock, FileClock) else None
        return web.json_response({"ok": True, "now": clock().timestamp(), "offset": offset})

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the time by `seconds`, or to the moment `to` (ISO 8601), at once or (`walk`) step by step."""
        body, machine = await body_of(request), self.slack.machine
        now = machine.clock()
        try:
            by: datetime | timedelta = timedelta(seconds=float(body.get("seconds", 0)))
            if "to" in body:
                by = datetime.fromisoformat(str(body["to"]))
            _ = by - now if isinstance(by, datetime) else now + by  # there is such a time
        except (TypeError, ValueError, OverflowError) as error:
            return _bad(str(error))
        await (machine.walk(by) if body.get("walk") else machine.jump(by))
        return await self.clock(request)


async def body_of(request: web.Request) -> Json:
    """Give the JSON object that was sent, or an empty one; raises Unreadable."""
    try:
        body = await request.json() if request.can_read_body else {}
    except ValueError:
        raise Unreadable("that is not JSON") from None
    if not isinstance(body, dict):
        raise Unreadable("that is not a JSON object")
    return body


def number(request: web.Request, name: str, usual: int) -> int:
    """Give a whole number of the query; raises Unreadable."""
    given = request.query.get(name) or str(usual)
    if not given.isascii() or not given.isdigit():
        raise Unreadable(f"{name} is a whole number, not {given!r}")
    return int(given[:9])


def shown(thing: Any) -> Any:
    """Give what an action or a look gives, as JSON."""
    if isinstance(thing, list):
        return [shown(one) for one in thing]
    if isinstance(thing, (Message, View)):
        return {**dataclasses.asdict(thing), "words": thing.words, "buttons": thing.buttons}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {item.name: shown(getattr(thing, item.name)) for item in dataclasses.fields(thing)}
    return thing.isoformat() if isinstance(thing, datetime) else thing


def _bad(words: str) -> web.Response:
    return web.json_response({"ok": False, "error": words}, status=400)
