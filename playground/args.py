"""The arguments of a Web API call, however they came: form, query or JSON."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from playground.errors import SlackError
from playground.things import Json

# sent as JSON text in forms
NESTED = frozenset({"blocks", "attachments", "metadata", "view", "files", "profile", "unfurls"})


class Args(dict[str, Any]):
    """What was sent, read the way Slack reads it: everything may be text."""

    def text(self, name: str, default: str = "") -> str:
        value = self.get(name)
        return default if value is None else str(value)

    def need(self, name: str, code: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            raise SlackError(code, f"[ERROR] missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        return str(self[name]).lower() in {"1", "true"} if name in self else default

    def number(self, name: str, default: int, most: int) -> int:
        try:
            value = int(self.get(name) or default)
        except ValueError:
            raise SlackError("invalid_limit") from None
        if value < 1:
            raise SlackError("invalid_limit")
        return min(value, most)

    def blocks(self) -> list[Json]:
        given = self.get("blocks") or []
        if not isinstance(given, list):
            raise SlackError("invalid_blocks_format")
        return given

    def objects(self, name: str) -> list[Json]:
        """Give a list of objects, refusing anything else."""
        given = self.get(name) or []
        if not (isinstance(given, list) and all(isinstance(one, dict) for one in given)):
            raise SlackError("invalid_arguments", f"[ERROR] {name} should be an array of objects")
        return given

    def names(self, name: str) -> list[str]:
        given = self.get(name) or []
        return [str(one) for one in given] if isinstance(given, list) else str(given).split(",")


async def read(request: web.Request) -> tuple[Args, str]:
    """Give the arguments and the token, which may stand in the header or among the arguments."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            parsed = json.loads(body) if body else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(parsed, dict):
            raise SlackError("json_not_object")
        given |= parsed
    elif request.can_read_body:
        given |= dict(await request.post())
    args = Args({key: _unpacked(key, value) for key, value in given.items()})
    kind, _, header = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":  # how oauth.v2.access is called
        args |= _client(header)
        header = ""
    return args, header.strip() or str(args.pop("token", ""))


def _client(header: str) -> dict[str, str]:
    try:
        name, _, secret = base64.b64decode(header, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_client_id") from None
    return {"client_id": name, "client_secret": secret}


def _unpacked(key: str, value: Any) -> Any:
    if key not in NESTED or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError("invalid_arguments", f"[ERROR] {key} is not valid JSON") from None


def page(rows: list[Any], args: Mapping[str, Any], limit: int) -> tuple[list[Any], str]:
    """Cut one page out of the rows; the cursor is opaque to the caller, an offset to us."""
    cursor = str(args.get("cursor") or "")
    if cursor and not re.fullmatch(r"next:\d{1,9}", cursor):
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("next:") or 0)
    following = f"next:{start + limit}" if start + limit < len(rows) else ""
    return rows[start : start + limit], following
