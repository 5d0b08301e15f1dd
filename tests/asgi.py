"""Speaking to a web application without a port."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette

Answer = tuple[int, dict[str, str], bytes]  # status, headers, body


async def get(app: Starlette, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
    return await _ask(app, "GET", path, b"", headers)


async def post(app: Starlette, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    return await _ask(app, "POST", path, body, headers)


async def _ask(app: Starlette, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("truce.test", 80),
        "client": ("127.0.0.1", 1),
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    try:
        await app(scope, receive, send)
    except Exception:
        if not told:
            raise  # else the answer is out, and a server would only log what was raised after it
    start = told[0]
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], answered, b"".join(part.get("body", b"") for part in told[1:])
