"""Meeting the workspace at start: who we are there, which channels are meant, what is missing."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiohttp
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.agreement import Agreement, Channels, is_channel_id, kept_channels
from bot.environment import Environment
from bot.errors import Hopeless
from bot.health import TOKEN_CODES, not_found, of_token
from bot.jobs import Due, RetryQuarantine
from bot.settings import Settings, written
from bot.slack_codes import MENDED_BY_A_PERSON, UNKNOWN
from bot.working_time import zone_of
from storage.db import Space
from storage.people import People
from storage.versions import Versions
from storage.workspace import Workspace

log = logging.getLogger(__name__)
PAGE: Final = 200
TOO_MANY: Final = 429
WAITS: Final = (1, 2, 4, 8, 15)  # seconds; one slow answer is no reason not to start


class Away(Exception):
    """Slack did not answer, or not now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How we speak to Slack: one session for every call."""

    client: AsyncWebClient
    session: aiohttp.ClientSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The bot, as Slack knows it."""

    workspace: str
    bot_id: str
    user_id: str

    def authorized(self, token: SecretStr | None) -> AuthorizeResult:
        """What Bolt wants to know for every payload."""
        return AuthorizeResult(
            enterprise_id=None,
            team_id=self.workspace,
            bot_id=self.bot_id,
            bot_user_id=self.user_id,
            bot_token=token.get_secret_value() if token else None,
        )


@asynccontextmanager
async def slack_web(environment: Environment) -> AsyncIterator[Web]:
    """One session for every call, each with a limit of time, and none repeated behind our back."""
    token = environment.slack_bot_token
    timeout = aiohttp.ClientTimeout(total=environment.call_timeout.total_seconds())
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=token.get_secret_value() if token else None,
            base_url=environment.slack_api_url,
            session=session,
            retry_handlers=[],
        )
        yield Web(client=client, session=session)


async def who_am_i(client: AsyncWebClient) -> Me:
    """Raises Hopeless, with how to mend it, where Slack does not know the token."""
    answer = await _asked(client.auth_test)
    return Me(workspace=answer["team_id"], bot_id=answer["bot_id"], user_id=answer["user_id"])


async def agreed(
    space: Space, settings: Settings, client: AsyncWebClient, now: Callable[[], datetime]
) -> Agreement:
    """What is in force: the settings with what Slack says of them, and with what admins changed there.

    It is kept, so that a command beside the bot need not ask again. Under other settings than before, what made no sense may make some.
    """
    await find_channels(client, settings, People(space))
    zone = await find_zone(client, settings)
    await Workspace(space).keep(zone, settings.fingerprint, [Due(job=RetryQuarantine(), at=now())])
    return await Versions(space).begin(written(settings), now())


async def as_agreed(space: Space, settings: Settings) -> Agreement:
    """What is in force; before the first start the settings, with what Slack said of them. Raises Hopeless without that."""
    in_force = await Versions(space).in_force()
    if in_force is not None:
        return in_force
    channels = kept_channels(settings, await People(space).channels())
    zone = settings.hours.timezone or await Workspace(space).zone()
    return Agreement.of(settings, channels, str(zone))


async def find_channels(client: AsyncWebClient, settings: Settings, people: People) -> Channels:
    """The ids of the settings' channels, kept from the first start, so that a rename changes nothing.

    Raises Hopeless where the leads channel is not there; it takes the place of others that are missing.
    """
    known = await people.channels()
    missing = {value for value in settings.every_channel if value not in known}
    if missing:
        for value, slack_id in (await _look_for(client, missing)).items():
            await people.keep_channel(value, slack_id)
            known[value] = slack_id
    if settings.channels.leads not in known:
        raise Hopeless(not_found(settings.channels.leads))
    return kept_channels(settings, known)


async def find_zone(client: AsyncWebClient, settings: Settings) -> str:
    """The team's time zone: of the settings, else that of the workspace's owner, else UTC."""
    told = settings.hours.timezone
    if told is not None:
        return str(told)
    async for user in _pages(client.users_list, "members"):
        if user.get("is_primary_owner") and zone_of(user.get("tz")):
            return str(user["tz"])
    log.warning("No time zone is known: hours are counted in UTC. Set hours.timezone in app.yaml.")
    return "UTC"


async def _look_for(client: AsyncWebClient, wanted: set[str]) -> dict[str, str]:
    found = {value: value for value in wanted if is_channel_id(value)}
    names = {value.removeprefix("#"): value for value in wanted if value not in found}
    if not names:
        return found
    types = "public_channel,private_channel"
    async for channel in _pages(client.conversations_list, "channels", types=types, exclude_archived=True):
        if channel["name"] in names:
            found[names[channel["name"]]] = channel["id"]
    return found


async def _pages(method: Callable[..., Awaitable[Any]], part: str, **arguments: Any) -> AsyncIterator[Any]:
    cursor = None
    while True:
        page = await _asked(method, limit=PAGE, cursor=cursor, **arguments)
        for each in page[part]:
            yield each
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


async def _asked(method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
    """Read something; a Slack that is away for a moment is asked again, ever more slowly."""
    for wait in WAITS:
        try:
            return await _answered(method, **arguments)
        except Away as away:
            log.warning("%s It is asked again in %s s.", away, wait)
            await asyncio.sleep(wait)
    try:
        return await _answered(method, **arguments)
    except Away as away:
        raise Hopeless(f"{away} Is SLACK_API_URL right?") from None


async def _answered(method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
    try:
        return await method(**arguments)
    except SlackApiError as error:
        code = str(error.response.get("error"))
        if error.response.status_code >= TOO_MANY or code in UNKNOWN:
            raise Away(f"Slack: {code}.") from None
        if code in TOKEN_CODES and code != "missing_scope":
            raise Hopeless(of_token("SLACK_BOT_TOKEN", code).sentence) from None
        raise Hopeless(f"Slack: {code}. {MENDED_BY_A_PERSON.get(code, '')}".strip()) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Away(f"Slack cannot be reached ({type(error).__name__}).") from None
