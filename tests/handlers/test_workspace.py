"""Meeting the workspace at start: a Slack that is slow for a moment stops no start, one that stays away does."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Hopeless
from handlers.workspace import WAITS, Web, slack_web, who_am_i
from playground.server import Playground
from tests.world import acme, environment_for

AWAY: dict[str, dict[str, Any]] = {
    "slow": {"slow": 1.0},
    "cut off": {"lose": "request"},
    "503": {"status": 503},
    "429": {"retry_after": 1},
    "internal_error": {"error": "internal_error"},
}


@pytest.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Playground]:
    monkeypatch.setattr("handlers.workspace.WAITS", [0] * len(WAITS))
    async with Playground.running(acme(), limits=False) as slack:
        yield slack


@pytest.fixture
def trouble() -> dict[str, Any]:
    """None, where a test names none."""
    return {}


@pytest.fixture
async def web(slack: Playground, trouble: dict[str, Any]) -> AsyncIterator[Web]:
    patience = 0.3 if "slow" in trouble else 30.0
    async with slack_web(environment_for(slack, timedelta(seconds=patience))) as web:
        yield web


@pytest.mark.parametrize("trouble", AWAY.values(), ids=AWAY.keys())
async def test_a_slack_that_is_away_for_a_moment_is_asked_again(
    slack: Playground, web: Web, trouble: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("auth.test", times=2, **trouble)

    me = await who_am_i(web.client)

    assert me.workspace == slack.desk.store.workspace.team_id
    assert len([each for each in caplog.records if each.levelno == logging.WARNING]) == 2


@pytest.mark.parametrize("trouble", AWAY.values(), ids=AWAY.keys())
async def test_a_slack_that_stays_away_is_one_sentence(
    slack: Playground, web: Web, trouble: dict[str, Any]
) -> None:
    slack.fail("auth.test", times=50, **trouble)

    with pytest.raises(Hopeless, match=r"^Slack.* Is SLACK_API_URL right\?$"):
        await who_am_i(web.client)


async def test_a_token_that_slack_does_not_know_is_not_tried_again(slack: Playground, web: Web) -> None:
    slack.fail("auth.test", error="invalid_auth")

    with pytest.raises(Hopeless, match="Slack does not know SLACK_BOT_TOKEN"):
        await who_am_i(web.client)

    assert len(slack.calls("auth.test")) == 1
