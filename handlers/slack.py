"""The edge to Slack: every payload comes in here, is routed by its id, and is answered by its kind.

The order is commit, then ack, then the answer: a handler returns when its change is kept, Slack gets its
200, and what we say to the person goes out by itself. Only a modal is opened before the ack: its trigger
lives for three seconds.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import ids
from bot.errors import Refused
from handlers.payloads import Answer, Change, Click, Open, Routes, Say, Search, Submission, Wrong

log = logging.getLogger(__name__)
ANYTHING: Final = re.compile(".*")
OPEN_WITHIN: Final = 2.0  # seconds of the three that a trigger lives
HOOKS: Final = "hooks.slack.com"
_SORRY: Final = "Something went wrong on our side; nothing was changed."
Json = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True)
class SlackEdge:
    """Routes payloads and answers people.

    `know` is called before a person acts: rules need to know who they are. `channel` is where a person is
    answered who sent a modal, as Slack gives no address for that.
    """

    routes: Routes
    client: AsyncWebClient
    session: aiohttp.ClientSession
    know: Callable[[str, str | None], Awaitable[None]]
    channel: str
    _answers: set[asyncio.Task[None]] = field(default_factory=set)
    _unknown: set[str] = field(default_factory=set)

    def app(self, me: AuthorizeResult) -> AsyncApp:
        """The Bolt app, with one listener for each kind of payload: Bolt looks through them one by one."""

        async def authorize() -> AuthorizeResult:
            return me

        app = AsyncApp(
            client=AsyncWebClient(base_url=self.client.base_url),  # Bolt itself never calls Slack
            authorize=authorize,
            request_verification_enabled=False,  # handlers/web.py has verified the raw bytes
            process_before_response=True,  # the listener is awaited and answered at once
        )
        app.action(ANYTHING)(self.clicked)
        app.view(ANYTHING)(self.submitted)
        app.view_closed(ANYTHING)(self.closed)
        app.options(ANYTHING)(self.searched)
        app.command(ANYTHING)(self.asked)
        app.shortcut(ANYTHING)(self.asked)
        app.event(ANYTHING)(self.heard)
        app.error(_unheard)
        return app

    async def stop(self) -> None:
        """Let the answers that are under way arrive."""
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def clicked(self, body: Json) -> BoltResponse:
        click = _click(body)
        route = self.routes.actions.get(click.action_id)
        if click.action_id == ids.MORE:
            choice, _, value = click.value.partition(":")
            route = self.routes.choices.get(choice)
            click = Click(by=click.by, action_id=choice, value=value, view=click.view)
        if route is None:
            self._log_unknown("action", click.action_id)
            return _ok() if click.view else self._say(body, "This button does nothing any more.")
        answer = await self._run(body, partial(route, click))
        return await self._give(body, answer)

    async def submitted(self, body: Json) -> BoltResponse:
        view = body["view"]
        route = self.routes.forms.get(view["callback_id"])
        if route is None:
            self._log_unknown("view", view["callback_id"])
            return _ok()
        submission = Submission(
            by=body["user"]["id"], about=view["private_metadata"], values=view["state"]["values"]
        )
        answer = await self._run(body, partial(route, submission))
        if isinstance(answer, Wrong):
            return _json({"response_action": "errors", "errors": {answer.block: answer.words}})
        if isinstance(answer, Say) and answer.words.startswith(_SORRY):
            return _json({"response_action": "errors", "errors": {_first_input(view): answer.words}})
        return self._say(body, answer.words) if isinstance(answer, Say) else _ok()

    async def closed(self) -> BoltResponse:
        return _ok()

    async def searched(self, body: Json) -> BoltResponse:
        route = self.routes.searches.get(body["action_id"])
        if route is None:
            self._log_unknown("options", body["action_id"])
            return _json({"options": []})
        search = Search(by=body["user"]["id"], words=str(body.get("value") or ""))
        found = await self._run(body, partial(route, search))
        return _json({"options": [] if isinstance(found, Say) else list(found)})

    async def asked(self, body: Json) -> BoltResponse:
        """A command or a shortcut of which we know nothing."""
        self._log_unknown("command", str(body.get("command") or body.get("callback_id")))
        return self._say(body, "I do not know this one.")

    async def heard(self, event: Json) -> BoltResponse:
        """An event; one that fails is not acked, so that Slack sends it again."""
        route = self.routes.events.get(event["type"])
        if route is None:
            self._log_unknown("event", event["type"])
        else:
            await route(event)
        return _ok()

    async def _run(self, body: Json, route: Callable[[], Awaitable[T]]) -> T | Say:
        """What the handler answers; a refusal and a fault are sentences as well."""
        try:
            await self.know(body["user"]["id"], body["user"].get("team_id"))
            return await route()
        except Refused as refused:
            return Say(words=str(refused))
        except Exception:
            reference = uuid4().hex[:4]
            log.exception("a handler failed", extra={"reference": reference})
            return Say(words=f"{_SORRY} Reference: {reference}")

    async def _give(self, body: Json, answer: Answer) -> BoltResponse:
        match answer:
            case None:
                return _ok()
            case Say(words=words):
                return self._say(body, words)
            case Open(view=view):
                return await self._open(body, view)
            case Change(view=view):
                self._later(self._change(body["view"], view))
                return _ok()

    def _say(self, body: Json, words: str) -> BoltResponse:
        self._later(self._speak(body, words))
        return _ok()

    async def _open(self, body: Json, view: Json) -> BoltResponse:
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await self.client.views_open(trigger_id=body["trigger_id"], view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("a modal was not opened: %s", _code(error))
            return self._say(body, "Slack was too slow to open this. Please click once more.")
        return _ok()

    async def _change(self, shown: Mapping[str, Any], view: Json) -> None:
        try:
            await self.client.views_update(view_id=shown["id"], hash=shown["hash"], view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("a modal was not changed: %s", _code(error))

    async def _speak(self, body: Json, words: str) -> None:
        """To that person only: at the click's own address, else in the channel where leads are."""
        where = body.get("response_url")
        try:
            if where and self._is_slack(where):
                said = {"text": words, "response_type": "ephemeral", "replace_original": False}
                async with self.session.post(where, json=said, allow_redirects=False) as response:
                    response.raise_for_status()
            else:
                await self.client.chat_postEphemeral(
                    channel=self.channel, user=body["user"]["id"], text=words
                )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("a person was not answered: %s", _code(error))

    def _is_slack(self, where: str) -> bool:
        """Whether this address is Slack's own, or that of the stand-in we were told to use."""
        ours = urlsplit(self.client.base_url)
        told = urlsplit(where)
        return (told.scheme, told.netloc) in (("https", HOOKS), (ours.scheme, ours.netloc))

    def _later(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answer)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def _log_unknown(self, kind: str, name: str) -> None:
        if f"{kind} {name}" not in self._unknown:
            self._unknown.add(f"{kind} {name}")
            log.info("nothing answers to %s %s", kind, name)


async def _unheard(error: Exception) -> BoltResponse:
    """An event that failed: Slack sends it again over HTTP; over a socket it is read again later."""
    log.error("an event failed", exc_info=error)
    return BoltResponse(status=500, body="")


def _click(body: Json) -> Click:
    action = body["actions"][0]
    chosen = action.get("selected_option") or {}
    return Click(
        by=body["user"]["id"],
        action_id=action["action_id"],
        value=str(action.get("value") or chosen.get("value") or ""),
        view=body.get("view"),
    )


def _first_input(view: Json) -> str:
    inputs = (block["block_id"] for block in view["blocks"] if block["type"] == "input")
    return str(next(inputs))


def _code(error: BaseException) -> str:
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    code: str = error.response.get("error") or "no answer"
    return code


def _ok() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _json(body: Json) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
