"""What feeds send over HTTP: verified as raw bytes, read, kept, and answered item by item."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.arrivals import Outcome, Senseless
from bot.errors import Unintelligible
from bot.intake import read
from bot.intake.schema import json_schema
from bot.settings import Feed
from bot.signatures import Unsigned, verify, verify_bearer
from handlers.payloads import TooLarge, bounded_body
from storage.intake import Intake

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IntakeHandlers:
    """`secrets` are those of each feed, decoded; a feed without one takes nothing."""

    intake: Intake
    feeds: Mapping[str, Feed]
    secrets: Mapping[str, tuple[bytes, ...]]
    now: Callable[[], datetime]

    async def receive(self, request: Request) -> Response:
        """Answer 202 after the commit; 401, 404, 413, 400 where nothing is kept; 422 or 207 for nonsense."""
        feed = request.path_params["feed"]
        if feed not in self.feeds:
            return _refused(feed, HTTPStatus.NOT_FOUND, "There is no such feed.")
        try:
            body = await bounded_body(request)
            self._verify(feed, request.headers, body)
            delivery = read(body, feed)
        except TooLarge as error:
            return _refused(feed, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))
        except Unsigned as error:
            return _refused(feed, HTTPStatus.UNAUTHORIZED, "The signature does not fit.", why=str(error))
        except Unintelligible as error:
            return _refused(feed, HTTPStatus.BAD_REQUEST, str(error))
        outcomes = await self.intake.keep(
            delivery.items, feed=feed, now=self.now(), delivery=request.headers.get("webhook-id")
        )
        return _answer(outcomes, array=delivery.array)

    async def schema(self, request: Request) -> Response:
        """What the feed takes, for anybody: it holds no secret."""
        feed = request.path_params["feed"]
        if feed not in self.feeds:
            return _refused(feed, HTTPStatus.NOT_FOUND, "There is no such feed.")
        return JSONResponse(json_schema(feed), media_type="application/schema+json")

    def _verify(self, feed: str, headers: Mapping[str, str], body: bytes) -> None:
        secrets = self.secrets.get(feed, ())
        if self.feeds[feed].auth == "bearer":
            verify_bearer(headers, secrets[0].decode() if secrets else "")
        else:
            verify(headers, body, secrets, self.now())


def _answer(outcomes: list[Outcome | Senseless], *, array: bool) -> Response:
    told = [_told(outcome) for outcome in outcomes]
    if not array:
        return JSONResponse(told[0], status_code=told[0]["code"])
    good = all(each["code"] == HTTPStatus.ACCEPTED for each in told)
    return JSONResponse({"items": told}, status_code=HTTPStatus.ACCEPTED if good else HTTPStatus.MULTI_STATUS)


def _told(outcome: Outcome | Senseless) -> dict[str, Any]:
    if isinstance(outcome, Senseless):
        problems = [asdict(problem) for problem in outcome.problems]
        return {"code": HTTPStatus.UNPROCESSABLE_ENTITY, "status": "refused", "problems": problems}
    return {"code": HTTPStatus.ACCEPTED, "status": outcome}


def _refused(feed: str, code: HTTPStatus, words: str, *, why: str = "") -> Response:
    """One log line without the body."""
    log.warning("intake %s refused: %s %s", feed[:40], code.value, why or words)
    return JSONResponse({"code": code, "status": "refused", "words": words}, status_code=code)
