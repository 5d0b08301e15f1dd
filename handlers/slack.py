"""The edge to Slack: every payload comes in here, is routed by its id, and is answered by its kind.

The order is commit, then ack, then the answer: a handler returns when its change is kept, Slack gets its
200, and what we say to the person goes out by itself. Only a modal is opened before the ack: its trigger
lives for three seconds.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import unescape
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import ids, slash
from bot.errors import Refused, Unsure
from bot.finding import with_words
from bot.forms import too_late
from bot.slack_codes import MENDED_BY_A_PERSON, not_opened
from bot.text import one_line
from handlers.payloads import (
    HOME,
    Answer,
    Change,
    Click,
    Open,
    Routes,
    Said,
    Say,
    Search,
    Shortcut,
    Submission,
    Wrong,
    about_of,
    addressed,
    where_asked,
)

log = logging.getLogger(__name__)
ANYTHING: Final = re.compile(".*")
DECIDE_WITHIN: Final = 2.5  # seconds of the three that Slack waits
UNSURE: Final = "I cannot tell whether this was kept. Please look in a moment, and press again if it was not."
MOST_FORMS: Final = 1000  # remembered at once
OPEN_WITHIN: Final = 2.0  # seconds of the three that a trigger lives
SPEAK_WITHIN: Final = 3.0
HOOKS: Final = "hooks.slack.com"
LONGEST_NAME: Final = 80  # characters of an id that we did not make, in the log
Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unable:
    """It was not done, and `words` say why; after a fault of ours the same may be tried again."""

    words: str
    fault: bool = False


@dataclass(slots=True)
class SlackEdge:
    """Routes payloads and answers people.

    `know` is called before a person acts: rules need to know who they are. `channel` is where a person is
    answered who sent a modal that was opened nowhere, or too long ago.
    """

    routes: Routes
    client: AsyncWebClient
    session: aiohttp.ClientSession
    know: Callable[[str, str | None], Awaitable[None]]
    channel: str
    _answers: set[asyncio.Task[None]] = field(default_factory=set)
    _unknown: set[str] = field(default_factory=set)
    _acted: dict[str, str] = field(default_factory=dict)  # when somebody last did something in a form

    def app(self, me: AuthorizeResult) -> AsyncApp:
        """The Bolt app, with one listener for each kind of payload: Bolt looks through them one by one."""

        async def authorize() -> AuthorizeResult:
            return me

        app = AsyncApp(
            name="truce",
            client=AsyncWebClient(base_url=self.client.base_url),  # Bolt itself never calls Slack
            authorize=authorize,
            logger=logging.getLogger("slack_bolt"),
            request_verification_enabled=False,  # handlers/web.py has verified the raw bytes
            process_before_response=True,  # the listener is awaited and answered at once
            raise_error_for_unhandled_request=True,  # or Bolt answers 404, and logs the whole body
        )
        app.block_action(ANYTHING)(self.clicked)
        app.view(ANYTHING)(self.submitted)
        app.view_closed(ANYTHING)(self.closed)
        app.options({"action_id": ANYTHING})(self.searched)
        app.command(ANYTHING)(self.asked)
        app.shortcut(ANYTHING)(self.used)
        app.event(ANYTHING)(self.heard)
        app.error(self.failed)
        return app

    async def stop(self) -> None:
        """Let the answers that are under way arrive."""
        await asyncio.gather(*self._answers, return_exceptions=True)

    def aside(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do this beside all else; where it fails the log says so, as it is done again in time."""
        self._later(work())

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
        if click.view and click.view.get("callback_id") == ids.LEAD_WINDOW:
            answer = await self._in_its_window(body, click, answer)
        return self._say(body, answer.words) if isinstance(answer, Unable) else await self._give(body, answer)

    async def _in_its_window(self, body: Json, click: Click, answer: Answer | Unable) -> Answer | Unable:
        """What was done in the window of a lead is seen there, with what is said of it."""
        if isinstance(answer, Open | Change):
            return answer
        again = replace(click, action_id=ids.OPEN, value=(click.view or {})["private_metadata"])
        window = await self._run(body, partial(self.routes.actions[ids.OPEN], again))
        if not isinstance(window, Change):
            return answer or window
        return Change(view=with_words(window.view, answer.words if answer else ""))

    async def submitted(self, body: Json) -> BoltResponse:
        view = body["view"]
        route = self.routes.forms.get(view["callback_id"])
        if route is None:
            self._log_unknown("view", view["callback_id"])
            return _ok()
        submission = Submission(by=body["user"]["id"], about=about_of(view), values=view["state"]["values"])
        match await self._run(body, partial(route, submission)):
            case None:
                return _ok()
            case Say(words=words):
                return self._say(body, words)
            case Wrong(block=block, words=words, others=others):
                return _wrong(view, {block: words, **others})
            case Unable(words=words, fault=True):
                return _wrong(view, {"": words})
            case Unable(words=words):
                return _json({"response_action": "update", "view": too_late(view, words)})

    async def closed(self) -> BoltResponse:
        return _ok()

    async def searched(self, body: Json) -> BoltResponse:
        route = self.routes.searches.get(body["action_id"])
        if route is None:
            self._log_unknown("options", body["action_id"])
            return _json({"options": []})
        about = about_of(body.get("view") or {})
        search = Search(by=body["user"]["id"], about=about, words=str(body.get("value") or ""))
        found = await self._run(body, partial(route, search))
        return _json({"options": [] if isinstance(found, Unable) else list(found)})

    async def asked(self, body: Json) -> BoltResponse:
        """The slash command, by its first word, whatever name the command was given."""
        known = self.routes.commands
        word, words = slash.understood(unescape(str(body.get("text") or "")))
        if word == slash.HELP:
            return self._say(body, slash.help_for(known))
        if word not in known:
            return self._say(body, slash.unknown(word, known))
        said = Said(by=body["user_id"], words=words, channel=body["channel_id"])
        answer = await self._run(body, partial(known[word], said))
        return self._say(body, answer.words) if isinstance(answer, Unable) else await self._give(body, answer)

    async def used(self, body: Json) -> BoltResponse:
        """A shortcut, of the workspace or on a message."""
        route = self.routes.shortcuts.get(str(body.get("callback_id")))
        if route is None:
            self._log_unknown("shortcut", str(body.get("callback_id")))
            return self._say(body, "I do not know this one.")
        text = str((body.get("message") or {}).get("text") or "")
        answer = await self._run(body, partial(route, Shortcut(by=body["user"]["id"], text=text)))
        return self._say(body, answer.words) if isinstance(answer, Unable) else await self._give(body, answer)

    async def heard(self, event: Json) -> BoltResponse:
        """An event; one that fails is not acked, so that Slack sends it again."""
        route = self.routes.events.get(event["type"])
        if route is None:
            self._log_unknown("event", event["type"])
        else:
            await route(event)
        return _ok()

    async def failed(self, error: Exception, body: Json) -> BoltResponse:
        """What Bolt could not place is done with; an event that failed is sent again, as it gets no 200.

        Over a socket it is not acked, and what it told is read again by a job.
        """
        if isinstance(error, BoltUnhandledRequestError):
            self._log_unknown("payload", str(body.get("type")))
            return _ok()
        log.error("an event failed, reference %s", _reference(), exc_info=error)
        return BoltResponse(status=500, body="")

    async def _run(self, body: Json, route: Callable[[], Awaitable[T]]) -> T | Unable:
        """What the handler answers; a refusal and a fault are sentences as well."""
        try:
            async with asyncio.timeout(DECIDE_WITHIN):
                await self.know(*_who(body))
                return await route()
        except Refused as refused:
            return Unable(words=str(refused))
        except (Unsure, TimeoutError):
            reference = _reference()
            log.exception("a handler may have done its work or not, reference %s", reference)
            return Unable(words=f"{UNSURE} Reference: {reference}", fault=True)
        except Exception:
            reference = _reference()
            log.exception("a handler failed, reference %s", reference)
            words = f"Something went wrong on our side; nothing was changed. Reference: {reference}"
            return Unable(words=words, fault=True)

    async def _give(self, body: Json, answer: Answer) -> BoltResponse:
        match answer:
            case None:
                return _ok()
            case Say(words=words, blocks=blocks):
                return self._say(body, words, [block.to_dict() for block in blocks])
            case Open(view=view) if (body.get("view") or {}).get("type") != "modal":
                return await self._open(body, view)
            case Open(view=view) | Change(view=view):  # Slack shows one window in the place of another
                self._later(self._change(body, view))
                return _ok()

    def _say(self, body: Json, words: str, blocks: Sequence[Json] = ()) -> BoltResponse:
        self._later(self._speak(body, words, blocks))
        return _ok()

    async def _open(self, body: Json, view: Json) -> BoltResponse:
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await self.client.views_open(trigger_id=body["trigger_id"], view=addressed(view, body))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            code = _code(error)
            log.warning("a modal was not opened: %s. %s", code, MENDED_BY_A_PERSON.get(code, ""))
            return self._say(body, not_opened(code))
        return _ok()

    async def _change(self, body: Json, view: Json) -> None:
        """In place of what the person saw. Of two quick inputs the later one decides, whichever is done first."""
        form, acted, view = body["view"]["id"], _acted_at(body), addressed(view, body)
        if len(self._acted) > MOST_FORMS:
            self._acted.clear()
        self._acted[form] = max(acted, self._acted.get(form, ""))
        code = await self._changed(form, view, hash=body["view"]["hash"])
        if code == "hash_conflict" and self._acted.get(form) == acted:
            code = await self._changed(form, view)
        if code is not None:
            log.warning("a modal was not changed: %s", code)

    async def _changed(self, form: str, view: Json, **seen: str) -> str | None:
        """Why it was not, if it was not."""
        try:
            await self.client.views_update(view_id=form, view=view, **seen)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            return _code(error)
        return None

    async def _speak(self, body: Json, words: str, blocks: Sequence[Json]) -> None:
        """To that person only: where they clicked or opened the form, else in the leads channel, else by message.

        Who clicks in their Home does not look at a channel: they are told beside it, by message.
        """
        (person, _), where = _who(body), where_asked(body)
        said: Json = {"text": words, **({"blocks": blocks} if blocks else {})}
        ways: list[Callable[[], Awaitable[Any]]] = [
            partial(self.client.chat_postEphemeral, channel=self.channel, user=person, **said),
            partial(self.client.chat_postMessage, channel=person, **said),
        ]
        if where == HOME:
            ways.reverse()
        elif where and self._is_slack(where):
            ways.insert(0, partial(self._at_its_address, where, said))
        for way in ways:
            if await _heard(way):
                return
        log.warning("a person was not answered")

    async def _at_its_address(self, where: str, said: Json) -> None:
        whispered = {**said, "response_type": "ephemeral", "replace_original": False}
        async with self.session.post(where, json=whispered, allow_redirects=False) as response:
            response.raise_for_status()

    def _is_slack(self, where: str) -> bool:
        """Whether this address is Slack's own, or that of the stand-in we were told to use."""
        ours = urlsplit(self.client.base_url)
        try:
            told = urlsplit(where)
        except ValueError:
            return False
        return (told.scheme, told.netloc) in (("https", HOOKS), (ours.scheme, ours.netloc))

    def _later(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answer)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def _log_unknown(self, kind: str, name: str) -> None:
        told = f"{kind} {one_line(name)[:LONGEST_NAME]}"
        if told not in self._unknown:
            self._unknown.add(told)
            log.info("nothing answers to %s", told)


async def _heard(way: Callable[[], Awaitable[Any]]) -> bool:
    """Whether the person was told, or may have been: another way is tried only after a clear no."""
    try:
        async with asyncio.timeout(SPEAK_WITHIN):
            await way()
    except (SlackApiError, aiohttp.ClientResponseError) as error:
        log.info("an answer was refused: %s", _code(error))
        return False
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("a person may not have been answered: %s", _code(error))
    return True


def _wrong(view: Json, told: Mapping[str, str]) -> BoltResponse:
    """The form stays as it is, with the words under their fields, or under its first where it has no such field."""
    fields = [each["block_id"] for each in view["blocks"] if each["type"] == "input"]
    errors: dict[str, str] = {}
    for block, words in told.items():
        where = block if block in fields else fields[0]
        errors[where] = f"{errors[where]}. And {words}" if where in errors else words
    return _json({"response_action": "errors", "errors": errors})


def _reference() -> str:
    return uuid4().hex[:4]


def _who(body: Json) -> tuple[str, str | None]:
    """Who did it, and of which workspace they are: a command says so in a way of its own."""
    if "user" not in body:
        return body["user_id"], body.get("team_id")
    return body["user"]["id"], body["user"].get("team_id")


def _click(body: Json) -> Click:
    action, view = body["actions"][0], body.get("view")
    chosen = action.get("selected_option") or {}
    return Click(
        by=body["user"]["id"],
        action_id=action["action_id"],
        value=str(action.get("value") or chosen.get("value") or ""),
        view=view and {**view, "private_metadata": about_of(view)},
    )


def _acted_at(body: Json) -> str:
    """When the person acted, by Slack's clock."""
    return next((each["action_ts"] for each in body.get("actions") or ()), "")


def _code(error: BaseException) -> str:
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    code: str = error.response.get("error") or "no answer"
    return code


def _ok() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _json(body: Json) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
