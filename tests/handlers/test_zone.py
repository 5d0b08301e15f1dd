"""Which zone the team has where the settings name none."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from handlers.workspace import find_zone

SETTINGS = Settings.model_validate({"channels": {"leads": "#leads"}})


async def zone_where_the_owner_has(tz: str | None) -> str:
    async def answer(_: web.Request) -> web.Response:
        members = [{"id": "U1", "tz": "Asia/Tokyo"}, {"id": "U2", "is_primary_owner": True, "tz": tz}]
        return web.json_response({"ok": True, "members": members})

    app = web.Application()
    app.router.add_route("*", "/users.list", answer)
    async with TestServer(app) as slack:
        return await find_zone(AsyncWebClient("xoxb-1", base_url=str(slack.make_url("/"))), SETTINGS)


async def test_the_team_has_the_zone_of_who_owns_the_workspace() -> None:
    assert await zone_where_the_owner_has("America/New_York") == "America/New_York"


@pytest.mark.parametrize("tz", [None, "Mars/Olympus"])
async def test_an_owner_without_a_zone_that_is_known_leaves_utc_and_a_warning(
    tz: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert await zone_where_the_owner_has(tz) == "UTC"
    assert "Set hours.timezone in app.yaml" in caplog.text
