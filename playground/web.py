"""The Web API over HTTP: who calls, may they, how often, what goes wrong on purpose, and what is answered."""

import asyncio
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from playground import methods
from playground.args import Args, read
from playground.clock import pulse
from playground.desk import METHODS, Desk, Method
from playground.errors import RateLimited, SlackError
from playground.hooks import answer_hook
from playground.things import Json
from playground.tokens import Token
from playground.traffic import Call
from playground.trouble import Fault

__all__ = ["add_routes", "methods"]


def add_routes(app: web.Application, desk: Desk) -> None:
    front = Front(desk)
    app.router.add_route("*", "/api/{method}", front.call)
    app.router.add_post("/response/{key}", front.response_url)
    app.router.add_post("/upload/v1/{file}", front.upload)
    app.router.add_get("/files/{file}/{name}", front.download)
    app.router.add_get("/link", desk.outbound.sockets.accept)


class Front:
    """Answers the app's requests."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def call(self, request: web.Request) -> web.StreamResponse:
        name, started = request.match_info["method"], pulse()
        fault = self.desk.trouble.take(name)
        if fault is not None and fault.slow:
            await asyncio.sleep(fault.slow)
        args = Args()
        try:
            args, token = await read(request)
            status, answer, headers = self._answer(name, args, token, fault)
        except SlackError as error:
            status, answer, headers = 200, error.body, {}
        lost = fault is not None and fault.lose is not None
        self._log(name, args, 0 if lost else status, answer, pulse() - started)
        if lost and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer, status=status or 200, headers={**self._stamps(), **headers})

    def _stamps(self) -> dict[str, str]:
        """What stands above every answer: Slack's time, and what the token may do."""
        told = {"Date": format_datetime(self.desk.now().astimezone(UTC), usegmt=True)}
        scopes = self.desk.scopes
        return told if scopes is None else {**told, "x-oauth-scopes": ",".join(sorted(scopes))}

    def _answer(
        self, name: str, args: Args, token: str, fault: Fault | None
    ) -> tuple[int, Json, dict[str, str]]:
        """Do the work, unless the fault stands before it."""
        if fault is not None and fault.lose == "request":
            return 0, {"ok": False, "error": "request_lost"}, {}
        if fault is not None and fault.status is not None:
            return fault.status, {}, {}
        try:
            return 200, _planned(fault) or self._run(name, args, token), {}
        except RateLimited as error:
            return 429, error.body, {"Retry-After": str(error.seconds)}

    def _run(self, name: str, args: Args, token: str) -> Json:
        found = METHODS.get(name)
        if found is None:
            raise SlackError("unknown_method", req_method=name)
        self.desk.caller = self._caller(token, found)
        try:
            self.desk.need_scope(*found.scopes)
            if found.tier:
                self.desk.pace.tier(name, found.tier)
            return found.run(self.desk, args)
        finally:
            self.desk.caller = None

    def _caller(self, token: str, method: Method) -> Token | None:
        if "nobody" in method.by:
            return None
        caller = self.desk.tokens.check(token)
        if caller.kind not in method.by:
            raise SlackError("not_allowed_token_type")
        return caller

    def _log(self, name: str, args: Args, status: int, answer: Json, seconds: float) -> None:
        call = Call(
            method=name,
            args=dict(args),
            at=self.desk.now(),
            status=status,
            ok=bool(answer.get("ok")),
            error=str(answer.get("error", "")),
            answer=answer,
            seconds=round(seconds, 4),
        )
        self.desk.traffic.note(call)

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        started = pulse()
        try:
            args, _ = await read(request)
            answer_hook(self.desk, request.match_info["key"], args)
        except SlackError as error:
            self._log("response_url", Args(), 404, error.body, pulse() - started)
            return web.json_response(error.body, status=404)
        self._log("response_url", args, 200, {"ok": True}, pulse() - started)
        return web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.StreamResponse:
        found = self.desk.store.files.get(request.match_info["file"])
        if found is None or found.complete:
            return web.Response(status=404)
        found.content = await _content(request)
        return web.Response(text=f"OK - {len(found.content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give a file's bytes to the app by its token, and to the page; anybody else is led to it to sign in."""
        found = self.desk.store.files.get(request.match_info["file"])
        if found is None or found.content is None:
            return web.Response(status=404)
        from_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
        mine = {f"Bearer {one.text}" for one in self.desk.tokens.of("bot")}
        if request.headers.get("Authorization") not in mine and not from_page:
            raise web.HTTPFound("/")  # as Slack does: who does not look gets a page instead of the file
        kind = IMAGES.get(found.name.rpartition(".")[2].lower(), "application/octet-stream")
        return web.Response(body=found.content, content_type=kind)


def _planned(fault: Fault | None) -> Json | None:
    """Give the refusal that the fault asks for, if it does."""
    if fault is not None and fault.retry_after is not None:
        raise RateLimited(fault.retry_after)
    return SlackError(fault.error).body if fault is not None and fault.error else None


IMAGES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form: Any = await request.post()
    for part in form.values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
