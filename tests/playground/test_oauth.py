"""How an app comes into the workspace and goes again: OAuth v2, rotation, revoked tokens."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from playground.errors import NotOnScreen
from playground.server import Playground
from tests.playground.office import Clock, Office, office_workspace, web_client

# slack_sdk's, not ours
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
BACK = "https://bot.test/slack/oauth_redirect"


def ask(slack: Playground, **more: str) -> str:
    query = {"client_id": "1234567890.playground", "scope": "chat:write,commands", "state": "s1", **more}
    return f"{slack.url}/oauth/v2/authorize?{urlencode(query)}"


async def code(slack: Playground, person: str = "amy", **more: str) -> str:
    return parse_qs(urlsplit(await slack.allows(person, ask(slack, redirect_uri=BACK, **more))).query)[
        "code"
    ][0]


async def exchange(client: AsyncWebClient, **more: Any) -> dict[str, Any]:
    given = {"client_id": "1234567890.playground", "client_secret": "playground-client-secret", **more}
    answer = await client.oauth_v2_access(**given)
    return dict(answer.data) if isinstance(answer.data, dict) else {}


async def refusal(client: AsyncWebClient, **more: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await exchange(client, **more)
    return str(refused.value.response["error"])


async def test_bolts_own_flow_installs_the_app(office: Office, tmp_path: Any) -> None:
    store = FileInstallationStore(base_dir=str(tmp_path / "installations"))
    settings = AsyncOAuthSettings(
        client_id="1234567890.playground",
        client_secret="playground-client-secret",
        scopes=["chat:write", "channels:read"],
        user_scopes=["users.profile:write"],
        redirect_uri=BACK,
        authorization_url=office.slack.permission()["authorization_url"],
        installation_store=store,
        state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(tmp_path / "states")),
    )
    flow = AsyncOAuthFlow(settings=settings, client=office.client)
    page = await flow.handle_installation(AsyncBoltRequest(body="", mode="http"))
    cookie = str(page.first_headers()["set-cookie"]).partition(";")[0]
    [link] = re.findall(r'href="([^"]+/oauth/v2/authorize[^"]+)"', unescape(page.body))
    back = urlsplit(await office.slack.allows("hal", link))
    request = AsyncBoltRequest(body="", query=back.query, headers={"cookie": cookie}, mode="http")
    done = await flow.handle_callback(request)

    assert done.status == 200
    bot = store.find_bot(enterprise_id=None, team_id="T0ACME000")
    installed = store.find_installation(enterprise_id=None, team_id="T0ACME000")
    assert bot is not None
    assert installed is not None
    assert (bot.bot_user_id, bot.bot_scopes) == ("U0BOT0000", ["channels:read", "chat:write"])
    assert installed.user_id == office.slack.person_id("hal")
    client = AsyncWebClient(
        token=bot.bot_token, base_url=office.client.base_url, session=office.client.session
    )
    await client.chat_postMessage(channel=office.leads, text="Here I am")
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.users_list()


async def test_the_page_asks_and_leads_back_with_a_code_or_a_no(office: Office) -> None:
    session = office.client.session
    assert session is not None
    url = ask(office.slack, redirect_uri=BACK, scope="chat:write")
    async with session.get(url) as page:
        text = await page.text()
    answers = []
    for answer in ("yes", "no"):
        form = {"person": office.slack.person_id("amy"), "answer": answer}
        async with session.post(url, data=form, allow_redirects=False) as led:
            answers.append(led.headers["Location"])

    assert "Bot wants to come into Acme" in text
    assert "<li>chat:write</li>" in text
    assert answers[0].startswith(f"{BACK}?code=")
    assert answers[0].endswith("&state=s1")
    assert answers[1] == f"{BACK}?error=access_denied&state=s1"


async def test_a_code_is_good_once_for_ten_minutes_and_for_its_own_address(
    office: Office, clock: Clock
) -> None:
    first = await code(office.slack)
    assert await refusal(office.client, code=first, redirect_uri="https://evil.test") == "bad_redirect_uri"
    assert await refusal(office.client, code=first, client_secret="x") == "bad_client_secret"
    assert await refusal(office.client, code=first, client_id="x") == "invalid_client_id"
    assert (await exchange(office.client, code=first, redirect_uri=BACK))["token_type"] == "bot"
    assert await refusal(office.client, code=first, redirect_uri=BACK) == "code_already_used"
    late = await code(office.slack)
    clock.forward(minutes=11)
    assert await refusal(office.client, code=late, redirect_uri=BACK) == "code_expired"
    assert await refusal(office.client, code="guess", redirect_uri=BACK) == "invalid_code"


@pytest.mark.parametrize(
    "query", [{"client_id": "x"}, {"scope": ""}, {"redirect_uri": "http://evil.test"}], ids=str
)
async def test_what_the_page_cannot_ask_it_says(slack: Playground, query: dict[str, str]) -> None:
    with pytest.raises(NotOnScreen):
        await slack.allows("amy", ask(slack, **{"redirect_uri": BACK, **query}))


async def test_a_user_token_is_the_persons_own(office: Office) -> None:
    scopes = {"scope": "", "user_scope": "users.profile:write,users:read"}
    answer = await exchange(office.client, code=await code(office.slack, "ben", **scopes), redirect_uri=BACK)
    user = answer["authed_user"]
    mine = AsyncWebClient(
        token=user["access_token"], base_url=office.client.base_url, session=office.client.session
    )
    who = await mine.auth_test()
    await mine.users_profile_set(profile={"status_text": "On holiday", "status_emoji": ":palm_tree:"})

    assert "access_token" not in answer
    assert (user["token_type"], who["user"]) == ("user", "ben")
    assert "bot_id" not in who
    assert office.slack.desk.store.person("ben").status == "On holiday"
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await mine.chat_postMessage(channel=office.leads, text="Hm")


async def test_rotated_tokens_end_after_twelve_hours_and_are_renewed_once(clock: Clock) -> None:
    manifest = {"settings": {"token_rotation_enabled": True}}
    async with (
        Playground.running(office_workspace(), now=clock, manifest=manifest) as slack,
        Office.running(slack) as office,
    ):
        first = await exchange(office.client, code=await code(slack), redirect_uri=BACK)
        session = office.client.session
        assert session is not None
        old = web_client(slack, session)
        old.token = first["access_token"]
        await old.auth_test()
        clock.forward(hours=12)
        with pytest.raises(SlackApiError, match="token_expired"):
            await old.auth_test()
        renewing = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await exchange(office.client, **renewing)
        old.token = second["access_token"]
        await old.auth_test()

        assert (first["expires_in"], first["access_token"][:10]) == (43200, "xoxe.xoxb-")
        assert second["refresh_token"] != first["refresh_token"]
        assert await refusal(office.client, **renewing) == "invalid_refresh_token"


async def test_an_app_that_is_taken_out_hears_it_and_is_refused_until_it_is_back(office: Office) -> None:
    told = await office.slack.uninstalls()
    with pytest.raises(SlackApiError, match="account_inactive"):
        await office.post("Hello?")
    assert (await office.slack.says("amy", "leads", "Gone?")).answers == []
    with pytest.raises(NotOnScreen):
        await office.slack.command("amy", "leads", "/truce")
    await office.slack.installs()
    await office.post("Here again")

    kinds = [one.payload["event"]["type"] for one in told]
    assert kinds == ["tokens_revoked", "app_uninstalled"]
    assert told[0].payload["event"]["tokens"] == {"oauth": [], "bot": ["U0BOT0000"]}


async def test_an_app_takes_itself_out(office: Office) -> None:
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await office.client.apps_uninstall(client_id="1234567890.playground", client_secret="no")
    await office.client.apps_uninstall(
        client_id="1234567890.playground", client_secret="playground-client-secret"
    )
    await office.slack.settle()

    kinds = {one.payload["event"]["type"] for one in office.slack.answers("events_api")}
    assert kinds == {"tokens_revoked", "app_uninstalled"}
    with pytest.raises(SlackApiError, match="account_inactive"):
        await office.client.auth_test()


async def test_a_revoked_token_is_refused(office: Office) -> None:
    assert (await office.client.auth_revoke(test=True))["revoked"] is False
    assert (await office.client.auth_revoke())["revoked"] is True

    with pytest.raises(SlackApiError, match="token_revoked"):
        await office.client.auth_test()
