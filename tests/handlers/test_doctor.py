"""What the doctor asks Slack, and what it makes of the answers."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.health import Check, Finding, Severity
from bot.settings import Settings
from handlers.doctor import Doctor, Known
from handlers.workspace import slack_web
from playground.server import Playground
from playground.workspace import Channel, Workspace
from tests.world import PATIENCE, PEOPLE, ROOT, SETTINGS, acme, environment_for, settings_with

MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def manifest_without(*scopes: str) -> dict[str, Any]:
    kept = [each for each in MANIFEST["oauth_config"]["scopes"]["bot"] if each not in scopes]
    return {**MANIFEST, "oauth_config": {"scopes": {"bot": kept}}}


def acme_with(**leads: Any) -> Workspace:
    """The company, with #leads as it is told."""
    workspace = acme()
    workspace.channels[0] = Channel(name="leads", **leads)
    return workspace


async def nothing_known(_workspace: str, _settings: Settings) -> Known:
    return Known()


@asynccontextmanager
async def surgery(
    settings: Mapping[str, Any] | None = SETTINGS,
    workspace: Workspace | None = None,
    *,
    manifest: Any = MANIFEST,
    skew: timedelta = timedelta(),
) -> AsyncIterator[tuple[Doctor, Playground]]:
    """A doctor, and the Slack that it asks; our clock is `skew` before Slack's."""
    running = Playground.running(workspace or acme(), now=lambda: MORNING, manifest=manifest, limits=False)
    async with running as slack, slack_web(environment := environment_for(slack, PATIENCE)) as web:
        read = None if settings is None else Settings.model_validate(settings)
        yield (
            Doctor(environment=environment, settings=read, web=web, now=lambda: MORNING + skew),
            slack,
        )


async def found(*arguments: Any, **how: Any) -> dict[Check, list[Finding]]:
    """What the doctor finds in Slack, beside what is fine."""
    async with surgery(*arguments, **how) as (doctor, _):
        return by_check(await doctor.of_slack(nothing_known))


def by_check(findings: list[Finding]) -> dict[Check, list[Finding]]:
    bad = [each for each in findings if each.severity is not Severity.FINE]
    return {each.check: [other for other in bad if other.check is each.check] for each in bad}


async def test_where_all_is_well_nothing_is_found() -> None:
    assert await found() == {}


async def test_a_wrong_token_hides_only_what_needs_it() -> None:
    async with surgery() as (doctor, slack):
        slack.fail("auth.test", error="invalid_auth")
        bad = by_check(await doctor.of_slack(nothing_known))

    assert [each.severity for each in bad.pop(Check.TOKENS)] == [Severity.STOPS]
    assert {each.severity for many in bad.values() for each in many} == {Severity.UNSEEN}
    assert bad.keys() == {Check.SCOPES, Check.CLOCK, Check.CHANNELS, Check.PEOPLE}


@pytest.mark.parametrize("scope", MANIFEST["oauth_config"]["scopes"]["bot"])
async def test_a_missing_scope_is_named(scope: str) -> None:
    bad = await found(settings_with(people=PEOPLE), manifest=manifest_without(scope))

    assert [each.words.split()[5].rstrip(":") for each in bad[Check.SCOPES]] == [scope]


async def test_without_the_scope_of_its_history_a_channel_says_what_follows() -> None:
    bad = await found(manifest=manifest_without("channels:history", "groups:history", "im:history"))

    assert [each.words.split(":")[0] for each in bad[Check.HISTORY]] == [
        "The history of #leads may not be read",
        "The history of #marketing-feedback may not be read",
    ]


@pytest.mark.parametrize(
    ("leads", "severity", "words"),
    [
        ({"bot": False}, Severity.HURTS, "/invite @truce in #leads"),
        ({"bot": False, "private": True}, Severity.STOPS, "invite the bot if it is private"),
        ({"archived": True}, Severity.HURTS, "archived"),
        ({"shared": True}, Severity.HURTS, "another company"),
    ],
)
async def test_the_leads_channel_says_what_is_wrong_with_it(
    leads: Any, severity: Severity, words: str
) -> None:
    [finding] = (await found(workspace=acme_with(**leads)))[Check.CHANNELS]

    assert finding.severity is severity
    assert words in finding.sentence


async def test_a_channel_that_was_renamed_is_known_by_its_id() -> None:
    async with surgery() as (doctor, slack):
        ids = {f"#{name}": slack.channel_id(name) for name in ("leads", "marketing-feedback")}
        await slack.changes_channel("leads", name="prospects")

        async def known(_workspace: str, _settings: Settings) -> Known:
            return Known(channels=ids)

        assert by_check(await doctor.of_slack(known)) == {}
        assert by_check(await doctor.of_slack(nothing_known)).keys() == {Check.CHANNELS}


async def test_the_channels_of_teams_and_channels_by_id_are_looked_at() -> None:
    teams = [
        {"name": "dach", "channel": "#leads-nowhere", "when": {"country": ["DE"]}},
        {"name": "all", "channel": "#leads"},
    ]
    settings = {**SETTINGS, "channels": {"leads": "#leads", "retros": "C0NOBODY"}, "teams": teams}

    assert [each.words.split()[2] for each in (await found(settings))[Check.CHANNELS]] == [
        "C0NOBODY",
        "#leads-nowhere",
    ]


async def test_people_and_groups_that_slack_does_not_know_are_named() -> None:
    reps = ["amy@acme.test", "Ben@acme.test", "nobody@acme.test", "@sales", "@nix", "UAMY00000", "U0NOBODY"]
    bad = await found(settings_with(people={"reps": reps}))

    assert [each.words.split()[0] for each in bad[Check.PEOPLE]] == ["nobody@acme.test", "@nix", "U0NOBODY"]


async def test_one_who_has_left_is_said_to_have_left() -> None:
    workspace = acme()
    workspace.people[0].deactivated = True
    [finding] = (await found(settings_with(people=PEOPLE), workspace))[Check.PEOPLE]

    assert finding.words == "amy@acme.test of app.yaml has left the workspace."


async def test_people_whose_addresses_are_hidden_are_not_called_unknown() -> None:
    bad = await found(settings_with(people=PEOPLE), manifest=manifest_without("users:read.email"))

    assert [each.severity for each in bad[Check.PEOPLE]] == [Severity.UNSEEN]


@pytest.mark.parametrize(("seconds", "severity"), [(30, Severity.NOTE), (-600, Severity.HURTS)])
async def test_our_clock_is_held_against_slacks(seconds: int, severity: Severity) -> None:
    bad = await found(skew=timedelta(seconds=seconds))

    assert [each.severity for each in bad[Check.CLOCK]] == [severity]


async def test_settings_that_cannot_be_used_hide_channels_and_people_alone() -> None:
    bad = await found(None)

    assert bad.keys() == {Check.CHANNELS, Check.PEOPLE}


async def test_the_doctor_waits_where_slack_asks_for_it() -> None:
    async with surgery() as (doctor, slack):
        slack.fail("users.list", retry_after=0)
        slack.fail("conversations.info", retry_after=0)

        assert by_check(await doctor.of_slack(nothing_known)) == {}


async def test_a_slack_that_cannot_be_reached_is_one_finding() -> None:
    async with surgery() as (doctor, slack):
        slack.fail("auth.test", lose="request")
        [finding] = by_check(await doctor.of_slack(nothing_known))[Check.TOKENS]

    assert finding.words == "Slack cannot be reached."


async def test_the_doctor_changes_nothing() -> None:
    async with surgery(settings_with(people=PEOPLE)) as (doctor, slack):
        await doctor.of_slack(nothing_known)
        asked = {call.method for call in slack.calls()}

    assert asked == {
        "auth.test",
        "conversations.list",
        "conversations.info",
        "conversations.history",
        "users.list",
    }


async def test_at_start_people_and_lists_are_left_to_others() -> None:
    async with surgery(settings_with(people=PEOPLE)) as (doctor, slack):
        await doctor.of_slack(nothing_known, at_start=True)

        assert not {call.method for call in slack.calls()} & {"users.list", "conversations.list"}


async def test_who_is_told_needs_a_secret_and_a_name_that_is_found() -> None:
    urls = ["http://127.0.0.1:9/a-secret", "http://localhost:9/"]
    out = [{"url": url, "events": ["owner"]} for url in urls]

    async with surgery(settings_with(out=out)) as (doctor, _):
        told = by_check(
            [each for each in await doctor.examine(nothing_known) if each.severity is not Severity.FINE]
        )

    words = " ".join(each.sentence for each in told[Check.OUT])
    assert "Put TRUCE_OUT_SECRET_LOCALHOST=whsec_" in words
    assert "localhost leads into a network of our own" in words
    assert "127.0.0.1" not in words
    assert "a-secret" not in words
