"""Every address that Truce answers on. Raw bytes are bounded and verified before anything parses them."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.signatures import Unsigned, verify_slack
from handlers.payloads import TooLarge, bounded_body

log = logging.getLogger(__name__)
Receive = Callable[[Request], Awaitable[Response]]
# What Bolt raises where the body is not JSON or UTF-8, is no object, or is nested without an end.
UNREADABLE: Final = (ValueError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class SlackDoor:
    """Slack's own requests. Verified here, as Bolt parses a body before it looks at the signature."""

    app: AsyncApp
    signing_secret: SecretStr
    now: Callable[[], datetime]

    async def receive(self, request: Request) -> Response:
        try:
            body = await bounded_body(request)
            verify_slack(request.headers, body, self.signing_secret.get_secret_value(), self.now())
            told = AsyncBoltRequest(body=body.decode(), headers={**request.headers}, query=request.url.query)
        except TooLarge as error:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))
        except Unsigned as error:
            return _refused(HTTPStatus.UNAUTHORIZED, str(error))
        except UNREADABLE:
            return _refused(HTTPStatus.BAD_REQUEST, "neither a JSON object nor a form")
        answer = await self.app.async_dispatch(told)
        headers = {name: ", ".join(values) for name, values in answer.headers.items()}
        return Response(answer.body, status_code=answer.status, headers=headers)


def web_app(slack: Receive | None, intake: Receive, schema: Receive) -> Starlette:
    """All that is reachable from outside. `slack` is None where only Socket Mode is used."""
    routes = [
        Route("/intake/{feed}", intake, methods=["POST"]),
        Route("/intake/{feed}/schema", schema),
        Route("/healthz", healthy),
    ]
    if slack is not None:
        routes.append(Route("/slack/events", slack, methods=["POST"]))
    return Starlette(routes=routes)


def ops_app(
    tell: Receive, openapi: Mapping[str, Any], pages: Mapping[str, Receive], host: str | None
) -> Starlette:
    """What only the operator reaches: on loopback, and not by a page of somebody's that calls itself so.

    The pages of figures stand behind signed links; an operator's proxy passes them on, and then `host` is asked for.
    """

    async def document(_: Request) -> Response:
        return JSONResponse(openapi)

    here = ["127.0.0.1", "localhost"]
    ours = [Middleware(TrustedHostMiddleware, allowed_hosts=here)]
    known = [Middleware(TrustedHostMiddleware, allowed_hosts=[*here, *([host] if host else [])])]
    routes = [
        Route("/healthz", tell, middleware=ours),
        Route("/openapi.json", document, middleware=ours),
        *(Route(path, page, methods=["GET"], middleware=known) for path, page in pages.items()),
    ]
    return Starlette(routes=routes)


async def healthy(_: Request) -> Response:
    return PlainTextResponse("ok")


def _refused(code: HTTPStatus, why: str) -> Response:
    """One log line without the body."""
    log.warning("a request in Slack's name was refused: %s %s", code.value, why)
    return PlainTextResponse(code.phrase, status_code=code)
